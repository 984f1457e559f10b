import { Command } from 'commander';
import { scenarioJsonSchema } from '../../scenarios/json-schema.ts';
import { ExitCode } from '../exit-code.ts';
import { examples } from '../help-text.ts';
import type { Finish } from '../program.ts';
import { printData } from '../terminal.ts';

export function schemaCommand(finish: Finish): Command {
  return new Command('schema')
    .summary('the JSON Schema of scenario files, for completion')
    .description(
      'Prints the JSON Schema (draft 2020-12) of scenario files. Save it, and start a file with ' +
        '# yaml-language-server: $schema=windtunnel.schema.json',
    )
    .addHelpText('after', examples([['schema > windtunnel.schema.json', 'once, beside your scenarios']], '0 printed.'))
    .action(() => {
      printData(JSON.stringify(scenarioJsonSchema(), null, 2));
      finish(ExitCode.done);
    });
}
