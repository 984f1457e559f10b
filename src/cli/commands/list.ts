import { Command } from 'commander';
import { schedulerAliases, schedulerKinds } from '../../models/directors/schedulers/index.ts';
import { builtins } from '../../scenarios/catalogue.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { Complaint } from '../complaint.ts';
import { ExitCode } from '../exit-code.ts';
import type { Finish } from '../program.ts';
import { printData } from '../terminal.ts';

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
    .action((options: ListOptions) => finish(list(options)));
}

function list({ json, source, schedulers }: ListOptions): ExitCode {
  if (schedulers === true) return listSchedulers(json === true);
  if (source !== undefined) {
    if (!Object.hasOwn(builtins, source)) {
      throw new Complaint(`there is no built-in scenario "${source}"`, `Built in: ${Object.keys(builtins).join(', ')}`);
    }
    printData(builtins[source]);
    return ExitCode.done;
  }
  const all = Object.entries(builtins).map(([name, text]) => ({ name, title: titleOf(name, text) }));
  if (json === true) {
    printData(JSON.stringify({ format: 'windtunnel-list/1', scenarios: all }, null, 2));
    return ExitCode.done;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  printData(all.map(({ name, title }) => `${name.padEnd(width)}  ${title}`).join('\n'));
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
  const labels = all.map(({ name, short }) => (short.length === 0 ? name : `${name} (${short.join(', ')})`));
  const width = Math.max(...labels.map(({ length }) => length));
  printData(all.map(({ summary }, k) => `${labels[k].padEnd(width)}  ${summary}`).join('\n'));
  printData('\nIn a scenario: scheduler: lvs/wlc, or with options: scheduler: { nginx/hash: { consistent: true } }.');
  return ExitCode.done;
}

function titleOf(name: string, text: string): string {
  return loadScenario(text, { name }).scenario?.title ?? '';
}
