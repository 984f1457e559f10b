/** Where the true value lies about an estimate, from few independent contributions to its error that may be skewed. */
import { exp, ln } from '../../sim/random/elementary.ts';
import { requireLevel } from './interval.ts';
import { studentQuantile } from './student.ts';

/** Fewer contributions tell nothing of their skewness: the interval is then symmetric. */
const SKEWNESS_FROM = 10;

/**
 * Largest a (t + a): beyond it the skewness is that of one or two extreme contributions, and the cube root would make the
 * long side many times Student's; at it the long side is 1.5 to 1.7 times as long.
 */
const MOST = 0.125;

/**
 * Student's interval for the mean of independent values, corrected for their skewness: the truth lies between
 * `estimate + low` and `estimate + high`. For response times near saturation the long side is the upper one, and an
 * interval that is symmetric misses there several times as often as below.
 *
 * -G(t) s / sqrt(n) to -G(-t) s / sqrt(n) with G(r) = (cbrt(1 + 6 a (r - a)) - 1) / (2 a), a = skewness / (6 sqrt(n)).
 * Source: R. Willink, "A confidence interval and test for the mean of an asymmetric distribution", Communications in
 * Statistics: Theory and Methods 34 (2005); used for simulation output by Skart (Tafazzoli and Wilson, IIE Transactions 43,
 * 2011).
 * @param each at least two, their mean near 0.
 */
export function skewedInterval(
  each: readonly number[],
  level: number,
): { readonly low: number; readonly high: number } {
  requireLevel(level);
  const n = each.length;
  const mean = each.reduce((sum, value) => sum + value, 0) / n;
  let squares = 0;
  let cubes = 0;
  for (const value of each) {
    const deviation = value - mean;
    squares += deviation * deviation;
    cubes += deviation * deviation * deviation;
  }
  if (squares === 0) return { low: 0, high: 0 };
  const deviation = Math.sqrt(squares / (n - 1));
  const error = deviation / Math.sqrt(n);
  const t = studentQuantile((1 + level) / 2, n - 1);
  if (n < SKEWNESS_FROM) return { low: -t * error, high: t * error };
  const skewness = ((n / ((n - 1) * (n - 2))) * cubes) / (deviation * deviation * deviation);
  const most = (Math.sqrt(t * t + 4 * MOST) - t) / 2;
  const a = Math.max(-most, Math.min(most, skewness / (6 * Math.sqrt(n))));
  return { low: -skewed(t, a) * error, high: -skewed(-t, a) * error };
}

function skewed(r: number, a: number): number {
  // the limit for a -> 0, where the formula loses its digits
  if (Math.abs(a) < 1e-6) return r;
  return (cubeRoot(1 + 6 * a * (r - a)) - 1) / (2 * a);
}

function cubeRoot(x: number): number {
  if (x === 0) return 0;
  return x < 0 ? -exp(ln(-x) / 3) : exp(ln(x) / 3);
}
