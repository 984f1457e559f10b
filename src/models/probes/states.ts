/** The number present at given times, after all that happens at those times. No events: the times are passed, not waited for. */
import type { LevelProbe } from './level-probe.ts';

export class States implements LevelProbe {
  private readonly seen: number[] = [];
  private level = 0;

  /** @param at seconds, rising. */
  constructor(readonly at: readonly number[]) {}

  change(now: number, level: number): void {
    this.pass(now);
    this.level = level;
  }

  /** The numbers at the times up to now, in their order. */
  present(now: number): number[] {
    this.pass(now);
    const due = this.at.length > this.seen.length && this.at[this.seen.length] <= now ? [this.level] : [];
    return [...this.seen, ...due];
  }

  private pass(now: number): void {
    while (this.seen.length < this.at.length && this.at[this.seen.length] < now) this.seen.push(this.level);
  }
}
