/** The schedulers against the exact cases of theory.json and against recordings of real balancers. */
import { describe, expect, test } from 'vitest';
import { recorded } from '../../../src/analysis/reference/recorded/index.ts';
import { theory } from '../../../src/analysis/reference/theory/index.ts';
import { referenceFiles } from '../../support/reference-files.ts';

const options = { seed: 'picks', widthMax: 1 };

describe.each([
  { suite: theory, file: 'theory.json', families: ['pick_sequence', 'pick_from_state'], least: 32 },
  { suite: recorded, file: 'real/picks.json', families: ['picks'], least: 71 },
])('$file', ({ suite, file, families, least }) => {
  const cases = suite.cases(referenceFiles(file)).filter(({ family }) => families.includes(family));
  const expressed = cases.filter(({ unexpressible }) => unexpressible === undefined);

  test('has the picks', () => expect(expressed.length).toBeGreaterThanOrEqual(least));

  test.each(expressed)('$id', async (one) => {
    const { verdict, figures } = await suite.judge(one, options);
    expect(figures.filter(({ passed }) => !passed)).toEqual([]);
    expect(figures.length).toBeGreaterThan(0);
    expect(verdict).toBe('passed');
  });
});
