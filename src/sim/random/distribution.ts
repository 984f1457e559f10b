/**
 * A distribution of times, sizes or ranks: what the simulator samples and what the tests hold it to.
 *
 * Sampling takes ONE uniform number a sample, so that two configurations that share a stream stay in step (common
 * random numbers). `sample` is the only method on the hot path. For most laws it is the quantile function itself; where
 * that has no quick form `sample` differs from `quantile`, and the law's header says how:
 * - hyperexponential and mixture: u picks the part and its remainder within that share drives the part. The law is
 *   exact, but samples do not grow with u.
 * - gamma and Erlang: the quantile function from a table, within 1e-7 of the exact value.
 */
export interface Distribution {
  /** Mean; +Infinity where it does not exist. Same unit as the samples. */
  readonly mean: number;
  /** Variance; +Infinity where it does not exist. */
  readonly variance: number;
  /** Turns a uniform u in [0, 1) into a sample: the hot method. */
  sample(u: number): number;
  /** The smallest value with P(X <= value) >= u, for u in [0, 1); non-decreasing. May be slow: for reports and tests. */
  quantile(u: number): number;
  /** P(X <= x). */
  cdf(x: number): number;
}
