/** When the number present first falls to a level from above, or first reaches one from below. */
import type { LevelProbe } from './level-probe.ts';

export class Passage implements LevelProbe {
  /** Seconds; NaN = not yet. */
  at = NaN;
  private level = 0;

  constructor(
    private readonly goal: number,
    private readonly falling: boolean,
  ) {}

  change(now: number, level: number): void {
    const passes = this.falling
      ? this.level > this.goal && level <= this.goal
      : this.level < this.goal && level >= this.goal;
    if (passes && Number.isNaN(this.at)) this.at = now;
    this.level = level;
  }
}
