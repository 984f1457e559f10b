import { expect, test } from 'vitest';
import { markdownSummary } from '../../src/report/markdown.ts';
import { failover, fixtures, shop } from './fixture.ts';

test.each(Object.entries(fixtures))('%s looks as agreed', async (name, result) => {
  await expect(markdownSummary(result)).toMatchFileSnapshot(`golden/summary-${name}.md`);
});

test('the verdict is the heading', () => {
  expect(markdownSummary(failover)).toMatch(/^## MISSED: /);
});

test('a hostile title is neither markup nor a mention nor a new row', () => {
  const title = '</details><script>alert(1)</script> @everyone | [x](http://example.org) `a` **b**\n# c';
  const slos = shop.slos.map((slo) => ({ ...slo, client: 'a|b' }));
  const summary = markdownSummary({ ...shop, slos, scenario: { ...shop.scenario, title, name: title } });
  expect(summary).not.toMatch(/<script|@everyone|\]\(|`|\n# c/);
  for (const row of summary.split('\n').filter((line) => line.startsWith('| **'))) {
    expect(row.match(/\|/g)).toHaveLength(6);
  }
});
