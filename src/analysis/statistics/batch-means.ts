/** Batches of one run: whether they are independent, and what it costs where they are not quite. */

/** Batches there are before it is first looked at them, and when neighbours are joined. */
export const BATCHES_FIRST = 32;
export const BATCHES_MAX = 64;

/** One-sided point of the normal law at which a correlation counts as seen: wrongly in 1 of 10 tests. */
const SEEN = 1.281552;

/**
 * Whether neighbours show no positive correlation: von Neumann's ratio of successive differences against its law for
 * independent values.
 * Source: J. von Neumann, Annals of Mathematical Statistics 12 (1941); for batches G. S. Fishman, "Grouping observations in
 * digital simulation", Management Science 24 (1978): 1 - ratio / 2 is nearly normal with variance (n - 2) / (n^2 - 1).
 */
export function areIndependent(values: readonly number[]): boolean {
  const n = values.length;
  if (n < 3) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let squares = 0;
  let differences = 0;
  values.forEach((value, k) => {
    squares += (value - mean) * (value - mean);
    if (k > 0) differences += (value - values[k - 1]) * (value - values[k - 1]);
  });
  if (squares === 0) return true;
  return 1 - differences / (2 * squares) <= SEEN * Math.sqrt((n - 2) / (n * n - 1));
}

/**
 * By how much an interval has to be wider for the correlation that is left: sqrt((1 + r) / (1 - r)), r = correlation of
 * neighbours; 1 where none is seen (the noise of r alone would make intervals some 7 % too wide).
 * Source: A. Tafazzoli and J. R. Wilson, "Skart: a skewness- and autoregression-adjusted batch-means procedure for simulation
 * analysis", IIE Transactions 43 (2011), their factor for an autoregression of first order.
 */
export function correlationFactor(values: readonly number[]): number {
  if (areIndependent(values)) return 1;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  let products = 0;
  values.forEach((value, k) => {
    squares += (value - mean) * (value - mean);
    if (k > 0) products += (value - mean) * (values[k - 1] - mean);
  });
  const r = squares > 0 ? Math.min(MOST, Math.max(0, products / squares)) : 0;
  return Math.sqrt((1 + r) / (1 - r));
}

/** A larger one says that nothing is known: the interval is then 4.4 times as wide. */
const MOST = 0.9;
