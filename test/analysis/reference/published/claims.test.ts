/** How a published claim becomes a verdict. */
import { describe, expect, test } from 'vitest';
import { otherSystems, publishedSystem } from '../../../../src/analysis/reference/published/claims.ts';
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

function filesOf(records: readonly ClaimRecord[]): Map<string, string> {
  return new Map([['published.json', JSON.stringify({ records })]]);
}

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

  test('says what was claimed, what the model says, and how far off it is', async () => {
    const [one] = publishedSystem(['x'], {}).cases(filesOf([record]));
    const judged = async (given: Partial<ClaimRecord>, finding: Finding) => {
      const group = publishedSystem(['x'], { 'x-01': { find: () => Promise.resolve(finding) } });
      const data = { record: { ...record, ...given }, claimed: {} };
      return (await group.judge({ ...one, data }, { seed: '1', widthMax: 2 })).claim;
    };
    expect(await judged({}, { value: 105, low: 101, high: 109, weak: 'chosen in view of it' })).toEqual({
      claim: 'requests a second',
      unit: 'requests/s',
      role: 'holdout',
      claimed: 100,
      predicted: { value: 105, low: 101, high: 109 },
      difference: 5,
      tolerance: 'within 10',
      weak: 'chosen in view of it',
    });
    const range = { claimed: [3200, 3300], tolerance: { kind: 'range', low: 3100, high: 3400 } } as const;
    for (const [value, difference] of [
      [3150, -50],
      [3250, 0],
      [3310, 10],
    ] as const) {
      expect((await judged(range, { value }))?.difference).toBe(difference);
    }
    const whether = await judged({ claimed: false, tolerance: { kind: 'exact' } }, { value: true });
    expect(whether).toMatchObject({ claimed: 'no', predicted: { value: 'yes', low: null }, difference: null });
    const nothing = await judged({ claimed: null, role: 'context', tolerance: { kind: 'none' } }, { value: 2.5 });
    expect(nothing).toMatchObject({ claimed: '-', difference: null });
  });

  test('that is missed inside its tolerance fails in its figure too', async () => {
    const group = publishedSystem(['x'], { 'x-01': { find: () => Promise.resolve({ value: 104, miss: 'known' }) } });
    const [one] = group.cases(filesOf([record]));
    const report = await group.judge(one, { seed: '1', widthMax: 2 });
    expect([report.verdict, report.figures[0].passed]).toEqual(['missed', false]);
  });

  test('with a tolerance of nothing holds when it is equal, without a deviation', async () => {
    const none = { tolerance: { kind: 'absolute', value: 0 } } as const;
    expect(await verdict(none, { value: 100 })).toEqual(['predicted', '', [undefined]]);
    expect(await verdict(none, { value: 100.001 })).toEqual(['missed', '', [undefined]]);
  });

  test('about a system that nobody has modelled is listed, with those that are', () => {
    const others = otherSystems([publishedSystem(['x', 'both:x'], {})]);
    const records = [record, { ...record, id: 'own-1', system: 'mine' }, { ...record, id: 'x-9', system: 'both' }];
    expect(others.cases(filesOf(records)).map(({ id, family, unexpressible }) => [id, family, unexpressible])).toEqual([
      ['own-1', 'mine', 'nobody has modelled the system "mine"'],
    ]);
    expect(others.cases(new Map())).toEqual([]);
  });

  test('that nobody models is listed as such', async () => {
    expect(await verdict({}, null)).toBe('nothing models this claim yet');
  });
});
