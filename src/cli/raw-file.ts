import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/browser/esm/sync';
import type { RawRow } from '../analysis/simulate.ts';
import { asComplaint, temporaryBeside } from './files.ts';

const columns: readonly (keyof RawRow)[] = [
  'replication',
  'client',
  'request',
  'due_s',
  'response_s',
  'outcome',
  'server',
];

const rowsAtOnce = 1000;

/**
 * `--raw`: every request as CSV (RFC 4180, lines ended by LF), written while the run goes on. The file takes its name
 * when it is complete.
 */
export class RawFile {
  private readonly temporary: string;
  private readonly descriptor: number;
  private pending: RawRow[] = [];

  /** @throws Complaint where the file cannot be made. */
  constructor(private readonly path: string) {
    this.temporary = temporaryBeside(path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.descriptor = openSync(this.temporary, 'w');
      writeFileSync(this.descriptor, `${columns.join(',')}\n`);
    } catch (error) {
      throw asComplaint(error, 'cannot write');
    }
  }

  add(row: RawRow): void {
    this.pending.push(row);
    if (this.pending.length === rowsAtOnce) this.flush();
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
      writeFileSync(this.descriptor, stringify(this.pending, { columns: [...columns], escape_formulas: true }));
    } catch (error) {
      throw asComplaint(error, 'cannot write');
    }
    this.pending = [];
  }
}
