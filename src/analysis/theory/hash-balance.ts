/**
 * How evenly hashing spreads keys, and how many move when a server is added.
 * Source: a server's share of a ring with V random points each of n servers has the law Beta(V, V (n - 1)); the largest of
 * n uniform spacings: H. David and H. Nagaraja, Order Statistics (2003), 6.4; the rest is counting.
 */
import { expm1, ln } from '../../sim/random/elementary.ts';
import { gammaP } from '../../sim/random/special.ts';
import { requireCount } from './refusal.ts';

export interface RingBalance {
  readonly shareMean: number;
  /** Standard deviation over mean. */
  readonly shareVariation: number;
  /** Mean share of the largest. */
  readonly shareMaxMean: number;
}

export function ringBalance(servers: number, points: number): RingBalance {
  requireCount('hash ring', { servers, points });
  return {
    shareMean: 1 / servers,
    shareVariation: Math.sqrt((servers - 1) / (servers * points + 1)),
    shareMaxMean: points === 1 ? harmonic(servers) / servers : largestMean(servers, points),
  };
}

/**
 * Shares are gamma times (shape V) over their sum, which is independent of them: the mean of the largest of n such times,
 * the integral of 1 - P(V, x)^n, over that of the sum, n V. Simpson's rule; the integrand is smooth.
 */
function largestMean(servers: number, points: number): number {
  const end = points + SPREADS * Math.sqrt(points) + SPREADS;
  const step = end / PARTS;
  let sum = 0;
  for (let k = 0; k <= PARTS; k++) {
    const weight = k === 0 || k === PARTS ? 1 : k % 2 === 1 ? 4 : 2;
    sum += weight * -expm1(servers * ln(gammaP(points, k * step)));
  }
  return (sum * step) / 3 / (servers * points);
}

/** Standard deviations beyond which nothing is left, and the parts of the range (even). */
const SPREADS = 40;
const PARTS = 20_000;

/** Share of keys that change their server when n become n + 1. */
export function movedByGrowth(servers: number): { readonly modulo: number; readonly least: number } {
  requireCount('hashing', { servers });
  // of n (n + 1) consecutive numbers n have the same rest by both
  return { modulo: servers / (servers + 1), least: 1 / (servers + 1) };
}

/** 1 + 1/2 + ... + 1/n, the small terms first. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let k = n; k >= 1; k--) sum += 1 / k;
  return sum;
}
