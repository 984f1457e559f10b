/** Bundles a worker of `src/runners/threads.ts` as the product's own is built (`scripts/build.mjs`), for scripts and tests. */
import { build } from 'esbuild';

/** @param source path of a module whose default export is made by `serve`. @param outfile where the one file goes. */
export async function bundleWorker(source: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Packages in CommonJS ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}
