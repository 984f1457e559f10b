/** Published claims on screen, page and summary: a row each, in 80 columns, and on a phone without sideways scrolling. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { CaseReport } from '../../src/analysis/reference/suite.ts';
import type { Validation } from '../../src/analysis/reference/validation.ts';
import { claimsSentence, differenceText, short } from '../../src/report/claims-text.ts';
import { validationMarkdown } from '../../src/report/validation-markdown.ts';
import { validationPage } from '../../src/report/validation-page.ts';
import { validationScreen } from '../../src/report/validation-screen.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';

type Claim = NonNullable<CaseReport['claim']>;

function claimed(
  id: string,
  verdict: CaseReport['verdict'],
  claim: Partial<Claim>,
  more: Partial<CaseReport> = {},
): CaseReport {
  const plain: Claim = {
    claim: 'errors when many users pass a rendezvous point together and everything is slow',
    unit: 'errors',
    role: 'holdout',
    claimed: 162,
    predicted: { value: 146.8, low: 138.2, high: 156.5 },
    difference: -15.2,
    tolerance: 'within 100',
  };
  return {
    suite: 'published',
    id,
    family: 'web',
    verdict,
    figures: [],
    events: 0,
    claim: { ...plain, ...claim },
    ...more,
  };
}

const cases: readonly CaseReport[] = [
  claimed('lvs-01', 'reproduced', { role: 'calibration' }),
  claimed(
    'lvs-02',
    'predicted',
    { weak: 'it holds for stated defaults only' },
    {
      sensitivity: {
        sentence: 'refitted, it predicts 0 to 729 errors',
        columns: ['burst over', 'errors'],
        rows: [
          ['1 s', 116],
          ['3 s', 729],
        ],
      },
    },
  ),
  claimed(
    'mycat-07',
    'missed',
    {
      claimed: 1.55e6,
      predicted: { value: 1.6e6, low: 1.59e6, high: 1.61e6 },
      difference: 5e4,
      tolerance: 'within 3 %',
      unit: 'requests',
    },
    { reason: 'nobody knows why' },
  ),
  claimed('soak', 'predicted', {
    claimed: [3200, 3300],
    predicted: { value: 3295, low: null, high: null },
    difference: 0,
    tolerance: '3100 to 3400',
  }),
  claimed(
    'ms-22',
    'contradicts itself',
    { predicted: null, difference: null, claimed: 'yes', tolerance: 'none' },
    { reason: 'it divides nothing by the count' },
  ),
  claimed('lvs-13', 'no number published', {
    predicted: null,
    difference: null,
    claimed: 1,
    tolerance: 'none',
    role: 'context',
  }),
];

const counts = { passed: 3, failed: 1, notExpressible: 2 };
const validation: Validation = {
  format: 'windtunnel-validation/1',
  version: '0',
  seed: 's',
  widthMax: 1,
  events: 1e6,
  counts,
  suites: [{ name: 'published', counts, families: [{ name: 'web', counts }] }],
  cases,
  calibrated: [{ what: 'work of a request', value: '34.2 ms', at: ['lvs-dr: services.web'], fittedTo: ['lvs-01'] }],
};

test('the screen has a row a claim, within 80 columns', () => {
  const screen = validationScreen(validation, { width: 80, color: false });
  for (const line of screen.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(screen).toMatch(/lvs-02 +162 +146\.8 {2}138\.2 to 156\.5 +-15\.2 {2}within 100\n/);
  expect(screen).toMatch(/mycat-07 +1\.55 M +1\.6 M {2}1\.59 M to 1\.61 M +\+3\.2 % {2}within 3 %\n/);
  expect(screen).toMatch(/soak +3,200 to 3,300 +3,295 +0 {2}3100 to 3400\n/);
  expect(screen).toContain('holdout: predicted, weakly\n        it holds for stated defaults only');
  expect(screen).toContain('holdout: missed\n        nobody knows why');
  expect(screen).toContain('contradicts itself\n        it divides nothing by the count');
  expect(screen).toContain('refitted, it predicts 0 to 729 errors');
  expect(screen).toContain('34.2 ms: work of a request; to lvs-01; in lvs-dr');
  expect(screen).toMatch(/not judged\n {2}published, 1: no number published\n {4}lvs-13\n/);
});

test('the sentence counts verdicts, the weak ones apart', () => {
  expect(claimsSentence(validation)).toBe(
    'Published claims: 1 reproduced, 2 predicted (1 weakly identified), 1 missed, 1 contradicts itself, 1 with no number to reproduce.',
  );
});

test('a difference is in percent where the tolerance is', () => {
  const [absolute, , relative] = cases.map(({ claim }) => claim!);
  expect([differenceText(absolute), differenceText(relative)]).toEqual(['-15.2', '+3.2 %']);
  expect([1234567, 14.5, 0, -1999.6, 1e9].map(short)).toEqual(['1.235 M', '14.5', '0', '-2,000', '1000 M']);
});

test('the summary has the same rows', () => {
  const summary = validationMarkdown(validation);
  expect(summary).toContain('| lvs-02 |');
  expect(summary).toContain('| predicted, weakly |');
  expect(summary).toContain('1 missed');
});

test.skipIf(findChromium() === null)(
  'on a phone no table of the page scrolls sideways',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'windtunnel-claims-'));
    const file = join(folder, 'page.html');
    const long = {
      ...cases[0],
      suite: 'theory' as const,
      claim: undefined,
      figures: [
        {
          name: 'x'.repeat(60),
          unit: 's',
          expected: 'r r r r r r r r r r r r r',
          found: { value: 1.23456, low: 1.2, high: 1.3 },
          tolerance: '99 % interval, half-width <= 1 %',
          passed: false,
        },
      ],
    };
    const wide: Validation = {
      ...validation,
      cases: [...cases, { ...long, family: 'mm1', verdict: 'failed' }],
      suites: [...validation.suites, { name: 'theory', counts, families: [{ name: 'mm1', counts }] }],
    };
    const assets = { vega: '', vegaLite: '', vegaEmbed: '' };
    writeFileSync(file, validationPage(wide, assets));
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 900 } });
      await page.goto(pathToFileURL(file).href);
      const seen = await page.evaluate(`(() => {
      document.querySelectorAll('details').forEach((fold) => { fold.open = true; });
      const boxes = [...document.querySelectorAll('.scroll')];
      return {
        boxes: boxes.length,
        sideways: boxes.filter((box) => box.scrollWidth > box.clientWidth).length,
        width: document.documentElement.scrollWidth,
        words: document.querySelector('#published').textContent.replace(/\\s+/g, ' '),
      };
    })()`);
      expect(seen).toMatchObject({ sideways: 0, width: 390 });
      expect((seen as { boxes: number }).boxes).toBeGreaterThanOrEqual(5);
      expect((seen as { words: string }).words).toContain('lvs-02 errors when many users');
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
