/** How much of the beginning of a run to leave out, from the run itself. */

export interface WarmUp {
  /** Values to discard from the beginning, a multiple of 5. */
  readonly discard: number;
  /** False when the best cut is as late as was allowed (half of the series): the run may be too short to tell. */
  readonly settled: boolean;
}

/**
 * MSER-5: cuts where the standard error of what remains is smallest, on means of 5 values, in the first half.
 * Source: K. P. White, M. J. Cobb and S. C. Spratt, "A comparison of five steady-state truncation heuristics for
 * simulation", WSC 2000. O(n). Fewer than 20 values tell nothing: nothing is discarded and it counts as not settled.
 * @param slack the first cut is taken whose squared standard error is at most so much (relative) above the smallest: the
 * smallest itself is late by chance where nothing has to be cut.
 */
export function mser5(series: ArrayLike<number>, slack = 0): WarmUp {
  const batches = Math.floor(series.length / BATCH);
  if (batches < 4) return { discard: 0, settled: false };
  const latest = Math.floor(batches / 2);
  let mean = 0;
  let squares = 0;
  const scores = new Float64Array(latest + 1);
  let least = Infinity;
  for (let first = batches - 1; first >= 0; first--) {
    const count = batches - first;
    const value = batchMean(series, first);
    const deviation = value - mean;
    mean += deviation / count;
    squares += deviation * (value - mean);
    const score = squares / (count * count);
    if (first <= latest) {
      scores[first] = score;
      least = Math.min(least, score);
    }
  }
  const best = scores.findIndex((score) => score <= (1 + slack) * least);
  return { discard: best * BATCH, settled: best < latest };
}

const BATCH = 5;

function batchMean(series: ArrayLike<number>, batch: number): number {
  let sum = 0;
  for (let i = 0; i < BATCH; i++) sum += series[batch * BATCH + i];
  return sum / BATCH;
}
