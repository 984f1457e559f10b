/** Student's t law: intervals for a mean from few values. */
import { betaI, betaIInverse } from '../../sim/random/special.ts';

/** P(T <= t) for `freedom` > 0 degrees of freedom. */
export function studentCdf(t: number, freedom: number): number {
  const squared = t * t;
  const tail = betaI(freedom / 2, 0.5, freedom / (freedom + squared), squared / (freedom + squared)) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T <= t) = p, p in (0, 1). Relative error below 1e-13. */
export function studentQuantile(p: number, freedom: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  const bothTails = 2 * (1 - p);
  // Solved for the smaller of x = freedom / (freedom + t²) and y = 1 - x, which keeps its digits.
  if (bothTails < 0.5) {
    const x = betaIInverse(freedom / 2, 0.5, bothTails);
    return Math.sqrt((freedom * (1 - x)) / x);
  }
  const y = betaIInverse(0.5, freedom / 2, 2 * p - 1);
  return Math.sqrt((freedom * y) / (1 - y));
}
