/**
 * A distribution: its moments and its quantile function. Sampling is inversion, ONE uniform a sample, so that two
 * configurations that share a stream stay in step (common random numbers).
 */
export interface Distribution {
  /** Mean; +Infinity where it does not exist. Same unit as the samples. */
  readonly mean: number;
  /** Variance; +Infinity where it does not exist. */
  readonly variance: number;
  /** The value below which a share `u` of the samples lies, u in [0, 1). Non-decreasing. */
  quantile(u: number): number;
  /** P(X <= x). Absent where no closed or stable form is known. */
  cdf?(x: number): number;
}
