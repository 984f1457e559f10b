/** Shifted: another law plus a constant (a fixed overhead before a random part). */
import type { Distribution } from './distribution.ts';

export interface ShiftedOptions {
  /** Added to each sample; finite; may be negative as long as no sample is. */
  readonly by: number;
  readonly of: Distribution;
}

/** @throws RangeError if `by` is not finite or makes samples negative. */
export function shifted({ by, of }: ShiftedOptions): Distribution {
  if (!(by > -Infinity && by < Infinity && of.quantile(0) + by >= 0)) {
    throw new RangeError(`shifted: by must be finite and leave no sample below 0, got ${by}`);
  }
  return {
    mean: of.mean + by,
    variance: of.variance,
    sample: (u) => of.sample(u) + by,
    quantile: (u) => of.quantile(u) + by,
    cdf: (x) => of.cdf(x - by),
  };
}
