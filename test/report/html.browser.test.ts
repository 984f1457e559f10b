import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/analysis/result.ts';
import { htmlReport } from '../../src/report/html.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { failover, fixtures, shop } from './fixture.ts';

/** The page in a real Chromium, from a file, with the real libraries. */
describe.skipIf(findChromium() === null)('report in Chromium', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'windtunnel-report-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the report and waits until it says that it is drawn; collects what it should not do. */
  async function open(
    result: Result,
    width: number,
  ): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, htmlReport(result, assets()));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push('a dialog opened');
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-drawn=yes]', { state: 'attached', timeout: 30_000 });
    return { page, complaints, requests };
  }

  for (const [name, result] of Object.entries(fixtures)) {
    for (const width of [1280, 390]) {
      test(`${name} at ${width} px: all charts drawn, nothing fetched, nothing said, no sideways scrolling`, async () => {
        const { page, complaints, requests } = await open(result, width);
        const seen = await page.evaluate(SURVEY);
        await page.close();
        expect(complaints).toEqual([]);
        expect(requests).toHaveLength(1);
        expect(seen.failed).toBe(0);
        expect(seen.drawn).toBe(seen.charts);
        expect(seen.widest).toBeLessThanOrEqual(width);
        expect(seen.scrollWidth).toBeLessThanOrEqual(width);
      });
    }
  }

  test('a hostile title is shown as text', async () => {
    const title = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
    const { page, complaints } = await open({ ...shop, scenario: { ...shop.scenario, title } }, 1280);
    const heading = await page.textContent('h1');
    await page.close();
    expect(heading).toBe(title);
    expect(complaints).toEqual([]);
  });

  test('charts follow the window', async () => {
    const { page } = await open(failover, 1280);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.waitForFunction(`${WIDEST} <= 390`, undefined, { timeout: 10_000 });
    const { scrollWidth } = await page.evaluate(SURVEY);
    await page.close();
    expect(scrollWidth).toBeLessThanOrEqual(390);
  });
});

type Survey = Readonly<Record<'charts' | 'drawn' | 'failed' | 'widest' | 'scrollWidth', number>>;

const WIDEST = `Math.max(0, ...[...document.querySelectorAll('.chart svg')].map((svg) => svg.width.baseVal.value))`;

/** What the page looks like, evaluated in it. */
const SURVEY = {
  toString: () => `({
    charts: document.querySelectorAll('.chart').length,
    drawn: document.querySelectorAll('.chart svg path[d]').length && document.querySelectorAll('.chart svg').length,
    failed: document.querySelectorAll('.chart.failed').length,
    widest: ${WIDEST},
    scrollWidth: document.documentElement.scrollWidth,
  })`,
} as unknown as () => Survey;

function assets() {
  const require = createRequire(import.meta.url);
  const script = (name: string, file: string) => {
    const root = require.resolve(name).split(`node_modules/${name}/`)[0];
    return readFileSync(join(dirname(root + '/x'), 'node_modules', name, 'build', file), 'utf8');
  };
  return {
    vega: script('vega', 'vega.min.js'),
    vegaLite: script('vega-lite', 'vega-lite.min.js'),
    vegaEmbed: script('vega-embed', 'vega-embed.min.js'),
  };
}
