/**
 * A mistake of the user's that the command line found: said without a stack trace, exit code 2. Mistakes inside a
 * scenario are `Problem`s of `src/scenarios` and never come this way.
 */
export class Complaint extends Error {
  /** @param hint what to do about it, a sentence or a few lines; may be absent. */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'Complaint';
  }

  /** The message and the hint as they stand on stderr. */
  text(): string {
    const hint = this.hint === undefined ? '' : `\n  ${this.hint.replaceAll('\n', '\n  ')}`;
    return `windtunnel: ${this.message}${hint}\n`;
  }
}
