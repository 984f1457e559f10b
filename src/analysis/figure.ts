/**
 * Estimates with intervals from independent replications.
 *
 * Every statistic is estimated by sectioning: the value is computed once from all replications pooled, and the spread of
 * the replications' own values about it gives the interval, value +- t((1 + level) / 2; n - 1) * s / sqrt(n). Pooling
 * removes most of the bias that a percentile of a short replication has. Source: Asmussen and Glynn, Stochastic
 * Simulation (2007), section III.5; for means of ratios the same formula is the ratio estimator.
 */
import { shareInterval, studentQuantile } from './statistics/index.ts';
import type { Figure } from './result.ts';

export interface Estimate {
  /** From all replications together; NaN = nothing was observed. */
  readonly pooled: number;
  /** One value a replication; NaN where a replication observed nothing. */
  readonly each: readonly number[];
}

export interface Precision {
  readonly level: number;
  /** Relative half-width that was asked of this figure; Infinity = none. */
  readonly relative: number;
}

/** A figure with its interval; without one where there is a single replication, or nothing was seen. */
export function figure({ pooled, each }: Estimate, unit: Figure['unit'], precision: Precision): Figure {
  const seen = each.filter((value) => !Number.isNaN(value));
  if (seen.length === 0 || Number.isNaN(pooled)) {
    return { value: NaN, low: NaN, high: NaN, level: null, unit, note: 'no observations' };
  }
  if (seen.length === 1) {
    return { value: pooled, low: NaN, high: NaN, level: null, unit, note: 'single replication' };
  }
  const half = halfWidth(pooled, seen, precision.level);
  const missed = half > precision.relative * Math.abs(pooled) * (1 + 1e-12);
  return {
    value: pooled,
    low: Math.max(0, pooled - half),
    high: unit === 'share' ? Math.min(1, pooled + half) : pooled + half,
    level: precision.level,
    unit,
    ...(missed ? { note: 'precision not reached' as const } : {}),
  };
}

/**
 * A share of requests: the wider of the replications' interval and the exact binomial one, so that zero errors seen is
 * not zero (requests that fail together are covered by the first, rare ones by the second).
 */
export function shareFigure(
  estimate: Estimate,
  counts: { readonly successes: number; readonly trials: number },
  precision: Precision,
): Figure {
  const plain = figure(estimate, 'share', precision);
  if (plain.level === null || counts.trials === 0) return plain;
  const exact = shareInterval(counts, precision.level);
  return { ...plain, low: Math.min(plain.low, exact.low), high: Math.max(plain.high, exact.high) };
}

/** Half-width of the interval at `level`; 0 when all replications agree. */
export function halfWidth(pooled: number, each: readonly number[], level: number): number {
  let squares = 0;
  for (const value of each) squares += (value - pooled) * (value - pooled);
  if (squares === 0) return 0;
  const n = each.length;
  return studentQuantile((1 + level) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
}
