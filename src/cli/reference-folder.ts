import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { pathOfFile } from '../analysis/reference/read.ts';
import type { ReferenceFiles } from '../analysis/reference/suite.ts';
import { Complaint } from './complaint.ts';
import { asComplaint } from './files.ts';

/** Reference data as the suites see it: texts by path (`theory.json`, `real/queue/x.json`), compressed ones unpacked. */
export interface ReferenceFolder {
  readonly files: ReferenceFiles;
  /** What people call the file that stands at a path. */
  readonly nameOf: (path: string) => string;
}

/** The project's own reference data: beside `src` in the source, beside `dist` in the package. */
export function ownReference(): ReferenceFolder {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const reference = join(folder, 'reference');
    if (existsSync(join(reference, 'theory.json'))) return readFolder(reference, '');
  }
  throw new Error('the reference data is missing: it is part of the package');
}

/**
 * A file of the theory or the published format, or a folder laid out like `reference/` or like `reference/real/`.
 * @throws Complaint where it is neither.
 */
export function givenReference(path: string): ReferenceFolder {
  try {
    return statSync(path).isDirectory() ? givenFolder(path) : givenFile(path);
  } catch (error) {
    throw asComplaint(error, 'cannot read');
  }
}

function givenFile(path: string): ReferenceFolder {
  const text = readText(path);
  const place = pathOfFile(text);
  if (place === null) {
    throw new Complaint(
      `${path} is no reference file`,
      'A file says "schema": "windtunnel-theory/1" or "windtunnel-published/1".\nFor recordings, give the folder that they are in.',
    );
  }
  return { files: new Map([[place, text]]), nameOf: () => path };
}

function givenFolder(path: string): ReferenceFolder {
  const names = readdirSync(path);
  if (['theory.json', 'published.json', 'real'].some((name) => names.includes(name))) return readFolder(path, '');
  if (RECORDINGS.some((name) => names.includes(name))) return readFolder(path, 'real/');
  throw new Complaint(
    `${path} is no reference folder`,
    `It has none of: theory.json, published.json, real/; nor, as a folder of recordings: ${RECORDINGS.join(', ')}.`,
  );
}

/** What a folder of recordings has in it. */
const RECORDINGS = ['picks.json', 'queue', 'vrrp.json', 'haproxy-health.json', 'db.json', 'natdr.json'];

/** @param inside where the folder stands in the layout of `reference/`. */
function readFolder(folder: string, inside: string): ReferenceFolder {
  const files = new Map<string, string>();
  const names = new Map<string, string>();
  const paths = (readdirSync(folder, { recursive: true }) as string[]).map((path) => path.split(sep).join('/')).sort();
  for (const path of paths) {
    const plain = path.replace(/\.gz$/, '');
    if (!/\.(json|csv)$/.test(plain)) continue;
    files.set(`${inside}${plain}`, readText(join(folder, path)));
    names.set(`${inside}${plain}`, join(folder, path));
  }
  return { files, nameOf: (path) => names.get(path) ?? path };
}

function readText(path: string): string {
  const bytes = readFileSync(path);
  if (!path.endsWith('.gz')) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch {
    throw new Complaint(`${basename(path)} cannot be unpacked`, 'It is damaged, or no gzip file.');
  }
}
