import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Distribution } from '../../../src/sim/random/distribution.ts';
import { distribution, distributions, type DistributionSpec } from '../../../src/sim/random/index.ts';
import { Streams } from '../../../src/sim/random/stream.ts';
import { continuousLaws, discreteLaws } from './laws.ts';

const laws = [...continuousLaws, ...discreteLaws];
const named = (specs: readonly DistributionSpec[]): [string, Distribution][] =>
  specs.map((spec) => [JSON.stringify(spec), distribution(spec)]);
const uniform = fc.integer({ min: 0, max: 2 ** 53 - 1 }).map((n) => n / 2 ** 53);
const options = { seed: 20260003, numRuns: 300 };

/** Integral of f over [0, 1], in pieces at whose ends f may have kinks. */
function integral(f: (u: number) => number): number {
  return piece(f, 0, 0.5) + piece(f, 0.5, 0.9) + piece(f, 0.9, 0.99) + piece(f, 0.99, 1);
}

/** The double exponential rule, which forgives singular ends. */
function piece(f: (u: number) => number, from: number, to: number): number {
  const step = 1 / 32;
  let sum = 0;
  for (let k = -3.2 / step; k <= 3.2 / step; k++) {
    const t = k * step;
    const y = (Math.PI / 2) * Math.sinh(t);
    const u = from + (to - from) / (1 + Math.exp(-2 * y));
    if (u < 1) sum += (f(u) * step * Math.PI * Math.cosh(t)) / (4 * Math.cosh(y) ** 2);
  }
  return sum * (to - from);
}

test('the table and the laws tested are the same', () => {
  expect([...new Set(laws.map(({ kind }) => kind))].sort()).toEqual(Object.keys(distributions).sort());
});

describe.each(named(laws))('%s', (name, law) => {
  test('quantiles do not fall, and are the smallest values that reach their share', () => {
    fc.assert(
      fc.property(uniform, uniform, (u, v) => {
        const [low, high] = u < v ? [u, v] : [v, u];
        const x = law.quantile(high);
        const slack = 1e-12; // rounding in cdf
        return law.quantile(low) <= x && law.cdf(x) >= high - slack && law.cdf(x - 1e-9 * (1 + x)) <= high + slack;
      }),
      options,
    );
  });
  test('samples follow the cdf (Kolmogorov-Smirnov, 1 in 1000)', () => {
    const n = 20_000;
    const stream = new Streams('laws', 0).stream(name);
    const sorted = Float64Array.from({ length: n }, () => law.sample(stream.uniform())).sort();
    let distance = 0;
    for (let i = 0; i < n; i++) {
      if (i + 1 < n && sorted[i + 1] === sorted[i]) continue; // at a tie the last counts
      distance = Math.max(distance, Math.abs((i + 1) / n - law.cdf(sorted[i])));
    }
    expect(distance * Math.sqrt(n)).toBeLessThan(1.95);
  });
  test('samples are never negative, not even -0, and finite at both ends', () => {
    for (const u of [0, 2 ** -53, 0.5, 1 - 2 ** -53]) {
      const x = law.sample(u);
      expect(Object.is(x, -0) || !(x >= 0 && x < Infinity)).toBe(false);
    }
  });
  test('nothing lies below 0, all below infinity', () => {
    expect([law.cdf(-1), law.cdf(1e300)]).toEqual([0, 1]);
  });
});

describe.each(named(continuousLaws))('%s', (_, law) => {
  test('mean and variance are those of the quantile function', () => {
    expect(integral((u) => law.quantile(u)) / law.mean).toBeCloseTo(1, 6);
    expect(integral((u) => (law.quantile(u) - law.mean) ** 2) / law.variance).toBeCloseTo(1, 6);
  });
});

describe.each(named(discreteLaws))('%s', (_, law) => {
  test('mean and variance are those of the samples', () => {
    const n = 7 * 2 ** 16;
    let mean = 0;
    let variance = 0;
    for (let i = 0; i < n; i++) {
      const x = law.sample((i + 0.5) / n);
      mean += x / n;
      variance += ((x - law.mean) * (x - law.mean)) / n;
    }
    expect(mean).toBeCloseTo(law.mean, 2);
    expect(variance / (law.variance + 1e-300)).toBeCloseTo(law.variance > 0 ? 1 : 0, 2);
  });
});

describe('forms of the parameters', () => {
  test.each<[DistributionSpec, number]>([
    [{ kind: 'gamma', mean: 0.04, cv: 0.6 }, 0.6],
    [{ kind: 'lognormal', mean: 0.04, cv: 0.6 }, 0.6],
    [{ kind: 'weibull', mean: 0.04, cv: 0.6 }, 0.6],
    [{ kind: 'truncated-normal', mean: 0.04, cv: 0.6 }, 0.6],
    [{ kind: 'hyperexponential', mean: 0.04, cv: 1.9 }, 1.9],
  ])('mean and cv: %j', (spec, cv) => {
    const law = distribution(spec);
    expect(law.mean).toBeCloseTo(0.04, 12);
    expect(Math.sqrt(law.variance) / law.mean).toBeCloseTo(cv, 10);
  });
  test('lognormal by percentiles', () => {
    const byBoth = distribution({ kind: 'lognormal', p50: 0.02, p99: 0.3 });
    expect(byBoth.quantile(0.5)).toBeCloseTo(0.02, 14);
    expect(byBoth.quantile(0.99)).toBeCloseTo(0.3, 14);
    const byMean = distribution({ kind: 'lognormal', mean: 0.02, p95: 0.05 });
    expect(byMean.mean).toBeCloseTo(0.02, 14);
    expect(byMean.quantile(0.95)).toBeCloseTo(0.05, 14);
  });
  test('hyperexponential phases with balanced means carry the same work', () => {
    const law = distribution({ kind: 'hyperexponential', mean: 1, cv: 3 });
    const skew = Math.sqrt(8 / 10);
    const [p, q] = [(1 + skew) / 2, (1 - skew) / 2];
    const survival = (x: number): number => p * Math.exp(-2 * p * x) + q * Math.exp(-2 * q * x);
    for (const x of [0.1, 1, 5, 20]) expect(law.cdf(x)).toBeCloseTo(1 - survival(x), 14);
  });
  test('heavy tails have no mean or variance', () => {
    const law = distribution({ kind: 'pareto', alpha: 0.9, minimum: 1 });
    expect([law.mean, law.variance]).toEqual([Infinity, Infinity]);
    expect(distribution({ kind: 'pareto', alpha: 1.5, minimum: 1 }).variance).toBe(Infinity);
    const part = { weight: 1, of: { kind: 'pareto', alpha: 0.9, minimum: 1 } } as const;
    expect(distribution({ kind: 'mixture', parts: [part] }).variance).toBe(Infinity);
  });
});

describe('sampling of gamma and Erlang, which reads a table', () => {
  test.each([0.01, 0.1, 0.5, 1, 3.3, 40, 5000])(
    'shape %f: within 1e-7 of the quantile function, never falling',
    (shape) => {
      const law = distribution({ kind: 'gamma', shape, scale: 1 });
      let before = 0;
      for (let i = 1; i < 20_000; i++) {
        const x = law.sample(i / 20_000);
        expect(x).toBeGreaterThanOrEqual(before);
        before = x;
      }
      for (const u of [1e-15, 1e-6, 0.01, 0.3, 0.5001, 0.77, 0.99, 0.999, 0.999999, 1 - 1e-12]) {
        const exact = law.quantile(u);
        expect(Math.abs(law.sample(u) - exact)).toBeLessThanOrEqual(1e-7 * exact);
      }
    },
  );
  test('mean, variance and p99.9 of the samples agree with the law to 1e-6', () => {
    for (const shape of [0.25, 4]) {
      const law = distribution({ kind: 'gamma', shape, scale: 2 });
      expect(integral((u) => law.sample(u)) / law.mean).toBeCloseTo(1, 6);
      expect(integral((u) => (law.sample(u) - law.mean) ** 2) / law.variance).toBeCloseTo(1, 6);
      expect(law.cdf(law.sample(0.999))).toBeCloseTo(0.999, 9);
    }
  });
});

test('Zipf shares are in proportion to rank^-exponent', () => {
  const law = distribution({ kind: 'zipf', items: 30, exponent: 1.2 });
  const share = (rank: number): number => law.cdf(rank) - law.cdf(rank - 1);
  for (const rank of [2, 7, 30]) expect(share(rank) / share(1)).toBeCloseTo(rank ** -1.2, 12);
});

test('a share of exactly i / n is reached by the i-th sample', () => {
  for (let n = 1; n <= 60; n++) {
    const law = distribution({ kind: 'empirical', samples: Array.from({ length: n }, (_, i) => i + 1) });
    for (let i = 1; i < n; i++) expect(law.quantile(i / n)).toBe(i);
  }
});

test('a part of a mixture is sampled by the remainder of u in its share', () => {
  const law = distribution({
    kind: 'mixture',
    parts: [
      { weight: 3, of: { kind: 'uniform', low: 0, high: 1 } },
      { weight: 1, of: { kind: 'uniform', low: 10, high: 11 } },
    ],
  });
  expect([law.sample(0), law.sample(0.375), law.sample(0.75), law.sample(0.875)]).toEqual([0, 0.5, 10, 10.5]);
});

describe('bad parameters name law, parameter and value', () => {
  const cases: [DistributionSpec, string][] = [
    [{ kind: 'deterministic', value: -1 }, 'deterministic: value must be finite and >= 0, got -1'],
    [{ kind: 'uniform', low: 2, high: 1 }, 'uniform: high must be >= low = 2, got 1'],
    [{ kind: 'exponential', mean: 0 }, 'exponential: mean must be finite and > 0, got 0'],
    [{ kind: 'exponential', mean: NaN }, 'got NaN'],
    [{ kind: 'exponential', mean: Infinity }, 'got Infinity'],
    [{ kind: 'erlang', phases: 1.5, mean: 1 }, 'erlang: phases must be a whole number from 1 to 1e6, got 1.5'],
    [{ kind: 'gamma', mean: 1, cv: 0 }, 'gamma: cv must be finite and > 0, got 0'],
    [{ kind: 'gamma', mean: 1, cv: 100 }, 'gamma: shape'],
    [{ kind: 'hyperexponential', mean: 1, cv: 1 }, 'hyperexponential: cv must be > 1'],
    [{ kind: 'hyperexponential', probabilities: [1], means: [1, 2] }, 'got 1 and 2'],
    [{ kind: 'hyperexponential', probabilities: [0.5, 0], means: [1, 2] }, 'probabilities[1] must be finite and > 0'],
    [{ kind: 'hyperexponential', probabilities: [0.5, 1], means: [1, -2] }, 'means[1] must be finite and > 0, got -2'],
    [{ kind: 'truncated-normal', mean: 1, cv: 0.99 }, 'truncated-normal: cv must be > 0 and <= 0.95, got 0.99'],
    [{ kind: 'truncated-normal', mu: -10, sigma: 1 }, 'truncated-normal: too little'],
    [{ kind: 'truncated-normal', mu: NaN, sigma: 1 }, 'truncated-normal: mu must be finite'],
    [{ kind: 'truncated-normal', mu: 1, sigma: 1, low: 3, high: 2 }, 'truncated-normal: high must be > low = 3, got 2'],
    [{ kind: 'lognormal', p50: 2, p99: 1 }, 'lognormal: p99 must be > p50 = 2, got 1'],
    [{ kind: 'lognormal', mean: 1, p99: 20 }, 'lognormal: p99 must be > mean and <= 14.97 * mean = 1, got 20'],
    [{ kind: 'lognormal', mean: 1, p95: 0.5 }, 'lognormal: p95 must be > mean'],
    [{ kind: 'lognormal', mu: 0, sigma: 0 }, 'lognormal: mu must be finite and sigma finite and > 0, got 0 and 0'],
    [{ kind: 'weibull', mean: 1, cv: 1000 }, 'weibull: cv must be from 0.0013 to 429, got 1000'],
    [{ kind: 'weibull', mean: 1, shape: 0.01 }, 'weibull: shape'],
    [{ kind: 'pareto', alpha: 1, mean: 1 }, 'pareto: alpha must be > 1 where the mean is given, got 1'],
    [{ kind: 'bounded-pareto', alpha: 1, low: 1, high: 1 }, 'bounded-pareto: high must be > low = 1, got 1'],
    [{ kind: 'empirical', samples: [] }, 'empirical: at least one sample is needed'],
    [{ kind: 'empirical', samples: [1, -1] }, 'empirical: samples[1] must be finite and >= 0, got -1'],
    [{ kind: 'empirical', quantiles: [{ share: 0, value: 1 }] }, 'empirical: at least two quantiles'],
    [
      {
        kind: 'empirical',
        quantiles: [
          { share: 0, value: 1 },
          { share: 0.9, value: 2 },
        ],
      },
      'empirical: shares must rise from 0 to 1, got quantiles[1].share = 0.9',
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          { share: 0, value: 3 },
          { share: 1, value: 2 },
        ],
      },
      'empirical: values must not fall, got quantiles[1].value = 2',
    ],
    [{ kind: 'zipf', items: 0, exponent: 1 }, 'zipf: items must be a whole number from 1 to 1e7, got 0'],
    [{ kind: 'zipf', items: 10, exponent: -1 }, 'zipf: exponent must be finite and >= 0, got -1'],
    [{ kind: 'mixture', parts: [] }, 'mixture: weights: at least one is needed'],
    [{ kind: 'shifted', by: -1, of: { kind: 'exponential', mean: 1 } }, 'shifted: by must be finite'],
  ];
  test.each(cases)('%j', (spec, message) => {
    expect(() => distribution(spec)).toThrow(RangeError);
    expect(() => distribution(spec)).toThrow(message);
  });
});
