/**
 * Judges windtunnel by every reference case and writes down what came of it: docs/validation.md, and the line of README.md
 * between the markers. What a reader sees there is what the command said.
 *
 *     npm run build && npm run validated
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Validation } from '../src/analysis/reference/validation.ts';

const folder = mkdtempSync(join(tmpdir(), 'windtunnel-validated-'));
const before = performance.now();
const command = ['dist/cli/main.js', 'validate', '--out', folder];
const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
// 0: all passed; 99: some cases failed, which is a result too.
if (status !== 0 && status !== 99) process.exit(status ?? 1);
const minutes = (performance.now() - before) / 60_000;
const { suites } = JSON.parse(readFileSync(join(folder, 'validation.json'), 'utf8')) as Validation;
const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
rmSync(folder, { recursive: true });

const counted = suites.map(
  ({ name, counts }) =>
    `\`${name}\` ${counts.passed} passed, ${counts.failed} failed, ${counts.notExpressible} ${name === 'published' ? 'without a verdict' : 'not expressible'}`,
);
write(
  'docs/validation.md',
  `# What the reference says of windtunnel\n\nWritten by \`npm run validated\`: every case, in ${minutes.toFixed(0)} minutes.\n\n${summary}`,
);
const readme = readFileSync('README.md', 'utf8');
const line = /(<!-- validated -->)[^]*?(<!-- \/validated -->)/;
if (!line.test(readme)) throw new Error('README.md has no line between <!-- validated --> and <!-- /validated -->');
write(
  'README.md',
  readme.replace(line, (_, start: string, end: string) => `${start}${counted.join('; ')}${end}`),
);
console.log(counted.join('\n'));

function write(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}
