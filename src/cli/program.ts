import { Command, type CommanderError, type Help } from 'commander';
import { VERSION } from '../analysis/version.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { explainCommand } from './commands/explain.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { runCommand } from './commands/run.ts';
import { schemaCommand } from './commands/schema.ts';
import { validateCommand } from './commands/validate.ts';
import { ExitCode } from './exit-code.ts';
import { examples, EXIT_CODES } from './help-text.ts';
import { hintForCommand } from './hints.ts';
import { tellPerson } from './terminal.ts';

/** What every command's action gives back through `finish`. */
export type Finish = (code: ExitCode) => void;

/** One command: a file in `commands/`, a line in the table below. */
export type CommandFactory = (finish: Finish) => Command;

const groups: readonly { readonly title: string; readonly commands: readonly CommandFactory[] }[] = [
  { title: 'Start:', commands: [initCommand, runCommand, listCommand] },
  { title: 'Decide:', commands: [compareCommand] },
  { title: 'Trust:', commands: [checkCommand, explainCommand, validateCommand] },
  { title: 'Editors:', commands: [schemaCommand] },
];

const overview = examples(
  [
    ['run shop', 'a built-in system'],
    ['init mine.yaml', 'yours: eight questions'],
    ['run mine.yaml --set services.app.count=8', 'as changed'],
    ['run mine.yaml --out report', 'with charts, to send'],
    ['help run', 'the options of a command'],
  ],
  EXIT_CODES,
);

/** The command line as a whole. `execute` gives the exit code, or throws what went wrong. */
export function createProgram(): { execute(argv: readonly string[]): Promise<ExitCode> } {
  let code: ExitCode = ExitCode.done;
  const finish: Finish = (given) => {
    code = given;
  };
  const program = configure(new Command('windtunnel'))
    .description(
      'Predicts throughput, latency percentiles and failover of a cluster before it is built, from one file that describes it.',
    )
    .usage('COMMAND [options]')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'this help; also after a command')
    .addHelpText('after', overview);
  for (const { title, commands } of groups) {
    for (const create of commands) program.addCommand(configure(create(finish)).helpGroup(title));
  }
  program.helpCommand(false);
  return {
    async execute(argv) {
      if (argv.length === 0) program.help();
      const names = program.commands.map((command) => command.name());
      const [word, ...rest] = argv;
      if (word === 'help') return this.execute([...rest.slice(0, 1), '--help']);
      if (!word.startsWith('-') && !names.includes(word)) {
        tellPerson(`windtunnel: there is no command "${word}"\n  ${hintForCommand(word, rest, names)}`);
        return ExitCode.badInput;
      }
      await program.parseAsync(argv, { from: 'user' });
      return code;
    },
  };
}

/** Errors are thrown, not exits; help fits 80 columns wherever it is printed. */
function configure(command: Command): Command {
  return command
    .exitOverride((error: CommanderError) => {
      throw error;
    })
    .configureHelp({ helpWidth: 80, showGlobalOptions: false, sortOptions: false } satisfies Partial<Help>)
    .configureOutput({
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
      outputError: (message, write) => write(`windtunnel: ${message.replace(/^error: /, '')}`),
    });
}
