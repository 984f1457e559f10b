/** Connections of pools after a fault: how many are opened anew, and what the result says of them. */
import { expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import type { FaultResult } from '../../src/analysis/result.ts';
import { faultSentence } from '../../src/report/failover.ts';
import { loaded } from './loaded.ts';

const text = (pool: string) => `
clients: { c: { users: 6, start: { rendezvous: 0 s }, think: 100 ms, to: app } }
services:
  app: { count: 2, pool: { to: db, size: 8${pool} }, work: [ { call: db } ] }
  db: { work: [ { wait: 100 ms } ] }
faults: [ { at: 4 s, crash: db, for: 1 s } ]
time: { duration: 12 s, warmup: 0 s }
`;

async function fault(pool: string): Promise<FaultResult> {
  const { failover } = await simulate(loaded(text(pool)), { seed: '1', replications: 1 });
  return failover!.faults[0];
}

test('those that are in use at once are opened anew: all of a least number, else as many as are needed', async () => {
  // three requests are at each server at once
  expect((await fault('')).reopened!.value).toBe(6);
  const grown = await fault(', minimumIdle: 5, connect: 20 ms');
  expect(grown.reopened!.value).toBe(10);
  expect(faultSentence(grown)).toMatch(/; 10 connections opened anew, all within a second\.$/);
  expect((await fault(', minimumIdle: 5, connect: 9 s')).reopened!.value).toBe(0); // the run is over before
});

test('the most within one second are told: each pool opens one every 300 ms', async () => {
  const slow = await fault(', minimumIdle: 5, connect: 300 ms');
  expect([slow.reopened!.value, slow.reopenedPeak!.value, slow.reopenedPeak!.unit]).toEqual([10, 8, '1/s']);
  expect(faultSentence(slow)).toMatch(/; 10 connections opened anew, up to 8 within a second\.$/);
});

test('of each fault, those of its own', async () => {
  const both = text(', minimumIdle: 5, connect: 300 ms').replace(
    '1 s } ]',
    '1 s }, { at: 8 s, crash: app.1, for: 1 s } ]',
  );
  const { failover } = await simulate(loaded(both), { seed: '1', replications: 1 });
  expect(failover!.faults.map(({ reopened, reopenedPeak }) => [reopened!.value, reopenedPeak!.value])).toEqual([
    [10, 8],
    [5, 4],
  ]);
});
