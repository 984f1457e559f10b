import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Tests of the product as it is shipped; they share one build. */
const builtProduct = ['test/cli/**/*.test.ts', 'test/browser/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    maxWorkers: '100%',
    // No test replaces a module or changes the process it runs in: loading the simulator once a worker halves the time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'units', include: ['test/**/*.test.ts'], exclude: builtProduct },
      },
      {
        extends: true,
        test: { name: 'product', include: builtProduct, globalSetup: './test/support/build.ts' },
      },
    ],
  },
});
