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
          [`npx windtunnel explain ${scenario}`, 'what it describes, and its bounds'],
          [`npx windtunnel run ${scenario} --set path=value`, 'the same with a change'],
        ];
  rows.push(['npx windtunnel init mine.yaml', 'the same for your system, 8 questions']);
  rows.push(['npx windtunnel list', 'the other built-in systems']);
  const column = Math.max(...rows.map(([command]) => command.length));
  const lines = rows.map(
    ([command, meaning], row) => `${row === 0 ? 'Next' : '    '}     ${command.padEnd(column)}  ${meaning}`,
  );
  const report = out === undefined ? [] : [`Report   ${join(out, 'report.html')}`];
  return [...report, ...lines].join('\n');
}
