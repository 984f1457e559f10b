/**
 * Hyperexponential: each sample comes from one of several exponential phases; more variable than exponential.
 *
 * `sample` lets u pick the phase and its remainder within the phase's share drive it: exact, one uniform, but not
 * growing with u. `quantile` solves for the exact value.
 */
import type { Distribution } from './distribution.ts';
import { exp, expm1, ln } from './elementary.ts';
import { requirePositive } from './require.ts';
import { pickPart, shares } from './shares.ts';

export type HyperexponentialOptions =
  | {
      /** One a phase, finite and > 0; they are scaled to add up to 1. */
      readonly probabilities: readonly number[];
      /** One a phase, finite and > 0. */
      readonly means: readonly number[];
    }
  | {
      readonly mean: number;
      /** > 1: two phases with balanced means (each carries half of the work). */
      readonly cv: number;
    };

/** Mean sum p m, second moment sum 2 p m². @throws RangeError on a bad parameter. */
export function hyperexponential(options: HyperexponentialOptions): Distribution {
  const { probabilities, means } = 'cv' in options ? balanced(options.mean, options.cv) : options;
  if (!(probabilities.length === means.length && means.length > 0)) {
    throw new RangeError(
      `hyperexponential: as many probabilities as means, got ${probabilities.length} and ${means.length}`,
    );
  }
  requirePositive('hyperexponential', Object.fromEntries(means.map((mean, i) => [`means[${i}]`, mean])));
  const ends = shares('hyperexponential: probabilities', probabilities);
  const weights = ends.map((end, i) => end - (i > 0 ? ends[i - 1] : 0));

  let mean = 0;
  let secondMoment = 0;
  for (let i = 0; i < means.length; i++) {
    mean += weights[i] * means[i];
    secondMoment += 2 * weights[i] * means[i] * means[i];
  }
  const survival = (x: number): number => weights.reduce((sum, weight, i) => sum + weight * exp(-x / means[i]), 0);
  const density = (x: number): number =>
    weights.reduce((sum, weight, i) => sum + (weight / means[i]) * exp(-x / means[i]), 0);

  return {
    mean,
    variance: secondMoment - mean * mean,
    sample: (u) => {
      const part = pickPart(ends, u);
      const start = part > 0 ? ends[part - 1] : 0;
      return 0 - means[part] * ln((ends[part] - u) / (ends[part] - start));
    },
    quantile: (u) => {
      // ln of the survival function is convex and falls: Newton from 0 climbs to the root without passing it.
      const target = ln(1 - u);
      let x = 0;
      for (;;) {
        const left = survival(x);
        const change = ((ln(left) - target) * left) / density(x);
        if (!(change > 1e-14 * x)) return x;
        x += change;
      }
    },
    cdf: (x) => (x > 0 ? weights.reduce((sum, weight, i) => sum - weight * expm1(-x / means[i]), 0) : 0),
  };
}

/** Two phases with the same share of the work each: p1 m1 = p2 m2. */
function balanced(mean: number, cv: number): { probabilities: number[]; means: number[] } {
  requirePositive('hyperexponential', { mean });
  if (!(cv > 1 && cv < 1e6)) throw new RangeError(`hyperexponential: cv must be > 1 and < 1e6, got ${cv}`);
  const scv = cv * cv;
  const skew = Math.sqrt((scv - 1) / (scv + 1));
  // 1 - skew, without loss for a large cv
  const rare = 1 / ((scv + 1) * (1 + skew));
  const probabilities = [1 - rare, rare];
  return { probabilities, means: probabilities.map((probability) => mean / (2 * probability)) };
}
