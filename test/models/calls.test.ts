/** Timeouts, retries and failures of calls. */
import { describe, expect, test } from 'vitest';
import type {
  CallStep,
  DirectorDescription,
  RetryDescription,
  ServiceDescription,
} from '../../src/models/description.ts';
import { OUTCOME } from '../../src/models/outcome.ts';
import { Retry } from '../../src/models/retry.ts';
import { call, director, service } from './random-cluster.ts';
import {
  cluster,
  compute,
  computeDemand,
  exactly,
  expectTimes,
  play,
  serversOf,
  single,
  trace,
  wait,
} from './hand-made.ts';
import type { Played } from './hand-made.ts';

const closedDoor = service({ connections: 0, work: { '*': [] } });

function retry(options: Partial<RetryDescription> = {}): RetryDescription {
  return {
    times: 1,
    backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
    on: ['refused', 'timeout'],
    other: false,
    budget: Infinity,
    ...options,
  };
}

describe('timeout', () => {
  test('keep: the work goes on for nobody, in line and in service, and is counted as wasted', () => {
    const { ends, outcomes, run } = play(single([0, 1.5], [3, 3], { workers: 1 }, { timeout: exactly(1) }));
    expectTimes(ends, [1, 2.5]);
    expect(outcomes).toEqual(['timeout', 'timeout']);
    const { orphaned, wastedSeconds, computeArea, outcomes: atServer } = run.reading().services.s[0];
    expect([orphaned, wastedSeconds, computeArea, atServer[OUTCOME.ok]]).toEqual([2, 3 + 4.5, 6, 2]);
  });

  test('cancel: the worker is free at once', () => {
    const { ends, outcomes, run } = play(
      single([0, 0.5, 1.2], [3, 0.25, 0.25], { workers: 1 }, { timeout: exactly(1), abandon: 'cancel' }),
    );
    expectTimes(ends, [1, 1.25, 1.5]);
    expect(outcomes).toEqual(['timeout', 'ok', 'ok']);
    expect(run.reading().services.s[0]).toMatchObject({ orphaned: 0, wastedSeconds: 0, computeArea: 1.5 });
  });

  test('cancel: also in line, and on shared cores, where the others go faster', () => {
    const site = { timeout: exactly(1), abandon: 'cancel' } as const;
    const { run } = play(single([0, 0.5], [0.9, 3], { workers: 1, queue: 1 }, site));
    expect(run.reading().services.s[0].computeArea).toBeCloseTo(0.9 + 0.6, 12);
    const shared = cluster({
      clients: {
        long: trace([0], [call('s')], { demand: [2] }),
        short: trace([0], [call('s', site)], { demand: [9] }),
      },
      services: { s: service({ cores: 1, work: computeDemand }) },
    });
    expectTimes(play(shared).ends, [2.5]);
  });

  test('an answer in time is no timeout; each attempt has its own time, drawn or not', () => {
    const timeout = { kind: 'demand', scale: 0.5 } as const;
    const { ends, outcomes } = play(single([0, 0], [2, 4], {}, { timeout }));
    expect([ends, outcomes]).toEqual([
      [1, 2],
      ['timeout', 'timeout'],
    ]);
    expect(play(single([0], [1], {}, { timeout: exactly(1) })).outcomes).toEqual(['ok']);
  });

  test('what the abandoned call had called goes on, unless that call is cancelled too', () => {
    const database = (abandon: CallStep['abandon']): number => {
      const description = cluster({
        clients: { c: trace([0], [call('app', { timeout: exactly(1), abandon: 'cancel' })]) },
        services: {
          app: service({ work: { '*': [call('db', { abandon })] } }),
          db: service({ work: { '*': [compute(3)] } }),
        },
      });
      return play(description).run.reading().services.db[0].computeArea;
    };
    expect([database('keep'), database('cancel')]).toEqual([3, 1]);
  });

  test('a caller that has given up on its call goes on without it', () => {
    const description = cluster({
      clients: { c: trace([0], [call('app')]) },
      services: {
        app: service({
          workers: 1,
          work: { '*': [call('db', { timeout: exactly(1), otherwise: [wait(0.5)] }), wait(0.5)] },
        }),
        db: service({ work: { '*': [compute(1.2)] } }),
      },
    });
    const { ends, run } = play(description);
    expectTimes(ends, [2]);
    expect(run.reading().services.db[0]).toMatchObject({ orphaned: 1, wastedSeconds: 1.2 });
  });
});

/** Calls of a director over `bad`, which refuses, and more services. It is picked by lc: the first while idle. */
function playRetry(
  at: readonly number[],
  site: RetryDescription,
  more: Readonly<Record<string, ServiceDescription>> = {},
  options: Partial<DirectorDescription> = {},
): Played {
  const services = { bad: closedDoor, ...more };
  const members = Object.keys(services).map((name) => ({ service: name, server: 0, weight: 1, limit: Infinity }));
  return play(
    cluster({
      clients: { c: trace(at, [call('d', { retry: site, timeout: exactly(1) })], { demand: at.map(() => 0.5) }) },
      directors: { d: director({ scheduler: { id: 'lvs/lc', options: {} }, members, ...options }) },
      services,
    }),
  );
}

describe('retry', () => {
  test('so many times, after a backoff that doubles up to its limit', () => {
    const backoff = { base: 0.5, factor: 2, max: 1.5, jitter: 'none' } as const;
    const { rows, outcomes, run } = playRetry([1], retry({ times: 4, backoff }));
    expect(outcomes).toEqual(['refused']);
    expect(rows).toMatchObject([{ due: 1, end: 1 + 0.5 + 1 + 1.5 + 1.5 }]);
    expect(run.reading().directors.d.picks).toBe(5);
  });

  test('only on the causes it names', () => {
    const { ends, run } = playRetry([1], retry({ times: 4, on: ['timeout'] }));
    expect([ends, run.reading().directors.d.picks]).toEqual([[1], 1]);
  });

  test('on other servers only if it says so, and on the same ones when there are no others', () => {
    const good = { good: service({ work: computeDemand }) };
    const same = playRetry([0], retry(), good);
    expect([same.outcomes, same.run.reading().directors.d.share]).toEqual([['refused'], [2, 0]]);
    const other = playRetry([0], retry({ other: true }), good);
    expect([other.outcomes, serversOf(other), other.run.reading().directors.d.share]).toEqual([
      ['ok'],
      ['good.1'],
      [1, 1],
    ]);
    const none = playRetry([0], retry({ other: true, times: 3 }), { worse: closedDoor });
    expect(none.run.reading().directors.d.share).toEqual([2, 2]); // when all were tried, not the last one
  });

  test('with the same due time and the same demand; each attempt has all of its timeout', () => {
    const { rows, outcomes } = playRetry(
      [2],
      retry({ other: true, backoff: { base: 3, factor: 1, max: 3, jitter: 'none' } }),
      {
        good: service({ work: computeDemand }),
      },
    );
    expect(outcomes).toEqual(['ok']);
    expect(rows).toMatchObject([{ due: 2, end: 5.5 }]);
  });

  test('a director tries the next upstream by itself', () => {
    const description = cluster({
      clients: { c: trace([0], [call('d')], { demand: [1] }) },
      directors: {
        d: director({
          scheduler: { id: 'lvs/lc', options: {} },
          members: ['bad', 'good'].map((name) => ({ service: name, server: 0, weight: 1, limit: Infinity })),
          retry: retry({ other: true }),
        }),
      },
      services: { bad: closedDoor, good: service({ work: computeDemand }) },
    });
    const { outcomes, run } = play(description);
    expect([outcomes, run.reading().directors.d.share]).toEqual([['ok'], [1, 1]]);
  });

  test('a timeout is tried again while the first attempt goes on', () => {
    const site = { timeout: exactly(1), retry: retry() };
    const { ends, outcomes, run } = play(single([0], [3], {}, site));
    expect([ends, outcomes]).toEqual([[2], ['timeout']]);
    expect(run.reading().services.s[0]).toMatchObject({ calls: 2, orphaned: 2, wastedSeconds: 6 });
  });

  test('within a budget: ten to begin with, and a quarter for each first attempt', () => {
    const at = Array.from({ length: 100 }, (_, k) => k);
    const { run } = playRetry(at, retry({ budget: 0.25 }));
    expect(run.reading().directors.d.picks).toBe(100 + Math.floor(10 + 0.25 * 99));
  });

  test('the budget keeps at most ten', () => {
    const made = new Retry(retry({ times: 100, budget: 2 }), { uniform: () => 0 });
    expect(made.again(0, OUTCOME.refused)).toBe(true);
    made.first();
    let more = 0;
    while (made.again(0, OUTCOME.refused)) more++;
    expect([more, made.made, made.overBudget]).toEqual([10, 11, 1]);
  });

  test.each([
    ['none', [1, 2, 3]],
    ['full', [0.25, 0.5, 0.75]],
    ['equal', [0.625, 1.25, 1.875]],
  ] as const)('jitter %s', (jitter, pauses) => {
    const made = new Retry(retry({ backoff: { base: 1, factor: 2, max: 3, jitter } }), { uniform: () => 0.25 });
    expect([0, 1, 2].map((attempt) => made.pause(attempt))).toEqual(pauses);
  });
});

describe('failures', () => {
  test('fail their callers with the same cause, up to the client; nothing stays held', () => {
    const description = cluster({
      clients: { c: trace([0, 1], [call('web')]) },
      services: {
        web: service({ workers: 1, work: { '*': [compute(0.5), call('app')] } }),
        app: service({
          workers: 1,
          work: { '*': [call('db')] },
          pools: { db: { to: 'db', size: 1, patience: Infinity } },
        }),
        db: service({ workers: 1, patience: exactly(0.25), work: { '*': [compute(10)] } }),
        other: service({ work: { '*': [call('db')] } }),
      },
      // somebody else keeps the database busy
    });
    const busy = { ...description, clients: { ...description.clients, z: trace([0], [call('other')]) } };
    const { ends, outcomes, run } = play(busy, { until: 5 });
    expectTimes(ends, [0.75, 1.75]);
    expect(outcomes).toEqual(['queue-timeout', 'queue-timeout']);
    const { services } = run.reading();
    for (const name of ['web', 'app', 'db']) expect(services[name][0].outcomes[OUTCOME['queue-timeout']]).toBe(2);
    expect([services.web[0].gates.workers.busy, services.app[0].gates.db.busy, services.app[0].present]).toEqual([
      0, 0, 0,
    ]);
  });

  test('are caught where something is done otherwise, and counted below only', () => {
    const description = cluster({
      clients: { c: trace([0], [call('web')]) },
      services: {
        web: service({ work: { '*': [call('app', { otherwise: [wait(1)] })] } }),
        app: service({ work: { '*': [call('db')] } }),
        db: closedDoor,
      },
    });
    const { outcomes, run } = play(description);
    expect(outcomes).toEqual(['ok']);
    const { services } = run.reading();
    expect([services.web[0].outcomes[OUTCOME.ok], services.app[0].outcomes[OUTCOME.refused]]).toEqual([1, 1]);
  });
});
