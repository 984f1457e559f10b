/**
 * M/G/infinity: everyone is served at once; the number present is Poisson whatever the service law.
 * Source: L. Takács, Introduction to the Theory of Queues (1962), chapter 3.
 */
import { exp, ln } from '../../sim/random/elementary.ts';
import { gammaQ, lnGamma } from '../../sim/random/special.ts';
import { requirePositive } from './refusal.ts';

export interface PoissonNumber {
  readonly mean: number;
  /** P(N = k), P(N <= k). */
  share(k: number): number;
  atMost(k: number): number;
  /** The smallest k with P(N <= k) >= level. */
  quantile(level: number): number;
}

/** The number present in steady state. @param rate 1/s. @param service mean, s. */
export function poissonNumber(rate: number, service: number): PoissonNumber {
  requirePositive('M/G/infinity', { rate, service });
  const mean = rate * service;
  const atMost = (k: number): number => gammaQ(k + 1, mean);
  return {
    mean,
    share: (k) => exp(k * ln(mean) - mean - lnGamma(k + 1)),
    atMost,
    quantile: (level) => {
      let k = 0;
      for (let step = 1; atMost(k) < level; step *= 2) k += step;
      while (k > 0 && atMost(k - 1) >= level) k--;
      return k;
    },
  };
}
