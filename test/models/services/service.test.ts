/** What the limits of a service do to requests at given times. */
import { describe, expect, test } from 'vitest';
import { call, service } from '../random-cluster.ts';
import {
  cluster,
  compute,
  computeDemand,
  demanded,
  exactly,
  expectTimes,
  play,
  single,
  trace,
  wait,
} from '../hand-made.ts';

describe('workers', () => {
  test.each([
    ['fifo', [1, 2, 3, 4]],
    ['lifo', [1, 4, 3, 2]],
    ['priority', [1, 4, 3, 2]],
  ] as const)('%s', (order, ends) => {
    const description = cluster({
      clients: { c: trace([0, 0.1, 0.2, 0.3], [call('s')], { demand: [1, 1, 1, 1], priority: [0, 2, 1, 0] }) },
      services: { s: service({ workers: 1, order, work: computeDemand }) },
    });
    expectTimes(play(description).ends, ends);
  });

  test('each has a core of its own, at the speed of its server', () => {
    const description = cluster({
      clients: { c: trace([0, 0, 0], [call('s.2')], { demand: [1, 1, 1] }) },
      services: { s: service({ count: 2, speeds: [1, 2], workers: 2, work: computeDemand }) },
    });
    const { run, ends } = play(description);
    expectTimes(ends, [0.5, 0.5, 1]);
    const [idle, busy] = run.reading().services.s;
    expect([idle.calls, busy.calls, busy.computeArea, busy.gates.workers.busyArea]).toEqual([0, 3, 1.5, 1.5]);
  });

  test('a full queue refuses at once', () => {
    const { ends, outcomes, run } = play(single([0, 0.1, 0.2], [1, 1, 1], { workers: 1, queue: 1 }));
    expectTimes(ends, [1, 2, 0.2]);
    expect(outcomes).toEqual(['ok', 'ok', 'refused']);
    expect(run.reading().services.s[0].gates.workers).toMatchObject({ arrivals: 3, waits: 1, refusals: 1, returns: 2 });
  });
});

describe('patience', () => {
  test('constant: leaves the line when it ends, not a moment after its turn has come', () => {
    const { ends, outcomes, run } = play(single([0, 0.1, 0.5], [1, 1, 1], { workers: 1, patience: exactly(0.5) }));
    expectTimes(ends, [1, 0.6, 2]);
    expect(outcomes).toEqual(['ok', 'queue-timeout', 'ok']);
    const { withdrawals, waited } = run.reading().services.s[0].gates.workers;
    expect([withdrawals, waited]).toEqual([1, expect.closeTo(0.5 + 0.5, 12)]);
  });

  test('drawn: each has its own', () => {
    const patience = { kind: 'demand', scale: 0.5 } as const;
    const { ends, outcomes } = play(single([0, 0.1, 0.2], [1, 0.4, 3], { workers: 1, patience }));
    expectTimes(ends, [1, 0.3, 4]);
    expect(outcomes).toEqual(['ok', 'queue-timeout', 'ok']);
  });
});

test('an accept queue that drops: SYNs after 0, 3 and 9 s, given up after 21 s', () => {
  const { ends, outcomes, run } = play(
    single(
      [0, 0.5, 1.2, 1.3],
      [10, 1, 1, 1],
      { workers: 1, queue: 0, full: 'drop' },
      { connect: { syn: [3, 9], giveUp: 21 } },
    ),
  );
  expectTimes(ends, [10, 21.5, 11.2, 22.3]);
  expect(outcomes).toEqual(['ok', 'connect-timeout', 'ok', 'connect-timeout']);
  const { calls, present, gates } = run.reading().services.s[0];
  expect([calls, present, gates.workers.refusals]).toEqual([2, 0, 3 + 2 + 3]);
});

test('beyond the most connections it refuses, which costs it work', () => {
  const { ends, outcomes, run } = play(single([0, 1], [2, 1], { cores: 1, connections: 1, refusalCost: exactly(0.5) }));
  // from 1 to 2 the refusal has half the core
  expectTimes(ends, [2.5, 1]);
  expect(outcomes).toEqual(['ok', 'refused']);
  expect(run.reading().services.s[0]).toMatchObject({ calls: 1, computeArea: 2.5 });
  expect(run.parts.execution.calls.live).toBe(0);
});

test('threads are held while waiting, an event loop only while computing', () => {
  const served = (holds: 'request' | 'compute'): readonly number[] =>
    play(
      cluster({
        clients: { c: trace([0, 0.5], [call('s')]) },
        services: { s: service({ workers: 1, holds, work: { '*': [compute(1), wait(5), compute(1)] } }) },
      }),
    ).ends;
  expectTimes(served('request'), [7, 14]);
  expectTimes(served('compute'), [7, 8]);
});

describe('cores', () => {
  test('first come first served: one request a core, nothing held while it waits', () => {
    const work = { '*': [{ do: 'compute', time: demanded } as const, wait(10), compute(1)] };
    const description = cluster({
      clients: { c: trace([0, 0, 0], [call('s')], { demand: [1, 2, 3] }) },
      services: { s: service({ cores: 2, sharing: 'fifo', work }) },
    });
    expectTimes(play(description).ends, [12, 13, 15]);
  });

  test('shared: each of three has two thirds of a core on two, and slows down under load', () => {
    expectTimes(play(single([0, 0, 0], [2, 2, 2], { cores: 2 })).ends, [3, 3, 3]);
    const slowdown = { kind: 'per-active', coefficient: 0.5 } as const;
    expectTimes(play(single([0, 0], [1, 1], { slowdown })).ends, [2, 2]);
  });

  test('at most so many share the cores, the rest stand in line', () => {
    expectTimes(play(single([0, 0, 0], [2, 2, 2], { cores: 1, sharingLimit: 2 })).ends, [4, 4, 6]);
  });

  test('preemptive: the urgent one first, the other goes on where it was', () => {
    const description = cluster({
      clients: { c: trace([0, 1], [call('s')], { demand: [3, 1], priority: [1, 0] }) },
      services: { s: service({ cores: 1, sharing: 'preemptive', work: computeDemand }) },
    });
    expectTimes(play(description).ends, [4, 2]);
  });
});

test('work by class: the class named, else the class of anybody', () => {
  const mix = (name: string, priority: number): ReturnType<typeof trace> =>
    trace([0], [call('s')], { mix: [{ name, share: 1, priority, steps: [call('s')] }] });
  const description = cluster({
    clients: { read: mix('read', 0), write: mix('write', 0) },
    services: { s: service({ work: { '*': [compute(1)], write: [compute(5)] } }) },
  });
  const { rows } = play(description);
  expect(rows.map(({ client, end }) => [client, end])).toEqual([
    ['read', 1],
    ['write', 5],
  ]);
});
