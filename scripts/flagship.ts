/**
 * Regenerates `reports/flagship` from the built-in LVS cluster, and the pictures of it in the README.
 * Needs a Chromium (Debian: `apt-get install chromium`).
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchChromium } from '../test/support/chromium.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const report = `${root}reports/flagship/report.html`;
const pictures = `${root}docs/images/`;

/** A missed SLO is a finding (99), not a failure. */
const findings = [0, 99];

function step(...command: string[]): void {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status === null || !findings.includes(status)) process.exit(status ?? 1);
}

step('scripts/build.mjs');
step('dist/cli/main.js', 'run', 'lvs-dr', '--out', 'reports/flagship');

const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 520 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(report).href, { waitUntil: 'load' });
  await page.waitForSelector('#time svg, #time canvas');
  await page.screenshot({ path: `${pictures}report.png` });
  await page.locator('#time').screenshot({ path: `${pictures}report-over-time.png` });
} finally {
  await browser.close();
}
console.log(`wrote ${report.slice(root.length)} and two pictures of it`);
