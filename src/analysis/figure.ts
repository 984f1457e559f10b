/**
 * Estimates with intervals from independent replications.
 *
 * The value is computed once from all replications pooled, which removes most of the bias that a percentile of a short
 * replication has. The interval follows from what each replication contributes to its error:
 * - a mean over requests is a ratio of sums, so replication k contributes n_k (mean_k - value) / mean(n);
 * - a percentile is where a share q of all requests lies below: replication k contributes the excess of its own count
 *   below, and the interval of that share is carried over to times by the pooled distribution (R. S. Woodruff, "Confidence
 *   intervals for medians and other position measures", JASA 47, 1952, made for clusters of a population, which
 *   replications are), judged at the estimate and at the bound. The spread of the replications' own percentiles is not used:
 *   near saturation it is too small by half, since a burst moves the pooled percentile by its requests, not by its own
 *   percentile;
 * - any other statistic contributes its own value less the pooled one (sectioning: Asmussen and Glynn, Stochastic
 *   Simulation, 2007, III.5).
 * The interval about the estimate is Student's, corrected for skewness (`statistics/skewed-interval.ts`).
 */
import type { Histogram } from '../sim/stats/histogram.ts';
import type { Moments } from '../sim/stats/moments.ts';
import { correlationFactor, shareInterval, skewedInterval, studentQuantile } from './statistics/index.ts';
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
  /**
   * Half-widths are so many times those of a number of replications that was fixed beforehand: the price of stopping when
   * they are narrow (`STOPPING_GUARD`). Default 1.
   */
  readonly guard?: number;
  /** The contributions are those of batches of one run, in their order, which may be correlated. Default false. */
  readonly serial?: boolean;
}

/** A figure with its interval; without one where there is a single replication, or nothing was seen. */
export function figure({ pooled, each }: Estimate, unit: Figure['unit'], precision: Precision): Figure {
  const seen = each.filter((value) => !Number.isNaN(value));
  return bounded(pooled, seen.length, unit, precision, () => about(pooled, deviations(pooled, seen), precision));
}

/** The mean of what was recorded, a ratio of sums over the replications. */
export function meanFigure(
  pooled: Moments,
  each: readonly Moments[],
  unit: Figure['unit'],
  precision: Precision,
): Figure {
  const value = pooled.count > 0 ? pooled.mean : NaN;
  return bounded(value, seen(each), unit, precision, () => about(value, meanErrors(pooled, each), precision));
}

/** The value below which a share q of what was recorded lies. */
export function quantileFigure(
  q: number,
  pooled: Histogram,
  each: readonly Histogram[],
  unit: Figure['unit'],
  precision: Precision,
): Figure {
  return bounded(pooled.quantile(q), seen(each), unit, precision, () => ({
    low: quantileBound(q, pooled, each, precision, 'low'),
    high: quantileBound(q, pooled, each, precision, 'high'),
  }));
}

/** Rounds in which a bound is moved to where the spread is its own; each moves it several times less than the one before. */
const BOUND_ROUNDS = 3;

/**
 * One bound of a percentile: where the share below differs from q by as much as it may by chance, half-way between judging
 * by the spread of the replications' shares at the estimate (Woodruff) and at the bound itself. At the estimate alone the
 * interval of a p99 lies too high (above it fewer requests are left, which vary less; below it more), at the bounds alone
 * too low.
 */
function quantileBound(
  q: number,
  pooled: Histogram,
  each: readonly Histogram[],
  precision: Precision,
  side: 'low' | 'high',
): number {
  // the share below is the smaller, the further up the percentile may be
  const reach = (time: number): number => {
    const { low, high } = errorInterval(shareErrors(time, pooled, each), precision);
    return Math.min(1, Math.max(0, q - (side === 'low' ? high : low)));
  };
  const estimate = pooled.quantile(q);
  // what was seen may end before the spread at the estimate does
  const first = pooled.quantile(Math.min((q + 1) / 2, Math.max(q / 2, reach(estimate))));
  let bound = first;
  for (let round = 0; round < BOUND_ROUNDS; round++) bound = pooled.quantile(reach(bound));
  return (first + bound) / 2;
}

/** What each replication contributes to the error of a statistic's pooled value. */
export function deviations(pooled: number, each: readonly number[]): number[] {
  return each.map((value) => value - pooled);
}

/** What each replication contributes to the error of the mean; nothing where it recorded nothing. */
export function meanErrors(pooled: Moments, each: readonly Moments[]): number[] {
  const typical = pooled.count / each.length;
  return each.map((moments) => (moments.count === 0 ? 0 : (moments.count / typical) * (moments.mean - pooled.mean)));
}

/** What each replication contributes to the error of a percentile, as seconds: by the slope of the pooled distribution. */
export function quantileErrors(q: number, pooled: Histogram, each: readonly Histogram[], level: number): number[] {
  const errors = shareErrors(pooled.quantile(q), pooled, each);
  const { low, high } = skewedInterval(errors, level);
  if (low === high) return errors.map(() => 0);
  const from = Math.max(0, q + low);
  const to = Math.min(1, q + high);
  const slope = (pooled.quantile(to) - pooled.quantile(from)) / (to - from);
  return errors.map((error) => -slope * error);
}

/** What each replication contributes to the error of the share of requests below a time. */
function shareErrors(time: number, pooled: Histogram, each: readonly Histogram[]): number[] {
  const share = pooled.countBelow(time) / pooled.count;
  const typical = pooled.count / each.length;
  return each.map((histogram) => (histogram.countBelow(time) - share * histogram.count) / typical);
}

function about(
  value: number,
  errors: readonly number[],
  precision: Precision,
): { readonly low: number; readonly high: number } {
  const { low, high } = errorInterval(errors, precision);
  return { low: value + low, high: value + high };
}

/** From the contributions to an error, where the truth lies about the estimate. */
function errorInterval(
  errors: readonly number[],
  { level, guard = 1, serial = false }: Precision,
): { readonly low: number; readonly high: number } {
  const { low, high } = skewedInterval(errors, level);
  const wider = guard * (serial ? correlationFactor(errors) : 1);
  return { low: wider * low, high: wider * high };
}

/** @param interval asked only where there are two replications or more. */
function bounded(
  value: number,
  observed: number,
  unit: Figure['unit'],
  { level, relative }: Precision,
  interval: () => { readonly low: number; readonly high: number },
): Figure {
  if (observed === 0 || Number.isNaN(value)) {
    return { value: NaN, low: NaN, high: NaN, level: null, unit, note: 'no observations' };
  }
  if (observed === 1) return { value, low: NaN, high: NaN, level: null, unit, note: 'single replication' };
  const { low, high } = interval();
  const missed = (high - low) / 2 > relative * Math.abs(value) * (1 + 1e-12);
  return {
    value,
    low: Math.max(0, Math.min(low, value)),
    high: unit === 'share' ? Math.min(1, Math.max(high, value)) : Math.max(high, value),
    level,
    unit,
    ...(missed ? { note: 'precision not reached' as const } : {}),
  };
}

/** Replications that recorded anything. */
function seen(each: readonly { readonly count: number }[]): number {
  return each.reduce((sum, { count }) => sum + (count > 0 ? 1 : 0), 0);
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

/** Half of an interval's width as a share of the value; 0 where both are 0. */
export function relativeWidth({ value, low, high }: Figure): number {
  return high === low ? 0 : (high - low) / 2 / Math.abs(value);
}

/** Half-width of the interval by sectioning alone, not corrected for skewness; 0 when all replications agree. */
export function halfWidth(pooled: number, each: readonly number[], level: number): number {
  let squares = 0;
  for (const value of each) squares += (value - pooled) * (value - pooled);
  if (squares === 0) return 0;
  const n = each.length;
  return studentQuantile((1 + level) / 2, n - 1) * Math.sqrt(squares / (n - 1) / n);
}
