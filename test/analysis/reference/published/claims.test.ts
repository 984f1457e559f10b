/** How a published claim becomes a verdict. */
import { describe, expect, test } from 'vitest';
import { publishedSystem } from '../../../../src/analysis/reference/published/claims.ts';
import type { Claim, ClaimRecord, Finding } from '../../../../src/analysis/reference/published/claims.ts';

const record: ClaimRecord = {
  id: 'x-01',
  system: 'x',
  claim: 'requests a second',
  claimed: 100,
  unit: 'requests/s',
  role: 'holdout',
  tolerance: { kind: 'absolute', value: 10 },
  note: '',
};

async function verdict(given: Partial<ClaimRecord>, finding: Finding | null, contradictions = {}) {
  const claims: Readonly<Record<string, Claim>> =
    finding === null ? {} : { 'x-01': { find: () => Promise.resolve(finding) } };
  const group = publishedSystem(['x'], claims, contradictions);
  const files = new Map([['published.json', JSON.stringify({ records: [{ ...record, ...given }, { ...record, system: 'y' }] })]]);
  const [one, ...more] = group.cases(files);
  expect(more).toEqual([]);
  if (one.unexpressible !== undefined) return one.unexpressible;
  const report = await group.judge(one, { seed: '1', widthMax: 2 });
  return [report.verdict, report.reason ?? '', report.figures.map(({ deviation }) => deviation)];
}

describe('a claim', () => {
  test.each<[string, Partial<ClaimRecord>, Finding['value'], string]>([
    ['inside an absolute tolerance', {}, 90, 'predicted'],
    ['outside it', {}, 89, 'missed'],
    ['that was fitted', { role: 'calibration' }, 110, 'reproduced'],
    ['that was fitted, and missed', { role: 'calibration' }, 111, 'missed'],
    ['inside a relative tolerance', { tolerance: { kind: 'relative', value: 0.2 } }, 119, 'predicted'],
    ['outside it', { tolerance: { kind: 'relative', value: 0.2 } }, 121, 'missed'],
    ['inside a range', { tolerance: { kind: 'range', low: 3, high: 5 } }, 5, 'predicted'],
    ['outside it', { tolerance: { kind: 'range', low: 3, high: 5 } }, 5.1, 'missed'],
    ['that is exact', { claimed: true, tolerance: { kind: 'exact' } }, true, 'predicted'],
    ['that is exactly not so', { claimed: true, tolerance: { kind: 'exact' } }, false, 'missed'],
    ['that is context', { role: 'context', tolerance: { kind: 'none' } }, 5, 'no number published'],
  ])('%s', async (_, given, value, expected) => {
    expect((await verdict(given, { value }))[0]).toBe(expected);
  });

  test('has its deviation in units of what is allowed', async () => {
    expect(await verdict({}, { value: 105 })).toEqual(['predicted', '', [0.5]]);
    expect(await verdict({ tolerance: { kind: 'relative', value: 0.2 } }, { value: 80 })).toEqual(['predicted', '', [-1]]);
  });

  test('may contradict itself, by its own figures or as context', async () => {
    expect(await verdict({}, { value: 100, contradiction: 'cannot be' })).toEqual(['contradicts itself', 'cannot be', [0]]);
    const context = { role: 'context', tolerance: { kind: 'none' } } as const;
    expect(await verdict(context, null, { 'x-01': 'cannot be' })).toEqual(['contradicts itself', 'cannot be', []]);
    expect((await verdict(context, null))[0]).toBe('no number published');
  });

  test('that nobody models is listed as such', async () => {
    expect(await verdict({}, null)).toBe('nothing models this claim yet');
  });
});
