/**
 * Executes every notebook with the Deno kernel and writes its outputs back. A cell that fails stops it. Without
 * Jupyter (Debian: `apt-get install jupyter-nbconvert`) it says so and does nothing, except in CI, where it fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const notebooks = fileURLToPath(new URL('../notebooks/', import.meta.url));

/** Debian's own Jupyter before another Python's. */
const environment = { ...process.env, PATH: `/usr/bin:${process.env.PATH}`, NO_COLOR: '1' };

if (spawnSync('jupyter-nbconvert', ['--version'], { env: environment }).status !== 0) {
  console.error(
    'The notebooks were NOT run: there is no jupyter-nbconvert (Debian: apt-get install jupyter-nbconvert).',
  );
  process.exit(process.env.CI === 'true' ? 1 : 0);
}

const files = readdirSync(notebooks).filter((name) => name.endsWith('.ipynb'));
const jupyterPath = mkdtempSync(join(tmpdir(), 'windtunnel-jupyter-'));
try {
  const kernel = join(jupyterPath, 'kernels', 'deno');
  mkdirSync(kernel, { recursive: true });
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify(kernelSpecification()));
  const { status } = spawnSync(
    'jupyter-nbconvert',
    [
      '--to',
      'notebook',
      '--execute',
      '--inplace',
      '--ExecutePreprocessor.timeout=300',
      '--ExecutePreprocessor.record_timing=False',
      ...files,
    ],
    { cwd: notebooks, stdio: 'inherit', env: { ...environment, JUPYTER_PATH: jupyterPath } },
  );
  if (status !== 0) process.exitCode = status ?? 1;
  else console.log(`${files.length} notebook${files.length === 1 ? '' : 's'} executed: ${files.join(', ')}`);
} finally {
  rmSync(jupyterPath, { recursive: true, force: true });
}

/** How Jupyter starts the Deno of the development dependencies. */
function kernelSpecification() {
  const deno = createRequire(import.meta.url).resolve('deno/bin.cjs');
  return {
    argv: [process.execPath, deno, 'jupyter', '--kernel', '--conn', '{connection_file}'],
    display_name: 'Deno',
    language: 'typescript',
  };
}
