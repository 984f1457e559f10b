import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LevelTimes } from '../../../src/sim/stats/level-times.ts';
import { TimeWeighted } from '../../../src/sim/stats/time-weighted.ts';

const options = { seed: 20260103, numRuns: 200 };
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 40 })), { minLength: 1 });

test('the mean of the level is the mean of the time at each level', () => {
  fc.assert(
    fc.property(steps, (script) => {
      let now = 5;
      const average = new TimeWeighted(now, 3);
      const times = new LevelTimes(now, 3);
      let integral = 0;
      let level = 3;
      for (const [pause, next] of script) {
        now += pause;
        integral += pause * level;
        level = next;
        average.change(now, level);
        times.change(now, level);
      }
      now += 2;
      integral += 2 * level;
      expect(average.integral(now)).toBe(integral);
      expect(average.mean(now)).toBeCloseTo(integral / (now - 5), 12);
      expect(average.maximum).toBe(Math.max(3, ...script.map(([, next]) => next)));
      const seconds = times.seconds(now);
      expect(seconds.length).toBe(average.maximum + 1);
      expect(seconds.reduce((sum, value) => sum + value, 0)).toBe(now - 5);
      expect(times.shares(now).reduce((sum, share, n) => sum + share * n, 0)).toBeCloseTo(average.mean(now), 12);
    }),
    options,
  );
});

describe('rebase', () => {
  test('forgets the past and keeps the level', () => {
    const average = new TimeWeighted();
    average.change(1, 10);
    average.change(4, 2);
    average.rebase(6);
    expect([average.mean(6), average.maximum, average.level]).toEqual([2, 2, 2]);
    average.change(8, 4);
    expect(average.mean(10)).toBe(3);
  });
  test('of the times at each level too', () => {
    const times = new LevelTimes(0, 30);
    times.change(2, 1);
    times.change(2.5, 1);
    times.rebase(3);
    times.change(5, 0);
    expect([...times.shares(7)]).toEqual([0.5, 0.5]);
  });
});
