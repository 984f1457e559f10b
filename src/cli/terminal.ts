/**
 * The two streams: data to stdout, everything for a person's eye (progress, warnings, errors) to stderr. Colour where a
 * terminal reads the stream, unless NO_COLOR is set and not empty (no-color.org) or `--no-color` is given.
 */

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
