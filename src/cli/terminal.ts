import { wrap } from '../report/text.ts';

/**
 * The two streams: data to stdout, everything for a person's eye (progress, warnings, errors) to stderr. Colour where a
 * terminal reads the stream, unless NO_COLOR is set and not empty (no-color.org) or `--no-color` is given.
 */

/** Columns of everything that is printed, whatever reads it: the same bytes on every terminal. */
export const WIDTH = 80;

/**
 * Lines no longer than the width: what a line is too long for continues below it, indented two more than the line (or as
 * far as `indent`). A word that is too long alone, such as a path, is not cut.
 */
export function folded(text: string, indent?: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.length <= WIDTH) return [line];
      const [start] = /^ */.exec(line)!;
      const rest = ' '.repeat(indent ?? start.length + 2);
      const words = line.trim().split(' ');
      const longest = Math.max(...words.map((word) => word.length));
      const [first, ...others] = wrap(line.trim(), Math.max(WIDTH - rest.length, longest));
      return [start + first, ...others.map((part) => rest + part)];
    })
    .join('\n');
}

export function printData(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function tellPerson(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** @param wanted false where `--no-color` was given. */
export function showsColor(stream: NodeJS.WriteStream, wanted: boolean): boolean {
  return wanted && stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}
