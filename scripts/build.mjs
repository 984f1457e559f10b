/**
 * Builds `dist/`: embeds the built-in scenarios and presets, compiles the library with its types, and makes the command
 * one file, since loading its packages file by file takes seconds.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = `${root}dist/cli/main.js`;

function step(...line) {
  const { status } = spawnSync(process.execPath, line, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

step('scripts/embed.mjs');
rmSync(`${root}dist`, { recursive: true, force: true });
step(createRequire(import.meta.url).resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json');
const asOneFile = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // It starts threads from files of its own, which it finds beside itself.
  external: ['tinypool'],
  // Packages in CommonJS ask for Node's modules by `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  logLevel: 'warning',
};
await build({ ...asOneFile, entryPoints: [`${root}src/cli/main.ts`], outfile: command });
// Worker threads of the command and of the library load the same file.
await build({ ...asOneFile, entryPoints: [`${root}src/runners/worker.ts`], outfile: `${root}dist/runners/worker.js` });
chmodSync(command, 0o755);
