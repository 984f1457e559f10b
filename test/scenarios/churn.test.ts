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
  expect(faultSentence(grown)).toMatch(/; 10 connections opened anew\.$/);
  expect((await fault(', minimumIdle: 5, connect: 9 s')).reopened!.value).toBe(0); // the run is over before
});
