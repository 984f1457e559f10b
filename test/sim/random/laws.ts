import type { DistributionSpec } from '../../../src/sim/random/index.ts';

/** Every continuous law in every form of its parameters. */
export const continuousLaws: readonly DistributionSpec[] = [
  { kind: 'uniform', low: 0.2, high: 1.7 },
  { kind: 'exponential', mean: 0.02 },
  { kind: 'erlang', phases: 1, mean: 0.3 },
  { kind: 'erlang', phases: 4, mean: 0.3 },
  { kind: 'erlang', phases: 200, mean: 5 },
  { kind: 'gamma', mean: 0.01, cv: 2 },
  { kind: 'gamma', mean: 3, shape: 0.7 },
  { kind: 'gamma', shape: 2.5, scale: 0.1 },
  { kind: 'hyperexponential', mean: 0.5, cv: 2 },
  { kind: 'hyperexponential', probabilities: [0.5, 0.3, 0.2], means: [0.001, 0.02, 0.4] },
  { kind: 'truncated-normal', mean: 0.05, cv: 0.3 },
  { kind: 'truncated-normal', mean: 1, cv: 0.9 },
  { kind: 'truncated-normal', mu: 1, sigma: 0.5, low: 0.8, high: 1.9 },
  { kind: 'truncated-normal', mu: 0.1, sigma: 0.2, low: 0.5 },
  { kind: 'lognormal', mean: 0.02, cv: 1 },
  { kind: 'lognormal', mu: -3, sigma: 0.8 },
  { kind: 'lognormal', p50: 0.02, p95: 0.09 },
  { kind: 'lognormal', p50: 0.02, p99: 0.09 },
  { kind: 'lognormal', mean: 0.02, p95: 0.06 },
  { kind: 'lognormal', mean: 0.02, p99: 0.06 },
  { kind: 'weibull', mean: 2, cv: 1.6 },
  { kind: 'weibull', mean: 2, shape: 3 },
  { kind: 'weibull', shape: 0.8, scale: 0.1 },
  { kind: 'pareto', alpha: 7, minimum: 0.01 },
  { kind: 'pareto', alpha: 8, mean: 0.02 },
  { kind: 'bounded-pareto', alpha: 1.1, low: 0.01, high: 10 },
  { kind: 'bounded-pareto', alpha: 1, low: 0.5, high: 50 },
  { kind: 'bounded-pareto', alpha: 2, low: 0.5, high: 50 },
  {
    kind: 'empirical',
    quantiles: [
      { share: 0, value: 0.001 },
      { share: 0.5, value: 0.01 },
      { share: 0.99, value: 0.1 },
      { share: 1, value: 0.9 },
    ],
  },
  {
    kind: 'mixture',
    parts: [
      { weight: 9, of: { kind: 'exponential', mean: 0.001 } },
      { weight: 1, of: { kind: 'lognormal', mean: 0.05, cv: 0.5 } },
    ],
  },
  { kind: 'shifted', by: 0.005, of: { kind: 'erlang', phases: 3, mean: 0.02 } },
];

/** Laws with probability on single values. */
export const discreteLaws: readonly DistributionSpec[] = [
  { kind: 'deterministic', value: 0.25 },
  { kind: 'empirical', samples: [0.3, 0.1, 0.1, 0.7, 0.2, 0.1, 0.9] },
  { kind: 'zipf', items: 1, exponent: 1 },
  { kind: 'zipf', items: 100, exponent: 0 },
  { kind: 'zipf', items: 1000, exponent: 0.7 },
  { kind: 'zipf', items: 50, exponent: 2.5 },
  {
    kind: 'mixture',
    parts: [
      { weight: 3, of: { kind: 'deterministic', value: 1 } },
      { weight: 1, of: { kind: 'zipf', items: 4, exponent: 1 } },
    ],
  },
  { kind: 'shifted', by: -1, of: { kind: 'zipf', items: 9, exponent: 1 } },
];
