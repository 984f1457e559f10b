/** The laws of the rules that neither take turns nor hash. */
import { describe, expect, test } from 'vitest';
import { chiSquareCdf } from '../../../../src/analysis/statistics/index.ts';
import { Change, nothingTried } from '../../../../src/models/directors/scheduler.ts';
import type { Scheduler, Upstream } from '../../../../src/models/directors/scheduler.ts';
import { plainSurroundings } from '../../../../src/models/directors/surroundings.ts';
import { schedulers } from '../../../../src/models/directors/schedulers/index.ts';
import { Streams } from '../../../../src/sim/random/stream.ts';
import { makeScheduler, tally, upstreamOf } from '../../../contracts/scheduler.ts';

function set(upstream: Upstream, scheduler: Scheduler, server: number, active: number): void {
  upstream.active[server] = active;
  scheduler.changed(server, Change.load);
}

function make(name: string, upstream: Upstream, options: object = {}): Scheduler {
  return makeScheduler(schedulers.get(name)!, upstream, options);
}

test('lvs/fo: the heaviest that is there; lvs/ovf: until its connections exceed its weight, then the next, then nobody', () => {
  const upstream = upstreamOf([1, 3, 2]);
  const failover = make('lvs/fo', upstream);
  expect(failover.pick(0, nothingTried)).toBe(1);
  const overflow = make('lvs/ovf', upstream);
  set(upstream, overflow, 1, 3);
  expect(overflow.pick(0, nothingTried)).toBe(1);
  set(upstream, overflow, 1, 4);
  expect(overflow.pick(0, nothingTried)).toBe(2);
  set(upstream, overflow, 2, 3);
  set(upstream, overflow, 0, 2);
  expect(overflow.pick(0, nothingTried)).toBe(-1);
  upstream.eligible[1] = 0;
  failover.changed(1, Change.eligibility);
  expect(failover.pick(0, nothingTried)).toBe(2);
});

test('lvs/lblc: a key stays with its server until that is overloaded and another has room', () => {
  const upstream = upstreamOf([2, 2, 2]);
  const scheduler = make('lvs/lblc', upstream);
  const own = scheduler.pick(5, nothingTried);
  set(upstream, scheduler, own, 2);
  expect(scheduler.pick(5, nothingTried)).toBe(own);
  set(upstream, scheduler, own, 3);
  const next = scheduler.pick(5, nothingTried);
  expect(next).not.toBe(own);
  for (let server = 0; server < 3; server++) set(upstream, scheduler, server, 4);
  expect(scheduler.pick(5, nothingTried)).toBe(next); // overloaded, but nobody is at less than half
});

describe('random rules draw by weight', () => {
  /** P(picked) on an idle upstream of these weights. */
  const laws: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    // The surplus of one that twos draws falls to the first: 4/7, 2/7, 1/7 of the weights 3, 2, 1; ties go to the first drawn.
    ['lvs/twos', [3, 2, 1], [4 / 7, 2 / 7, 1 / 7]],
    ['random', [3, 2, 1], [3 / 6, 2 / 6, 1 / 6]],
    ['nginx/random', [3, 2, 1], [3 / 6, 2 / 6, 1 / 6]],
    ['envoy/least_request', [1, 1, 1], [1 / 3, 1 / 3, 1 / 3]],
    ['finagle/peak-ewma', [1, 1, 1], [1 / 3, 1 / 3, 1 / 3]],
  ];

  test.each(laws)('%s', (name, weights, law) => {
    const kind = schedulers.get(name)!;
    const upstream = upstreamOf(weights);
    const scheduler = kind.make(kind.options.parse({}), upstream, new Streams('law', 0).stream(name));
    const n = 30_000;
    const counts = tally(
      Array.from({ length: n }, () => scheduler.pick(0, nothingTried)),
      weights.length,
    );
    const statistic = counts.reduce((sum, count, server) => {
      const surplus = count - n * law[server];
      return sum + (surplus * surplus) / (n * law[server]);
    }, 0);
    expect(1 - chiSquareCdf(statistic, law.length - 1)).toBeGreaterThan(1e-4);
  });
});

test('envoy/least_request: two choices prefer the less busy; unequal weights take turns by weight / (active + 1)', () => {
  const upstream = upstreamOf([1, 1]);
  const equal = make('envoy/least_request', upstream);
  set(upstream, equal, 0, 5);
  const shares = tally(
    Array.from({ length: 4000 }, () => equal.pick(0, nothingTried)),
    2,
  );
  expect(Math.abs(shares[0] / 4000 - 0.25)).toBeLessThan(0.03); // only when it is drawn twice

  const unequal = make('envoy/least_request', upstreamOf([3, 1]));
  const turns = Array.from({ length: 8 }, () => unequal.pick(0, nothingTried));
  expect(tally(turns, 2)).toEqual([6, 2]);
  const busy = upstreamOf([3, 1]);
  busy.active[0] = 5; // weighs 3 / 6 against 1
  const lean = make('envoy/least_request', busy);
  expect(
    tally(
      Array.from({ length: 9 }, () => lean.pick(0, nothingTried)),
      2,
    ),
  ).toEqual([3, 6]);
});

test('finagle/peak-ewma: a slow answer counts at once and is forgotten with time', () => {
  let now = 0;
  const upstream = upstreamOf([1, 1]);
  const kind = schedulers.get('finagle/peak-ewma')!;
  const stream = new Streams('ewma', 0).stream('x');
  const around = plainSurroundings([], () => now);
  const scheduler = kind.make(kind.options.parse({ decay: 1 }), upstream, stream, around);
  scheduler.released!(0, 1, true);
  scheduler.released!(1, 0.1, true);
  expect(scheduler.pick(0, nothingTried)).toBe(1);
  now = 1;
  scheduler.released!(1, 0.5, true);
  expect(scheduler.pick(0, nothingTried)).toBe(0); // 1 / e of 1 s against 0.5 s
});

test('connectorj/bestResponseTime: untried ones first, then the fastest last answer; failures change nothing', () => {
  const scheduler = make('bestResponseTime', upstreamOf([1, 1]));
  expect(scheduler.pick(0, nothingTried)).toBe(0);
  scheduler.released!(0, 0.2, true);
  expect(scheduler.pick(0, nothingTried)).toBe(1);
  scheduler.released!(1, 0.3, true);
  expect(scheduler.pick(0, nothingTried)).toBe(0);
  scheduler.released!(0, 9, false);
  expect(scheduler.pick(0, nothingTried)).toBe(0);
  scheduler.released!(0, 9, true);
  expect(scheduler.pick(0, nothingTried)).toBe(1);
});

test('jiq: the one idle longest', () => {
  const upstream = upstreamOf([1, 1, 1]);
  const scheduler = make('jiq', upstream);
  set(upstream, scheduler, 0, 1);
  set(upstream, scheduler, 1, 1);
  set(upstream, scheduler, 2, 1);
  set(upstream, scheduler, 1, 0);
  set(upstream, scheduler, 0, 0);
  expect(scheduler.pick(0, nothingTried)).toBe(1);
  set(upstream, scheduler, 1, 1);
  expect(scheduler.pick(0, nothingTried)).toBe(0);
});

describe('who wins a tie of two drawn, and by what they are compared', () => {
  /** Draws these numbers, again and again. */
  const drawing = (...numbers: number[]): { uniform: () => number } => {
    let next = 0;
    return { uniform: () => numbers[next++ % numbers.length] };
  };
  const pickOf = (
    name: string,
    active: readonly number[],
    numbers: readonly number[],
    options: object = {},
  ): number => {
    const kind = schedulers.get(name)!;
    const upstream = upstreamOf(active.map(() => 1));
    upstream.active.set(active);
    return kind.make(kind.options.parse(options), upstream, drawing(...numbers)).pick(0, nothingTried);
  };

  test('envoy/least_request: the first drawn', () => {
    expect(pickOf('envoy/least_request', [1, 1, 1], [0.5, 0.9])).toBe(1);
    expect(pickOf('envoy/least_request', [1, 2, 1], [0.5, 0.9])).toBe(2);
  });

  test('haproxy/random: the last drawn', () => {
    const one = (u: number): number => pickOf('haproxy/random', [1, 1, 1], [u], { draws: 1 });
    const numbers = Array.from({ length: 10 }, (_, tenth) => tenth / 10);
    expect(new Set(numbers.map(one)).size).toBe(3);
    for (const first of numbers) {
      for (const last of numbers) expect(pickOf('haproxy/random', [1, 1, 1], [first, last])).toBe(one(last));
    }
  });

  test('finagle/peak-ewma: of equal latencies the one with fewer requests in progress', () => {
    const upstream = upstreamOf([1, 1]);
    const scheduler = make('finagle/peak-ewma', upstream);
    for (const server of [0, 1]) scheduler.released!(server, 0.1, true);
    set(upstream, scheduler, 0, 3);
    for (let pick = 0; pick < 20; pick++) expect(scheduler.pick(0, nothingTried)).toBe(1);
  });
});
