import { Command } from 'commander';
import { scenarioJsonSchema } from '../../scenarios/json-schema.ts';
import { ExitCode } from '../exit-code.ts';
import type { Finish } from '../program.ts';
import { printData } from '../terminal.ts';

export function schemaCommand(finish: Finish): Command {
  return new Command('schema')
    .summary('the JSON Schema of scenario files, for completion')
    .description(
      'Prints the JSON Schema (draft 2020-12) of scenario files. Save it, and start a file with ' +
        '# yaml-language-server: $schema=windtunnel.schema.json',
    )
    .action(() => {
      printData(JSON.stringify(scenarioJsonSchema(), null, 2));
      finish(ExitCode.done);
    });
}
