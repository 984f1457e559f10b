/**
 * Writes that a server has committed since the last backup: what is lost with its data (RPO, the recovery point).
 * Backups are at whole multiples of their interval, the first at the start of the run; a restore begins with nothing lost.
 * Left out: what a backup takes from the server; backups that are not complete yet when the data is lost.
 */
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';

export class Journal {
  private writes = 0;
  private backup = 0;

  /**
   * @param every seconds from one backup to the next.
   * @param classes that write; null = all.
   * @param next another one of the same server.
   */
  constructor(
    private readonly every: number,
    private readonly classes: ReadonlySet<number> | null,
    private readonly next: Journal | null,
  ) {}

  /** The server has answered. */
  ended(requestClass: number, outcome: OutcomeCode, now: number): void {
    if (outcome === OUTCOME.ok && (this.classes === null || this.classes.has(requestClass))) {
      this.catchUp(now);
      this.writes++;
    }
    this.next?.ended(requestClass, outcome, now);
  }

  /** The data is lost. @returns writes since the last backup, and its age in seconds. */
  lose(now: number): { readonly writes: number; readonly age: number } {
    this.catchUp(now);
    const { writes } = this;
    this.writes = 0;
    return { writes, age: now - this.backup };
  }

  private catchUp(now: number): void {
    if (now < this.backup + this.every) return;
    this.backup = this.every * Math.floor(now / this.every);
    this.writes = 0;
  }
}
