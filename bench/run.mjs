// `npm run bench`: bundles the benchmarks to plain JavaScript (what is measured is the code, not a loader) and runs them.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = dirname(fileURLToPath(import.meta.url));
const built = join(source, '..', 'node_modules', '.cache', 'windtunnel-bench');
mkdirSync(built, { recursive: true });
await build({
  entryPoints: [join(source, 'main.ts'), join(source, 'measure.ts')],
  outdir: built,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [join(built, 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, BENCH_BUILT: built, BENCH_SOURCE: source },
});
process.exit(status ?? 1);
