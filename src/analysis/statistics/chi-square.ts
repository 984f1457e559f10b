/** Chi-square law: intervals for a variance, tests of counts. */
import { gammaP, gammaPInverse } from '../../sim/random/special.ts';

/** P(X <= x) for `freedom` > 0 degrees of freedom. */
export function chiSquareCdf(x: number, freedom: number): number {
  return gammaP(freedom / 2, x / 2);
}

/** The x with P(X <= x) = p, p in [0, 1]. */
export function chiSquareQuantile(p: number, freedom: number): number {
  return 2 * gammaPInverse(freedom / 2, p);
}
