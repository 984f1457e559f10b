/** What breakers, retries and shedding did: in the result, and in the words of the reports; nothing where they did nothing. */
import { expect, test } from 'vitest';
import { simulate } from '../../src/analysis/simulate.ts';
import { protectionTable } from '../../src/report/html/tables.ts';
import { markdownSummary } from '../../src/report/markdown.ts';
import { protectionSentences } from '../../src/report/sentences.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { loaded } from '../scenarios/loaded.ts';

/** One user a second; the server crashes at 4.75 s, for 10 s. */
const scenario = (more: string) =>
  loaded(`
clients: { app: { users: 1, start: { rendezvous: 0 s }, think: 750 ms, to: web } }
services:
  web: { work: [ { wait: 250 ms }, { call: db${more} } ] }
  db: { work: [ { wait: 0 s } ] }
faults: [ { at: 4750 ms, crash: db.1, for: 10 s } ]
time: { duration: 20 s, warmup: 0 s }
`);

test('retries and a breaker', async () => {
  const more = ', retry: { times: 1, on: [ refused ], backoff: none }, breaker: 4, fallback: [ { wait: 0 s } ]';
  const result = await simulate(scenario(more), { seed: '1', replications: 2 });
  const [breaker, retries] = result.protections!;
  if (breaker.kind !== 'breakers' || retries.kind !== 'retries') throw new Error('a breaker, then retries');
  expect(breaker).toMatchObject({ name: 'web to db', opened: { value: 1, unit: '1' } });
  // two requests fail with one retry each; those that come later are refused by the breaker and answered all the same
  expect(breaker.refused.value).toBeGreaterThan(0);
  expect(breaker.fallbacks.value).toBe(breaker.refused.value);
  expect(retries.made.value).toBe(retries.causes.refused!.value);
  const [said, tried] = protectionSentences(result);
  expect(said).toMatch(
    /^breaker of web to db opens once, is open [\d.]+ % of the time, refuses .*, .* answered by the fallback$/,
  );
  expect(tried).toMatch(/^retries of web to db are .*\(after refused .*\)$/);
  expect(terminalReport(result, { width: 200, color: false })).toContain(said);
  expect(markdownSummary(result)).toContain('opens once');
  expect(JSON.stringify(protectionTable(result))).toContain('opens once');
});

test('nothing is said where nothing was done, and nothing counted where there is none', async () => {
  const text = `
clients: { app: { users: 1, think: 750 ms, to: web } }
services: { web: { work: [ { wait: 250 ms } ], shed: { share: 0 % } } }
time: { duration: 5 s, warmup: 0 s }
`;
  const idle = await simulate(loaded(text.replace(', shed: { share: 0 % }', '')), { seed: '1', replications: 2 });
  expect(idle.protections).toBeUndefined();
  expect(protectionSentences(idle)).toEqual([]);
  expect(protectionTable(idle)).toBeNull();
});
