/** Deterministic: always the same value. */
import type { Distribution } from './distribution.ts';
import { requireNonNegative } from './require.ts';

export interface DeterministicOptions {
  /** Finite and >= 0. */
  readonly value: number;
}

/** @throws RangeError if `value` is not finite and >= 0. */
export function deterministic({ value }: DeterministicOptions): Distribution {
  requireNonNegative('deterministic', { value });
  const quantile = (): number => value;
  return { mean: value, variance: 0, quantile, sample: quantile, cdf: (x) => (x >= value ? 1 : 0) };
}
