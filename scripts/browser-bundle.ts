import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** The whole library (`src/index.ts`) as one script for a page; it defines the global `windtunnel`. */
export async function browserBundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'windtunnel',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}
