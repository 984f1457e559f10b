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
import { everything, fixtures, shop } from './fixture.ts';

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
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, htmlReport(result, assets()));
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
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

  /** What holds at every width. */
  function expectReadable(seen: Survey, width: number): void {
    expect(seen.failed).toBe(0);
    expect(seen.drawn).toBe(seen.charts);
    expect(seen.widest).toBeLessThanOrEqual(width);
    expect(seen.scrollWidth).toBeLessThanOrEqual(width);
    expect(seen.cutWords).toEqual([]);
    if (width === PHONE) expect(seen.cutTables).toEqual([]);
  }

  test.each(Object.entries({ ...fixtures, everything }))(
    '%s: all charts drawn, nothing fetched, nothing said, no sideways scrolling, on a wide window and then a narrow one',
    async (_name, result) => {
      const { page, complaints, requests } = await open(result, 1280);
      const wide = await page.evaluate(SURVEY);
      await page.setViewportSize({ width: PHONE, height: 900 });
      await page.waitForFunction(`${WIDEST} <= ${PHONE}`, undefined, { timeout: 10_000 });
      const narrow = await page.evaluate(SURVEY);
      await page.close();
      expect(complaints).toEqual([]);
      expect(requests).toHaveLength(1);
      expectReadable(wide, 1280);
      expectReadable(narrow, PHONE);
    },
  );

  test('opened on a phone', async () => {
    const { page } = await open(everything, PHONE);
    const seen = await page.evaluate(SURVEY);
    await page.close();
    expectReadable(seen, PHONE);
  });

  test('headings follow one another, charts and tables have names, keys reach what scrolls, words stand out, paper is light', async () => {
    const { page } = await open(everything, 1280);
    const { levels, unnamed, unreachable } = await page.evaluate<Outline>(OUTLINE);
    const faint: Record<string, unknown> = {};
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      faint[colorScheme] = await page.evaluate(CONTRAST);
    }
    await page.setViewportSize({ width: A4, height: 900 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    const widest = await page.evaluate(
      'Math.max(...[...document.querySelectorAll("table")].map((one) => one.offsetWidth))',
    );
    await page.close();
    expect(levels[0]).toBe(1);
    levels.slice(1).forEach((level, k) => expect(level === 1 ? Infinity : level).toBeLessThanOrEqual(levels[k] + 1));
    expect(unnamed).toEqual([]);
    expect(unreachable).toEqual([]);
    expect(faint).toEqual({ light: [], dark: [] });
    expect(ground).toBe('rgb(255, 255, 255)');
    expect(widest).toBeLessThanOrEqual(A4);
  });

  test('a hostile title is shown as text', async () => {
    const title = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';
    const { page, complaints } = await open({ ...shop, scenario: { ...shop.scenario, title } }, 1280);
    const heading = await page.textContent('h1');
    await page.close();
    expect(heading).toBe(title);
    expect(complaints).toEqual([]);
  });
});

const PHONE = 390;
/** Width of a page of paper without its margins, CSS pixels. */
const A4 = 700;

type Survey = Readonly<Record<'charts' | 'drawn' | 'failed' | 'widest' | 'scrollWidth', number>> & {
  /** Texts in charts that reach beyond them; tables that must be scrolled to be read. */
  readonly cutWords: readonly string[];
  readonly cutTables: readonly string[];
};

interface Outline {
  readonly levels: readonly number[];
  readonly unnamed: readonly string[];
  readonly unreachable: readonly string[];
}

const OUTLINE = `({
  levels: [...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1])),
  unnamed: [
    ...[...document.querySelectorAll('.chart')].filter((one) => !one.getAttribute('aria-label')),
    ...[...document.querySelectorAll('table')].filter((one) => !one.caption),
    ...[...document.querySelectorAll('main section')].filter((one) => !one.querySelector('h2,h3')),
  ].map((one) => one.outerHTML.slice(0, 80)),
  unreachable: [...document.querySelectorAll('.scroll')].filter((one) => one.tabIndex !== 0).map((one) => one.outerHTML.slice(0, 80)),
})`;

/** Words whose contrast to their ground is below WCAG's AA (4.5 to 1). */
const CONTRAST = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (one) => {
    for (let place = one; place; place = place.parentElement) {
      const color = getComputedStyle(place).backgroundColor;
      const alpha = channels(color)[3] ?? 1;
      if (alpha === 1) return color;
    }
    return 'rgb(255,255,255)';
  };
  const faint = new Set();
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(one.tagName)) continue;
    const svg = one instanceof SVGElement;
    const style = getComputedStyle(one);
    const [a, b] = [light(svg ? style.fill : style.color), light(groundOf(svg ? one.closest('.chart') : one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.add(one.tagName + '.' + one.getAttribute('class') + ' ' + ratio.toFixed(1));
  }
  return [...faint];
})()`;

const WIDEST = `Math.max(0, ...[...document.querySelectorAll('.chart svg')].map((svg) => svg.width.baseVal.value))`;

/** What the page looks like, evaluated in it. */
const SURVEY = {
  toString: () => `({
    charts: document.querySelectorAll('.chart').length,
    drawn: document.querySelectorAll('.chart svg path[d]').length && document.querySelectorAll('.chart svg').length,
    failed: document.querySelectorAll('.chart.failed').length,
    widest: ${WIDEST},
    scrollWidth: document.documentElement.scrollWidth,
    cutWords: [...document.querySelectorAll('.chart')].flatMap((chart) => {
      const box = chart.getBoundingClientRect();
      return [...chart.querySelectorAll('text')]
        .filter((text) => {
          const { width, left, right, top, bottom } = text.getBoundingClientRect();
          const seen = width > 0 && getComputedStyle(text).opacity !== '0';
          return seen && (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1);
        })
        .map((text) => chart.id + ': ' + text.textContent);
    }),
    cutTables: [...document.querySelectorAll('.scroll')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => one.getAttribute('aria-label')),
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
