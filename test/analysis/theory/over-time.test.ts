import fc from 'fast-check';
import { expect, test } from 'vitest';
import { powerOfChoices, twoBackends } from '../../../src/analysis/theory/balanced.ts';
import {
  characteristicRequests,
  cheLru,
  fifoShares,
  hitRatio,
  lruShares,
  zipfShares,
} from '../../../src/analysis/theory/cache.ts';
import { mmc } from '../../../src/analysis/theory/mmc.ts';
import { NoAnswer } from '../../../src/analysis/theory/refusal.ts';
import { breakdowns, burst, drain, stateAt, swing } from '../../../src/analysis/theory/transient.ts';

const near = (got: number, wanted: number, relative = 1e-9) =>
  expect(Math.abs(got - wanted), `${got} is not ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(wanted) + 1e-12);

test('a cache holds as many items as it has room for, and LRU hits no less than FIFO', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 9 }), fc.double({ min: 0, max: 1.5, noNaN: true }), (items, exponent) => {
      const popularity = zipfShares(items, exponent);
      for (let capacity = 1; capacity < items; capacity++) {
        const lru = lruShares(popularity, capacity);
        const fifo = fifoShares(popularity, capacity);
        near(
          lru.reduce((sum, one) => sum + one, 0),
          capacity,
        );
        near(
          fifo.reduce((sum, one) => sum + one, 0),
          capacity,
        );
        expect(hitRatio(popularity, lru)).toBeGreaterThanOrEqual(hitRatio(popularity, fifo) - 1e-12);
      }
    }),
    { numRuns: 20 },
  );
});

test('Che is near the exact LRU already with a dozen items', () => {
  const popularity = zipfShares(14, 0.8);
  const time = characteristicRequests(popularity, 6, cheLru);
  const approximate = popularity.map((share) => cheLru(share, time));
  near(hitRatio(popularity, approximate), hitRatio(popularity, lruShares(popularity, 6)), 0.02);
});

test('an M/M/c seen late is in its steady state, and seen at once where it began', () => {
  const options = { rate: 1.4, service: 1, servers: 2 };
  const [first, late] = stateAt(options, 5, [1e-9, 300]);
  near(first.meanNumber, 5, 1e-7);
  near(late.meanNumber, mmc(options).meanNumber, 1e-7);
  near(late.allBusy, mmc(options).waitShare, 1e-7);
});

test('a burst ends as the last of exponentials does, and a drain is a burst where nobody comes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10 }), (requests, servers) => {
      const work = burst(requests, servers, 2);
      const alone = drain({ rate: 1e-12, service: 2, servers }, requests, 0);
      near(alone.mean, work.makespan.mean, 1e-8);
      near(alone.stddev, work.makespan.stddev, 1e-6);
      expect(work.response.mean).toBeLessThanOrEqual(work.makespan.mean);
    }),
  );
  expect(() => drain({ rate: 2, service: 1, servers: 2 }, 10, 0)).toThrow(NoAnswer);
});

test('a rate that does not swing gives the constant load; one that does is periodic in the end', () => {
  for (const constant of [true, false]) {
    const options = { mean: 50, period: 60, service: 2, constant };
    near(swing({ ...options, amplitude: 0 }).periodic(7), 100);
    const wave = swing({ ...options, amplitude: 0.6 });
    near(wave.fromEmpty(307), wave.periodic(307));
    near(wave.periodic(15 + wave.lag), wave.highest);
  }
});

test('workers that hardly break down are an M/M/c', () => {
  const options = { rate: 1.4, service: 1, servers: 2 };
  near(breakdowns({ ...options, toFailure: 1e12, toRepair: 1, crews: 2 }).meanNumber, mmc(options).meanNumber, 1e-8);
});

test('two backends by the shorter line do better than by chance, worse than with one line; both alike', () => {
  const backend = { service: 1, servers: 1 };
  const rate = 1.4;
  const [a, b] = twoBackends(rate, [backend, backend], 1, (x, y) => (x === y ? 0.5 : Number(x < y)));
  near(a.share, 0.5);
  near(a.meanResponse, b.meanResponse, 1e-8);
  near(a.meanResponse, a.laws.response.mean, 1e-8);
  expect(a.meanResponse).toBeLessThan(mmc({ rate: 0.7, service: 1, servers: 1 }).meanResponse);
  expect(a.meanResponse).toBeGreaterThan(mmc({ rate, service: 1, servers: 2 }).meanResponse);
});

test('the more are asked the shorter the wait', () => {
  const mean = (choices: number) => powerOfChoices(0.9, choices, 1).meanResponse;
  expect(mean(2)).toBeLessThan(mmc({ rate: 0.9, service: 1, servers: 1 }).meanResponse);
  expect(mean(3)).toBeLessThan(mean(2));
  expect(() => powerOfChoices(1, 2, 1)).toThrow(NoAnswer);
});
