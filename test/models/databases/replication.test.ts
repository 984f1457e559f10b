import { describe, expect, test } from 'vitest';
import type { ClusterDescription, FaultDescription } from '../../../src/models/description.ts';
import { call, service } from '../random-cluster.ts';
import { clients, closed, cluster, compute, exactly, play, trace, wait } from '../hand-made.ts';

interface Options {
  readonly writes: readonly number[];
  readonly apply?: number;
  readonly workers?: number;
  readonly faults?: readonly FaultDescription[];
  readonly until?: number;
}

/** Writes that take no time at the first of two servers. */
function written({ writes, apply = 1, workers = 1, faults = [], until = 1000 }: Options) {
  const description: ClusterDescription = cluster({
    clients: { c: trace(writes, [call('db.1')]) },
    services: {
      db: service({ count: 2, work: { '*': [] }, replication: { writes: [], apply: exactly(apply), workers } }),
    },
    faults,
  });
  return play(description, { until }).run.reading().replications.db;
}

const fault = (at: number, target: string, seconds: number): FaultDescription => ({
  at,
  do: 'crash',
  target,
  for: seconds,
  factor: 1,
});

describe('an applier', () => {
  test('is one server with a service time of its own', () => {
    // writes at 0, 0.5, 1, applied at 1, 2, 3: the last is then 2 s old
    const { writes, servers } = written({ writes: [0, 0.5, 1], until: 10 });
    expect(writes).toBe(3);
    expect(servers[0]).toMatchObject({ behind: 0, lagMax: 0, lagArea: 0 });
    expect(servers[1]).toMatchObject({ behind: 0, lagMax: 2 });
    // oldest missing: of 0 s until 1, of 0.5 s until 2, of 1 s until 3
    expect(servers[1].lagArea).toBeCloseTo(0.5 + (0.5 + 1.5) / 2 + (1 + 2) / 2, 12);
  });

  test('lacks what it has not come to', () => {
    expect(written({ writes: [0, 0, 0, 0], until: 2.5 }).servers[1]).toMatchObject({ behind: 2, lagMax: 2.5 });
    expect(written({ writes: [0, 0, 0, 0], until: 2.5, workers: 2 }).servers[1].behind).toBe(0);
  });

  test('goes on where it was when its server is back, and does again what it was at', () => {
    const faults = [fault(1.5, 'db.2', 2)];
    const { servers } = written({ writes: [0, 0, 0], faults, until: 5.4 });
    expect(servers[1].behind).toBe(1); // 1 applied by 1 s; from 3.5 s on: 4.5 and 5.5
    expect(written({ writes: [0, 0, 0], faults, until: 5.6 }).servers[1].behind).toBe(0);
  });

  test('keeps a log as long as the slowest server needs it', () => {
    const writes = Array.from({ length: 500 }, (_, k) => k / 100);
    const { servers } = written({ writes, apply: 0.001, faults: [fault(0.001, 'db.2', 10)], until: 9 });
    expect(servers[1]).toMatchObject({ behind: 499 });
    expect(written({ writes, apply: 0.001, faults: [fault(0.001, 'db.2', 10)], until: 11 }).servers[1].behind).toBe(0);
  });
});

test('primaries that replicate each other: each applies what the other wrote', () => {
  const db = service({ count: 2, work: { '*': [] }, replication: { writes: [], apply: exactly(1), workers: 1 } });
  const both = cluster({
    clients: { a: trace([0, 2], [call('db.1')]), b: trace([0.5], [call('db.2')]) },
    services: { db },
  });
  const servers = (until: number) =>
    play(both, { until })
      .run.reading()
      .replications.db.servers.map(({ behind }) => behind);
  expect(servers(0.6)).toEqual([1, 2]); // the log keeps the order: 2 lacks the first, though it has its own
  expect(servers(1.2)).toEqual([1, 0]);
  expect(servers(10)).toEqual([0, 0]);
});

describe('a read by a user who has written', () => {
  /** One user writes at db.1 and then reads at db.2, after a pause. */
  function stale(pause: number) {
    const work = [call('db.1', { requestClass: 'write' }), wait(pause), call('db.2', { requestClass: 'read' })];
    const load = closed({ users: { kind: 'constant', users: 1 }, iterations: 1 });
    const description = cluster({
      clients: { c: clients(load, work) },
      services: {
        db: service({
          count: 2,
          work: { write: [], read: [compute(0.1)] },
          replication: { writes: ['write'], apply: exactly(1), workers: 1 },
        }),
      },
    });
    const { reads, staleReads, writes } = play(description).run.reading().replications.db;
    return { reads, staleReads, writes };
  }

  test('is stale until the server has applied the write', () => {
    expect(stale(0.5)).toEqual({ reads: 1, staleReads: 1, writes: 1 });
    expect(stale(1.5)).toEqual({ reads: 1, staleReads: 0, writes: 1 });
  });
});
