/** Laws of times as their tails, and percentiles from them. */
import { exp, ln } from '../../sim/random/elementary.ts';
import { bisect } from '../../sim/random/bisect.ts';

/** The law of a wait or a response, in seconds. */
export interface TimeLaw {
  readonly mean: number;
  /** NaN where it is not known. */
  readonly stddev: number;
  /** P(X > t) for t >= 0. */
  tail(t: number): number;
}

/** The smallest t with P(X <= t) >= level, level in (0, 1); 0 where more than that share is zero. */
export function timeQuantile(law: TimeLaw, level: number): number {
  const beyond = 1 - level;
  const reached = (t: number): boolean => law.tail(t) <= beyond;
  if (reached(0)) return 0;
  let high = law.mean > 0 ? law.mean : 1;
  while (!reached(high)) {
    high *= 2;
    if (!(high < Infinity)) throw new Error(`a tail that does not fall to ${beyond}`);
  }
  return bisect(0, high, reached);
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
