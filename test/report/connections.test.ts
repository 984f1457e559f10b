/** Connections that are kept, and those that are opened all the same: in the result, the words and tables of the reports. */
import { expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import type { Result } from '../../src/analysis/result.ts';
import { connectionTable } from '../../src/report/html/tables.ts';
import { markdownSummary } from '../../src/report/markdown.ts';
import { connectionSentences } from '../../src/report/sentences.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { loaded, near } from '../scenarios/loaded.ts';

/** Two users, every 1.5 s one request each, four times; round robin over two servers. */
const run = (keep: string, keepalive: string, warmup = '0 s'): Promise<Result> =>
  simulate(
    loaded(`
clients: { app: { users: 2, start: { rendezvous: 0 s }, think: 1 s, iterations: 4, keep: ${keep}, to: vip } }
directors: { vip: { mode: proxy, scheduler: lvs/rr, upstream: web${keepalive} } }
services: { web: { count: 2, work: [ { wait: 500 ms } ] } }
time: { duration: 10 s, warmup: ${warmup} }
`),
    { seed: '1', replications: 2 },
  );

test('of users, and of a proxy that keeps one idle connection', async () => {
  const result = await run('connection', ', keepalive: 1');
  const { connections } = result;
  // the last request answered is 5 s after the first was sent; each user opens one
  // the proxy opens two, and then one in each of three rounds: of two that become idle at once it keeps one
  expect(connections!.map(({ keeper, kind }) => [keeper, kind])).toEqual([
    ['app', 'client'],
    ['vip', 'director'],
  ]);
  const figures = connections!.map(({ opened, reused }) => [opened.value, reused.value]);
  expect(figures).toEqual([
    [near(2 / 5), 6 / 8],
    [near(5 / 5), 3 / 8],
  ]);
  expect(connectionSentences(result)).toEqual([
    'app opens 0.400 connections/s; 75.0 % of its requests find one open',
    'vip opens 1.00 connections/s; 37.5 % of its requests find one open',
  ]);
  expect(terminalReport(result, { width: 80, color: false })).toMatch(/\nopened {5}app opens.*\n +vip opens/);
  expect(markdownSummary(result)).toContain('vip opens');
  expect(connectionTable(result)?.markup).toMatch(/vip.*connections\/s.*37\.5/s);
});

test('those of the warm-up are not counted', async () => {
  const { connections } = await run('connection', ', keepalive: 1', '2 s');
  expect(connections!.map(({ opened, reused }) => [opened.value, reused.value])).toEqual([
    [0, 1],
    [near(2 / 3), 2 / 4],
  ]);
});

test('nothing is said where nobody keeps any', async () => {
  const result = await run('request', '');
  expect(result).not.toHaveProperty('connections');
  expect(connectionSentences(result)).toEqual([]);
  expect(connectionTable(result)).toBeNull();
});
