/** Each kind of step, alone and inside others. */
import { describe, expect, test } from 'vitest';
import { build } from '../../../src/models/build.ts';
import type { PoolDescription, ServiceDescription, Step } from '../../../src/models/description.ts';
import { call, service } from '../random-cluster.ts';
import { cluster, compute, exactly, expectTimes, play, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

/** Refuses every connection. */
const closedDoor = service({ connections: 0, work: { '*': [] } });

/** Requests at these times to `app`, which does `steps`; `slow` takes 2 s, `closed` refuses. */
function playSteps(
  steps: readonly Step[],
  at: readonly number[] = [0],
  more: Readonly<Record<string, ServiceDescription>> = {},
  pools: Readonly<Record<string, PoolDescription>> = {},
): Played {
  return play(
    cluster({
      clients: { c: trace(at, [call('app')]) },
      services: {
        app: service({ work: { '*': steps }, pools }),
        slow: service({ work: { '*': [wait(2)] } }),
        closed: closedDoor,
        ...more,
      },
    }),
  );
}

test('wait, compute and call follow each other', () => {
  expectTimes(playSteps([wait(1), compute(0.5), call('slow'), wait(0.25)]).ends, [3.75]);
  expectTimes(playSteps([]).ends, [0]);
});

test('the steps of a client are its own: several calls, one request', () => {
  const description = cluster({
    clients: { c: trace([1], [call('s'), wait(1), compute(1), call('s')]) },
    services: { s: service({ work: { '*': [wait(0.5)] } }) },
  });
  const { rows, run } = play(description);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ due: 1, end: 4 });
  expect(run.reading().services.s[0].calls).toBe(2);
});

test('a worker is held while its request waits for a call', () => {
  const description = cluster({
    clients: { c: trace([0, 0], [call('app')]) },
    services: {
      app: service({ workers: 1, work: { '*': [compute(1), call('db'), compute(1)] } }),
      db: service({ work: { '*': [compute(3)] } }),
    },
  });
  expectTimes(play(description).ends, [5, 10]);
});

test('a message is sent and nobody waits for it, nor minds its failure', () => {
  const mail: Step = { do: 'send', to: 'mail', requestBytes: 0 };
  const { ends, outcomes, run } = playSteps([mail, { do: 'send', to: 'closed', requestBytes: 0 }, compute(1)], [0], {
    mail: service({ workers: 1, work: { '*': [compute(3)] } }),
  });
  expectTimes(ends, [1]);
  expect(outcomes).toEqual(['ok']);
  expect(run.now).toBe(3);
  expect(run.reading().services.mail[0]).toMatchObject({ calls: 1, present: 0, computeArea: 3 });
});

describe('pools', () => {
  const db = { db: service({ work: { '*': [wait(1)] } }) };
  const pool = (patience = Infinity): Record<string, PoolDescription> => ({ db: { to: 'db', size: 1, patience } });

  test('a call to its target takes a connection for its duration and no longer', () => {
    const { ends, run } = playSteps([call('db'), wait(5)], [0, 0], db, pool());
    expectTimes(ends, [6, 7]);
    expect(run.reading().services.app[0].gates.db).toMatchObject({ arrivals: 2, busyArea: 2, lineArea: 1, busy: 0 });
  });

  test('between acquire and release one connection is kept for all calls', () => {
    const steps: Step[] = [
      { do: 'acquire', pool: 'db' },
      call('db'),
      wait(1),
      call('db'),
      { do: 'release', pool: 'db' },
      wait(5),
    ];
    const { ends, run } = playSteps(steps, [0, 0], db, pool());
    expectTimes(ends, [8, 11]);
    expect(run.reading().services.app[0].gates.db).toMatchObject({ arrivals: 2, busyArea: 6, returns: 2 });
  });

  test('after release a call takes one by itself again', () => {
    const steps: Step[] = [{ do: 'acquire', pool: 'db' }, { do: 'release', pool: 'db' }, call('db')];
    expect(playSteps(steps, [0], db, pool()).run.reading().services.app[0].gates.db.arrivals).toBe(2);
  });

  test('a checkout that takes too long fails with pool-timeout', () => {
    const { ends, outcomes, run } = playSteps([call('db')], [0, 0.1], db, pool(0.5));
    expectTimes(ends, [1, 0.6]);
    expect(outcomes).toEqual(['ok', 'pool-timeout']);
    expect(run.reading().services.db[0].calls).toBe(1);
  });

  test('or goes on with what the call does otherwise, holding nothing', () => {
    const steps = [call('db', { otherwise: [wait(1)] }), wait(1)];
    const { ends, outcomes, run } = playSteps(steps, [0, 0.1], db, pool(0.5));
    expectTimes(ends, [2, 2.6]);
    expect(outcomes).toEqual(['ok', 'ok']);
    expect(run.reading().services.app[0].gates.db).toMatchObject({ busy: 0, returns: 1, withdrawals: 1 });
  });

  test('the connection of a failed call comes back, whether something is done otherwise or not', () => {
    for (const otherwise of [undefined, [wait(1)]]) {
      const pools = { closed: { to: 'closed', size: 1, patience: Infinity } };
      const { run } = playSteps([call('closed', { otherwise })], [0, 1], {}, pools);
      expect(run.reading().services.app[0].gates.closed).toMatchObject({ busy: 0, returns: 2, waits: 0 });
    }
  });

  test('other pools are not touched', () => {
    const pools = { ...pool(), other: { to: 'slow', size: 1, patience: Infinity } };
    const { run } = playSteps([call('db')], [0], db, pools);
    expect(run.reading().services.app[0].gates.other.arrivals).toBe(0);
  });
});

describe('choice', () => {
  test('takes a branch by its weight', () => {
    const branches = [
      { weight: 1, steps: [wait(1)] },
      { weight: 3, steps: [wait(2)] },
      { weight: 0, steps: [wait(3)] },
    ];
    const { ends } = playSteps([{ do: 'choice', branches }, wait(10)], new Array<number>(4000).fill(0));
    const first = ends.filter((end) => end === 11).length;
    expect(first + ends.filter((end) => end === 12).length).toBe(4000);
    expect(Math.abs(first - 1000)).toBeLessThan(3.3 * Math.sqrt(4000 * 0.25 * 0.75));
  });
});

describe('loop', () => {
  const loop = (times: number, steps: readonly Step[]): Step => ({ do: 'loop', times: exactly(times), steps });

  test.each([
    [0, 0],
    [0.4, 0],
    [1, 1],
    [2.5, 3],
  ])('%d times', (times, rounds) => {
    expectTimes(playSteps([loop(times, [wait(1)]), wait(10)]).ends, [10 + rounds]);
  });

  test('one inside another, and in what is called from there', () => {
    const inner = { inner: service({ work: { '*': [loop(3, [wait(1)])] } }) };
    expectTimes(playSteps([loop(2, [loop(3, [wait(1)]), loop(0, [wait(50)]), call('inner')])], [0], inner).ends, [12]);
    expectTimes(playSteps([loop(2, [loop(2, [loop(2, [wait(1)])])])]).ends, [8]);
  });

  test('at most three deep', () => {
    expect(() => playSteps([loop(1, [loop(1, [loop(1, [loop(1, [])])])])])).toThrow(/at most 3 deep/);
  });
});

describe('walk', () => {
  test('goes from place to place and leaves with what is left of the shares', () => {
    const places = {
      a: { steps: [wait(1)], next: { b: 1 } },
      b: { steps: [wait(2)], next: {} },
      c: { steps: [wait(50)], next: { a: 1 } },
    };
    expectTimes(playSteps([{ do: 'walk', start: { a: 1 }, places }, wait(10)]).ends, [13]);
    expectTimes(playSteps([{ do: 'walk', start: {}, places }, wait(10)]).ends, [10]);
  });

  test('a place that leads back to itself half the time is visited twice on average', () => {
    const places = { a: { steps: [wait(1)], next: { a: 0.5 } } };
    const { ends } = playSteps([{ do: 'walk', start: { a: 1 }, places }], new Array<number>(4000).fill(0));
    const mean = ends.reduce((sum, end) => sum + end, 0) / 4000;
    expect(Math.abs(mean - 2)).toBeLessThan(3.3 * Math.sqrt(2 / 4000));
  });

  test('only to places there are', () => {
    expect(() => playSteps([{ do: 'walk', start: { nowhere: 1 }, places: {} }])).toThrow(/nowhere/);
  });
});

describe('parallel', () => {
  const branches = [[wait(3)], [wait(1)], [wait(2)]];

  test.each([
    ['all', 3, 13],
    ['a quorum', 2, 12],
    ['the first', 1, 11],
  ])('goes on when %s have ended, once', (_, need, end) => {
    const { ends, rows, run } = playSteps([{ do: 'parallel', branches, need }, wait(10)]);
    expectTimes(ends, [end]);
    expect(rows).toHaveLength(1);
    expect(run.parts.execution.calls.live).toBe(0);
  });

  test('the others go on for nobody', () => {
    const { ends, run } = playSteps([{ do: 'parallel', branches: [[call('slow')], [wait(1), call('slow')]], need: 1 }]);
    expectTimes(ends, [2]);
    expect(run.reading().services.slow[0]).toMatchObject({ calls: 2, presentArea: 4 });
    expect(run.now).toBe(3);
  });

  test('fails as soon as too few can still end well, with the cause of the last failure', () => {
    const late = [call('slow', { timeout: exactly(1) })];
    const refused = (after: number): Step[] => [wait(after), call('closed')];
    const outcome = (need: number, ...each: Step[][]): [number, string] => {
      const { ends, outcomes } = playSteps([{ do: 'parallel', branches: each, need }]);
      return [ends[0], outcomes[0]];
    };
    expect(outcome(3, [wait(9)], refused(0.5), [wait(9)])).toEqual([0.5, 'refused']);
    expect(outcome(2, [wait(9)], refused(0.5), late)).toEqual([1, 'timeout']);
    expect(outcome(2, [wait(9)], late, refused(1.5))).toEqual([1.5, 'refused']);
    expect(outcome(1, [wait(9)], refused(0.5), late)).toEqual([9, 'ok']);
  });

  test('one inside another, in a client', () => {
    const nested: Step = {
      do: 'parallel',
      branches: [[{ do: 'parallel', branches, need: 2 }, wait(1)], [wait(2.5)]],
      need: 2,
    };
    expectTimes(play(cluster({ clients: { c: trace([0], [nested, wait(1)]) } })).ends, [4]);
  });
});

describe('otherwise', () => {
  test('after a failure of any cause', () => {
    expectTimes(playSteps([call('closed', { otherwise: [wait(1)] }), wait(10)]).ends, [11]);
    expectTimes(playSteps([call('slow', { timeout: exactly(0.5), otherwise: [wait(1)] }), wait(10)]).ends, [11.5]);
  });

  test('not after a success', () => {
    expectTimes(playSteps([call('slow', { otherwise: [wait(100)] }), wait(10)]).ends, [12]);
  });

  test('in a client, and nothing in it is an answer too', () => {
    const steps = [call('closed', { otherwise: [] }), wait(1)];
    const { ends, outcomes } = play(cluster({ clients: { c: trace([0], steps) }, services: { closed: closedDoor } }));
    expect([ends, outcomes]).toEqual([[1], ['ok']]);
  });
});

test('a release without an acquire cannot be built', () => {
  const description = cluster({
    services: {
      s: service({ pools: { db: { size: 1, patience: 1 } }, work: { '*': [{ do: 'release', pool: 'db' }] } }),
    },
  });
  expect(() => build(description, { seed: 1, replication: 0 })).toThrow(/does not hold/);
});
