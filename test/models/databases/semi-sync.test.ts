/** Commits that wait for a replica, worked out on paper. */
import { describe, expect, test } from 'vitest';
import type { FaultDescription } from '../../../src/models/description.ts';
import { call, service } from '../random-cluster.ts';
import { cluster, exactly, expectTimes, play, trace } from '../hand-made.ts';

const crash = (at: number, target: string, seconds = Infinity): FaultDescription => ({
  ...{ at, target, for: seconds, do: 'crash', factor: 1 },
});

/** Writes that take no time at the first of two servers; an acknowledgement takes 10 ms, the timeout is 10 s. */
function written(at: readonly number[], faults: readonly FaultDescription[] = [], requestClass = 'write') {
  const semiSync = { ack: exactly(0.01), timeout: 10 };
  const replication = { writes: ['write'], apply: exactly(0.001), workers: 1, semiSync };
  const { run, ends, outcomes } = play(
    cluster({
      clients: { c: trace(at, [call('db.1', { requestClass })]) },
      services: { db: service({ count: 2, work: { write: [], read: [] }, replication }) },
      faults,
    }),
  );
  return { ends, outcomes, ...run.reading().replications.db.semiSync!, log: run.parts.log.map(({ text }) => text) };
}

test('a commit takes an acknowledgement longer; a read does not', () => {
  const { ends, acknowledged, waited, alone } = written([0, 1, 1]);
  expectTimes(ends, [0.01, 1.01, 1.01]);
  expect({ acknowledged, alone }).toEqual({ acknowledged: 3, alone: 0 });
  expect(waited).toBeCloseTo(0.03, 12);
  expectTimes(written([0, 1], [], 'read').ends, [0, 1]);
});

test('the first replica to answer is enough', () => {
  const replication = {
    ...{ writes: [], apply: exactly(0.001), workers: 1 },
    semiSync: { ack: { kind: 'uniform', low: 0, high: 1 } as const, timeout: 10 },
  };
  const mean = (count: number): number => {
    const db = service({ count, work: { '*': [] }, replication });
    const at = Array.from({ length: 2000 }, (_, k) => k);
    const { acknowledged, waited } = play(cluster({ clients: { c: trace(at, [call('db.1')]) }, services: { db } }), {
      until: 3000,
    }).run.reading().replications.db.semiSync!;
    return waited / acknowledged;
  };
  expect(Math.abs(mean(2) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 2000));
  expect(Math.abs(mean(4) - 1 / 4)).toBeLessThan(4 * Math.sqrt(3 / 80 / 2000)); // the least of three
});

describe('without a replica', () => {
  test('commits wait for the timeout of the first, then none does, until a replica is back', () => {
    const { ends, log, ...counts } = written([6, 9, 20, 60], [crash(5, 'db.2', 45)]);
    expectTimes(ends, [16, 16, 20, 60.01]);
    expect(counts).toMatchObject({ acknowledged: 1, alone: 3, fallbacks: 1, lost: 0 });
    expect(counts.waited).toBeCloseTo(10 + 7 + 0.01, 12);
    expect(log).toContain('db.1 goes on without acknowledgements');
    expect(log).toContain('db.1 waits for acknowledgements again');
  });

  test('one that comes back in time acknowledges what waits', () => {
    const { ends, acknowledged, fallbacks } = written([6, 8], [crash(5, 'db.2', 4)]);
    expectTimes(ends, [9.01, 9.01]);
    expect({ acknowledged, fallbacks }).toEqual({ acknowledged: 2, fallbacks: 0 });
  });

  test('who waits at a server that dies is gone', () => {
    const { outcomes, ...counts } = written([6, 30], [crash(5, 'db.2', 10), crash(8, 'db.1', 10)]);
    expect(outcomes).toEqual(['reset', 'ok']);
    expect(counts).toMatchObject({ acknowledged: 1, alone: 0, lost: 0 });
  });
});

describe('a failover loses', () => {
  test('nothing while commits are acknowledged', () => {
    expect(written([1, 2, 3], [crash(3.1, 'db.1')])).toMatchObject({ acknowledged: 3, lost: 0 });
  });

  test('what was committed alone, unless a replica has come back since', () => {
    const faults = (seconds: number) => [crash(5, 'db.2', seconds), crash(30, 'db.1')];
    expect(written([1, 6, 20], faults(Infinity))).toMatchObject({ alone: 2, lost: 2 });
    expect(written([1, 6, 20], faults(20))).toMatchObject({ alone: 2, lost: 0 });
  });
});
