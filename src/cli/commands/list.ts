import { Command } from 'commander';
import { schedulerAliases, schedulerKinds } from '../../models/directors/schedulers/index.ts';
import { builtins } from '../../scenarios/catalogue.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { wrap } from '../../report/text.ts';
import { Complaint } from '../complaint.ts';
import { ExitCode } from '../exit-code.ts';
import { examples } from '../help-text.ts';
import type { Finish } from '../program.ts';
import { builtinsHint } from '../scenario-source.ts';
import { printData, WIDTH } from '../terminal.ts';

interface ListOptions {
  readonly json?: true;
  readonly source?: string;
  readonly schedulers?: true;
}

export function listCommand(finish: Finish): Command {
  return new Command('list')
    .summary('the built-in systems, a line each')
    .description('Lists the built-in scenarios. Each can be run, explained and copied.')
    .option('--json', 'as JSON on stdout')
    .option('--source <name>', 'print the scenario file of one of them, to read or to change')
    .option('--schedulers', 'the rules by which a director can pick a server, instead')
    .addHelpText(
      'after',
      examples(
        [
          ['list', 'every built-in system'],
          ['list --source lvs-dr > mine.yaml', 'a copy, to change'],
          ['list --schedulers', 'what `scheduler:` can say'],
        ],
        '0 listed, 2 the input is wrong.',
      ),
    )
    .action((options: ListOptions) => finish(list(options)));
}

function list({ json, source, schedulers }: ListOptions): ExitCode {
  if (schedulers === true) return listSchedulers(json === true);
  if (source !== undefined) {
    if (!Object.hasOwn(builtins, source)) {
      throw new Complaint(`there is no built-in scenario "${source}"`, builtinsHint(source));
    }
    printData(builtins[source]);
    return ExitCode.done;
  }
  const all = Object.entries(builtins).map(([name, text]) => ({ name, title: titleOf(name, text) }));
  if (json === true) {
    printData(JSON.stringify({ format: 'windtunnel-list/1', scenarios: all }, null, 2));
    return ExitCode.done;
  }
  printData(columns(all.map(({ name, title }) => [name, title])));
  printData('\nwindtunnel run NAME simulates one, windtunnel explain NAME says what it is.');
  return ExitCode.done;
}

/** Every rule with its short spellings, what it does, and where that is defined. */
function listSchedulers(json: boolean): ExitCode {
  const all = schedulerKinds.map(({ name, summary, source }) => {
    const short = Object.keys(schedulerAliases).filter((alias) => schedulerAliases[alias] === name);
    return { name, short, summary, source };
  });
  if (json) {
    printData(JSON.stringify({ format: 'windtunnel-schedulers/1', schedulers: all }, null, 2));
    return ExitCode.done;
  }
  const rows = all.map(({ name, short, summary }): [string, string] => {
    const other = short.filter((word) => !name.endsWith(`/${word}`));
    return [name, other.length === 0 ? summary : `${summary} (also: ${other.join(', ')})`];
  });
  printData(columns(rows));
  printData(
    '\nIn a scenario: scheduler: lvs/wlc, or wlc where one product has the name; with\noptions: scheduler: { nginx/hash: { consistent: true } }.',
  );
  return ExitCode.done;
}

/** A name, and in a second column what it is, on as many lines as that takes. */
function columns(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .flatMap(([name, text]) =>
      wrap(text, WIDTH - width).map((line, k) => `${(k === 0 ? name : '').padEnd(width)}${line}`),
    )
    .join('\n');
}

function titleOf(name: string, text: string): string {
  return loadScenario(text, { name }).scenario?.title ?? '';
}
