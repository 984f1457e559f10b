import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chiSquareCdf,
  chiSquareQuantile,
  meanInterval,
  mser5,
  shareInterval,
  studentCdf,
  studentQuantile,
} from '../../../src/analysis/statistics/index.ts';
import { distribution } from '../../../src/sim/random/index.ts';
import { Streams } from '../../../src/sim/random/stream.ts';

const options = { seed: 20260201, numRuns: 200 };
const ratio = (a: number, b: number): number => Math.abs(a / b - 1);

describe('Student', () => {
  test.each([
    [0.975, 9, 2.262157162798205],
    [0.975, 1, 12.706204736174694],
    [0.995, 2, 9.92484320091829],
    [0.95, 30, 1.697260886593957],
    [0.9995, 4, 8.610301581379275],
    [0.6, 5, 0.2671808657041464],
    [0.975, 1e6, 1.9599663568141067],
  ])('quantile(%f; %f) = %f', (p, freedom, expected) => {
    expect(ratio(studentQuantile(p, freedom), expected)).toBeLessThan(freedom > 1000 ? 1e-11 : 1e-13);
  });
  test('quantile undoes cdf, which is symmetric', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        (p, freedom) => {
          const t = studentQuantile(p, freedom);
          expect(studentCdf(t, freedom)).toBeCloseTo(p, 12);
          expect(studentCdf(-t, freedom)).toBeCloseTo(1 - p, 12);
        },
      ),
      options,
    );
    expect(studentCdf(0, 3)).toBe(0.5);
    expect([0, 0.5, 1, 2].map((p) => studentQuantile(p, 3))).toEqual([-Infinity, 0, Infinity, NaN]);
  });
});

test.each([
  [0.95, 1, 3.841458820694124],
  [0.95, 10, 18.307038053275146],
  [0.025, 5, 0.8312116134866625],
  [0.99, 200, 249.44512298144161],
])('chi-square quantile(%f; %f) = %f', (p, freedom, expected) => {
  expect(ratio(chiSquareQuantile(p, freedom), expected)).toBeLessThan(1e-12);
  expect(chiSquareCdf(expected, freedom)).toBeCloseTo(p, 13);
});

describe('meanInterval', () => {
  test('is mean +- t s / sqrt(n)', () => {
    const interval = meanInterval([9, 10, 12, 13, 11, 8, 10, 11, 9, 7], 0.95);
    const half = (2.262157162798205 * Math.sqrt(30 / 9)) / Math.sqrt(10);
    expect(interval.estimate).toBeCloseTo(10, 14);
    expect(interval.low).toBeCloseTo(10 - half, 12);
    expect(interval.high).toBeCloseTo(10 + half, 12);
  });
  test('covers the mean as often as it says', () => {
    const stream = new Streams('coverage', 0).stream('normal');
    const law = distribution({ kind: 'truncated-normal', mean: 10, cv: 0.1 });
    let covered = 0;
    for (let run = 0; run < 2000; run++) {
      const { low, high } = meanInterval(
        Array.from({ length: 5 }, () => law.sample(stream.uniform())),
        0.9,
      );
      if (low <= 10 && high >= 10) covered++;
    }
    expect(Math.abs(covered - 1800)).toBeLessThan(3.3 * Math.sqrt(2000 * 0.9 * 0.1));
  });
  test('no chance, no width; one replication, no knowledge', () => {
    expect(meanInterval([4, 4, 4], 0.99)).toEqual({ estimate: 4, low: 4, high: 4, level: 0.99 });
    expect(meanInterval([4], 0.95)).toEqual({ estimate: 4, low: -Infinity, high: Infinity, level: 0.95 });
    expect(() => meanInterval([], 0.95)).toThrow('at least one value');
    expect(() => meanInterval([1, 2], 1)).toThrow('level must be in (0, 1), got 1');
  });
});

describe('shareInterval', () => {
  test('its bounds put half of the doubt on each side of the count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(60), (trials, n) => {
        const successes = n % (trials + 1);
        const { estimate, low, high } = shareInterval({ successes, trials }, 0.95);
        expect(estimate).toBe(successes / trials);
        if (successes > 0) expect(1 - binomialCdf(successes - 1, trials, low)).toBeCloseTo(0.025, 10);
        else expect(low).toBe(0);
        if (successes < trials) expect(binomialCdf(successes, trials, high)).toBeCloseTo(0.025, 10);
        else expect(high).toBe(1);
      }),
      options,
    );
  });
  test('no failure in 100: at least 96.38 % with 95 %', () => {
    expect(shareInterval({ successes: 100, trials: 100 }, 0.95).low).toBeCloseTo(0.025 ** 0.01, 12);
  });
  test('refuses counts that cannot be', () => {
    expect(() => shareInterval({ successes: 3, trials: 2 }, 0.95)).toThrow('at most 2 successes, got 3');
    expect(() => shareInterval({ successes: 0, trials: 0 }, 0.95)).toThrow('counts must be whole, got 0 of 0');
  });
});

function binomialCdf(count: number, trials: number, share: number): number {
  let term = (1 - share) ** trials;
  let sum = term;
  for (let k = 1; k <= count; k++) {
    term *= ((trials - k + 1) / k) * (share / (1 - share));
    sum += term;
  }
  return sum;
}

describe('mser5', () => {
  const stream = new Streams('warm-up', 0).stream('noise');
  const noise = Array.from({ length: 1000 }, () => stream.uniform());
  test('cuts a ramp away and little more', () => {
    const series = noise.map((x, i) => x + (i < 150 ? (150 - i) / 10 : 0));
    const { discard, settled } = mser5(series);
    expect(settled).toBe(true);
    expect(discard).toBeGreaterThanOrEqual(125);
    expect(discard).toBeLessThanOrEqual(200);
  });
  test('leaves a stationary series nearly whole', () => {
    const { discard, settled } = mser5(noise);
    expect(settled).toBe(true);
    expect(discard).toBeLessThan(250);
  });
  test('is the cut with the smallest squared error by the definition', () => {
    const series = noise.slice(0, 100).map((x, i) => x + 3 / (1 + i));
    const means = Array.from({ length: 20 }, (_, j) => series.slice(5 * j, 5 * j + 5).reduce((sum, x) => sum + x) / 5);
    const score = (first: number): number => {
      const rest = means.slice(first);
      const mean = rest.reduce((sum, x) => sum + x) / rest.length;
      return rest.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rest.length ** 2;
    };
    const scores = Array.from({ length: 11 }, (_, first) => score(first));
    expect(mser5(series).discard).toBe(5 * scores.indexOf(Math.min(...scores)));
  });
  test('a series that never settles says so, and a constant one needs no cut', () => {
    expect(mser5(Array.from({ length: 200 }, (_, i) => i)).settled).toBe(false);
    expect(mser5(new Array<number>(200).fill(3))).toEqual({ discard: 0, settled: true });
    expect(mser5([1, 2, 3])).toEqual({ discard: 0, settled: false });
  });
});
