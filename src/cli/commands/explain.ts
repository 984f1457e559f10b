import { Command } from 'commander';
import { theoryOf } from '../../analysis/theory/beside.ts';
import { exactText } from '../../report/theory.ts';
import { explainScenario } from '../../scenarios/describe.ts';
import { formatDoubts } from '../../scenarios/problem.ts';
import { ExitCode } from '../exit-code.ts';
import { examples } from '../help-text.ts';
import { loadOrTell, takesScenario, type ScenarioOptions } from '../load.ts';
import type { Finish } from '../program.ts';
import { folded, printData, tellPerson } from '../terminal.ts';

export function explainCommand(finish: Finish): Command {
  return takesScenario(new Command('explain'))
    .summary('a scenario in plain words, with its bounds and defaults')
    .description(
      'Says what a scenario describes, which bounds hold without simulating, and which defaults were used, with their sources.',
    )
    .addHelpText(
      'after',
      examples(
        [
          ['explain lvs-dr', 'in plain words'],
          ['explain mine.yaml --set services.app.count=8', 'as changed'],
        ],
        '0 explained, 2 the input is wrong.',
      ),
    )
    .action((argument: string, options: ScenarioOptions) => finish(explain(argument, options)));
}

function explain(argument: string, options: ScenarioOptions): ExitCode {
  const loaded = loadOrTell(argument, options);
  if (loaded === null) return ExitCode.badInput;
  printData(explainScenario(loaded.scenario));
  if (loaded.scenario.missing.length === 0) {
    const exact = exactText(theoryOf(loaded.scenario.cluster));
    if (exact !== '') printData(`\n${exact}`);
  }
  if (loaded.doubts.length > 0) tellPerson(`doubtful:\n${folded(formatDoubts(loaded.doubts), 6)}`);
  return ExitCode.done;
}
