/**
 * How often the printed 95 % intervals contain the truth, and how often a verdict is wrong: on systems whose truth is known
 * exactly, each over many seeds, through the whole of `simulate` (warm-up, stopping rule, intervals). Writes
 * docs/coverage.md and ends with exit code 1 where a coverage is out of its range.
 *
 *     npm run coverage [-- --seeds 200 --precision 0.03 --budget 4e6]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { shareInterval } from '../src/analysis/statistics/index.ts';
import { VERSION } from '../src/analysis/version.ts';
import { threads } from '../src/runners/threads.ts';
import { coverageModels } from './coverage/models.ts';
import type { coverageJobs, CoverageOutput } from './coverage/worker.ts';

/** Share of the intervals that must contain the truth. */
const RANGE = [0.92, 0.98] as const;
const FIGURES = ['mean', 'p95', 'p99'] as const;
/** Limits of an SLO on p95, relative to its true value. */
const LIMITS = [0.9, 0.97, 1, 1.03, 1.1] as const;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    precision: { type: 'string', default: '0.03' },
    budget: { type: 'string', default: '4e6' },
  },
});
const seeds = Number(values.seeds);
const precision = Number(values.precision);
/** Events of a run at most: less than the command's 20 M, so that thousands of runs are affordable. */
const eventBudget = Number(values.budget);

const folder = mkdtempSync(join(tmpdir(), 'windtunnel-coverage-'));
const workerFile = join(folder, 'worker.mjs');
await build({
  entryPoints: [new URL('coverage/worker.ts', import.meta.url).pathname],
  outfile: workerFile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Packages in CommonJS ask for Node's modules by `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});
const runner = await threads<typeof coverageJobs>({ workerFile });

interface Series {
  readonly name: string;
  readonly seeds: number;
  readonly eventBudget: number;
}

const intervals: Series = { name: 'interval', seeds, eventBudget };
/** There are five limits a system: half of the seeds, a quarter of the events. */
const decisions: Series = { name: 'decision', seeds: seeds / 2, eventBudget: eventBudget / 4 };

function runsOf(file: string, series: Series): Promise<CoverageOutput[]> {
  const each = Array.from({ length: series.seeds }, (_, k) => {
    const seed = `${series.name} ${k}`;
    return runner.run('cover', { file, seed, precision, eventBudget: series.eventBudget }).then((output) => output!);
  });
  return Promise.all(each);
}

const models = coverageModels();
const lines: string[] = [];
let outside = 0;
for (const model of models) {
  const runs = await runsOf(model.file, intervals);
  const cells = FIGURES.map((figure) => {
    const covered = runs.filter(
      ({ [figure]: { low, high } }) => low <= model.truth[figure] && model.truth[figure] <= high,
    );
    const share = covered.length / runs.length;
    if (share < RANGE[0] || share > RANGE[1]) outside++;
    return percent(share);
  });
  const width = mean(runs.map(({ mean: { low, high, value } }) => (high - low) / 2 / value));
  const events = mean(runs.map((run) => run.events));
  const replications = mean(runs.map((run) => run.replications));
  lines.push(
    `| ${model.name} | ${cells.join(' | ')} | ${(100 * width).toFixed(1)} % | ${replications.toFixed(0)} | ${(events / 1e6).toFixed(2)} M |`,
  );
  console.log(lines.at(-1));
}

const verdicts: string[] = [];
for (const model of models) {
  const cells: string[] = [];
  for (const limit of LIMITS) {
    const slo = `slos: [ "p(95) < ${1000 * limit * model.truth.p95} ms" ]`;
    const runs = await runsOf(`${model.file}\n${slo}`, decisions);
    const of = (verdict: string): number => runs.filter((run) => run.verdict === verdict).length / runs.length;
    const wrong = limit > 1 ? of('missed') : limit < 1 ? of('holds') : of('holds') + of('missed');
    cells.push(`${percent(wrong)} / ${percent(of('not decided'))}`);
  }
  verdicts.push(`| ${model.name} | ${cells.join(' | ')} |`);
  console.log(verdicts.at(-1));
}
await runner.close();
rmSync(folder, { recursive: true });

const [low, high] = ((): readonly [number, number] => {
  const { low: from, high: to } = shareInterval({ successes: Math.round(0.95 * seeds), trials: seeds }, 0.99);
  return [from, to];
})();
writeFileSync(
  new URL('../docs/coverage.md', import.meta.url),
  `# Do the intervals keep their word?

Made by \`npm run coverage\` (windtunnel ${VERSION}, ${seeds} seeds, precision ${100 * precision} %, at most ${eventBudget / 1e6} M events a run): each row is one system whose
truth is known exactly, simulated with ${seeds} seeds through all of \`simulate\`: warm-up, stopping rule, intervals.

## Share of the printed 95 % intervals that contain the truth

A true 95 % shows as ${percent(low)} to ${percent(high)} in ${seeds} tries (99 times in 100); between ${percent(RANGE[0])} and ${percent(RANGE[1])} is asked.

| system | mean | p95 | p99 | half-width of the mean | replications | events a run |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

## How often a verdict is wrong

The SLO \`p(95) < limit\`, with limits away from, near and at the true p95. Each cell: wrong verdicts / not decided. At the
truth itself every decision counts as wrong: a system that stands exactly on its limit cannot be told. ${decisions.seeds} seeds a
cell, at most ${decisions.eventBudget / 1e6} M events a run.

| system | ${LIMITS.map((limit) => `${limit} x the truth`).join(' | ')} |
| --- | ${LIMITS.map(() => '---').join(' | ')} |
${verdicts.join('\n')}
`,
);
process.exitCode = outside > 0 ? 1 : 0;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
