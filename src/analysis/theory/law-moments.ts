/** The first three moments of a law; what Pollaczek and Khinchine's formulas need. */
import { exp, ln } from '../../sim/random/elementary.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';

export type Moments = readonly [mean: number, second: number, third: number];

/** Infinity where a moment does not exist, NaN where it is not worked out. */
export function lawMoments(law: DistributionSpec): Moments {
  const { mean, variance } = distribution(law);
  return [mean, variance + mean * mean, third(law, mean, variance)];
}

function third(law: DistributionSpec, mean: number, variance: number): number {
  switch (law.kind) {
    case 'deterministic':
      return mean * mean * mean;
    case 'exponential':
      return 6 * mean * mean * mean;
    case 'erlang':
    case 'gamma': {
      const shape = (mean * mean) / variance;
      const scale = variance / mean;
      return shape * (shape + 1) * (shape + 2) * scale * scale * scale;
    }
    case 'hyperexponential':
      return hyperexponentialPhases(law).reduce((sum, { share, mean: one }) => sum + share * 6 * one * one * one, 0);
    case 'lognormal': {
      const spread = 1 + variance / (mean * mean); // e^(sigma^2)
      return mean * mean * mean * spread * spread * spread;
    }
    case 'uniform': {
      const { low, high } = law;
      return ((low + high) * (low * low + high * high)) / 4;
    }
    case 'pareto': {
      const { alpha } = law;
      if (alpha <= 3) return Infinity;
      const minimum = (mean * (alpha - 1)) / alpha;
      return (alpha * minimum * minimum * minimum) / (alpha - 3);
    }
    case 'bounded-pareto': {
      const { alpha, low, high } = law;
      const { ratio, inside } = boundedParetoShare(alpha, low, high);
      if (alpha === 3) return NaN;
      return (
        ((alpha / inside) * low * low * low * (1 - ratio * (high / low) * (high / low) * (high / low))) / (alpha - 3)
      );
    }
    case 'empirical':
      return 'samples' in law
        ? law.samples.reduce((sum, value) => sum + value * value * value, 0) / law.samples.length
        : law.quantiles.slice(1).reduce((sum, { share, value }, i) => {
            const { share: before, value: low } = law.quantiles[i];
            return sum + ((share - before) * ((low + value) * (low * low + value * value))) / 4;
          }, 0);
    case 'mixture': {
      const total = law.parts.reduce((sum, { weight }) => sum + weight, 0);
      return law.parts.reduce((sum, { weight, of }) => sum + (weight / total) * lawMoments(of)[2], 0);
    }
    case 'shifted': {
      const [first, second, all] = lawMoments(law.of);
      const { by } = law;
      return all + 3 * by * second + 3 * by * by * first + by * by * by;
    }
    case 'truncated-normal':
    case 'weibull':
    case 'zipf':
      return NaN;
  }
}

/** Shares (which add up to 1) and means of the phases. */
export function hyperexponentialPhases(
  law: Extract<DistributionSpec, { kind: 'hyperexponential' }>,
): readonly { readonly share: number; readonly mean: number }[] {
  if ('cv' in law) {
    // two phases with balanced means: each carries half of the work
    const square = law.cv * law.cv;
    const first = (1 + Math.sqrt((square - 1) / (square + 1))) / 2;
    return [first, 1 - first].map((share) => ({ share, mean: law.mean / (2 * share) }));
  }
  const total = law.probabilities.reduce((sum, one) => sum + one, 0);
  return law.probabilities.map((probability, i) => ({ share: probability / total, mean: law.means[i] }));
}

/** r = (low/high)^alpha, the share of the Pareto law beyond the cut, and what is inside. */
export function boundedParetoShare(alpha: number, low: number, high: number): { ratio: number; inside: number } {
  const ratio = exp(alpha * ln(low / high));
  return { ratio, inside: 1 - ratio };
}
