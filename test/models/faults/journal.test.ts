/** What goes with the data of a server: the writes since the last backup. */
import { expect, test } from 'vitest';
import type { FaultDescription } from '../../../src/models/description.ts';
import { Journal } from '../../../src/models/faults/journal.ts';
import { OUTCOME } from '../../../src/models/outcome.ts';
import { cluster, play, trace } from '../hand-made.ts';
import { call, service } from '../random-cluster.ts';

test('writes are counted from backup to backup, and lost once', () => {
  const journal = new Journal(10, null, null);
  for (const at of [1, 2, 11, 12, 13]) journal.ended(0, OUTCOME.ok, at);
  journal.ended(0, OUTCOME.reset, 14);
  expect(journal.lose(15)).toEqual({ writes: 3, age: 5 });
  journal.ended(0, OUTCOME.ok, 16);
  expect(journal.lose(17)).toEqual({ writes: 1, age: 7 });
  journal.ended(0, OUTCOME.ok, 18);
  expect(journal.lose(40)).toEqual({ writes: 0, age: 0 }); // a backup just now
});

test('only the classes that write, at the servers that are hit, for each fault by itself', () => {
  const fault = (at: number, target: string, every: number, writes: readonly string[]): FaultDescription => ({
    ...{ at, target, do: 'crash', for: 1, factor: 1 },
    backup: { every, writes },
  });
  const calls = (requestClass: string, to: string) => [call(to, { requestClass })];
  const { run } = play(
    cluster({
      clients: {
        w: trace([1, 2, 21, 22, 23], calls('write', 'db.1')),
        x: trace([24], calls('write', 'db.2')),
        r: trace([22], calls('read', 'db.1')),
      },
      services: { db: service({ count: 2, work: { write: [], read: [] } }) },
      faults: [fault(25, 'db.1', 10, ['write']), fault(25, 'db', 100, [])],
    }),
  );
  const { list } = run.parts.failover!.episodes;
  expect(list.map(({ data }) => data)).toEqual([
    { writes: 3, age: 5 },
    { writes: 7, age: 25 },
  ]);
  expect(run.parts.log.map(({ text }) => text)).toContain('db.1: 3 writes since the last backup, 5 s before, are lost');
});
