import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/analysis/result.ts';
import { htmlReport } from '../../src/report/html.ts';
import { html, scriptCode, scriptJson } from '../../src/report/html/escape.ts';
import { failover, figure, fixtures, shop, undecided } from './fixture.ts';

const assets = { vega: 'var vega = {};', vegaLite: 'var vegaLite = {};', vegaEmbed: 'var vegaEmbed = {};' };
const hostileTexts = [
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
];

describe('escaping', () => {
  test('what is put into a template is text', () => {
    expect(html`<p title="${'"\'<>&'}">${['<b>', 1, null, false]}</p>`.markup).toBe(
      '<p title="&quot;&#39;&lt;&gt;&amp;">&lt;b&gt;1</p>',
    );
  });

  test('JSON in a script cannot end it, and is still the same JSON', () => {
    const value = { title: '</script><!--<script>', line: '\u2028' };
    const { markup } = scriptJson(value);
    expect(markup).not.toContain('<');
    expect(JSON.parse(markup)).toEqual(value);
  });

  test('code in a script cannot end it, and is still the same program', () => {
    const { markup } = scriptCode('a = "</Script>" + "<!--" + /<\\/SCRIPT/.source;\n//# sourceMappingURL=x.map\n');
    expect(markup).not.toMatch(/<\/script|<!--|sourceMappingURL/i);
    expect(runInNewContext(`let a; ${markup}; a`)).toBe('</Script><!--<\\/SCRIPT');
  });

  test.each(hostileTexts)('%s stays text wherever a scenario can put it', (text) => {
    const page = htmlReport(hostile(text), assets);
    expect(page.match(/<script/g)).toHaveLength(5);
    expect(page.match(/<\/script>/g)).toHaveLength(5);
    expect(page).not.toMatch(/<img|<!--|<b>/);
    expect(page.replace(/<script.*?<\/script>/gs, '')).not.toContain("' onload='");
  });
});

test('the policy allows nothing but what is in the page', () => {
  const page = htmlReport(shop, assets);
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  expect(policy.replaceAll('&#39;', "'")).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
  expect(page).not.toMatch(/<(?:link|img|iframe)|@import|url\(| src=/);
});

test.each(Object.entries(fixtures))('%s: every number of the verdict comes from the result', (_name, result) => {
  const page = htmlReport(result, assets);
  const [, block] = /<div class="verdict[^>]*>(.*?)<\/div>/s.exec(page)!;
  const numbers = (block.replace(/<[^>]*>/g, '').match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((text) =>
    Number(text.replaceAll(',', '')),
  );
  const failed = Object.values(result.total.failed).reduce((sum, count) => sum + count, 0);
  const known = [result.slos.length, result.total.sent, failed, ...Object.values(result.total.failed)];
  const verdicts = result.slos.filter((slo) => slo.verdict === result.verdict).length;
  for (const number of numbers) expect([...known, verdicts]).toContain(number);
});

test('verdict, figures and their intervals, and how to get them again are there', () => {
  const page = text(htmlReport(failover, assets));
  for (const expected of [
    'MISSED',
    '1.34 s',
    '(1.32 to 1.36)',
    '16,721',
    'lvs/wlc',
    "windtunnel run lvs-dr --seed 'spring 2026'",
    'c2b7a1d04e55',
    '2,500 users without think time',
    '3:03.6',
  ]) {
    expect(page).toContain(expected);
  }
  expect(page.indexOf('MISSED')).toBeLessThan(page.indexOf('1.34 s'));
});

test('a page without observations has neither charts nor empty tables nor NaN', () => {
  const page = htmlReport(undecided, assets);
  expect(page).not.toContain('class="chart"');
  expect(page).not.toContain('<tbody></tbody>');
  expect(text(page)).not.toMatch(/NaN|undefined|null/);
  expect(page).toContain('refused');
});

test('it is accessible: language, one h1, labelled charts and tables', () => {
  const page = htmlReport(failover, assets);
  expect(page).toContain('<html lang="en">');
  expect(page.match(/<h1/g)).toHaveLength(1);
  for (const [chart] of page.matchAll(/<div class="chart"[^>]*>/g))
    expect(chart).toMatch(/role="img" aria-label="[^"]{20,}"/);
  for (const [table] of page.matchAll(/<table>.*?<\/table>/gs))
    expect(table).toMatch(/<caption>.*<th scope="col".*<th scope="row"/s);
});

test.each(Object.entries(fixtures))(
  '%s: a result that was read back from JSON gives the same bytes',
  (_name, result) => {
    const readBack = JSON.parse(JSON.stringify(result)) as Result;
    expect(htmlReport(readBack, assets)).toBe(htmlReport(result, assets));
  },
);

test('a number and its unit stay on one line', () => {
  expect(html`${'p95 120 ms, 45 % of 8 min'}`.markup).toBe('p95 120\u00a0ms, 45\u00a0% of 8\u00a0min');
  expect(html`${'8 minutes, 3 servers'}`.markup).toBe('8 minutes, 3 servers');
});

test('a table leaves out columns that say nothing, and clocks that say the same share a row', () => {
  const { response } = shop.total;
  const page = text(htmlReport({ ...shop, total: { ...shop.total, fromSend: response, all: response } }, assets));
  expect(page).toContain('from when it was due, and sent (successes)');
  expect(page).not.toContain('failures too');
  const late = { ...response, mean: figure(0.9, 0.01, 's') };
  expect(text(htmlReport({ ...shop, total: { ...shop.total, fromSend: late } }, assets))).toContain(
    'from when it was sent (successes)',
  );
  const limits = (note: string | null) => ({ ...shop, limits: shop.limits.map((limit) => ({ ...limit, note })) });
  expect(htmlReport(limits('why'), assets)).toContain('data-label="note"');
  expect(htmlReport(limits(null), assets)).not.toContain('>note<');
});

test('probes: shares of time and percentiles of waits', () => {
  const page = text(htmlReport(failover, assets));
  expect(page).toContain('0: 50 %, 1: 25 %,');
  expect(page).toContain('p95 1.10 s (1.08 to 1.12)');
});

function hostile(text: string): Result {
  const named = <T>(things: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.values(things).map((thing, n) => [text + n, thing]));
  return {
    ...failover,
    scenario: { name: text, title: text, description: text, digest: text },
    seed: text,
    version: text,
    slos: failover.slos.map((slo) => ({ ...slo, slo: text, client: text })),
    clients: named(failover.clients),
    services: named(failover.services),
    directors: named(failover.directors),
    limits: failover.limits.map((limit) => ({ ...limit, name: text, note: text })),
    today: failover.today.map((today) => ({ ...today, name: text })),
    assumptions: failover.assumptions.map((assumption) => ({
      ...assumption,
      path: text,
      value: text,
      source: text,
      text,
    })),
    warnings: [text],
    faults: failover.faults.map((fault) => ({ ...fault, text })),
    timeline: { ...failover.timeline, services: named(failover.timeline.services) },
    probes: { [text]: { kind: 'distribution', shares: [0.5, 0.5] } },
  };
}

function text(page: string): string {
  return page
    .replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('\u00a0', ' ');
}
