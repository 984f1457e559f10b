import { Command } from 'commander';
import { formatDoubts, formatProblems } from '../../scenarios/problem.ts';
import { ExitCode } from '../exit-code.ts';
import { examples } from '../help-text.ts';
import { load, takesScenario, type ScenarioOptions } from '../load.ts';
import type { Finish } from '../program.ts';
import { folded, printData } from '../terminal.ts';

interface CheckOptions extends ScenarioOptions {
  readonly json?: true;
}

export function checkCommand(finish: Finish): Command {
  return takesScenario(new Command('check'))
    .summary('every problem and every doubt in a file, at once')
    .description(
      'Reads a scenario and lists all that is wrong with it (exit code 2), all that is doubtful, and what is missing. Simulates nothing.',
    )
    .option('--json', 'as JSON on stdout')
    .addHelpText(
      'after',
      examples(
        [
          ['check mine.yaml', 'before the first run'],
          ['check mine.yaml --json', 'for a program'],
          ['check mine.yaml --set services.app.count=8', 'as changed'],
        ],
        '0 no problems (doubts are no problems), 2 the file has problems.',
      ),
    )
    .action((argument: string, options: CheckOptions) => finish(check(argument, options)));
}

function check(argument: string, options: CheckOptions): ExitCode {
  const { scenario, problems, doubts } = load(argument, options);
  const missing = scenario?.missing ?? [];
  if (options.json === true) {
    printData(JSON.stringify({ format: 'windtunnel-check/1', problems, doubts, missing }, null, 2));
  } else if (problems.length > 0) {
    printData(folded(formatProblems(problems), 6));
    if (doubts.length > 0) printData(`and doubtful:\n${folded(formatDoubts(doubts), 6)}`);
  } else {
    const parts = [`${argument}: no problems`];
    if (doubts.length > 0) parts.push(`${count(doubts.length, 'doubt')}:\n${folded(formatDoubts(doubts), 6)}`);
    if (missing.length > 0) {
      parts.push(
        `${missing.length} missing:\n${folded(missing.map(({ path, what, how }) => `  ${path}: ${what}\n      ${how}`).join('\n'), 6)}`,
      );
    }
    printData(parts.join(', '));
  }
  return problems.length > 0 ? ExitCode.badInput : ExitCode.done;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
