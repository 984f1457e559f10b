/** Exponential: memoryless times; the interarrival times of a Poisson process. */
import type { Distribution } from './distribution.ts';
import { expm1, ln } from './elementary.ts';
import { requirePositive } from './require.ts';

export interface ExponentialOptions {
  /** The mean, not the rate; finite and > 0. */
  readonly mean: number;
}

/** Variance mean². @throws RangeError if `mean` is not finite and > 0. */
export function exponential({ mean }: ExponentialOptions): Distribution {
  requirePositive('exponential', { mean });
  const quantile = (u: number): number => 0 - mean * ln(1 - u); // 1 - u is exact for a 53-bit u; never -0
  return { mean, variance: mean * mean, quantile, sample: quantile, cdf: (x) => (x > 0 ? -expm1(-x / mean) : 0) };
}
