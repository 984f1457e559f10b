/**
 * Our histogram as an HdrHistogram: files that HdrHistogram's own tools plot and merge.
 *
 * HdrHistogram counts whole numbers, here nanoseconds; each of our bins goes to its middle, so values move by at most
 * half a bin (0.2 % at 256 bins an octave) and the 3 digits of HdrHistogram. Values above 2^50 ns (13 days) are
 * counted there.
 */
import { build, type Histogram as HdrHistogram, HistogramLogWriter } from 'hdr-histogram-js';
import type { Histogram } from '../sim/stats/histogram.ts';

/** An HdrHistogram of nanoseconds with 3 significant digits. */
export function toHdr(histogram: Histogram): HdrHistogram {
  const hdr = build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 });
  for (const { low, high, count } of histogram.bins()) {
    const middle = Math.min(Math.max((low + high) / 2, histogram.minimum), histogram.maximum);
    hdr.recordValueWithCount(Math.min(Math.round(middle * 1e9), HIGHEST_NANOSECONDS), count);
  }
  return hdr;
}

/** The percentile table (`.hgrm`), in milliseconds. */
export function hgrm(histogram: Histogram): string {
  return toHdr(histogram).outputPercentileDistribution(5, 1e6);
}

/** A log (`.hlog`) of one interval, `start` and `end` in seconds; values in nanoseconds, its maximum column in ms. */
export function hlog(histogram: Histogram, { start, end }: { start: number; end: number }): string {
  let log = '';
  const writer = new HistogramLogWriter((text) => {
    log += text;
  });
  writer.outputLogFormatVersion();
  writer.outputLegend();
  writer.outputIntervalHistogram(toHdr(histogram), start, end, 1e6);
  return log;
}

const HIGHEST_NANOSECONDS = 1125899906842624;
