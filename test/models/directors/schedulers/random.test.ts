import { describe, expect, test } from 'vitest';
import { nginxRandom } from '../../../../src/models/directors/schedulers/nginx-random.ts';
import { random } from '../../../../src/models/directors/schedulers/random.ts';
import { Change, nothingTried } from '../../../../src/models/directors/scheduler.ts';
import type { SchedulerKind, Upstream } from '../../../../src/models/directors/scheduler.ts';
import { TriedServers } from '../../../../src/models/directors/tried.ts';
import { makeScheduler, tally, upstreamOf } from '../../../contracts/scheduler.ts';

const draws = 20_000;

function shares(kind: SchedulerKind, upstream: Upstream, tried = nothingTried, options: unknown = {}): number[] {
  const scheduler = makeScheduler(kind, upstream, options);
  const picks = Array.from({ length: draws }, () => scheduler.pick(0, tried));
  return tally(picks, upstream.length).map((count) => count / draws);
}

/** Each share within 4 standard deviations of its probability. */
function expectShares(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((share, server) => {
    const probability = expected[server];
    expect(Math.abs(share - probability)).toBeLessThanOrEqual(4 * Math.sqrt((probability * (1 - probability)) / draws));
  });
}

describe.each([random, nginxRandom])('$name', (kind) => {
  test('shares follow the weights', () => {
    expectShares(shares(kind, upstreamOf([3, 0, 2, 5])), [0.3, 0, 0.2, 0.5]);
  });

  test('those left share in proportion when some are out or tried', () => {
    const upstream = upstreamOf([3, 1, 2, 5]);
    upstream.eligible[3] = 0;
    const tried = new TriedServers(4);
    tried.add(0);
    expectShares(shares(kind, upstream, tried), [0, 1 / 3, 2 / 3, 0]);
  });

  test('a changed weight counts at once', () => {
    const upstream = upstreamOf([1, 1]);
    const scheduler = makeScheduler(kind, upstream);
    upstream.weigh(0, 0);
    scheduler.changed(0, Change.weight);
    expect(Array.from({ length: 50 }, () => scheduler.pick(0, nothingTried))).toEqual(new Array(50).fill(1));
  });
});

test('nginx/random two: of two different servers the less loaded, the second drawn on a tie', () => {
  const upstream = upstreamOf([1, 1, 1, 1]);
  upstream.active.set([3, 2, 1, 0]);
  // The busiest never wins; the idle one whenever it is among the two: 1/2. The second needs {0,1}: 1/6.
  expectShares(shares(nginxRandom, upstream, nothingTried, { two: 'least_conn' }), [0, 1 / 6, 1 / 3, 1 / 2]);

  // All idle, weights 3 and 1: the second drawn is the other one of the first drawn.
  expectShares(shares(nginxRandom, upstreamOf([3, 1]), nothingTried, { two: 'least_conn' }), [1 / 4, 3 / 4]);
});

test('nginx/random falls back on round robin after more than 20 vain draws', () => {
  const upstream = upstreamOf([1, 1, 1]);
  upstream.eligible[2] = 0;
  let draws = 0;
  const last = { uniform: () => ((draws += 1), 0.99) };
  const scheduler = nginxRandom.make({}, upstream, last);
  expect([1, 2, 3].map(() => scheduler.pick(0, nothingTried))).toEqual([0, 1, 0]);
  expect(draws).toBe(3 * 21);
});
