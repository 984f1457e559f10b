/** The reference folder as the suites see it. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReferenceFiles } from '../../src/analysis/reference/suite.ts';

const folder = new URL('../../reference/', import.meta.url);

/** @param only the paths wanted, by their beginning. */
export function referenceFiles(only = ''): ReferenceFiles {
  const files = new Map<string, string>();
  for (const path of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const data = path.endsWith('.gz') ? path.slice(0, -'.gz'.length) : path;
    if (!data.startsWith(only) || !/\.(json|csv)$/.test(data)) continue;
    const bytes = readFileSync(new URL(path, folder));
    files.set(data, (path === data ? bytes : gunzipSync(bytes)).toString('utf8'));
  }
  return files;
}
