import type { Upstream } from './scheduler.ts';

/** The weight as products have it that know whole ones only: a fraction (slow start) is rounded, and not below 1. */
export function wholeWeight({ weight }: Upstream, server: number): number {
  return weight[server] > 0 ? Math.max(Math.round(weight[server]), 1) : 0;
}

export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) {
    [a, b] = [b, a % b];
  }
  return a;
}
