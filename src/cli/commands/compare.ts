import { Command } from 'commander';
import { compare, type Comparison, type Side } from '../../analysis/compare.ts';
import { NothingFinished, UnusableOptions } from '../../analysis/refusals.ts';
import { markdownComparison, terminalComparison } from '../../report/comparison.ts';
import { formatDoubts } from '../../scenarios/problem.ts';
import { Complaint } from '../complaint.ts';
import { ExitCode } from '../exit-code.ts';
import { examples } from '../help-text.ts';
import { catchInterruption } from '../interruption.ts';
import { loadOrTell, type ScenarioOptions } from '../load.ts';
import { notDecided } from '../not-decided.ts';
import type { Finish } from '../program.ts';
import { progressBar } from '../progress.ts';
import { collect, count, duration, share } from '../quantities.ts';
import { folded, printData, tellPerson, WIDTH } from '../terminal.ts';
import { takesWorkers, workersOf, type WorkerOptions } from '../workers.ts';

interface CompareOptions extends ScenarioOptions, WorkerOptions {
  readonly seed?: string;
  readonly precision?: number;
  readonly level?: number;
  readonly replications?: number;
  readonly warmup?: number;
  readonly json?: true;
  readonly markdown?: true;
}

export function compareCommand(finish: Finish): Command {
  const command = new Command('compare')
    .summary('A against B under the same chance: which differences are real')
    .description(
      `Simulates scenarios side by side under common random numbers, and says what is different and whether it is real. With one scenario and --set PATH=a,b,c its variants are compared with the first of them; with --set PATH=a, with the scenario as it stands.`,
    )
    .argument('<scenarios...>', 'files or built-in names; the first is what the others are compared with')
    .option('--set <path=value>', 'change one value; of one scenario: several, with commas between', collect)
    .option('--trace <name=file>', 'clients NAME replay these requests (CSV); may be repeated', collect)
    .optionsGroup('What is printed:')
    .option('--json', 'the whole comparison as JSON on stdout')
    .option('--markdown', 'as Markdown, for a pull request')
    .option('--quiet', 'no progress and no warnings')
    .optionsGroup('How sure it must be:')
    .option('--precision <share>', 'half-width of the differences to reach, as a share of the first', share)
    .option('--level <share>', 'confidence level of the intervals, such as 0.99', share)
    .option('--replications <n>', 'exactly so many pairs of runs', count)
    .option('--warmup <duration>', 'leave out the first part of each run (default: detected)', duration)
    .option('--seed <text>', "another run of chance (default: the first scenario's, or 1)");
  return takesWorkers(command)
    .addHelpText(
      'after',
      examples(
        [
          ['compare main.yaml mine.yaml', 'what a change does'],
          ['compare shop --set services.app.count=4,5,6', 'variants of one'],
          ['compare lvs-dr lvs-nat --markdown', 'for a pull request'],
        ],
        '0 every SLO of what is compared with the first holds, 99 one is\nmissed, 3 not decided, 2 the input is wrong, 1 our own failure, 130 interrupted.',
      ),
    )
    .action(async (scenarios: string[], options: CompareOptions) => finish(await run(scenarios, options)));
}

async function run(scenarios: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const sides: Side[] = [];
  for (const { name, scenario: argument, set } of variants(scenarios, options.set ?? [])) {
    const loaded = loadOrTell(argument, { ...options, set });
    if (loaded === null) return ExitCode.badInput;
    const { scenario, doubts } = loaded;
    if (doubts.length > 0 && options.quiet !== true)
      tellPerson(`${name}, doubtful:\n${folded(formatDoubts(doubts), 6)}`);
    if (scenario.missing.length > 0) {
      printData(`${name}: ${notDecided(scenario.missing)}`);
      return ExitCode.notDecided;
    }
    sides.push({ name, scenario });
  }
  const { comparison, interrupted } = await compareInSight(sides, options);
  if (comparison === null) {
    tellPerson('nothing had finished yet');
    return ExitCode.interrupted;
  }
  printData(
    options.json === true
      ? JSON.stringify(comparison, null, 2)
      : options.markdown === true
        ? markdownComparison(comparison)
        : terminalComparison(comparison, WIDTH),
  );
  return interrupted ? ExitCode.interrupted : exitCodeOf(comparison);
}

async function compareInSight(
  sides: readonly Side[],
  options: CompareOptions,
): Promise<{ readonly comparison: Comparison | null; readonly interrupted: boolean }> {
  const { seed, precision, level, replications, warmup } = options;
  const { signal, end } = catchInterruption();
  const bar = progressBar(options.quiet !== true);
  const workers = await workersOf(options);
  let done = false;
  try {
    const { runner } = workers;
    const onProgress = bar.show;
    const given = { seed, precision, level, replications, warmup };
    const comparison = await compare(sides, { ...given, signal, runner, onProgress });
    done = !signal.aborted;
    return { comparison, interrupted: signal.aborted };
  } catch (error) {
    if (error instanceof NothingFinished) return { comparison: null, interrupted: true };
    if (error instanceof UnusableOptions) throw new Complaint(error.message);
    throw error;
  } finally {
    bar.stop();
    end();
    await workers.end(done);
  }
}

interface Variant {
  readonly name: string;
  readonly scenario: string;
  readonly set: readonly string[];
}

/** The sides: the scenarios given, or the variants of one. */
function variants(scenarios: readonly string[], set: readonly string[]): Variant[] {
  if (scenarios.length > 1) return scenarios.map((scenario) => ({ name: scenario, scenario, set }));
  const [scenario] = scenarios;
  const lists = set.map((option) => ({ option, values: valuesOf(option) }));
  const several = lists.filter(({ values }) => values.length > 1);
  if (several.length > 1)
    throw new Complaint('only one --set may have several values', 'Compare the others one by one.');
  if (several.length === 1) {
    const [{ option, values }] = several;
    const path = option.slice(0, option.indexOf('='));
    return values.map((value) => ({
      name: `${path}=${value}`,
      scenario,
      set: set.map((one) => (one === option ? `${path}=${value}` : one)),
    }));
  }
  if (set.length === 0) {
    throw new Complaint(
      'compare needs two scenarios, or one and what to change',
      `compare ${scenario} other.yaml, or compare ${scenario} --set services.app.count=4,5`,
    );
  }
  return [
    { name: scenario, scenario, set: [] },
    { name: set.join(' '), scenario, set },
  ];
}

/** What stands between the commas that are not inside brackets or quotes. */
function valuesOf(option: string): string[] {
  const values = [''];
  let depth = 0;
  let quote = '';
  for (const character of option.slice(option.indexOf('=') + 1)) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ('[{('.includes(character)) depth++;
    else if (']})'.includes(character)) depth--;
    if (character === ',' && depth === 0 && quote === '') values.push('');
    else values[values.length - 1] += character;
  }
  return values.map((value) => value.trim());
}

/** By the SLOs of what is compared with the first: the first itself is what people have. */
function exitCodeOf({ sides }: Comparison): ExitCode {
  const verdicts = sides.slice(1).map(({ verdict }) => verdict);
  if (verdicts.includes('missed')) return ExitCode.missed;
  return verdicts.includes('not decided') ? ExitCode.notDecided : ExitCode.done;
}
