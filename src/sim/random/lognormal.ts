/** Lognormal: e to a normal number; a common fit of service times. */
import type { Distribution } from './distribution.ts';
import { exp, expm1, ln, log1p } from './elementary.ts';
import { requirePositive } from './require.ts';
import { normalCdf, normalQuantile } from './special.ts';

/** Mean and spread, two percentiles, mean and a percentile, or mean and standard deviation of the logarithm. */
export type LognormalOptions =
  | { readonly mean: number; readonly cv: number }
  | { readonly p50: number; readonly p95: number }
  | { readonly p50: number; readonly p99: number }
  | { readonly mean: number; readonly p95: number }
  | { readonly mean: number; readonly p99: number }
  | { readonly mu: number; readonly sigma: number };

/** Mean e^(mu + sigma²/2), variance mean² (e^(sigma²) - 1). @throws RangeError on parameters no lognormal law has. */
export function lognormal(options: LognormalOptions): Distribution {
  const { mu, sigma } = parameters(options);
  if (!(mu > -Infinity && mu < Infinity && sigma > 0 && sigma < Infinity)) {
    throw new RangeError(`lognormal: mu must be finite and sigma finite and > 0, got ${mu} and ${sigma}`);
  }
  const mean = exp(mu + (sigma * sigma) / 2);
  const quantile = (u: number): number => exp(mu + sigma * normalQuantile(u));
  const cdf = (x: number): number => (x > 0 ? normalCdf((ln(x) - mu) / sigma) : 0);
  return { mean, variance: mean * mean * expm1(sigma * sigma), quantile, sample: quantile, cdf };
}

/** Normal scores of the 95th and 99th percentile. */
const Z95 = 1.6448536269514722;
const Z99 = 2.3263478740408408;

function parameters(options: LognormalOptions): { mu: number; sigma: number } {
  if ('mu' in options) return options;
  requirePositive('lognormal', { ...options });
  if ('cv' in options) {
    const squared = log1p(options.cv * options.cv);
    return { mu: ln(options.mean) - squared / 2, sigma: Math.sqrt(squared) };
  }
  const [name, percentile, z] = 'p95' in options ? ['p95', options.p95, Z95] : ['p99', options.p99, Z99];
  if ('p50' in options) {
    if (!(percentile > options.p50)) {
      throw new RangeError(`lognormal: ${name} must be > p50 = ${options.p50}, got ${percentile}`);
    }
    return { mu: ln(options.p50), sigma: ln(percentile / options.p50) / z };
  }
  // ln(percentile / mean) = z sigma - sigma² / 2, the smaller root
  const excess = ln(percentile / options.mean);
  const root = Math.sqrt(z * z - 2 * excess);
  if (!(excess > 0 && root >= 0)) {
    const most = exp((z * z) / 2).toPrecision(4);
    throw new RangeError(
      `lognormal: ${name} must be > mean and <= ${most} * mean = ${options.mean}, got ${percentile}`,
    );
  }
  const sigma = (2 * excess) / (z + root);
  return { mu: ln(options.mean) - (sigma * sigma) / 2, sigma };
}
