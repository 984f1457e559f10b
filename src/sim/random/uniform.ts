/** Uniform on [low, high). */
import type { Distribution } from './distribution.ts';
import { requireNonNegative } from './require.ts';

export interface UniformOptions {
  /** Finite and >= 0. */
  readonly low: number;
  /** Finite and >= low. */
  readonly high: number;
}

/** Variance (high - low)² / 12. @throws RangeError unless 0 <= low <= high < Infinity. */
export function uniform({ low, high }: UniformOptions): Distribution {
  requireNonNegative('uniform', { low, high });
  if (!(high >= low)) throw new RangeError(`uniform: high must be >= low = ${low}, got ${high}`);
  const width = high - low;
  const quantile = (u: number): number => low + u * width;
  const cdf = (x: number): number => (x >= high ? 1 : x > low ? (x - low) / width : 0);
  return { mean: low + width / 2, variance: (width * width) / 12, quantile, sample: quantile, cdf };
}
