/** The project's copy of the reference data is the shared one, byte for byte. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const own = fileURLToPath(new URL('../../reference', import.meta.url));
const shared = process.env.WINDTUNNEL_SHARED ?? fileURLToPath(new URL('../../../shared/reference', import.meta.url));
const there = existsSync(shared);
if (!there) console.warn(`\n!!! SKIPPED: ${shared} is not there to compare reference/ with; set WINDTUNNEL_SHARED\n`);

function filesOf(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

test.skipIf(!there)('reference/ is ../shared/reference, byte for byte', () => {
  expect(filesOf(own)).toEqual(filesOf(shared));
  const differing = filesOf(own).filter(
    (path) => !readFileSync(join(own, path)).equals(readFileSync(join(shared, path))),
  );
  expect(differing).toEqual([]);
});
