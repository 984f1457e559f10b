/** How long a figure remembers: the time scale of warm-ups and windows. */

/**
 * Integrated autocorrelation time of a series, in values: half plus the sum of its autocorrelations, up to the first lag
 * that is 5 times that sum. 0.5 where its values are independent (or do not vary); a mean over n values is as good as one
 * over n / (2 x it) independent ones. A series without a steady state gives a twentieth of its length or more.
 * Source: N. Madras and A. D. Sokal, "The pivot algorithm", Journal of Statistical Physics 50 (1988), appendix C.
 * O(n x lags).
 * @param from the values before it are left out.
 */
export function relaxation(series: ArrayLike<number>, from = 0): number {
  const count = series.length - from;
  let mean = 0;
  for (let i = from; i < series.length; i++) mean += series[i] / count;
  let squares = 0;
  for (let i = from; i < series.length; i++) squares += (series[i] - mean) * (series[i] - mean);
  // all equal, but for the rounding of their mean
  if (!(squares > 1e-24 * count * mean * mean)) return 0.5;
  let sum = 0.5;
  for (let lag = 1; lag < count && lag < WINDOW * sum; lag++) {
    let products = 0;
    for (let i = from; i + lag < series.length; i++) products += (series[i] - mean) * (series[i + lag] - mean);
    sum += products / squares;
  }
  return Math.max(sum, 0.5);
}

/** The sum ends at the first lag that is so many times itself: later lags add noise alone. */
const WINDOW = 5;
