/**
 * How evenly hashing spreads keys, and how many move when a server is added.
 * Source: a server's share of a ring with V random points each of n servers has the law Beta(V, V (n - 1)); the largest of
 * n uniform spacings: H. David and H. Nagaraja, Order Statistics (2003), 6.4; the rest is counting.
 */
import { requireCount } from './refusal.ts';

export interface RingBalance {
  readonly shareMean: number;
  /** Standard deviation over mean. */
  readonly shareVariation: number;
  /** Mean share of the largest; known for one point a server only. */
  readonly shareMaxMean: number | null;
}

export function ringBalance(servers: number, points: number): RingBalance {
  requireCount('hash ring', { servers, points });
  return {
    shareMean: 1 / servers,
    shareVariation: Math.sqrt((servers - 1) / (servers * points + 1)),
    shareMaxMean: points === 1 ? harmonic(servers) / servers : null,
  };
}

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
