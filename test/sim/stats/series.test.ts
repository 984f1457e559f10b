import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Series, type SeriesData } from '../../../src/sim/stats/series.ts';

const options = { seed: 20260105, numRuns: 200 };

/** Feeds events (time, amount) as the owner of the counters does: [events so far, sum of amounts so far]. */
function record(events: readonly (readonly [number, number])[], end: number, bucketsMax: number): Series {
  const series = new Series({ columns: 2, width: 1, bucketsMax });
  const totals = [0, 0];
  for (const [time, amount] of events) {
    while (time >= series.boundary) series.advance(totals);
    totals[0] += 1;
    totals[1] += amount;
  }
  while (end >= series.boundary) series.advance(totals);
  series.finish(end, totals);
  return series;
}

const events = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 399 }), fc.integer({ min: 0, max: 9 })), { maxLength: 60 })
  .map((list) => list.map(([time, amount]) => [time / 4, amount] as const).sort((a, b) => a[0] - b[0]));

describe('Series', () => {
  test('each bucket holds what happened in it, at whatever width it ended', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(2, 4, 16, 256), (list, bucketsMax) => {
        const series = record(list, 100, bucketsMax);
        expect(series.length).toBeLessThanOrEqual(bucketsMax);
        for (let bucket = 0; bucket < series.length; bucket++) {
          const { from, duration } = series.bounds(bucket);
          const inside = list.filter(([time]) => time >= from && time < from + duration);
          expect([...series.row(bucket)]).toEqual([inside.length, inside.reduce((sum, [, amount]) => sum + amount, 0)]);
        }
        const last = series.bounds(series.length - 1);
        expect(last.from + last.duration).toBe(100);
      }),
      options,
    );
  });
  test('pairs when full: 16 buckets hold 100 s at 8 s each, the last one cut', () => {
    const series = record([], 100, 16);
    expect([series.width, series.length]).toEqual([8, 13]);
    expect(series.bounds(12)).toEqual({ from: 96, duration: 4 });
  });
  test('merging adds replications bucket by bucket, whichever is finer and whichever longer', () => {
    const size = fc.constantFrom(4, 8, 16, 256);
    const end = fc.constantFrom(30, 70, 90, 100);
    fc.assert(
      fc.property(events, events, size, size, end, end, (a, b, sizeOfA, sizeOfB, endOfA, endOfB) => {
        const [first, second] = [a.filter(([time]) => time < endOfA), b.filter(([time]) => time < endOfB)];
        const [one, other] = [record(first, endOfA, sizeOfA), record(second, endOfB, sizeOfB)];
        const width = Math.max(one.width, other.width);
        one.merge(other);
        expect([one.replications, one.width]).toEqual([2, width]);
        expect(one.length).toBe(Math.ceil(Math.max(endOfA, endOfB) / width));
        for (let bucket = 0; bucket < one.length; bucket++) {
          const inside = [...first, ...second].filter(([time]) => Math.floor(time / width) === bucket);
          expect([...one.row(bucket)]).toEqual([inside.length, inside.reduce((sum, [, amount]) => sum + amount, 0)]);
        }
      }),
      options,
    );
  });
  test('plain data and back', () => {
    const series = record([[3, 2]], 10, 4);
    const back = Series.fromJSON(JSON.parse(JSON.stringify(series)) as SeriesData);
    expect(back.toJSON()).toEqual(series.toJSON());
    expect(back.bounds(back.length - 1)).toEqual(series.bounds(series.length - 1));
  });
  test('an end at a boundary makes no empty bucket', () => {
    expect(record([], 4, 16).length).toBe(4);
  });
  test('a start other than 0', () => {
    const series = new Series({ columns: 1, width: 0.5, start: 10 });
    expect(series.boundary).toBe(10.5);
    series.advance([4]);
    expect([series.boundary, series.row(0)[0], series.bounds(0).from]).toEqual([11, 4, 10]);
  });
  test('refuses bad options and series that do not fit', () => {
    expect(() => new Series({ columns: 0, width: 1 })).toThrow('columns must be a whole number >= 1, got 0');
    expect(() => new Series({ columns: 1, width: 0 })).toThrow('width must be finite and > 0 s, got 0');
    expect(() => new Series({ columns: 1, width: 1, bucketsMax: 7 })).toThrow(
      'bucketsMax must be even and >= 2, got 7',
    );
    const series = new Series({ columns: 1, width: 1 });
    for (const other of [
      { columns: 2, width: 1 },
      { columns: 1, width: 3 },
      { columns: 1, width: 1, start: 1 },
    ]) {
      expect(() => series.merge(new Series(other))).toThrow('cannot merge');
    }
  });
});
