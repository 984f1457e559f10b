import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { build } from '../../../src/models/build.ts';
import type { BreakdownsDescription, ServiceDescription } from '../../../src/models/description.ts';
import { call, service } from '../random-cluster.ts';
import { cluster, compute, exactly, expectTimes, play, single, trace, wait } from '../hand-made.ts';

/** Every worker works for 5 s, then is mended in 2 s. */
function breakdowns(options: Partial<BreakdownsDescription> = {}): BreakdownsDescription {
  return { every: exactly(5), repair: exactly(2), crews: 1, interrupted: 'resume', ...options };
}

describe('one worker that is up from 0 to 5 s, from 7 to 12 s and so on', () => {
  test.each([
    ['resume', [9, 10], ['ok', 'ok']],
    ['restart', [11, 12], ['ok', 'ok']],
    ['lost', [5, 8], ['reset', 'ok']],
  ] as const)('%s: the request it broke under is first in line again, or gone', (interrupted, ends, outcomes) => {
    const played = play(single([3, 4], [4, 1], { workers: 1, breakdowns: breakdowns({ interrupted }) }));
    expectTimes(played.ends, ends);
    expect(played.outcomes).toEqual(outcomes);
  });

  test('breaks again 5 s after it was mended', () => {
    expectTimes(play(single([11, 18], [2, 2], { workers: 1, breakdowns: breakdowns() })).ends, [15, 22]);
  });

  test('what is left of a compute is work: a server twice as fast needs half the time for it', () => {
    expectTimes(play(single([3], [6], { workers: 1, speeds: [2], breakdowns: breakdowns() })).ends, [8]);
  });

  test('a wait goes on where it was, and so does work on shared cores', () => {
    const waits = cluster({
      clients: { c: trace([3], [call('s')]) },
      services: { s: service({ workers: 1, work: { '*': [wait(4)] }, breakdowns: breakdowns() }) },
    });
    expectTimes(play(waits).ends, [9]);
    // two workers on one core: both break at 5, when the second has 1.5 s left of 2 and the first 2 s of 4 less 1 s alone
    const shared = single([3, 4], [4, 2], { workers: 2, cores: 1, breakdowns: breakdowns({ crews: 2 }) });
    expectTimes(play(shared).ends, [11, 10]);
  });

  test('a worker that breaks in a hung server loses no work, and its request goes on when both are back', () => {
    const hung = single([3], [4], { workers: 1, breakdowns: breakdowns() });
    const faults = [{ at: 4, do: 'hang', target: 's', for: 10, factor: 1 } as const];
    expectTimes(play({ ...hung, faults }).ends, [17]);
  });

  test('a crash while the request waits for another worker resets it', () => {
    const description = single([3], [4], { workers: 1, breakdowns: breakdowns() });
    const faults = [{ at: 6, do: 'crash', target: 's', for: Infinity, factor: 1 } as const];
    const { ends, outcomes } = play({ ...description, faults });
    expect([ends[0], outcomes[0]]).toEqual([6, 'reset']);
  });

  test('who begins anew gives back its connection and calls again; the call it had made goes on for nobody', () => {
    const description = cluster({
      clients: { c: trace([3], [call('s')]) },
      services: {
        s: service({
          workers: 1,
          pools: { db: { to: 'db', size: 1, patience: Infinity } },
          work: { '*': [compute(1), call('db')] },
          breakdowns: breakdowns({ interrupted: 'restart' }),
        }),
        db: service({ workers: 1, work: { '*': [compute(2)] } }),
      },
    });
    const { ends, run } = play(description);
    expectTimes(ends, [10]);
    const db = run.reading().services.db[0];
    expect([db.calls, db.orphaned]).toEqual([2, 1]);
  });

  test('is counted: seconds broken, failures, the times at each number up', () => {
    const description = {
      ...single([], [], { workers: 2, breakdowns: breakdowns() }),
      probes: [{ kind: 'up', of: 's' } as const],
    };
    const { run } = play(description, { until: 10 });
    // both break at 5; the only crew has mended one at 7 and the other at 9
    expect(run.reading().services.s[0]).toMatchObject({ brokenArea: 2 + 4, failures: 2 });
    expect(Array.from(run.parts.tiers.get('s')!.breakdowns!.levels!.seconds(10))).toEqual([2, 2, 6]);
  });
});

describe('crews', () => {
  test('one crew mends the worker that broke first first, over all servers of the service', () => {
    // every request stays where it was sent: server 1's worker is mended at 7, server 2's at 9, server 3's at 11
    const description = cluster({
      clients: { c: trace([0], [call('s.1')]), d: trace([0], [call('s.2')]), e: trace([0], [call('s.3')]) },
      services: {
        s: service({ count: 3, workers: 1, work: { '*': [compute(6)] }, breakdowns: breakdowns() }),
      },
    });
    const { rows } = play(description);
    expect(rows.map(({ client, end }) => [client, end])).toEqual([
      ['c', 8],
      ['d', 10],
      ['e', 12],
    ]);
    const two = { ...description.services.s, breakdowns: breakdowns({ crews: 3 }) };
    expectTimes(
      play({ ...description, services: { s: two } }).rows.map(({ end }) => end),
      [8, 8, 8],
    );
  });
});

describe('random stations', () => {
  const station = fc.record({
    workers: fc.integer({ min: 1, max: 4 }),
    crews: fc.integer({ min: 1, max: 3 }),
    interrupted: fc.constantFrom('resume' as const, 'restart' as const, 'lost' as const),
    order: fc.constantFrom('fifo' as const, 'lifo' as const, 'random' as const, 'priority' as const),
    requests: fc.array(
      fc.tuple(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true })),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
    seed: fc.integer({ min: 1, max: 1000 }),
  });

  test('every event leaves the workers accounted for; nobody is lost; resumed work is done once', () => {
    fc.assert(
      fc.property(station, ({ workers, crews, interrupted, order, requests, seed }) => {
        const sorted = [...requests].sort((a, b) => a[0] - b[0]);
        const demand = sorted.map(([, seconds]) => seconds);
        const description = single(
          sorted.map(([at]) => at),
          demand,
          {
            workers,
            order,
            breakdowns: {
              every: { kind: 'exponential', mean: 3 },
              repair: { kind: 'uniform', low: 0, high: 1 },
              crews,
              interrupted,
            },
          },
        );
        const run = build(description, { seed, replication: 0 });
        let answered = 0;
        for (const { traffic } of run.parts.clients.values()) traffic.onRow = () => answered++;
        for (let events = 1; events < 4000 && answered < demand.length; events++) {
          run.advance({ events });
          run.check();
        }
        expect(answered).toBe(demand.length);
        const total = demand.reduce((sum, one) => sum + one, 0);
        const { computeArea } = run.reading().services.s[0];
        if (interrupted === 'resume') expect(Math.abs(computeArea - total)).toBeLessThan(1e-9 * Math.max(1, total));
        if (interrupted === 'restart') expect(computeArea).toBeGreaterThanOrEqual(total - 1e-9);
        if (interrupted === 'lost') expect(computeArea).toBeLessThanOrEqual(total + 1e-9);
      }),
      { numRuns: 60, seed: 12 },
    );
  });
});

test('what cannot be is refused when it is built', () => {
  const made = (options: Partial<ServiceDescription>) => () =>
    build(single([], [], options), { seed: 1, replication: 0 });
  expect(made({ breakdowns: breakdowns() })).toThrow(/held for the request/);
  expect(made({ workers: 1, holds: 'compute', breakdowns: breakdowns() })).toThrow(/held for the request/);
  expect(made({ workers: 1, setup: { time: exactly(1), offAfter: 0 }, breakdowns: breakdowns() })).toThrow(
    /one of the two/,
  );
  expect(made({ workers: 1, work: { '*': [call('s')] }, breakdowns: breakdowns() })).toThrow(/compute and wait/);
});
