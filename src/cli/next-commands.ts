import { join } from 'node:path';

/**
 * What to type after a run.
 * @param scenario as the user named it.
 * @param out the folder that the report went to, if any.
 */
export function nextCommands(scenario: string, out: string | undefined): string {
  const rows =
    scenario === '-'
      ? []
      : [
          [`explain ${scenario}`, 'what it describes, its bounds'],
          [`run ${scenario} --set PATH=VALUE`, 'with a change'],
        ];
  rows.push(['init mine.yaml', 'the same for your system']);
  rows.push(['list', 'the other built-in systems']);
  const column = Math.max(...rows.map(([command]) => command.length));
  const lines = rows.map(
    ([command, meaning], row) =>
      `${row === 0 ? 'Next' : '    '}     npx windtunnel ${command.padEnd(column)}  ${meaning}`,
  );
  const report = out === undefined ? [] : [`Report   ${join(out, 'report.html')}`];
  return [...report, ...lines].join('\n');
}
