/**
 * A request that asks n leaves at once and waits for all of them; leaves independent, no queueing.
 * Source: J. Dean and L. Barroso, "The tail at scale", CACM 56 (2013).
 */
import { exp, expm1, ln, log1p } from '../../sim/random/elementary.ts';
import { harmonic } from './hash-balance.ts';
import { requireCount, requirePositive } from './refusal.ts';
import type { TimeLaw } from './time-law.ts';

/** P(at least one of n leaves is in its slowest share). */
export function anySlow(leaves: number, share: number): number {
  requireCount('fan-out', { leaves });
  return -expm1(leaves * log1p(-share));
}

export interface FanOutAnswer {
  readonly slowest: TimeLaw;
  readonly fastestMean: number;
  /** Percentile of the slowest, level in (0, 1). */
  quantile(level: number): number;
}

/** Exponential leaves of this mean. */
export function exponentialFanOut(leaves: number, mean: number): FanOutAnswer {
  requireCount('fan-out', { leaves });
  requirePositive('fan-out', { mean });
  let squares = 0;
  for (let k = leaves; k >= 1; k--) squares += 1 / (k * k);
  return {
    slowest: {
      mean: mean * harmonic(leaves),
      stddev: mean * Math.sqrt(squares),
      tail: (t) => (t > 0 ? -expm1(leaves * log1p(-exp(-t / mean))) : 1),
    },
    fastestMean: mean / leaves,
    quantile: (level) => -mean * ln(-expm1(ln(level) / leaves)),
  };
}
