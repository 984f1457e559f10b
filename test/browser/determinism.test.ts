import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserBundle } from '../../scripts/browser-bundle.ts';
import type * as Windtunnel from '../../src/index.ts';
import { asShipped } from '../support/as-shipped.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';

/** Chance of every kind, an expression of time, faults: all that could come out differently in another engine. */
const everything = `
clients:
  daily: { rate: "300 * (1 + 0.5 * sin(2 * pi * t / 60)) req/s", to: front }
  users: { users: 40, think: { lognormal: { mean: 400 ms, p99: 2 s } }, to: front, timeout: 1 s, retry: 2 }
directors: { front: { scheduler: lvs/wlc, upstream: { web.1: { weight: 3 }, web.2: { weight: 2 } } } }
services:
  web: { count: 2, workers: 8, cores: 4, pool: { to: db, size: 5 }, work: [ { compute: { exponential: 8 ms } }, { call: db } ] }
  db: { cores: 2, work: [ { compute: { lognormal: { mean: 2 ms, p99: 20 ms } } } ] }
faults: [ { at: 20 s, crash: web.2, for: 5 s } ]
slos: [ "p(95) < 1 s" ]
time: { duration: 60 s }
`;

const windtunnel = await asShipped<typeof Windtunnel>('src/index.ts');
const scenarios = { everything, shop: windtunnel.builtins.shop, 'lvs-dr': windtunnel.builtins['lvs-dr'] };

describe.skipIf(findChromium() === null)('a result is the same bytes in Node and in Chromium', () => {
  let browser: Browser;
  let bundle: string;
  beforeAll(async () => {
    bundle = await browserBundle();
    browser = await launchChromium();
  });
  afterAll(async () => browser?.close());

  test.each(Object.entries(scenarios))('%s', async (name, text) => {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle });
    const inChromium = await page.evaluate(resultOf, { name, text });
    Object.assign(globalThis, { windtunnel });
    const inNode = await resultOf({ name, text });
    expect(inNode).toContain('"format":"windtunnel-result/1"');
    expect(inChromium).toBe(inNode);
  });
});

/** Runs in either engine: everything it uses is its argument or the global `windtunnel`. */
async function resultOf({ name, text }: { name: string; text: string }): Promise<string> {
  const { loadScenario, simulate } = (globalThis as unknown as { windtunnel: typeof Windtunnel }).windtunnel;
  const { scenario, problems } = loadScenario(text, { name });
  if (scenario === null) throw new Error(JSON.stringify(problems));
  return JSON.stringify(await simulate(scenario, { replications: 2, seed: 'both' }));
}
