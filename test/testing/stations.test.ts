import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueueLine } from '../../src/models/services/line.ts';
import { completions, completionsByRecursion, station } from '../../src/testing/index.ts';
import type { Station } from '../../src/testing/index.ts';
import { whileBroken } from '../support/broken.ts';

const seed = 77;
const ROUNDING = 1e-9;

function noneLater(better: Station, worse: Station): void {
  const ends = completions(worse);
  completions(better).forEach((end, request) => {
    if (end > ends[request] + ROUNDING)
      throw new Error(`request ${request} ends at ${end} s, before at ${ends[request]} s`);
  });
}

const keepsOrder = (one: Station): void => {
  const starts = completions(one).map((end, request) => end - one.demand[request] / one.speed);
  starts.forEach((start, request) => {
    if (request > 0 && start < starts[request - 1] - ROUNDING) throw new Error(`request ${request} began too early`);
  });
};
const agreesWithTheRecursion = (one: Station): void => {
  const expected = completionsByRecursion(one);
  completions(one).forEach((end, request) => expect(end).toBeCloseTo(expected[request], 9));
};
const fasterIsNeverLater = (one: Station): void => noneLater({ ...one, speed: 1.5 * one.speed }, one);
const moreWorkersAreNeverLater = (one: Station): void => noneLater({ ...one, workers: one.workers + 1 }, one);

const all = { keepsOrder, agreesWithTheRecursion, fasterIsNeverLater, moreWorkersAreNeverLater };

describe('a station that serves in order of arrival', () => {
  for (const [name, law] of Object.entries(all)) {
    test(`${name} (seed ${seed})`, () => {
      fc.assert(fc.property(station(), law), { seed, numRuns: 150 });
    });
  }

  test('and each of these laws fails when the last comes first', () => {
    const lastFirst = (): QueueLine['take'] =>
      function (this: QueueLine) {
        const { tail } = this as unknown as { tail: number };
        if (tail !== 0) this.remove(tail);
        return tail;
      };
    whileBroken(QueueLine.prototype, 'take', lastFirst, () => {
      for (const [name, law] of Object.entries(all)) {
        const run = fc.check(fc.property(station(), law), { seed, numRuns: 100, endOnFailure: true });
        expect(run.failed, name).toBe(true);
      }
    });
  });
});
