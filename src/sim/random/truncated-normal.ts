/**
 * Truncated normal: a normal law of mean `mu` and standard deviation `sigma`, of which only [low, high] is kept (by
 * default [0, Infinity), as times cannot be negative). Given `mean` and `cv`, these are those of the truncated law.
 */
import { bisect } from './bisect.ts';
import type { Distribution } from './distribution.ts';
import { requireNonNegative, requirePositive } from './require.ts';
import { normalCdf, normalDensity, normalQuantile } from './special.ts';

export type TruncatedNormalOptions =
  | { readonly mean: number; readonly cv: number }
  | { readonly mu: number; readonly sigma: number; readonly low?: number; readonly high?: number };

/**
 * @throws RangeError if a parameter is out of range, `cv` is not in (0, 0.95], or less than a millionth of the normal
 * law lies in [low, high].
 */
export function truncatedNormal(options: TruncatedNormalOptions): Distribution {
  const { mu, sigma, low = 0, high = Infinity } = 'cv' in options ? fitted(options.mean, options.cv) : options;
  requirePositive('truncated-normal', { sigma });
  requireNonNegative('truncated-normal', { low });
  if (!(mu > -Infinity && mu < Infinity)) throw new RangeError(`truncated-normal: mu must be finite, got ${mu}`);
  if (!(high > low)) throw new RangeError(`truncated-normal: high must be > low = ${low}, got ${high}`);

  const a = (low - mu) / sigma;
  const b = (high - mu) / sigma;
  // Probabilities are counted from the nearer tail, where they keep their digits.
  const upper = a > 0;
  const [from, to] = upper ? [normalCdf(-a), normalCdf(-b)] : [normalCdf(a), normalCdf(b)];
  const kept = Math.abs(to - from);
  if (!(kept >= 1e-6)) {
    throw new RangeError(`truncated-normal: too little of the normal law (${kept}) lies in [${low}, ${high}]`);
  }

  const [densityA, densityB] = [normalDensity(a), normalDensity(b)];
  const pull = (densityA - densityB) / kept;
  const spread = 1 + (a * densityA - (b < Infinity ? b * densityB : 0)) / kept - pull * pull;
  const quantile = (u: number): number => {
    const z = normalQuantile(from + u * (to - from));
    return Math.min(Math.max(mu + sigma * (upper ? -z : z), low), high);
  };
  const cdf = (x: number): number => {
    if (x <= low) return 0;
    if (x >= high) return 1;
    const z = (x - mu) / sigma;
    return Math.abs(normalCdf(upper ? -z : z) - from) / kept;
  };
  return { mean: mu + sigma * pull, variance: sigma * sigma * spread, quantile, sample: quantile, cdf };
}

/** The normal law whose part above 0 has this mean and coefficient of variation. */
function fitted(mean: number, cv: number): { mu: number; sigma: number; low?: number; high?: number } {
  requirePositive('truncated-normal', { mean });
  if (!(cv > 0 && cv <= 0.95)) {
    throw new RangeError(`truncated-normal: cv must be > 0 and <= 0.95, got ${cv}; nearer 1 use exponential`);
  }
  // With h = mu / sigma: mean / sigma = h + pull, variance / sigma² = 1 - pull (pull + h); cv falls with h, below 1 / h.
  const pull = (h: number): number => normalDensity(h) / normalCdf(h);
  const cvOf = (h: number): number => Math.sqrt(1 - pull(h) * (pull(h) + h)) / (h + pull(h));
  const h = bisect(-4.7, 1 / cv, (x) => cvOf(x) <= cv);
  const sigma = mean / (h + pull(h));
  return { mu: h * sigma, sigma };
}
