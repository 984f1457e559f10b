import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asComplaint, temporaryBeside } from './files.ts';

/**
 * A CSV file that is written while a run goes on and takes its name when it is complete. Rows hold numbers and plain
 * words only, so nothing needs quoting.
 */
export class RawFile {
  private readonly temporary: string;
  private readonly descriptor: number;
  private pending = '';

  /** @throws Complaint where the file cannot be made. */
  constructor(
    private readonly path: string,
    header: readonly string[],
  ) {
    this.temporary = temporaryBeside(path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.descriptor = openSync(this.temporary, 'w');
    } catch (error) {
      throw asComplaint(error, 'cannot write');
    }
    this.row(header);
  }

  row(values: readonly (number | string)[]): void {
    this.pending += `${values.join(',')}\n`;
    if (this.pending.length > 65_536) this.flush();
  }

  /** Completes the file. */
  finish(): void {
    this.flush();
    closeSync(this.descriptor);
    renameSync(this.temporary, this.path);
  }

  /** Leaves nothing behind. */
  discard(): void {
    closeSync(this.descriptor);
    rmSync(this.temporary, { force: true });
  }

  private flush(): void {
    try {
      writeFileSync(this.descriptor, this.pending);
    } catch (error) {
      throw asComplaint(error, 'cannot write');
    }
    this.pending = '';
  }
}
