import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/**
 * A real Chromium for tests of what runs in a browser. Where there is none, tests are skipped loudly; in CI
 * (`CI=true`) its absence is a failure.
 */

const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  playwrightsOwn(),
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of the browser, or null after saying so. Throws in CI. Use: `test.skipIf(findChromium() === null)(...)`. */
export function findChromium(): string | null {
  const path = PLACES.find((place) => place !== undefined && place !== '' && existsSync(place));
  if (path !== undefined) return path;
  const message = 'no Chromium found: set CHROMIUM_PATH, or install chromium';
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n!!! SKIPPED: browser tests, ${message}\n`);
  return null;
}

/** Starts it; the caller closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium() ?? undefined, args: FLAGS });
}

function playwrightsOwn(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    return undefined; // playwright has no download for this platform
  }
}
