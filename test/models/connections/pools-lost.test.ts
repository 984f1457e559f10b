/** Pools whose connections die with what they lead to, or with their own server, worked out on paper. */
import { describe, expect, test } from 'vitest';
import type { ClusterDescription, FaultDescription, PoolDescription, Step } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, compute, computeDemand, exactly, expectTimes, play, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

const crash = (target: string, at: number, lasts: number): FaultDescription => ({
  ...{ at, target, for: lasts, factor: 1 },
  do: 'crash',
});

interface Told {
  readonly at: readonly number[];
  readonly demand: readonly number[];
  readonly pool: Partial<PoolDescription>;
  readonly faults: readonly FaultDescription[];
  readonly until?: number;
  readonly work?: readonly Step[];
  readonly more?: Partial<ClusterDescription>;
}

/** `app` calls `db` over its pool; what the requests demand is done there. */
function played({ at, demand, pool, faults, until, work = [call('db')], more = {} }: Told): Played {
  return play(
    cluster({
      clients: { c: trace(at, [call('app')], { demand }) },
      services: {
        app: service({ work: { '*': work }, pools: { db: { to: 'db', size: 3, patience: Infinity, ...pool } } }),
        db: service({ work: computeDemand, ...more.services?.db }),
        ...(more.services?.web === undefined ? {} : { web: more.services.web }),
      },
      directors: more.directors ?? {},
      faults,
    }),
    { until },
  );
}

const openAndAnew = ({ run }: Played): readonly [number, number] => [
  run.parts.tiers.get('app')!.servers[0].gates[0].tokens,
  run.parts.execution.connecting.pools[0].reopened,
];

describe('a pool that grows', () => {
  const grows: PoolDescription['grows'] = { least: 2, connect: exactly(0.5), idleTimeout: Infinity };

  test('is filled up to its least after a crash, one after the other; until then it tries again and again', () => {
    // tries at 10, 10.01, 10.03, 10.07, 10.15, 10.31, 10.63, 11.27 and 12.55 s
    const told = { at: [9.9, 12.1], demand: [1, 1], pool: { grows }, faults: [crash('db', 10, 2)] };
    const whole = played(told);
    expectTimes(whole.ends, [10, 14.05]);
    expect(whole.outcomes).toEqual(['reset', 'ok']);
    expect([10.5, 13.04, 13.06, 13.54, 13.56].map((until) => openAndAnew(played({ ...told, until })))).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
      [1, 1],
      [2, 2],
    ]);
  });

  test('opens no more than are of use, when those who waited have gone', () => {
    // least 0: nobody wants one but the request at 11 s, which waits for half a second
    const told = { at: [11], demand: [1], faults: [crash('db', 10, 3)], until: 30 };
    const found = played({ ...told, pool: { grows: { ...grows, least: 0 }, patience: 0.5 } });
    expect(found.outcomes).toEqual(['pool-timeout']);
    expect(openAndAnew(found)).toEqual([0, 0]);
  });

  test('has one fewer when a lost one that was held is given back: who waits has one opened', () => {
    const work: Step[] = [{ do: 'acquire', pool: 'db' }, wait(1), { do: 'release', pool: 'db' }];
    const pool = { size: 1, grows: { ...grows, least: 1 } };
    const found = played({ at: [9.5, 10.1], demand: [0, 0], pool, faults: [crash('db', 10, 0.2)], work });
    expectTimes(found.ends, [10.5, 12]);
    expect(openAndAnew(found)).toEqual([1, 1]);
  });

  test('a try that the crash comes into has failed', () => {
    // two are open; the third is being opened from 9.8 s on, the next try is at 10.01 s
    const told = { at: [9.8, 9.8, 9.8], demand: [9, 9, 9], pool: { grows }, faults: [crash('db', 10, 0.005)] };
    expect([10.5, 10.52].map((until) => openAndAnew(played({ ...told, until })))).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('a second crash begins with short pauses again', () => {
    const told = { at: [], demand: [], pool: { grows }, faults: [crash('db', 10, 2), crash('db', 20, 0.005)] };
    expect([20.5, 20.52].map((until) => openAndAnew(played({ ...told, until })))).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test('one that is held is lost once', () => {
    // held from 10 s on; both at 20 s find none: one is opened in place of it, the other is one more
    const work: Step[] = [{ do: 'acquire', pool: 'db' }, wait(1), { do: 'release', pool: 'db' }];
    const faults = [crash('db', 10.1, 0.1), crash('db', 10.4, 0.1)];
    const found = played({
      at: [9.5, 20, 20],
      demand: [0, 0, 0],
      pool: { grows: { ...grows, least: 0 } },
      faults,
      work,
    });
    expect(openAndAnew(found)).toEqual([2, 1]);
  });

  test('begins with none when its own server is back', () => {
    const found = played({ at: [11], demand: [1], pool: { grows }, faults: [crash('app', 10, 1)], until: 20 });
    expectTimes(found.ends, [12.5]);
    expect(openAndAnew(found)).toEqual([2, 2]);
  });
});

describe('a pool of fixed size', () => {
  test('opens those it has lost when they are needed, and not while nobody accepts them', () => {
    // refused at 11 s; one at a time at 13 and 15 s; three at once at 20 s
    const at = [11, 13, 15, 20, 20, 20, 40];
    const told = { at, demand: at.map(() => 1), pool: {}, faults: [crash('db', 10, 2)] };
    expect([12, 14, 16, 21, 50].map((until) => openAndAnew(played({ ...told, until })))).toEqual([
      [3, 0],
      [3, 1],
      [3, 1],
      [3, 3],
      [3, 3],
    ]);
  });

  test('one that was in use when it was lost is not kept', () => {
    const work = [call('db'), compute(1), call('db')];
    const told = { at: [9.5, 12], demand: [0.1, 0.1], pool: { size: 1 }, work };
    expect(openAndAnew(played({ ...told, faults: [crash('db', 10, 0.1)] }))).toEqual([1, 1]);
    // held from 9.5 to 10.5 s
    const hold: Step[] = [{ do: 'acquire', pool: 'db' }, wait(1), { do: 'release', pool: 'db' }];
    expect(openAndAnew(played({ ...told, work: hold, faults: [crash('db', 10, 0.1)] }))).toEqual([1, 1]);
    expect(openAndAnew(played({ ...told, work: hold, faults: [crash('db', 8, 0.1)] }))).toEqual([1, 1]);
    expect(openAndAnew(played({ ...told, work: hold, faults: [crash('db', 14, 0.1)] }))).toEqual([1, 0]);
  });
});

describe('which connections are lost', () => {
  const grows: PoolDescription['grows'] = { least: 2, connect: exactly(0.5), idleTimeout: Infinity };
  const anew = (told: Partial<Told>): number =>
    openAndAnew(played({ at: [], demand: [], pool: { grows }, faults: [], until: 30, ...told }))[1];

  test('to several servers: those to all of them at once', () => {
    const more = { services: { db: service({ count: 2 }) } };
    expect(anew({ more, faults: [crash('db.1', 10, 1)] })).toBe(0);
    expect(anew({ more, faults: [crash('db', 10, 1)] })).toBe(2);
    expect(anew({ more, pool: { grows, to: 'db.2' }, faults: [crash('db.1', 10, 1)] })).toBe(0);
    expect(anew({ more, pool: { grows, to: 'db.2' }, faults: [crash('db.2', 10, 1)] })).toBe(2);
  });

  test('to a proxy, with or without a process of its own: with its node, not with a server behind it', () => {
    for (const workers of [Infinity, 5]) {
      const members = [{ service: 'db', server: 0, weight: 1, limit: Infinity }];
      const vip = director({ members, workers, nodes: [{ name: 'a', priority: 100 }] });
      const more = { directors: { vip } };
      const pool = { grows, to: 'vip' };
      expect(anew({ more, pool, faults: [crash('vip.a', 10, 1)] })).toBe(2);
      expect(anew({ more, pool, faults: [crash('db', 10, 1)] })).toBe(0);
    }
  });

  test('through a director of packets: with its node, unless another has its table', () => {
    const members = [{ service: 'db', server: 0, weight: 1, limit: Infinity }];
    const nodes = [
      { name: 'a', priority: 100 },
      { name: 'b', priority: 99 },
    ];
    const vip = (sync: boolean) => director({ mode: 'nat', members, sync, nodes, takeover: exactly(1) });
    const lost = (sync: boolean): number =>
      anew({ more: { directors: { vip: vip(sync) } }, pool: { grows, to: 'vip' }, faults: [crash('vip.a', 10, 5)] });
    expect(lost(false)).toBe(2);
    expect(lost(true)).toBe(0);
  });
});
