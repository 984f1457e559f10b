import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { Change, nothingTried } from '../../../../src/models/directors/scheduler.ts';
import type { Scheduler, Upstream } from '../../../../src/models/directors/scheduler.ts';
import { nginxLeastConnections } from '../../../../src/models/directors/schedulers/nginx-least-conn.ts';
import { nginxRoundRobin } from '../../../../src/models/directors/schedulers/nginx-rr.ts';
import { expectSamePicks, idlePicks, makeScheduler, upstreamOf } from '../../../contracts/scheduler.ts';
import { naiveLeastConnections } from './naive.ts';

describe('nginx/least_conn', () => {
  test('picks as the rule that touches every server does, whatever happens', () => {
    expectSamePicks((upstream) => makeScheduler(nginxLeastConnections, upstream), naiveLeastConnections);
  });

  test('and with many servers, loads that rise and fall, and requests that end in any order', () => {
    const weights = Array.from({ length: 48 }, (_, server) => 2 + (server % 3));
    const make = (upstream: Upstream): Scheduler => makeScheduler(nginxLeastConnections, upstream);
    expect(loadedPicks(make, weights)).toEqual(loadedPicks(naiveLeastConnections, weights));
  });

  test('idle, it is exactly nginx/rr', () => {
    const weights = [4, 1, 2, 2, 7];
    expect(idlePicks(nginxLeastConnections, weights, 200)).toEqual(idlePicks(nginxRoundRobin, weights, 200));
  });
});

/** 3,000 picks while the requests in progress go from none to two a server, and back. */
function loadedPicks(make: (upstream: Upstream) => Scheduler, weights: readonly number[]): number[] {
  const upstream = upstreamOf(weights);
  const scheduler = make(upstream);
  const random = seedrandom('load');
  const inProgress: number[] = [];
  const change = (server: number, by: 1 | -1): void => {
    upstream.active[server] += by;
    scheduler.changed(server, Change.load);
  };
  return Array.from({ length: 3000 }, (_, turn) => {
    const wanted = weights.length * (1 - Math.cos((2 * Math.PI * turn) / 1000));
    while (inProgress.length > wanted) {
      const [left] = inProgress.splice(Math.floor(random() * inProgress.length), 1);
      change(left, -1);
    }
    const server = scheduler.pick(0, nothingTried);
    inProgress.push(server);
    change(server, 1);
    return server;
  });
}
