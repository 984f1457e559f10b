/** Bounded Pareto: a heavy tail cut at a largest value; file and job sizes. */
import type { Distribution } from './distribution.ts';
import { exp, expm1, ln, log1p } from './elementary.ts';
import { requirePositive } from './require.ts';

export interface BoundedParetoOptions {
  /** Finite and > 0. */
  readonly alpha: number;
  /** Finite and > 0. */
  readonly low: number;
  /** Finite and > low. */
  readonly high: number;
}

/** P(X > x) = ((low/x)^alpha - r) / (1 - r) with r = (low/high)^alpha. @throws RangeError on a bad parameter. */
export function boundedPareto({ alpha, low, high }: BoundedParetoOptions): Distribution {
  requirePositive('bounded-pareto', { alpha, low, high });
  if (!(high > low)) throw new RangeError(`bounded-pareto: high must be > low = ${low}, got ${high}`);
  const span = ln(high / low);
  const inside = -expm1(-alpha * span); // 1 - r
  const moment = (k: number): number => {
    const d = k - alpha;
    return (alpha / inside) * (d === 0 ? span : expm1(d * span) / d); // in units of low^k
  };
  const power = -1 / alpha;
  const quantile = (u: number): number => low * exp(power * log1p(-u * inside));
  const cdf = (x: number): number => (x >= high ? 1 : x > low ? -expm1(alpha * ln(low / x)) / inside : 0);
  const unitMean = moment(1);
  return {
    mean: low * unitMean,
    variance: low * low * (moment(2) - unitMean * unitMean),
    quantile,
    sample: quantile,
    cdf,
  };
}
