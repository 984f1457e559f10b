import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** By path: the files of a worker share what it has bundled. */
const bundled = new Map<string, Promise<unknown>>();

/**
 * A module of the simulator bundled as it is for users. The test runner turns every use of an import into a property
 * access, which makes the hot paths several times slower: too slow for tens of millions of events.
 * @param path from the root of the project, `src/index.ts`.
 */
export function asShipped<Module>(path: string): Promise<Module> {
  const module = bundled.get(path) ?? bundle(path);
  bundled.set(path, module);
  return module as Promise<Module>;
}

async function bundle(path: string): Promise<unknown> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../${path}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'node20',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as unknown;
}
