/** HAProxy's slowstart: sixteenths of the weight by whole seconds. */
import { expect, test } from 'vitest';
import { SlowStart } from '../../../src/models/directors/slow-start.ts';

test('t whole seconds after it came up, floor((16 t + S) / S) sixteenths of the weight and t / S of the limit', () => {
  const clock = { now: 100.3 };
  const steps: number[][] = [];
  const slow = new SlowStart([0, 10], clock, (member, weight, limit) => steps.push([member, 16 * weight, 10 * limit]));
  slow.begin(0);
  expect(steps).toEqual([]);
  slow.begin(1);
  for (let t = 0.5; t < 12; t += 0.5) {
    clock.now = 100.3 + t;
    if (clock.now >= slow.wakeAt) slow.wake();
  }
  const expected = [...Array(10).keys()].map((t) => [1, Math.floor((16 * t + 10) / 10), t]);
  expect(steps).toEqual([...expected, [1, 16, 10]]);
  expect(slow.wakeAt).toBe(Infinity);
});

test('whoever goes down has its weight back, and starts from the beginning', () => {
  const clock = { now: 0 };
  const weights: number[] = [];
  const slow = new SlowStart([4], clock, (_, weight) => weights.push(weight));
  slow.begin(0);
  clock.now = 2;
  slow.wake();
  slow.end(0);
  clock.now = 7;
  slow.begin(0);
  expect(weights).toEqual([1 / 16, 9 / 16, 1, 1 / 16]);
  expect(slow.wakeAt).toBe(8);
});
