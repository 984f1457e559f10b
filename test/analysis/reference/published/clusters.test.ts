/** Systems B, C and E in a quick run: the claims that cost little; `validate published` judges all of them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as Published from '../../../../src/analysis/reference/published/index.ts';
import { asShipped } from '../../../support/as-shipped.ts';

const { published } = await asShipped<typeof Published>('src/analysis/reference/published/index.ts');
const file = readFileSync(new URL('../../../../reference/published.json', import.meta.url), 'utf8');
const cases = published.cases(new Map([['published.json', file]]));

async function verdicts(...ids: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const id of ids) {
    found[id] = (await published.judge(cases.find((one) => one.id === id)!, { seed: '1', widthMax: 4 })).verdict;
  }
  return found;
}

test('every record belongs to one system, and each calibration and holdout has a claim', () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  const { records } = JSON.parse(file) as { readonly records: readonly { readonly id: string }[] };
  expect(cases.map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort());
  expect(cases.filter(({ unexpressible }) => unexpressible !== undefined)).toEqual([]);
});

test('one MySQL and the pair at the start', async () => {
  expect(await verdicts('mycat-03', 'mycat-10', 'mycat-02', 'mycat-01')).toEqual({
    'mycat-03': 'reproduced',
    'mycat-10': 'predicted',
    'mycat-02': 'contradicts itself',
    'mycat-01': 'no number published',
  });
});

test('primary killed and repaired', async () => {
  expect(await verdicts('mycat-25', 'mycat-26')).toEqual({ 'mycat-25': 'predicted', 'mycat-26': 'predicted' });
});

test('MeterSphere: the single column sets the model, the cluster is predicted', async () => {
  const ids = ['ms-01', 'ms-02', 'ms-03', 'ms-04', 'ms-05', 'ms-06', 'ms-08'] as const;
  const found = await verdicts(...ids);
  for (const id of ids) expect(found[id], id).toBe(id === 'ms-06' || id === 'ms-08' ? 'predicted' : 'reproduced');
});

test('the generator fleet', async () => {
  expect(await verdicts('locust-02', 'locust-03')).toEqual({ 'locust-02': 'reproduced', 'locust-03': 'predicted' });
});
