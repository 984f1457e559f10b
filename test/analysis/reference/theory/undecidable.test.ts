import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { undecidable } from '../../../../src/analysis/reference/theory/undecidable.ts';
import type { TheoryFile } from '../../../../src/analysis/reference/theory/theory-file.ts';
import { unjudgedGroups } from '../../../../src/report/validation-text.ts';

const { cases } = JSON.parse(readFileSync('reference/theory.json', 'utf8')) as TheoryFile;

test('no run decides the spread of a wait without a fourth moment; all else is judged', () => {
  const found = cases.flatMap((one) => [...undecidable(one).keys()].map((name) => `${one.id} ${name}`));
  expect(found).toEqual(['mpareto35-rho50 stddev_wait', 'mpareto35-rho50 stddev_response']);
});

test('it is listed with its reason', () => {
  const figure = { name: 'stddev_wait', unit: 's', expected: 1, tolerance: '-', passed: true };
  const found = { value: NaN, low: NaN, high: NaN };
  const groups = unjudgedGroups({
    cases: [
      {
        suite: 'theory',
        id: 'one',
        family: 'mg1',
        verdict: 'passed',
        figures: [{ ...figure, found, undecidable: 'why' }],
        events: 1,
      },
    ],
  } as never);
  expect(groups).toEqual([{ suite: 'theory', reason: 'why', ids: ['one stddev_wait'] }]);
});
