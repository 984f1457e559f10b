/** Every record of the Kubernetes guide has its verdict. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as Published from '../../../../src/analysis/reference/published/index.ts';
import { asShipped } from '../../../support/as-shipped.ts';

const { published } = await asShipped<typeof Published>('src/analysis/reference/published/index.ts');
const file = readFileSync(new URL('../../../../reference/published.json', import.meta.url), 'utf8');
const cases = published.cases(new Map([['published.json', file]])).filter(({ id }) => id.startsWith('guide-'));

test('the two waits are reproduced; what cannot be true together is said', async () => {
  const verdicts = new Map<string, string>();
  for (const one of cases) verdicts.set(one.id, (await published.judge(one, { seed: '1', widthMax: 3 })).verdict);
  expect([verdicts.get('guide-20'), verdicts.get('guide-21')]).toEqual(['reproduced', 'reproduced']);
  const others = [...verdicts].filter(([id]) => id !== 'guide-20' && id !== 'guide-21');
  expect(others).toHaveLength(55);
  expect(others.filter(([, verdict]) => verdict === 'contradicts itself').map(([id]) => id)).toEqual(
    ['04', '05', '09', '10', '16', '22', '23', '26', '34', '53'].map((number) => `guide-${number}`),
  );
  expect(others.every(([, verdict]) => verdict === 'contradicts itself' || verdict === 'no number published')).toBe(true);
});
