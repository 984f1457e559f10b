/** Empirical: what was measured, as samples or as known quantiles with straight lines between them. */
import type { Distribution } from './distribution.ts';
import { countUpTo } from './sorted.ts';

export type EmpiricalOptions =
  | {
      /** At least one, finite and >= 0, in any order; each is drawn equally often. */
      readonly samples: readonly number[];
    }
  | {
      /** At least two, `share` rising from 0 to 1 and `value` not falling: the value below which that share lies. */
      readonly quantiles: readonly { readonly share: number; readonly value: number }[];
    };

/** @throws RangeError on values that are negative, not finite or out of order. Sampling is O(1) or O(log points). */
export function empirical(options: EmpiricalOptions): Distribution {
  return 'samples' in options ? fromSamples(options.samples) : fromQuantiles(options.quantiles);
}

/** Mean and variance (divisor n) of the samples themselves. */
function fromSamples(samples: readonly number[]): Distribution {
  if (samples.length === 0) throw new RangeError('empirical: at least one sample is needed');
  samples.forEach((value, i) => requireValue(`samples[${i}]`, value));
  const sorted = Float64Array.from(samples).sort();
  const n = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / n;
  const sample = (u: number): number => sorted[Math.floor(u * n)];
  const quantile = (u: number): number => {
    const i = Math.floor(u * n);
    return sorted[i > 0 && i / n >= u ? i - 1 : i]; // a share of exactly i / n is reached by the i-th value
  };
  return { mean, variance, sample, quantile, cdf: (x) => countUpTo(sorted, x) / n };
}

function fromQuantiles(points: readonly { readonly share: number; readonly value: number }[]): Distribution {
  if (points.length < 2) throw new RangeError(`empirical: at least two quantiles are needed, got ${points.length}`);
  points.forEach(({ share, value }, i) => {
    requireValue(`quantiles[${i}].value`, value);
    const last = i === points.length - 1;
    const rule = i === 0 ? share === 0 : last ? share === 1 : share > points[i - 1].share && share < 1;
    if (!rule) throw new RangeError(`empirical: shares must rise from 0 to 1, got quantiles[${i}].share = ${share}`);
    if (i > 0 && !(value >= points[i - 1].value)) {
      throw new RangeError(`empirical: values must not fall, got quantiles[${i}].value = ${value}`);
    }
  });
  const shares = Float64Array.from(points, ({ share }) => share);
  const values = Float64Array.from(points, ({ value }) => value);

  let mean = 0;
  for (let i = 1; i < points.length; i++) {
    mean += ((shares[i] - shares[i - 1]) * (values[i] + values[i - 1])) / 2;
  }
  let variance = 0;
  for (let i = 1; i < points.length; i++) {
    const [d, e] = [values[i - 1] - mean, values[i] - mean];
    variance += ((shares[i] - shares[i - 1]) * (d * d + d * e + e * e)) / 3;
  }
  const quantile = (u: number): number => {
    const i = countUpTo(shares, u);
    return values[i - 1] + ((u - shares[i - 1]) / (shares[i] - shares[i - 1])) * (values[i] - values[i - 1]);
  };
  const cdf = (x: number): number => {
    const i = countUpTo(values, x);
    if (i === 0) return 0;
    if (i === values.length) return 1;
    return shares[i - 1] + ((x - values[i - 1]) / (values[i] - values[i - 1])) * (shares[i] - shares[i - 1]);
  };
  return { mean, variance, quantile, sample: quantile, cdf };
}

function requireValue(name: string, value: number): void {
  if (!(value >= 0 && value < Infinity))
    throw new RangeError(`empirical: ${name} must be finite and >= 0, got ${value}`);
}
