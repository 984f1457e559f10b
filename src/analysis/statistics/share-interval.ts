/** A share of independent trials (availability, error rate, runs that kept the SLO) with its exact interval. */
import { betaIInverse } from '../../sim/random/special.ts';
import { type Interval, requireLevel } from './interval.ts';

export interface ShareCounts {
  /** Whole, 0 to `trials`. */
  readonly successes: number;
  /** Whole, >= 1. */
  readonly trials: number;
}

/**
 * Clopper and Pearson (Biometrika 26, 1934): covers at least `level` for every true share, also with 0 or all successes.
 * @throws RangeError on bad counts or level.
 */
export function shareInterval({ successes, trials }: ShareCounts, level: number): Interval {
  requireLevel(level);
  if (!(Number.isInteger(trials) && trials >= 1 && Number.isInteger(successes) && successes >= 0)) {
    throw new RangeError(`shareInterval: counts must be whole, got ${successes} of ${trials}`);
  }
  if (successes > trials) throw new RangeError(`shareInterval: at most ${trials} successes, got ${successes}`);
  const failures = trials - successes;
  const tail = (1 - level) / 2;
  const low = successes === 0 ? 0 : betaIInverse(successes, failures + 1, tail);
  const high = failures === 0 ? 1 : 1 - betaIInverse(failures, successes + 1, tail);
  return { estimate: successes / trials, low, high, level };
}
