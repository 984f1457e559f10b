/** The recorded databases and the NAT and direct-return runs, all of them. */
import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type * as Recorded from '../../../src/analysis/reference/recorded/index.ts';
import { asShipped } from '../../support/as-shipped.ts';

const { recorded } = await asShipped<typeof Recorded>('src/analysis/reference/recorded/index.ts');
const real = new URL('../../../reference/real/', import.meta.url);

function files(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of ['db.json', 'natdr.json']) found.set(`real/${name}`, readFileSync(new URL(name, real), 'utf8'));
  for (const name of readdirSync(new URL('db-traces', real))) {
    const text = gunzipSync(readFileSync(new URL(`db-traces/${name}`, real))).toString();
    found.set(`real/db-traces/${name.replace('.gz', '')}`, text);
  }
  return found;
}

const cases = recorded.cases(files()).filter(({ family }) => family === 'db' || family === 'natdr');

test.each(cases.map((one) => [one.id, one] as const))('%s', async (_, one) => {
  const report = await recorded.judge(one, { seed: '1', widthMax: 1 });
  expect(report.figures.filter(({ passed }) => !passed)).toEqual([]);
  expect(report.verdict).toBe('passed');
  expect(report.figures.length).toBeGreaterThan(0);
});

test('other parameters of the same form are judged, and wrong figures are seen', async () => {
  const changed = JSON.parse(files().get('real/db.json')!) as Record<string, { runs: { connected: number; tried: number }[]; max_connections: number }>;
  const limit = changed['max_connections-20'];
  const other = { ...limit, max_connections: 12, runs: [{ tried: 15, connected: 10 }, { tried: 15, connected: 11 }] };
  const [one] = recorded.cases(new Map([['real/db.json', JSON.stringify({ 'max_connections-12': other })]])).filter(({ family }) => family === 'db');
  const { figures, verdict } = await recorded.judge(one, { seed: '1', widthMax: 1 });
  expect(figures.map(({ passed }) => passed)).toEqual([true, false]);
  expect(verdict).toBe('failed');
});
