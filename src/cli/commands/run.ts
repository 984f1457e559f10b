import { Command, Option } from 'commander';
import { join } from 'node:path';
import type { AskedFigure } from '../../analysis/asked-figures.ts';
import type { Result } from '../../analysis/result.ts';
import { NothingFinished, UnusableOptions } from '../../analysis/refusals.ts';
import { simulate, type RawRow, type SimulateOptions } from '../../analysis/simulate.ts';
import { timelineCsv } from '../../report/csv.ts';
import { htmlReport } from '../../report/html.ts';
import { markdownSummary } from '../../report/markdown.ts';
import { terminalReport } from '../../report/terminal.ts';
import { formatDoubts } from '../../scenarios/problem.ts';
import { METHODS } from '../../scenarios/scenario.ts';
import type { Scenario, SteadyMethod } from '../../scenarios/scenario.ts';
import { assumptionList } from '../assumption-list.ts';
import { Complaint } from '../complaint.ts';
import { chartAssets } from '../chart-assets.ts';
import { ExitCode } from '../exit-code.ts';
import { mustBeWritableFile, mustBeWritableFolder, writeTogether } from '../files.ts';
import { examples, EXIT_CODES } from '../help-text.ts';
import { catchInterruption } from '../interruption.ts';
import { loadOrTell, takesScenario, type ScenarioOptions } from '../load.ts';
import { nextCommands } from '../next-commands.ts';
import { notDecided } from '../not-decided.ts';
import type { Finish } from '../program.ts';
import { progressBar } from '../progress.ts';
import { count, duration, figures, share } from '../quantities.ts';
import { RawFile } from '../raw-file.ts';
import { takesWorkers, workersOf, type WorkerOptions } from '../workers.ts';
import { folded, printData, showsColor, tellPerson, WIDTH } from '../terminal.ts';

interface RunOptions extends ScenarioOptions, WorkerOptions {
  readonly seed?: string;
  readonly precision?: number;
  readonly level?: number;
  readonly figures?: readonly AskedFigure[];
  readonly replications?: number;
  readonly method?: SteadyMethod;
  readonly warmup?: number;
  readonly raw?: string;
  readonly json?: true;
  readonly limits?: true;
  readonly explain?: 'assumptions';
  readonly color: boolean;
}

export function runCommand(finish: Finish): Command {
  const command = takesScenario(new Command('run'))
    .summary('what happens: throughput, percentiles, errors, what ends first')
    .description('Simulates the scenario until its figures are as precise as asked, and says whether its SLOs hold.')
    .optionsGroup('What is printed and written:')
    .option('--out <dir>', 'write result.json, timeline.csv, summary.md and report.html there')
    .option('--json', 'the whole result as JSON on stdout')
    .option('--limits', 'every limit, those hardly used too')
    .addOption(
      new Option('--explain <what>', 'print what was assumed, and where it comes from').choices(['assumptions']),
    )
    .option('--raw <file>', 'write every request as CSV, one a line')
    .option('--quiet', 'no progress and no warnings')
    .option('--no-color', 'plain text (NO_COLOR does the same)')
    .optionsGroup('How sure it must be:')
    .option('--precision <share>', 'half-width of the intervals to reach, such as 1%', share)
    .option(
      '--figures <list>',
      'what must become that precise beside the SLOs, such as mean,p99 (default: mean)',
      figures,
    )
    .option('--level <share>', 'confidence level of the intervals, such as 0.99', share)
    .option('--replications <n>', 'exactly so many runs, whatever the precision', count)
    .addOption(
      new Option('--method <how>', 'where intervals come from: independent runs, or batches of one long run').choices(
        METHODS,
      ),
    )
    .option('--warmup <duration>', 'leave out the first part of each run, such as 60s (default: detected)', duration)
    .option('--seed <text>', "another run of chance (default: the scenario's, or 1)");
  return takesWorkers(command)
    .addHelpText(
      'after',
      examples(
        [
          ['run shop', 'a built-in system'],
          ['run mine.yaml --out report', 'with charts, to send'],
          ['run mine.yaml --set services.app.count=8', 'as changed'],
          ['run mine.yaml --figures p99', 'surer of the tail'],
          ['run mine.yaml --json', 'for other programs'],
        ],
        EXIT_CODES,
      ),
    )
    .action(async (argument: string, options: RunOptions) => finish(await run(argument, options)));
}

async function run(argument: string, options: RunOptions): Promise<ExitCode> {
  if (options.out !== undefined) mustBeWritableFolder(options.out);
  if (options.raw !== undefined) mustBeWritableFile(options.raw);
  const loaded = loadOrTell(argument, options);
  if (loaded === null) return ExitCode.badInput;
  const { scenario, doubts, reload } = loaded;
  if (doubts.length > 0 && options.quiet !== true) tellPerson(`doubtful:\n${folded(formatDoubts(doubts), 6)}`);
  if (scenario.missing.length > 0) {
    printData(
      options.json === true
        ? JSON.stringify({ format: 'windtunnel-not-decided/1', missing: scenario.missing }, null, 2)
        : notDecided(scenario.missing),
    );
    return ExitCode.notDecided;
  }
  const { result, interrupted } = await simulateInSight(scenario, reload, options);
  if (result === null) {
    tellPerson('nothing had finished yet');
    return ExitCode.interrupted;
  }
  if (options.out !== undefined) writeReport(options.out, result);
  printData(options.json === true ? JSON.stringify(result, null, 2) : screen(result, argument, options));
  return interrupted ? ExitCode.interrupted : exitCodeOf(result.verdict);
}

/**
 * Simulates with a progress bar, an ear for Ctrl-C, and the raw observations written where they were asked for.
 * `result` is null where an interruption came before anything had finished.
 */
async function simulateInSight(
  scenario: Scenario,
  reload: SimulateOptions['reload'],
  options: RunOptions,
): Promise<{ readonly result: Result | null; readonly interrupted: boolean }> {
  const { seed, precision, figures, level, replications, warmup, method } = options;
  const { signal, end } = catchInterruption();
  const bar = progressBar(options.quiet !== true);
  const raw = options.raw === undefined ? undefined : new RawFile(options.raw);
  const onRaw = raw && ((row: RawRow) => raw.add(row));
  const onProgress = bar.show;
  const workers = await workersOf(options);
  let done = false;
  try {
    const result = await simulate(scenario, {
      seed,
      precision,
      figures,
      level,
      replications,
      warmup,
      method,
      reload,
      signal,
      runner: workers.runner,
      onProgress,
      onRaw,
    });
    raw?.finish();
    done = !signal.aborted;
    return { result, interrupted: signal.aborted };
  } catch (error) {
    raw?.discard();
    if (error instanceof NothingFinished) return { result: null, interrupted: true };
    if (error instanceof UnusableOptions) throw new Complaint(error.message, error.hint);
    throw error;
  } finally {
    bar.stop();
    end();
    await workers.end(done);
  }
}

function writeReport(folder: string, result: Result): void {
  writeTogether(
    new Map([
      [join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`],
      [join(folder, 'timeline.csv'), timelineCsv(result)],
      [join(folder, 'summary.md'), markdownSummary(result)],
      [join(folder, 'report.html'), htmlReport(result, chartAssets())],
    ]),
  );
}

/** What a person sees: the estimate, what was assumed if asked, and what to type next. */
function screen(result: Result, argument: string, { color, limits, explain, out }: RunOptions): string {
  const parts = [terminalReport(result, { width: WIDTH, color: showsColor(process.stdout, color), limits })];
  if (explain === 'assumptions') parts.push(assumptionList(result.assumptions));
  parts.push(nextCommands(argument, out));
  return parts.join('\n');
}

function exitCodeOf(verdict: Result['verdict']): ExitCode {
  switch (verdict) {
    case 'missed':
      return ExitCode.missed;
    case 'not decided':
      return ExitCode.notDecided;
    case 'holds':
    case 'none':
      return ExitCode.done;
  }
}
