/**
 * Mixture: each sample comes from one of several laws (90 % hits at 1 ms, 10 % misses at 50 ms).
 *
 * `sample` lets u pick the part and its remainder within the part's share drive it: exact, one uniform, but not growing
 * with u. `quantile` is found by halving the cdf, some microseconds.
 */
import { bisect } from './bisect.ts';
import type { Distribution } from './distribution.ts';
import { pickPart, shares } from './shares.ts';

export interface MixtureOptions {
  /** At least one; weights are relative, finite and > 0. */
  readonly parts: readonly { readonly weight: number; readonly of: Distribution }[];
}

/** Mean sum w m; variance sum w (v + (m - mean)²). @throws RangeError on a bad weight or no part. */
export function mixture({ parts }: MixtureOptions): Distribution {
  const ends = shares(
    'mixture: weights',
    parts.map(({ weight }) => weight),
  );
  const laws = parts.map(({ of }) => of);
  const weights = ends.map((end, i) => end - (i > 0 ? ends[i - 1] : 0));
  const total = (value: (law: Distribution) => number): number =>
    laws.reduce((sum, law, i) => sum + weights[i] * value(law), 0);

  const mean = total((law) => law.mean);
  const cdf = (x: number): number => total((law) => law.cdf(x));
  return {
    mean,
    variance: mean < Infinity ? total((law) => law.variance + (law.mean - mean) * (law.mean - mean)) : Infinity,
    sample: (u) => {
      const part = pickPart(ends, u);
      const start = part > 0 ? ends[part - 1] : 0;
      const rest = (u - start) / (ends[part] - start);
      return laws[part].sample(rest < 1 ? rest : BELOW_ONE);
    },
    quantile: (u) => {
      const quantiles = laws.map((law) => law.quantile(u));
      const low = Math.min(...quantiles);
      return cdf(low) >= u ? low : bisect(low, Math.max(...quantiles), (x) => cdf(x) >= u);
    },
    cdf,
  };
}

/** 1 - 2^-53: the quotient above may round to 1, which is outside [0, 1). */
const BELOW_ONE = 0.9999999999999999;
