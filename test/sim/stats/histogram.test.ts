import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram, type HistogramData } from '../../../src/sim/stats/histogram.ts';

const options = { seed: 20260102, numRuns: 200 };
/** Times over the whole range, some of them the same, some at the edges of octaves. */
const time = fc.oneof(
  fc.double({ min: -29, max: 29, noNaN: true }).map((power) => 2 ** power),
  fc.integer({ min: -30, max: 30 }).map((power) => 2 ** power),
  fc.constantFrom(0, 5e-324, 1e-12, 2 ** 30, 1e12, Infinity),
);
const times = fc.array(time, { minLength: 1, maxLength: 80 });
const resolution = fc.constantFrom(1, 16, 256, 4096);

function histogramOf(values: readonly number[], binsPerOctave?: number): Histogram {
  const histogram = new Histogram(binsPerOctave);
  for (const x of values) histogram.record(x);
  return histogram;
}

/** Its data with the non-empty bins alone: comparing all of them takes a minute. */
function recorded(histogram: Histogram): object {
  const { counts, first, ...rest } = histogram.data();
  const bins: [number, number][] = [];
  counts.forEach((count, i) => count > 0 && bins.push([first + i, count]));
  return { ...rest, bins };
}

describe('Histogram', () => {
  test('every value is in the bin that holds it, and bins rise without overlap', () => {
    fc.assert(
      fc.property(time, resolution, (x, binsPerOctave) => {
        const [bin, ...rest] = [...histogramOf([x], binsPerOctave).bins()];
        expect(rest).toEqual([]);
        expect(bin.count).toBe(1);
        expect(x >= bin.low && (x < bin.high || x >= 2 ** 30)).toBe(true);
        if (x >= 2 ** -30 && x < 2 ** 30) {
          const octave = bin.low < 2 ** Math.floor(Math.log2(bin.low)) ? NaN : 2 ** Math.floor(Math.log2(bin.low));
          expect(bin.high - bin.low).toBe(octave / binsPerOctave);
        }
      }),
      options,
    );
    const bins = [...histogramOf(Array.from({ length: 3000 }, (_, i) => i * i * 1e-6)).bins()];
    for (let i = 1; i < bins.length; i++) expect(bins[i].low).toBeGreaterThanOrEqual(bins[i - 1].high);
  });
  test('quantiles are within a bin of the exact ones, do not fall, and end at the extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-8, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 60 }), (xs) => {
        const histogram = histogramOf(xs);
        const sorted = [...xs].sort((a, b) => a - b);
        expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([sorted[0], sorted[sorted.length - 1]]);
        let before = 0;
        for (let i = 1; i <= sorted.length; i++) {
          const value = histogram.quantile(i / sorted.length);
          expect(Math.abs(value / sorted[i - 1] - 1)).toBeLessThanOrEqual(1 / 256);
          expect(value).toBeGreaterThanOrEqual(before);
          before = value;
        }
      }),
      options,
    );
  });
  test('counts below a value are within its bin of the exact ones', () => {
    fc.assert(
      fc.property(times, time, (xs, x) => {
        const below = histogramOf(xs, 4096).countBelow(x);
        const sure = xs.filter((value) => value < x * (1 - 1e-3) - 1e-9).length;
        const possible = xs.filter((value) => value <= x * (1 + 1e-3) + 1e-9 || x >= 2 ** 30).length;
        expect(below >= (x < 2 ** 30 ? sure : 0) && below <= possible).toBe(true);
      }),
      options,
    );
  });
  test('countBelow undoes quantile where values are dense', () => {
    const histogram = histogramOf(Array.from({ length: 50_000 }, (_, i) => 0.01 + i * 1e-6));
    for (const q of [0.01, 0.5, 0.95, 0.999]) {
      expect(histogram.countBelow(histogram.quantile(q)) / histogram.count).toBeCloseTo(q, 9);
      expect(histogram.quantile(q)).toBeCloseTo(0.01 + 0.05 * q, 5);
    }
  });
  test('a single value is reported exactly', () => {
    const histogram = histogramOf([0.0123, 0.0123, 0.0123]);
    expect([0, 0.5, 0.99, 1].map((q) => histogram.quantile(q))).toEqual([0.0123, 0.0123, 0.0123, 0.0123]);
    expect([histogram.countBelow(0.0123), histogram.countBelow(0.0124)]).toEqual([0, 3]);
  });
  test('merged parts in any order are the whole, bin by bin', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 5 }), (parts) => {
        const forth = new Histogram();
        for (const part of parts) forth.merge(histogramOf(part));
        const back = new Histogram();
        for (const part of [...parts].reverse()) back.merge(histogramOf(part));
        const whole = recorded(histogramOf(parts.flat()));
        expect(recorded(forth)).toEqual(whole);
        expect(recorded(back)).toEqual(whole);
      }),
      options,
    );
  });
  test('plain data and back, also through a thread', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e12, noNaN: true })), resolution, (xs, binsPerOctave) => {
        const histogram = histogramOf(xs, binsPerOctave);
        const data: HistogramData = structuredClone(histogram.data());
        const back = Histogram.fromData(data);
        expect(recorded(back)).toEqual(recorded(histogram));
        expect(back.count).toBe(xs.length);
        back.record(3);
        histogram.record(3);
        expect(recorded(back)).toEqual(recorded(histogram));
      }),
      options,
    );
  });
  test('cleared is empty', () => {
    const histogram = histogramOf([0, -0, 1, 2e9]);
    histogram.clear();
    expect(recorded(histogram)).toEqual(recorded(new Histogram()));
    expect([histogram.quantile(0.5), histogram.countBelow(1)]).toEqual([NaN, 0]);
  });
  test('refuses what is not a time, a share or a resolution', () => {
    expect(() => histogramOf([-1e-9])).toThrow('values must be >= 0 s, got -1e-9');
    expect(() => histogramOf([1, NaN])).toThrow('got NaN');
    expect(() => histogramOf([1]).quantile(1.5)).toThrow('q must be in [0, 1], got 1.5');
    for (const bins of [0, 3, 8192, 2.5, NaN]) expect(() => new Histogram(bins)).toThrow('power of two');
    expect(() => new Histogram(16).merge(new Histogram(256))).toThrow('cannot merge 256 bins an octave into 16');
  });
});
