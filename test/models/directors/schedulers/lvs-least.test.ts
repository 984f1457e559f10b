import { describe, expect, test } from 'vitest';
import { lvsLeastConnection } from '../../../../src/models/directors/schedulers/lvs-lc.ts';
import { lvsNeverQueue } from '../../../../src/models/directors/schedulers/lvs-nq.ts';
import { lvsShortestExpectedDelay } from '../../../../src/models/directors/schedulers/lvs-sed.ts';
import { lvsWeightedLeastConnection } from '../../../../src/models/directors/schedulers/lvs-wlc.ts';
import { nothingTried } from '../../../../src/models/directors/scheduler.ts';
import { expectSamePicks, makeScheduler, upstreamOf } from '../../../contracts/scheduler.ts';
import { naiveLeast } from './naive.ts';

describe('LVS least connection rules pick as a search through the list does, whatever happens', () => {
  test('lc: 256 active + inactive', () => {
    expectSamePicks(
      (upstream) => makeScheduler(lvsLeastConnection, upstream),
      (upstream) => naiveLeast(upstream, (server) => 256 * upstream.active[server] + upstream.inactive[server]),
    );
  });

  test('wlc: the same by weight', () => {
    expectSamePicks(
      (upstream) => makeScheduler(lvsWeightedLeastConnection, upstream),
      (upstream) =>
        naiveLeast(
          upstream,
          (server) => (256 * upstream.active[server] + upstream.inactive[server]) / upstream.weight[server],
        ),
    );
  });

  test('sed: active + 1 by weight', () => {
    expectSamePicks(
      (upstream) => makeScheduler(lvsShortestExpectedDelay, upstream),
      (upstream) => naiveLeast(upstream, (server) => (upstream.active[server] + 1) / upstream.weight[server]),
    );
  });

  test('nq: idle first', () => {
    expectSamePicks(
      (upstream) => makeScheduler(lvsNeverQueue, upstream),
      (upstream) =>
        naiveLeast(upstream, (server) =>
          upstream.active[server] === 0 ? -1 : (upstream.active[server] + 1) / upstream.weight[server],
        ),
    );
  });
});

test('256 closing connections weigh as much as an active one', () => {
  for (const kind of [lvsLeastConnection, lvsWeightedLeastConnection]) {
    const upstream = upstreamOf([1, 1]);
    upstream.active.set([1, 0]);
    upstream.inactive.set([0, 256]);
    expect(makeScheduler(kind, upstream).pick(0, nothingTried)).toBe(0);
    upstream.inactive.set([0, 255]);
    expect(makeScheduler(kind, upstream).pick(0, nothingTried)).toBe(1);
  }
});

test('nq prefers the slowest idle server to the fastest busy one', () => {
  const upstream = upstreamOf([65_535, 1]);
  upstream.active[0] = 1;
  expect(makeScheduler(lvsNeverQueue, upstream).pick(0, nothingTried)).toBe(1);
});

test('sed and nq do not count closing connections', () => {
  for (const kind of [lvsShortestExpectedDelay, lvsNeverQueue]) {
    const upstream = upstreamOf([1, 1]);
    upstream.inactive.set([1000, 0]);
    expect(makeScheduler(kind, upstream).pick(0, nothingTried)).toBe(0);
  }
});
