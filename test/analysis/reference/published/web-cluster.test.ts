/** Every claim of the LVS article has its verdict, in a quick run. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as Published from '../../../../src/analysis/reference/published/index.ts';
import { asShipped } from '../../../support/as-shipped.ts';

const { published } = await asShipped<typeof Published>('src/analysis/reference/published/index.ts');
const file = readFileSync(new URL('../../../../reference/published.json', import.meta.url), 'utf8');
const cases = published.cases(new Map([['published.json', file]])).filter(({ id }) => id.startsWith('lvs-'));

test('what was fitted is reproduced, the rest predicted', async () => {
  const verdicts = new Map<string, string>();
  for (const one of cases) verdicts.set(one.id, (await published.judge(one, { seed: '1', widthMax: 3 })).verdict);
  expect(verdicts.get('lvs-01')).toBe('reproduced');
  for (let k = 2; k <= 9; k++) expect(verdicts.get(`lvs-0${k}`), `lvs-0${k}`).toBe('predicted');
  for (let k = 10; k <= 23; k++) expect(verdicts.get(`lvs-${k}`), `lvs-${k}`).toBe('no number published');
});
