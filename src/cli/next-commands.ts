import { join } from 'node:path';

const width = 80;

/**
 * What to type after a run, at most 80 columns wide unless the scenario's own name is longer.
 * @param scenario as the user named it.
 * @param out the folder that the report went to, if any.
 */
export function nextCommands(scenario: string, out: string | undefined): string {
  const rows: [command: string, meaning: string][] = [
    ['init mine.yaml', 'the same for your system'],
    ['list', 'the other built-in systems'],
  ];
  if (scenario !== '-') {
    if (out === undefined) rows.unshift([`run ${scenario} --out report`, 'with charts']);
    rows.unshift([`explain ${scenario}`, 'what it describes']);
  }
  const column = Math.max(...rows.map(([command]) => command.length));
  const lines = rows.map(([command, meaning], row) => {
    const start = `${row === 0 ? 'Next' : '    '}     npx windtunnel ${command}`;
    const whole = `${start}${' '.repeat(column - command.length)}  ${meaning}`;
    return whole.length <= width ? whole : start;
  });
  return [...(out === undefined ? [] : [`Report   ${join(out, 'report.html')}`]), ...lines].join('\n');
}
