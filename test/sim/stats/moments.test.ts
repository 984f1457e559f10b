import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Moments } from '../../../src/sim/stats/moments.ts';

const options = { seed: 20260101, numRuns: 300 };
const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 60 });

function momentsOf(numbers: readonly number[]): Moments {
  const moments = new Moments();
  for (const x of numbers) moments.record(x);
  return moments;
}

describe('Moments', () => {
  test('equal the two-pass formulas', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const moments = momentsOf(numbers);
        const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
        const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (numbers.length - 1);
        expect(moments.count).toBe(numbers.length);
        expect(moments.mean).toBeCloseTo(mean, 9);
        expect(Math.abs(moments.variance - variance)).toBeLessThanOrEqual(1e-9 * (1 + variance));
        expect([moments.minimum, moments.maximum]).toEqual([Math.min(...numbers), Math.max(...numbers)]);
      }),
      options,
    );
  });
  test('merging parts, some empty, equals one pass', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 9 })), (parts) => {
        const merged = new Moments();
        for (const part of parts) merged.merge(momentsOf(part));
        const whole = momentsOf(parts.flat());
        expect([merged.count, merged.minimum, merged.maximum]).toEqual([whole.count, whole.minimum, whole.maximum]);
        if (whole.count > 0) expect(merged.mean).toBeCloseTo(whole.mean, 10);
        if (whole.count > 1) expect(merged.variance).toBeCloseTo(whole.variance, 8);
      }),
      options,
    );
  });
  test('a small spread about a large mean keeps its digits', () => {
    const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect([moments.mean, moments.variance]).toEqual([1e9 + 10, 30]);
    expect(moments.standardDeviation).toBe(Math.sqrt(30));
    expect(moments.sum).toBe(4e9 + 40);
  });
  test('nothing recorded, and one value', () => {
    const empty = new Moments();
    expect([empty.mean, empty.variance, empty.minimum, empty.maximum]).toEqual([NaN, NaN, Infinity, -Infinity]);
    const one = momentsOf([3]);
    expect([one.mean, one.variance]).toEqual([3, NaN]);
    one.clear();
    expect(one.toJSON()).toEqual(empty.toJSON());
  });
  test('plain data and back', () => {
    for (const numbers of [[], [1, 2, 4]]) {
      const data: unknown = JSON.parse(JSON.stringify(momentsOf(numbers)));
      const back = Moments.fromJSON(data as ReturnType<Moments['toJSON']>);
      expect(back.toJSON()).toEqual(momentsOf(numbers).toJSON());
      back.record(8);
      expect(back.mean).toBe(momentsOf([...numbers, 8]).mean);
    }
  });
});
