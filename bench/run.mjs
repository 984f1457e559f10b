// `npm run bench`: bundles the benchmarks to plain JavaScript (what is measured is the code, not a loader) and runs them.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = dirname(fileURLToPath(import.meta.url));
const built = join(source, '..', 'node_modules', '.cache', 'windtunnel-bench');
mkdirSync(built, { recursive: true });
const bundled = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
  // Needed to leave out the checks below, and so done to all.
  minifySyntax: true,
};
await build({
  ...bundled,
  entryPoints: {
    main: join(source, 'main.ts'),
    measure: join(source, 'measure.ts'),
    'pick-cost': join(source, 'pick-cost.ts'),
    threads: join(source, 'threads.ts'),
    worker: join(source, '..', 'src', 'runners', 'worker.ts'),
  },
  outdir: built,
});
// The same without the invariants, to see what they cost: every check in an event, and the census.
await build({
  ...bundled,
  entryPoints: { unchecked: join(source, 'measure.ts') },
  outdir: built,
  pure: ['invariant'],
  plugins: [
    {
      name: 'no census',
      setup: ({ onLoad }) => {
        onLoad({ filter: /src\/models\/invariants\.ts$/ }, () => ({
          contents: 'export const checkAll = () => {}; export class CensusPace { due() { return false; } }',
        }));
      },
    },
  ],
});
const { status } = spawnSync(process.execPath, [join(built, 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, BENCH_BUILT: built, BENCH_SOURCE: source },
});
process.exit(status ?? 1);
