/** `npm start`: builds, runs the built-in shop, and says what to type next. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

function step(...command) {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}

const before = performance.now();
const built = step('scripts/build.mjs');
if (built !== 0) process.exit(built);
const seconds = Math.max(1, Math.round((performance.now() - before) / 1000));

console.log(`
windtunnel ${version}, built in ${seconds} s. Runs the built-in scenario "shop" (simulated:
no network is touched).
`);
process.exit(step('dist/cli/main.js', 'run', 'shop', '--out', 'reports/shop'));
