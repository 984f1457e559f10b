/** The reference cases, and what is expected of a family of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isSimulated } from '../../src/analysis/reference/experiments/index.ts';
import type * as Validation from '../../src/analysis/reference/validate.ts';
import type { TheoryCase, TheoryFile } from '../../src/analysis/reference/theory-file.ts';
import { asShipped } from '../support/as-shipped.ts';

export const reference = JSON.parse(
  readFileSync(new URL('../../reference/theory.json', import.meta.url), 'utf8'),
) as TheoryFile;

export function casesOf(...families: readonly string[]): readonly TheoryCase[] {
  return reference.cases.filter((one) => families.includes(one.family) && isSimulated(one));
}

/**
 * One test a case: every quantity that it names is right.
 * @param widthMax half-width allowed, over that of the tolerance class; 1 = as the file says.
 */
export async function holds(families: readonly string[], widthMax: number): Promise<void> {
  const { validate } = await asShipped<typeof Validation>('src/analysis/reference/validate.ts');
  for (const family of families) {
    describe(family, () => {
      for (const one of casesOf(family)) {
        test(one.id, { timeout: 300_000 }, async () => {
          const options = { seed: 'theory', widthMax, eventsMax: 60_000_000 };
          const verdict = await validate(one, reference.tolerance_classes, options);
          expect(verdict.judgements.filter(({ passed }) => !passed)).toEqual([]);
          expect(verdict.judgements).toHaveLength(Object.keys(one.expect).length);
        });
      }
    });
  }
}
