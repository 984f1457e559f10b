/**
 * How often the printed 95 % intervals contain the truth, and how often a verdict is wrong: on systems whose truth is known
 * exactly, each over many seeds, through the whole of `simulate` (warm-up, stopping rule, intervals). Writes
 * docs/coverage.md and ends with exit code 1 where a coverage is out of its range.
 *
 *     npm run coverage [-- --help]
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shareInterval } from '../src/analysis/statistics/index.ts';
import { VERSION } from '../src/analysis/version.ts';
import { threads } from '../src/runners/threads.ts';
import { coverageModels } from './coverage/models.ts';
import type { CoverageModel } from './coverage/models.ts';
import { bundleWorker } from './worker-bundle.ts';
import type { coverageJobs, CoverageInput, CoverageOutput } from './coverage/worker.ts';

/** Share of the intervals that must contain the truth. */
const RANGE = [0.92, 0.98] as const;
const FIGURES = ['mean', 'p95', 'p99'] as const;
/**
 * A system with a share out of the range is simulated with so many times as many fresh seeds, and all of them count: of 200
 * tries a true 95.5 % shows as 98.5 % or more once in 50, and there are 21 shares.
 */
const FRESH = 3;
/** Limits of an SLO on p95, relative to its true value. */
const LIMITS = [0.9, 0.97, 1, 1.03, 1.1] as const;

const HELP = `npm run coverage -- [options]

  --seeds N        runs of each system                            (200)
                   (four times as many of one whose share is out of range)
  --precision X    relative half-width asked of the mean          (0.03)
  --budget N       most events of a run                           (1e6)
  --out FILE       where the table goes                           (docs/coverage.md)
  --only TEXT      the systems whose name has this in it; writes no file unless --out is given
  --no-decisions   only the intervals, not the verdicts; writes no file unless --out is given
  --help           this

Some 6 minutes on two quiet cores. Progress goes to stderr, finished rows to stdout; FILE is written at the end, at once.
Exit code 0 where every coverage lies within ${100 * RANGE[0]} to ${100 * RANGE[1]} %, 1 where any does not, 2 for bad options.
`;

interface Options {
  readonly seeds: number;
  readonly precision: number;
  readonly eventBudget: number;
  readonly out: string | null;
  readonly decisions: boolean;
  readonly only: string;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      precision: { type: 'string', default: '0.03' },
      budget: { type: 'string', default: '1e6' },
      out: { type: 'string' },
      only: { type: 'string', default: '' },
      'no-decisions': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const number = (name: 'seeds' | 'precision' | 'budget', least: number): number => {
    const value = Number(values[name]);
    if (!(value >= least && value < Infinity)) throw new RangeError(`--${name} must be at least ${least}`);
    return value;
  };
  const decisions = !values['no-decisions'];
  const usual = new URL('../docs/coverage.md', import.meta.url).pathname;
  return {
    seeds: Math.round(number('seeds', 2)),
    precision: number('precision', 1e-4),
    eventBudget: number('budget', 1e4),
    out: values.out ?? (decisions && values.only === '' ? usual : null),
    decisions,
    only: values.only,
  };
}

let options: Options;
try {
  options = readOptions();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
  process.exit(2);
}
const { seeds, precision, eventBudget } = options;

const folder = mkdtempSync(join(tmpdir(), 'windtunnel-coverage-'));
const workerFile = join(folder, 'worker.mjs');
await bundleWorker(new URL('coverage/worker.ts', import.meta.url).pathname, workerFile);
const runner = await threads<typeof coverageJobs>({ workerFile });

interface Series {
  readonly name: string;
  /** Number of the first seed, and how many. */
  readonly from: number;
  readonly seeds: number;
  readonly eventBudget: number;
}

const intervals: Series = { name: 'interval', from: 0, seeds, eventBudget };
const fresh: Series = { ...intervals, from: seeds, seeds: FRESH * seeds };
/** There are five limits a system: half of the seeds, a quarter of the events. */
const decisions: Series = { name: 'decision', from: 0, seeds: Math.ceil(seeds / 2), eventBudget: eventBudget / 4 };

const models = coverageModels().filter(({ name }) => name.includes(options.only));
const decided = models.filter(({ method }) => method === undefined);
let all = models.length * seeds + (options.decisions ? decided.length * LIMITS.length * decisions.seeds : 0);
let done = 0;
let said = 0;

function runsOf(
  what: string,
  { file, method }: Pick<CoverageModel, 'file' | 'method'>,
  series: Series,
): Promise<CoverageOutput[]> {
  const one = async (k: number): Promise<CoverageOutput> => {
    const input: CoverageInput = {
      file,
      seed: `${series.name} ${k}`,
      precision,
      eventBudget: series.eventBudget,
      method,
    };
    const output = await runner.run('cover', input);
    done++;
    const share = Math.floor((100 * done) / all);
    if (process.stderr.isTTY ? done % 10 === 0 : share >= said + 5) {
      said = share;
      process.stderr.write(
        `${process.stderr.isTTY ? '\r\x1b[K' : ''}${share} %  ${what}${process.stderr.isTTY ? '' : '\n'}`,
      );
    }
    return output!;
  };
  return Promise.all(Array.from({ length: series.seeds }, (_, k) => one(series.from + k)));
}

function row(text: string): string {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(text);
  return text;
}

const failing: string[] = [];

/** What was out of the range in the first seeds, where there are more. */
const first: string[] = [];

async function intervalRow(model: CoverageModel): Promise<string> {
  let runs = await runsOf(model.name, model, intervals);
  if (!FIGURES.every((figure) => isWell(coverage(model, figure, runs)))) {
    first.push(...complaints(model, runs));
    all += fresh.seeds;
    runs = [...runs, ...(await runsOf(`${model.name}, fresh seeds`, model, fresh))];
  }
  failing.push(...complaints(model, runs));
  const cells = FIGURES.map((figure) => percent(coverage(model, figure, runs).share));
  const width = mean(runs.map(({ mean: { low, high, value } }) => (high - low) / 2 / value));
  const events = mean(runs.map((run) => run.events));
  const replications = mean(runs.map((run) => run.replications));
  return row(
    `| ${model.name} | ${runs.length} | ${cells.join(' | ')} | ${(100 * width).toFixed(1)} % | ${replications.toFixed(0)} | ${(events / 1e6).toFixed(2)} M |`,
  );
}

interface Coverage {
  /** Runs whose interval lies wholly below the truth, and above it. */
  readonly below: number;
  readonly above: number;
  readonly share: number;
}

function coverage(
  { truth }: CoverageModel,
  figure: (typeof FIGURES)[number],
  runs: readonly CoverageOutput[],
): Coverage {
  const below = runs.filter((run) => run[figure].high < truth[figure]).length;
  const above = runs.filter((run) => run[figure].low > truth[figure]).length;
  return { below, above, share: 1 - (below + above) / runs.length };
}

function isWell({ share }: Coverage): boolean {
  return share >= RANGE[0] && share <= RANGE[1];
}

function complaints(model: CoverageModel, runs: readonly CoverageOutput[]): string[] {
  return FIGURES.flatMap((figure) => {
    const found = coverage(model, figure, runs);
    if (isWell(found)) return [];
    return [
      `${model.name}, ${figure}: ${percent(found.share)} (below the truth ${found.below}, above it ${found.above} of ${runs.length})`,
    ];
  });
}

async function decisionRow(model: CoverageModel): Promise<string> {
  const cells: string[] = [];
  for (const limit of LIMITS) {
    const slo = `slos: [ "p(95) < ${1000 * limit * model.truth.p95} ms" ]`;
    const runs = await runsOf(`${model.name}, limit ${limit}`, { file: `${model.file}\n${slo}` }, decisions);
    const of = (verdict: string): number => runs.filter((run) => run.verdict === verdict).length / runs.length;
    const wrong = limit > 1 ? of('missed') : limit < 1 ? of('holds') : of('holds') + of('missed');
    cells.push(`${percent(wrong)} / ${percent(of('not decided'))}`);
  }
  return row(`| ${model.name} | ${cells.join(' | ')} |`);
}

const lines: string[] = [];
const verdicts: string[] = [];
try {
  for (const model of models) lines.push(await intervalRow(model));
  if (options.decisions) for (const model of decided) verdicts.push(await decisionRow(model));
} finally {
  await runner.close();
  rmSync(folder, { recursive: true });
}

if (options.out !== null) {
  // whole or not at all: a run that is broken off leaves the last table
  const unfinished = `${options.out}.${process.pid}`;
  writeFileSync(unfinished, page());
  renameSync(unfinished, options.out);
}
for (const cell of failing) process.stderr.write(`out of range: ${cell}\n`);
process.exitCode = failing.length > 0 ? 1 : 0;

function page(): string {
  const by = shareInterval({ successes: Math.round(0.95 * seeds), trials: seeds }, 0.99);
  return `# Do the intervals keep their word?

Made by \`npm run coverage\` (windtunnel ${VERSION}, ${seeds} seeds, precision ${100 * precision} %, at most ${eventBudget / 1e6} M events a run): each row is one system whose
truth is known exactly, simulated with ${seeds} seeds through all of \`simulate\`: warm-up, stopping rule, intervals.

## Share of the printed 95 % intervals that contain the truth

A true 95 % shows as ${percent(by.low)} to ${percent(by.high)} in ${seeds} tries (99 times in 100); between ${percent(RANGE[0])} and ${percent(RANGE[1])} is asked.
${
  first.length === 0
    ? ''
    : `A system with a share out of it is simulated with ${FRESH * seeds} fresh seeds, and all count: there are ${FIGURES.length * models.length} shares, and of 200 tries a true 95.5 %
shows as 98.5 % or more once in 50. In the first ${seeds}: ${first.join('; ')}.
`
}${failing.length === 0 ? 'All are in that range.' : `Out of it: ${failing.join('; ')}.`}

| system | seeds | mean | p95 | p99 | half-width of the mean | replications or batches | events a run |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
${
  verdicts.length === 0
    ? ''
    : `
## How often a verdict is wrong

The SLO \`p(95) < limit\`, with limits away from, near and at the true p95. Each cell: wrong verdicts / not decided. At the
truth itself every decision counts as wrong: a system that stands exactly on its limit cannot be told. ${decisions.seeds} seeds a
cell, at most ${decisions.eventBudget / 1e6} M events a run.

| system | ${LIMITS.map((limit) => `${limit} x the truth`).join(' | ')} |
| --- | ${LIMITS.map(() => '---').join(' | ')} |
${verdicts.join('\n')}
`
}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
