import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bands, type BandsData } from '../../../src/sim/stats/bands.ts';

const options = { seed: 20260104, numRuns: 100 };
const request = fc.tuple(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), fc.integer({ min: 0, max: 100 }));
const requests = fc.array(request, { minLength: 1, maxLength: 40 });

/** Rows are [latency spent in web, marker]. */
function bandsOf(list: readonly (readonly [number, number])[]): Bands {
  const bands = new Bands(2);
  for (const [latency, marker] of list) bands.add(latency, [99, latency, marker], 1);
  return bands;
}

describe('Bands', () => {
  test('the mean row over all is the mean', () => {
    fc.assert(
      fc.property(requests, (list) => {
        const row = bandsOf(list).meanRow(0, 1);
        const mean = (column: 0 | 1): number => list.reduce((sum, r) => sum + r[column], 0) / list.length;
        expect(Math.abs(row[0] - mean(0))).toBeLessThanOrEqual(1e-12 * mean(0));
        expect(row[1]).toBeCloseTo(mean(1), 10);
      }),
      options,
    );
  });
  test('the rows of the slowest and of the usual requests are told apart', () => {
    const fast = Array.from({ length: 98 }, (_, i) => [0.01 + i * 1e-4, 1] as const);
    const slow = [
      [1, 7],
      [2, 9],
    ] as const;
    const bands = bandsOf([...slow, ...fast]);
    expect([...bands.meanRow(0.98, 1)]).toEqual([1.5, 8]);
    expect([...bands.meanRow(0.98, 0.99)]).toEqual([1, 7]);
    expect(bands.meanRow(0, 0.98)[1]).toBeCloseTo(1, 12);
    expect(bands.meanRow(0.45, 0.55)[0]).toBeCloseTo(0.01 + 49 * 1e-4, 3);
  });
  test('merging equals adding, plain data comes back', () => {
    fc.assert(
      fc.property(requests, requests, (a, b) => {
        const merged = bandsOf(a);
        merged.merge(Bands.fromJSON(JSON.parse(JSON.stringify(bandsOf(b))) as BandsData));
        const whole = bandsOf([...a, ...b]);
        expect(merged.count).toBe(whole.count);
        for (const share of [0.3, 1]) {
          const [x, y] = [merged.meanRow(0, share), whole.meanRow(0, share)];
          expect(Math.abs(x[0] / y[0] - 1)).toBeLessThan(1e-12);
        }
      }),
      options,
    );
  });
  test('extremes fall into the end bands; empty has no mean', () => {
    const bands = bandsOf([
      [0, 1],
      [1e300, 3],
    ]);
    expect([bands.meanRow(0, 0.5)[1], bands.meanRow(0.5, 1)[1]]).toEqual([1, 3]);
    bands.clear();
    expect([...bands.meanRow(0, 1)]).toEqual([NaN, NaN]);
    expect(bands.toJSON()).toEqual({ columns: 2, rows: [] });
  });
  test('refuses shares out of order and other columns', () => {
    expect(() => new Bands(1).meanRow(0.5, 0.5)).toThrow('shares must be 0 <= from < to <= 1, got 0.5 and 0.5');
    expect(() => new Bands(1).merge(new Bands(2))).toThrow('cannot merge 2 columns into 1');
  });
});
