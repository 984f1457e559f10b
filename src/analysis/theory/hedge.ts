/**
 * Hedged requests without queueing: a second copy goes out after a delay without an answer, the first answer wins. Both
 * copies take independent exponential times.
 * Source: J. Dean and L. Barroso, "The tail at scale", CACM 56 (2013); the minimum of two exponentials.
 */
import { exp, expm1 } from '../../sim/random/elementary.ts';
import { requirePositive } from './refusal.ts';
import { exponentialQuantile } from './time-law.ts';

export interface HedgeAnswer {
  readonly mean: number;
  /** Share of requests that send the second copy. */
  readonly secondCopies: number;
  quantile(level: number): number;
}

/** @param mean of one copy, s. @param delay before the second, s, >= 0. */
export function hedge(mean: number, delay: number): HedgeAnswer {
  requirePositive('hedge', { mean });
  const secondCopies = exp(-delay / mean);
  return {
    mean: mean * -expm1(-delay / mean) + (secondCopies * mean) / 2,
    secondCopies,
    quantile: (level) => {
      const single = mean * exponentialQuantile(level);
      // after the delay both copies run, so the rest goes twice as fast
      return single <= delay ? single : (single + delay) / 2;
    },
  };
}
