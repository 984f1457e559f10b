import { expect, test } from 'vitest';
import type { FaultResult, Result } from '../../src/analysis/result.ts';
import { faultRow, faultSentence, yearSentence } from '../../src/report/failover.ts';
import { markdownSummary } from '../../src/report/markdown.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { displayWidth } from '../../src/report/text.ts';
import { figure, shop } from './fixture.ts';

const fault: FaultResult = {
  text: 'crash app.2',
  at: 30,
  occurrences: 1,
  detected: figure(5.2, 0.3, 's'),
  detectedBy: 'health check of web',
  felt: figure(0.01, 0.001, 's'),
  takeover: figure(5.2, 0.3, 's'),
  recovered: figure(5.7, 0.2, 's'),
  recovers: 'recovered',
  lost: figure(805, 60, '1'),
  causes: { refused: 803.5, reset: 1.1 },
  budget: { slo: 'availability > 99.95 %', share: figure(0.031, 0.002, 'share') },
  year: null,
  why: 'app.2 refuses at once, so haproxy/leastconn of web sends it 46 % of the requests (25 % before) until the health check of web takes it out after 5.2 s.',
};
const year = { availability: figure(0.99997, 0.00001, 'share'), minutes: 15.8 };
const broken: Result = { ...shop, failover: { faults: [fault], year } };

test('a fault in one sentence', () => {
  expect(faultSentence(fault)).toBe(
    'crash app.2: noticed after 5.2 s by health check of web; 95 % of the goodput again after 5.7 s; 805 requests lost (refused 804, reset 1), 3.1 % of what "availability > 99.95 %" allows in 30 days.',
  );
  const silent: FaultResult = {
    ...fault,
    at: null,
    occurrences: 3,
    detected: null,
    detectedBy: null,
    recovered: null,
    recovers: 'never',
  };
  expect(faultSentence(silent)).toContain('(3 times in a run): nobody noticed; goodput never came back;');
  expect(faultRow(silent).slice(1, 5)).toEqual(['-', 'nobody', expect.any(String), 'never']);
  const late = { ...fault, takeover: figure(6, 0.1, 's') };
  expect(faultSentence(late)).toContain(', led round after 6.00 s;');
});

test('a restore, with what it could not bring back', () => {
  const restore = { rto: figure(432, 0, 's'), rpo: figure(120, 0, 's'), writes: figure(1234, 40, '1') };
  const told =
    '; data back from the backup after 432 s (RTO) without 1,234 (1,194 to 1,274) writes of the last 120 s (RPO)';
  expect(faultSentence({ ...fault, restore })).toContain(`again after 5.7 s${told}; 805 requests`);
  expect(faultRow({ ...fault, restore })[4]).toContain(told);
});

test('a year', () => {
  expect(yearSentence(shop)).toBeNull();
  expect(yearSentence(broken)).toContain('99.9970 % of the requests succeed');
});

test('on the screen within 80 columns, in Markdown as a table', () => {
  const screen = terminalReport(broken, { width: 80, color: false });
  expect(screen).toContain('what each fault cost');
  expect(Math.max(...screen.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);
  const summary = markdownSummary(broken);
  expect(summary).toContain('| fault | noticed after | by | led round after | back at 95 % | requests lost |');
  expect(summary).toContain('46 % of the requests');
});
