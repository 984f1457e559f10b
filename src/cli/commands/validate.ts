import { Argument, Command } from 'commander';
import { join } from 'node:path';
import { casesOf, validate } from '../../analysis/reference/validation.ts';
import type { Validation } from '../../analysis/reference/validation.ts';
import { malformedModels, problemsOfReference } from '../../analysis/reference/read.ts';
import type { ReferenceCase, SuiteName } from '../../analysis/reference/suite.ts';
import { formatProblems } from '../../scenarios/problem.ts';
import { validationMarkdown } from '../../report/validation-markdown.ts';
import { validationPage } from '../../report/validation-page.ts';
import { validationScreen } from '../../report/validation-screen.ts';
import { chartAssets } from '../chart-assets.ts';
import { Complaint } from '../complaint.ts';
import { ExitCode } from '../exit-code.ts';
import { mustBeWritableFolder, writeTogether } from '../files.ts';
import { examples } from '../help-text.ts';
import { nearest } from '../../scenarios/suggest.ts';
import { catchInterruption } from '../interruption.ts';
import type { Finish } from '../program.ts';
import { collect, count } from '../quantities.ts';
import { givenReference, ownReference } from '../reference-folder.ts';
import { printData, showsColor, tellPerson, WIDTH } from '../terminal.ts';
import { validationBar } from '../validation-bar.ts';
import { runnerOf } from '../workers.ts';

interface Options {
  readonly family?: readonly string[];
  readonly case?: readonly string[];
  readonly reference?: string;
  readonly workers?: number;
  readonly seed: string;
  readonly quick?: true;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
  readonly color: boolean;
}

const SUITES: readonly SuiteName[] = ['theory', 'recorded', 'published'];
/** Half-width of an interval over what the reference asks, with `--quick`. */
const QUICK = 2;

export function validateCommand(finish: Finish): Command {
  return new Command('validate')
    .summary('windtunnel itself against theory, recordings, published results')
    .description(
      'Judges the simulator by reference cases: exact answers of queueing theory, recordings of real servers, claims of published articles. A scenario file is looked over by `check`.',
    )
    .addArgument(new Argument('[suite]', `which of ${SUITES.join(', ')} (default: all)`))
    .option('--family <name>', 'only cases of this family; may be repeated', collect)
    .option('--case <id>', 'only this case; may be repeated', collect)
    .option('--reference <path>', 'cases of your own: a file like theory.json, or a folder like reference/')
    .optionsGroup('How it is simulated:')
    .option('--quick', 'intervals may be twice as wide as the reference asks: a quarter of the work')
    .option('--workers <n>', 'threads (default: the cores of this machine)', count)
    .option('--seed <text>', 'another run of chance', 'validate')
    .optionsGroup('What is printed and written:')
    .option('--json', 'every case and figure as JSON on stdout')
    .option('--out <dir>', 'write validation.json, validation.html and summary.md there')
    .option('--quiet', 'no progress')
    .option('--no-color', 'plain text (NO_COLOR does the same)')
    .addHelpText(
      'after',
      examples(
        [
          ['validate theory --quick', 'exact answers, in a minute or two'],
          ['validate published', 'five articles, claim by claim'],
          ['validate recorded --family vrrp', 'one family'],
          ['validate --reference cases.json', 'cases of your own'],
        ],
        '0 every case passes, 99 one fails, 2 the input is wrong,\n1 our own failure, 130 interrupted.',
      ),
    )
    .action(async (suite: string | undefined, options: Options) => finish(await run(suite, options)));
}

async function run(suite: string | undefined, options: Options): Promise<ExitCode> {
  const suites = suite === undefined ? [] : [suiteNamed(suite)];
  if (options.out !== undefined) mustBeWritableFolder(options.out);
  const { files, nameOf } = options.reference === undefined ? ownReference() : givenReference(options.reference);
  const problems = problemsOfReference(files, nameOf);
  if (problems.length > 0) {
    tellPerson(formatProblems(problems));
    return ExitCode.badInput;
  }
  const malformed = malformedModels(files, nameOf);
  if (malformed.length > 0) tellPerson(formatProblems(malformed));
  const { family: families = [], case: ids = [] } = options;
  const all = casesOf(files, { suites, families: [], ids: [] });
  mustBeThere(families, '--family', new Set(all.map(({ family }) => family)));
  mustBeThere(ids, '--case', new Set(all.map(({ id }) => id)));
  const cases = casesOf(files, { suites, families, ids });
  if (cases.length === 0) throw new Complaint('there is no case to judge', 'Fewer filters, or another --reference.');
  const { validation, interrupted } = await judge(cases, options);
  if (options.out !== undefined) writeReport(options.out, validation);
  printData(
    options.json === true
      ? JSON.stringify(validation, null, 2)
      : validationScreen(validation, { width: WIDTH, color: showsColor(process.stdout, options.color) }),
  );
  if (interrupted) return ExitCode.interrupted;
  if (validation.counts.failed > 0) return ExitCode.missed;
  return malformed.length > 0 ? ExitCode.badInput : ExitCode.done;
}

async function judge(
  cases: readonly ReferenceCase[],
  { seed, quick, quiet, workers }: Options,
): Promise<{ readonly validation: Validation; readonly interrupted: boolean }> {
  const { signal, end } = catchInterruption();
  const bar = validationBar(quiet !== true);
  const runner = await runnerOf(workers);
  try {
    const validation = await validate(cases, {
      options: { seed, widthMax: quick === true ? QUICK : 1 },
      runner,
      signal,
      onProgress: bar.show,
    });
    return { validation, interrupted: signal.aborted };
  } finally {
    bar.stop();
    end();
    await runner.close();
  }
}

function suiteNamed(word: string): SuiteName {
  const known = SUITES.find((name) => name === word);
  if (known !== undefined) return known;
  if (/[./\\]/.test(word)) {
    throw new Complaint(
      `validate judges windtunnel itself, not a file`,
      `you mean: windtunnel check ${word}\nor, for reference cases of your own: windtunnel validate --reference ${word}`,
    );
  }
  const near = nearest(word, SUITES);
  throw new Complaint(
    `there is no suite "${word}"`,
    near === null ? `There are: ${SUITES.join(', ')}.` : `you mean: windtunnel validate ${near}`,
  );
}

function mustBeThere(wanted: readonly string[], option: string, known: ReadonlySet<string>): void {
  for (const word of wanted) {
    if (known.has(word)) continue;
    const near = nearest(word, [...known]);
    throw new Complaint(
      `${option} ${word}: there is no such case here`,
      near === null ? undefined : `you mean: ${option} ${near}`,
    );
  }
}

function writeReport(folder: string, validation: Validation): void {
  writeTogether(
    new Map([
      [join(folder, 'validation.json'), `${JSON.stringify(validation, null, 2)}\n`],
      [join(folder, 'validation.html'), validationPage(validation, chartAssets())],
      [join(folder, 'summary.md'), validationMarkdown(validation)],
    ]),
  );
}
