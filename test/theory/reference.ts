/** The reference cases, and what is expected of a family of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isSimulated } from '../../src/analysis/reference/experiments/index.ts';
import type { TheoryCase, TheoryFile } from '../../src/analysis/reference/theory-file.ts';
import { validate } from '../../src/analysis/reference/validate.ts';

export const reference = JSON.parse(
  readFileSync(new URL('../reference/theory.json', import.meta.url), 'utf8'),
) as TheoryFile;

export function casesOf(...families: readonly string[]): readonly TheoryCase[] {
  return reference.cases.filter((one) => families.includes(one.family) && isSimulated(one));
}

/** One test a case: every quantity that it names is right, and known with at most `widthMax` times the tolerance's half-width. */
export function holds(families: readonly string[], widthMax: number): void {
  for (const family of families) {
    describe(family, () => {
      for (const one of casesOf(family)) {
        test(one.id, { timeout: 300_000 }, async () => {
          const verdict = await validate(one, reference.tolerance_classes, {
            seed: 'theory',
            widthMax,
            eventsMax: 60_000_000,
          });
          expect(verdict.judgements.filter(({ passed }) => !passed)).toEqual([]);
          expect(verdict.judgements).toHaveLength(Object.keys(one.expect).length);
        });
      }
    });
  }
}
