import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/analysis/result.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { displayWidth } from '../../src/report/text.ts';
import { failover, figure, fixtures, shop } from './fixture.ts';

const plain = { width: 80, color: false };

describe.each(Object.entries(fixtures))('%s', (name, result) => {
  test('looks as agreed', async () => {
    await expect(terminalReport(result, plain)).toMatchFileSnapshot(`golden/terminal-${name}.txt`);
  });

  test('fits 80 columns, with and without colour', () => {
    for (const color of [false, true])
      expect(widest(terminalReport(result, { width: 80, color, limits: true }))).toBeLessThanOrEqual(80);
  });

  test('says the same in colour', () => {
    const coloured = terminalReport(result, { width: 80, color: true });
    expect(coloured).toContain('\u001b[');
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(terminalReport(result, plain));
  });
});

test('the verdict comes first, before any other figure', () => {
  const [title, , first] = terminalReport(shop, plain).split('\n');
  expect(title).toMatch(/^shop: /);
  expect(first).toMatch(/^HOLDS {2}p\(95\) < 200 ms .*120 ms .*\(120.0 to 120.4\).*80 ms to spare$/);
});

test('a title that starts with the name is not named twice', () => {
  const titled = { ...shop, scenario: { ...shop.scenario, title: 'Shop: the busy hour' } };
  expect(terminalReport(titled, plain)).toMatch(/^Shop: the busy hour\n/);
});

test('all limits on demand', () => {
  expect(terminalReport(shop, plain)).toContain('21 more limits below 10 %: --limits');
  const all = terminalReport(shop, { ...plain, limits: true });
  expect(all).toContain('limit 21');
  expect(all).not.toContain('--limits');
});

test('only the limit that ends first is marked', () => {
  const ports = { name: 'ports', used: figure(0.02, 0.001, 'share'), endsAt: 900, note: null };
  const marked = terminalReport({ ...shop, limits: [...shop.limits, ports] }, plain)
    .split('\n')
    .filter((line) => line.includes('<- first'));
  expect(marked).toHaveLength(1);
  expect(marked[0]).toContain('ports');
});

test('whatever the names are, no line is too long and no control character gets through', () => {
  const text = fc.string({ unit: 'binary', maxLength: 90 });
  fc.assert(
    fc.property(text, text, text, fc.integer({ min: 60, max: 120 }), (title, name, warning, width) => {
      const hostile: Result = {
        ...failover,
        scenario: { ...failover.scenario, title },
        slos: failover.slos.map((slo) => ({ ...slo, client: name })),
        limits: failover.limits.map((limit) => ({ ...limit, name })),
        today: failover.today.map((today) => ({ ...today, name })),
        faults: failover.faults.map((fault) => ({ ...fault, text: warning })),
        assumptions: failover.assumptions.map((assumption) => ({ ...assumption, text: warning })),
        warnings: [warning],
      };
      const report = terminalReport(hostile, { width, color: false });
      expect(widest(report)).toBeLessThanOrEqual(width);
      expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }),
    { seed: 3, numRuns: 200 },
  );
});

function widest(report: string): number {
  return Math.max(...report.split('\n').map(displayWidth));
}
