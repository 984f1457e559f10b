/** Pareto: a heavy tail, P(X > x) = (minimum / x)^alpha. */
import type { Distribution } from './distribution.ts';
import { exp, expm1, ln } from './elementary.ts';
import { requirePositive } from './require.ts';

export type ParetoOptions =
  | { readonly alpha: number; readonly minimum: number }
  /** With alpha > 1, below which there is no mean. */
  | { readonly alpha: number; readonly mean: number };

/** Mean infinite for alpha <= 1, variance for alpha <= 2. @throws RangeError on a bad parameter. */
export function pareto(options: ParetoOptions): Distribution {
  requirePositive('pareto', { ...options });
  const { alpha } = options;
  if ('mean' in options && !(alpha > 1)) {
    throw new RangeError(`pareto: alpha must be > 1 where the mean is given, got ${alpha}`);
  }
  const minimum = 'mean' in options ? (options.mean * (alpha - 1)) / alpha : options.minimum;
  const mean = alpha > 1 ? (alpha * minimum) / (alpha - 1) : Infinity;
  const variance = alpha > 2 ? (mean * mean) / (alpha * (alpha - 2)) : Infinity;
  const power = -1 / alpha;
  const quantile = (u: number): number => minimum * exp(power * ln(1 - u));
  const cdf = (x: number): number => (x > minimum ? -expm1(alpha * ln(minimum / x)) : 0);
  return { mean, variance, quantile, sample: quantile, cdf };
}
