/** The mean of independent replications with its interval by Student's t. */
import { Moments } from '../../sim/stats/moments.ts';
import { type Interval, requireLevel } from './interval.ts';
import { studentQuantile } from './student.ts';

/**
 * mean +- t((1 + level) / 2; n - 1) * standard deviation / sqrt(n).
 * @param values one a replication, at least one; from a single one follows no error: the interval is infinite.
 * @throws RangeError if there is no value or the level is not in (0, 1).
 */
export function meanInterval(values: readonly number[], level: number): Interval {
  requireLevel(level);
  if (values.length === 0) throw new RangeError('meanInterval: at least one value is needed');
  const moments = new Moments();
  for (const value of values) moments.record(value);
  const estimate = moments.mean;
  if (values.length === 1) return { estimate, low: -Infinity, high: Infinity, level };
  const deviation = moments.standardDeviation / Math.sqrt(values.length);
  const half = deviation > 0 ? studentQuantile((1 + level) / 2, values.length - 1) * deviation : deviation;
  return { estimate, low: estimate - half, high: estimate + half, level };
}
