import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { bundleWorker } from '../../scripts/worker-bundle.ts';

/**
 * A worker of `src/runners/threads.ts` built as `scripts/build.mjs` builds it, in a folder that is gone when the tests are.
 * @param path of its source from the root of the project; the product's own is `src/runners/worker.ts`.
 */
export async function workerFile(path = 'src/runners/worker.ts'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'windtunnel-worker-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'worker.mjs');
  await bundleWorker(fileURLToPath(new URL(`../../${path}`, import.meta.url)), outfile);
  return outfile;
}
