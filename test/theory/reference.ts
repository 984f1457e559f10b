/** The reference cases, and what is expected of a family of them. */
import { describe, expect, test } from 'vitest';
import type * as Reference from '../../src/analysis/reference/index.ts';
import type { TheoryFile } from '../../src/analysis/reference/theory/theory-file.ts';
import { asShipped } from '../support/as-shipped.ts';
import { referenceFiles } from '../support/reference-files.ts';

const files = referenceFiles('theory.json');

export const reference = JSON.parse(files.get('theory.json')!) as TheoryFile;

/**
 * One test a case: every quantity that it names is right.
 * @param widthMax half-width allowed, over that of the tolerance class; 1 = as the file says.
 */
export async function holds(families: readonly string[], widthMax: number): Promise<void> {
  const { suites } = await asShipped<typeof Reference>('src/analysis/reference/index.ts');
  const theory = suites.find(({ name }) => name === 'theory')!;
  const cases = theory.cases(files);
  for (const family of families) {
    describe(family, () => {
      for (const one of cases.filter((candidate) => candidate.family === family)) {
        test(one.id, { timeout: 300_000 }, async () => {
          expect(one.unexpressible).toBeUndefined();
          const { figures } = await theory.judge(one, { seed: 'theory', widthMax });
          expect(figures.filter(({ passed }) => !passed)).toEqual([]);
          expect(figures).toHaveLength(Object.keys(reference.cases.find(({ id }) => id === one.id)!.expect).length);
        });
      }
    });
  }
}
