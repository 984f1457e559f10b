import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { hgrm, hlog, toHdr } from '../../src/report/hdr.ts';
import { Histogram } from '../../src/sim/stats/histogram.ts';

function milliseconds(from: number, to: number): Histogram {
  const histogram = new Histogram();
  for (let ms = from; ms <= to; ms++) histogram.record(ms / 1000);
  return histogram;
}

describe('HdrHistogram', () => {
  test('keeps the count, and percentiles within 0.4 %', () => {
    const ours = milliseconds(1, 5000);
    const hdr = toHdr(ours);
    expect(hdr.totalCount).toBe(5000);
    for (const percentile of [10, 50, 95, 99, 99.9]) {
      const ratio = hdr.getValueAtPercentile(percentile) / 1e9 / ours.quantile(percentile / 100);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.004);
    }
  });
  test('the log is read back by the reader of HdrHistogram', () => {
    const reader = new HistogramLogReader(hlog(milliseconds(1, 200), { start: 3, end: 63 }));
    const hdr = reader.nextIntervalHistogram();
    expect(hdr?.totalCount).toBe(200);
    expect([hdr?.startTimeStampMsec, hdr?.endTimeStampMsec]).toEqual([3000, 63000]);
    expect(reader.nextIntervalHistogram()).toBeNull();
  });
  test('the percentile table is in milliseconds', () => {
    const table = hgrm(milliseconds(100, 100));
    expect(table).toMatch(/^ +Value +Percentile +TotalCount/);
    expect(table).toMatch(/#\[Max +=? +100\./);
  });
  test('zero and the very long are kept in range', () => {
    const histogram = new Histogram();
    for (const x of [0, 1e12]) histogram.record(x);
    const hdr = toHdr(histogram);
    expect([hdr.totalCount, hdr.getValueAtPercentile(50)]).toEqual([2, 0]);
    expect(hdr.maxValue / 2 ** 50).toBeCloseTo(1, 2);
  });
});
