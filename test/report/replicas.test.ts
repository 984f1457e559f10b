/** How far replicas are behind, in the words and tables of the reports. */
import { expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import { replicaTable } from '../../src/report/html/tables.ts';
import { markdownSummary } from '../../src/report/markdown.ts';
import { lagSentences } from '../../src/report/sentences.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { loaded } from '../scenarios/loaded.ts';

/** Writes every 100 ms at one server, reads of the same user 50 ms later at the other, which needs `apply` for a write. */
const run = (apply: string, more = '') =>
  simulate(
    loaded(`
clients:
  writer: { rate: 10 req/s, arrivals: even, first: 0 s, requests: 10, sources: 1, mix: { write: { share: 100 %, to: db.1 } } }
  reader: { rate: 10 req/s, arrivals: even, first: 50 ms, requests: 10, sources: 1, mix: { read: { share: 100 %, to: db.2 } } }
services:
  db: { count: 2, replication: { writes: [ write ], apply: ${apply} }, work: { write: [ { wait: 1 us } ], read: [ { wait: 1 us } ] } }
time: { duration: 1 s }
${more}`),
    { seed: '1', replications: 1 },
  );

test('a replica that is slower than the writes falls behind, and its readers miss their own writes', async () => {
  // applied at 0.2, 0.4, 0.6, 0.8 s: from 0.2 j on the oldest that it lacks is of 0.1 j s; at 1 s that of 0.4 s, and five more
  const result = await run('200 ms');
  expect(lagSentences(result)).toEqual([
    'db.2 is 300 ms behind on average, 600 ms at most, and lacks 6.00 writes at the end; 100 % of reads miss what their own reader wrote before',
  ]);
  expect(terminalReport(result, { width: 80, color: false })).toMatch(/\nreplicas {3}db\.2 is/);
  expect(markdownSummary(result)).toContain('db.2 is');
  expect(replicaTable(result)?.markup).toMatch(/db\.2/);
});

test('one that keeps up does not', async () => {
  // ten triangles of 20 ms x 20 ms / 2 in the 0.95 s until the last read
  expect(lagSentences(await run('20 ms'))).toEqual(['db.2 is 2.11 ms behind on average, 20.0 ms at most']);
});

test('what an acknowledgement costs, and what went without', async () => {
  expect(lagSentences(await run('20 ms, semiSync: { ack: 2 ms }'))[0]).toMatch(
    /; writes wait 2\.00 ms for an acknowledgement$/,
  );
  // without a replica: the second waits 25 ms, the rest not at all
  const alone = await run('20 ms, semiSync: { ack: 2 ms, timeout: 25 ms }', 'faults: [ { at: 50 ms, crash: db.2 } ]');
  const { semiSync } = alone.services.db.replication!;
  expect(semiSync!.alone.value).toBeCloseTo(0.9, 12);
  expect(semiSync!.wait.value).toBeCloseTo((0.002 + 0.025) / 10, 12);
  expect(lagSentences(alone)[0]).toContain('for an acknowledgement, 90 % go without');
});

test('nothing is said of services that replicate nothing', async () => {
  const result = await simulate(
    loaded(
      'clients: { a: { rate: 9 req/s, requests: 9, to: s } }\nservices: { s: { work: [ { wait: 1 ms } ] } }\ntime: { duration: 2 s }',
    ),
    { seed: '1', replications: 1 },
  );
  expect(lagSentences(result)).toEqual([]);
  expect(replicaTable(result)).toBeNull();
});
