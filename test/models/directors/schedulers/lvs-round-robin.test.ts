import { describe, expect, test } from 'vitest';
import { lvsRoundRobin } from '../../../../src/models/directors/schedulers/lvs-rr.ts';
import { lvsWeightedRoundRobin } from '../../../../src/models/directors/schedulers/lvs-wrr.ts';
import { Change, nothingTried } from '../../../../src/models/directors/scheduler.ts';
import { expectSamePicks, idlePicks, makeScheduler, upstreamOf } from '../../../contracts/scheduler.ts';
import { naiveLvsWeightedRoundRobin, naiveRoundRobin } from './naive.ts';

describe('lvs/rr', () => {
  test('picks as a walk round the list does, whatever happens', () => {
    expectSamePicks((upstream) => makeScheduler(lvsRoundRobin, upstream), naiveRoundRobin);
  });

  test('takes each server once a round, whatever the weights', () => {
    expect(idlePicks(lvsRoundRobin, [9, 1, 4], 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });
});

describe('lvs/wrr', () => {
  test('picks as a walk one server and one level at a time does, whatever happens', () => {
    expectSamePicks((upstream) => makeScheduler(lvsWeightedRoundRobin, upstream), naiveLvsWeightedRoundRobin);
  });

  test('when the heavy server is out, its empty passes cost nothing', () => {
    const upstream = upstreamOf([2 ** 40, 1, 1]);
    const scheduler = makeScheduler(lvsWeightedRoundRobin, upstream);
    expect(scheduler.pick(0, nothingTried)).toBe(0);
    upstream.eligible[0] = 0;
    scheduler.changed(0, Change.eligibility);
    expect([1, 2, 3, 4].map(() => scheduler.pick(0, nothingTried))).toEqual([1, 2, 1, 2]);
  });

  test('a fraction of a weight counts as the nearest whole one, at least 1', () => {
    expect(idlePicks(lvsWeightedRoundRobin, [2.4, 0.1], 6)).toEqual([0, 0, 1, 0, 0, 1]);
  });
});
