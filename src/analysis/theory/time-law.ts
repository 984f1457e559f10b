/** Laws of times as their tails, and percentiles from them. */
import { exp, ln } from '../../sim/random/elementary.ts';

/** The law of a wait or a response, in seconds. */
export interface TimeLaw {
  readonly mean: number;
  /** NaN where it is not known. */
  readonly stddev: number;
  /** P(X > t) for t >= 0. */
  tail(t: number): number;
  /** Relative width to which percentiles are worth finding; absent = to the last digit. */
  readonly resolution?: number;
}

/** Relative width at which a percentile is found, and rounding that is forgiven where a share is met exactly. */
const RESOLUTION = 4e-16;
const ROUNDING = 1e-13;
/** A search by false position that has not halved its bracket after so many steps halves it. */
const STEPS_TO_HALF = 3;

/** The smallest t with P(X <= t) >= level, level in (0, 1); 0 where more than that share is zero. */
export function timeQuantile(law: TimeLaw, level: number): number {
  const beyond = 1 - level;
  const excess = (t: number): number => law.tail(t) - beyond;
  let low = 0;
  let excessLow = excess(0);
  if (excessLow <= ROUNDING * beyond) return 0;
  let high = law.mean > 0 ? law.mean : 1;
  let excessHigh = excess(high);
  while (excessHigh > 0) {
    low = high;
    excessLow = excessHigh;
    high *= 2;
    if (!(high < Infinity)) throw new Error(`a tail that does not fall to ${beyond}`);
    excessHigh = excess(high);
  }
  // false position with the Illinois rule (M. Dowell and P. Jarratt, BIT 11 (1971)); halving where a jump holds it up
  const width = law.resolution ?? RESOLUTION;
  let target = (high - low) / 2;
  for (let step = 1, side = 0; high - low > width * high; step++) {
    let middle = (low * excessHigh - high * excessLow) / (excessHigh - excessLow);
    if (step % STEPS_TO_HALF === 0) {
      if (high - low > target) middle = low + (high - low) / 2;
      target = (high - low) / 2;
    }
    if (!(middle > low && middle < high)) {
      middle = low + (high - low) / 2;
      if (!(middle > low && middle < high)) break;
    }
    const found = excess(middle);
    if (found > 0) {
      low = middle;
      excessLow = found;
      if (side === 1) excessHigh /= 2;
      side = 1;
    } else {
      high = middle;
      excessHigh = found;
      if (found === 0) return high;
      if (side === -1) excessLow /= 2;
      side = -1;
    }
  }
  return high;
}

/** Exponential with this mean. */
export function exponentialLaw(mean: number): TimeLaw {
  return { mean, stddev: mean, tail: (t) => exp(-t / mean) };
}

/** The law of one of several, chosen with these shares (which add up to 1). */
export function mixedLaw(parts: readonly { readonly share: number; readonly law: TimeLaw }[]): TimeLaw {
  const mean = parts.reduce((sum, { share, law }) => sum + share * law.mean, 0);
  const square = parts.reduce(
    (sum, { share, law }) => sum + share * (law.stddev * law.stddev + law.mean * law.mean),
    0,
  );
  return {
    mean,
    stddev: Math.sqrt(square - mean * mean),
    tail: (t) => parts.reduce((sum, { share, law }) => sum + (share > 0 ? share * law.tail(t) : 0), 0),
  };
}

/** Terms below this share of the largest are left out of Poisson sums. */
const POISSON_CUT = 1e-19;

/**
 * The time to absorption of a Markov chain seen at Poisson instants (uniformisation):
 * P(X > t) = sum over j of P(j instants by t) * P(not absorbed after j). Only positive terms: 15 digits.
 */
export class UniformisedTail {
  private readonly survivors: number[] = [];

  /**
   * @param rate of the instants, 1/s.
   * @param next P(not absorbed) after 0, 1, 2 ... instants, at each call the next one; non-increasing to 0.
   */
  constructor(
    private readonly rate: number,
    private readonly next: () => number,
  ) {}

  tail(t: number): number {
    const mean = this.rate * t;
    const mode = Math.floor(mean);
    let weights = 1;
    let sum = this.survivor(mode);
    for (let j = mode, weight = 1; j > 0; j--) {
      weight *= j / mean;
      if (weight < POISSON_CUT) break;
      weights += weight;
      sum += weight * this.survivor(j - 1);
    }
    for (let j = mode + 1, weight = 1; ; j++) {
      weight *= mean / j;
      if (weight < POISSON_CUT) break;
      weights += weight;
      sum += weight * this.survivor(j);
    }
    return sum / weights;
  }

  private survivor(j: number): number {
    while (this.survivors.length <= j) this.survivors.push(this.next());
    return this.survivors[j];
  }
}

/** -ln(1 - level), the percentile of an exponential law of mean 1. */
export function exponentialQuantile(level: number): number {
  return -ln(1 - level);
}
