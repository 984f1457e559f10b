/** Builds `dist/`: embeds the built-in scenarios and presets, compiles, and makes the command executable. */
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

function step(...command) {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

step('scripts/embed.mjs');
rmSync(`${root}dist`, { recursive: true, force: true });
step(tsc, '-p', 'tsconfig.build.json');
chmodSync(`${root}dist/cli/main.js`, 0o755);
