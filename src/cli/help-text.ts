import { WIDTH } from './terminal.ts';

/** What stands after the options in the help of a command: examples, and what the exit codes mean. */

/** Of commands that judge SLOs. */
export const EXIT_CODES =
  '0 every SLO holds, 99 one is missed, 3 not decided, 2 the input is\nwrong, 1 our own failure, 130 interrupted.';

/**
 * @param rows what follows `windtunnel`, and what it is for.
 * @param exitCodes lines of at most 68 columns.
 */
export function examples(rows: readonly (readonly [command: string, meaning: string])[], exitCodes: string): string {
  const column = Math.max(...rows.map(([command]) => command.length)) + 2;
  const lines = rows.map(([command, meaning]) => {
    const aligned = `  windtunnel ${command.padEnd(column)}${meaning}`;
    return aligned.length <= WIDTH ? aligned : `  windtunnel ${command}  ${meaning}`;
  });
  return `\nExamples:\n${lines.join('\n')}\n\nExit codes: ${exitCodes}`;
}
