import { Command, InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import { questions, scenarioFromAnswers, type Answers, type Question } from '../../scenarios/init.ts';
import { ask } from '../ask.ts';
import { Complaint } from '../complaint.ts';
import { ExitCode } from '../exit-code.ts';
import { mustBeWritableFile, writeTogether } from '../files.ts';
import { examples } from '../help-text.ts';
import type { Finish } from '../program.ts';
import { printData, tellPerson } from '../terminal.ts';

type InitOptions = { readonly force?: true } & Answers;

export function initCommand(finish: Finish): Command {
  const command = new Command('init')
    .argument('<file>', 'the scenario file to write')
    .summary('a scenario from eight questions, or from flags')
    .description(
      'Writes a scenario from what a dashboard says. Asks in a terminal; with any flag ' +
        'below it asks nothing. "?" is an answer to each: it stays marked in the file.',
    );
  for (const question of questions) {
    command.option(`--${question.id} <answer>`, `${question.prompt} (${question.example})`, answerTo(question));
  }
  return command
    .option('--force', 'write over a file that exists')
    .addHelpText(
      'after',
      examples(
        [
          ['init mine.yaml', 'asks, in a terminal'],
          ['init mine.yaml --rate 800 --cpu "45 %"', 'asks nothing'],
        ],
        '0 written, 2 an answer is not understood or the file exists,\n130 ended before the last question.',
      ),
    )
    .action(async (file: string, options: InitOptions) => finish(await init(file, options)));
}

async function init(file: string, { force, ...flags }: InitOptions): Promise<ExitCode> {
  mustBeWritableFile(file);
  if (existsSync(file) && force !== true) {
    throw new Complaint(`${file} exists; it was left as it is`, 'Choose another name, or --force to write over it.');
  }
  const answers = await answersFrom(flags);
  if (answers === null) {
    tellPerson('\nnothing was written');
    return ExitCode.interrupted;
  }
  const { text, measured, assumed, missing } = scenarioFromAnswers(answers);
  writeTogether(new Map([[file, text]]));
  printData(`wrote ${file}: ${measured} figures measured, ${assumed} assumed (marked), ${missing} missing`);
  printData(`Next     npx windtunnel ${missing > 0 ? 'check' : 'run'} ${file}`);
  return ExitCode.done;
}

/** null where the person went away. */
async function answersFrom(flags: Answers): Promise<Answers | null> {
  if (Object.keys(flags).length > 0) return flags;
  if (process.stdin.isTTY !== true) {
    throw new Complaint(
      'init asks in a terminal; here it needs flags',
      questions.map(({ id, example, prompt }) => `--${id} "${example}"`.padEnd(44) + prompt).join('\n'),
    );
  }
  return ask(questions);
}

function answerTo(question: Question): (answer: string) => string {
  return (answer) => {
    const problem = question.check(answer);
    if (problem !== null) throw new InvalidArgumentError(`${problem.rule}; ${problem.hint}`);
    return answer;
  };
}
