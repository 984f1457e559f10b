/**
 * The quick subset: of every family of theory.json the case that costs least, at four times the width that the file asks
 * for. All cases in full: `windtunnel validate theory`, which CI runs.
 */
import { describe, expect, test } from 'vitest';
import type * as Reference from '../../src/analysis/reference/index.ts';
import { asShipped } from '../support/as-shipped.ts';
import { referenceFiles } from '../support/reference-files.ts';

const WIDTH = 4;

const { suites } = await asShipped<typeof Reference>('src/analysis/reference/index.ts');
const theory = suites.find(({ name }) => name === 'theory')!;
const all = theory.cases(referenceFiles('theory.json'));
const expressible = all.filter(({ unexpressible }) => unexpressible === undefined);
const cheapest = [...new Set(expressible.map(({ family }) => family))].map((family) =>
  expressible.filter((one) => one.family === family).reduce((least, one) => (one.cost < least.cost ? one : least)),
);

test('nearly all cases are expressible, and the others say why', () => {
  expect(all).toHaveLength(216);
  expect(expressible.length).toBeGreaterThanOrEqual(190);
  for (const { unexpressible } of all) expect(unexpressible ?? 'expressible').toMatch(/\w/);
});

describe.each(cheapest)('$family', (one) => {
  test(one.id, { timeout: 120_000 }, async () => {
    const { figures, verdict } = await theory.judge(one, { seed: 'quick', widthMax: WIDTH });
    expect(figures.filter(({ passed }) => !passed)).toEqual([]);
    expect(figures.length).toBeGreaterThan(0);
    expect(verdict).toBe('passed');
  });
});
