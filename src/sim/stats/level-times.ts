/**
 * How long a whole level (number present, busy workers) had each value: its time-weighted distribution.
 *
 * Memory grows with the highest level seen, 8 bytes each.
 */
export class LevelTimes {
  #level: number;
  #since: number;
  #seconds = new Float64Array(16);
  #highest: number;

  /** @param level whole, >= 0. */
  constructor(now = 0, level = 0) {
    this.#level = level;
    this.#since = now;
    this.#highest = level;
    this.#reserve(level);
  }

  /** From now on the level is this one; whole, >= 0. */
  change(now: number, level: number): void {
    this.#seconds[this.#level] += now - this.#since;
    this.#since = now;
    this.#level = level;
    if (level > this.#highest) {
      this.#highest = level;
      this.#reserve(level);
    }
  }

  /** Seconds at each level 0 .. highest seen, up to now. */
  seconds(now: number): Float64Array {
    const seconds = this.#seconds.slice(0, this.#highest + 1);
    seconds[this.#level] += now - this.#since;
    return seconds;
  }

  /** Share of the time at each level 0 .. highest seen, up to now; they add up to 1. NaN when no time has passed. */
  shares(now: number): Float64Array {
    const seconds = this.seconds(now);
    const total = seconds.reduce((sum, value) => sum + value, 0);
    return seconds.map((value) => value / total);
  }

  /** Forgets the past and keeps the level. */
  rebase(now: number): void {
    this.#seconds.fill(0);
    this.#since = now;
    this.#highest = this.#level;
  }

  #reserve(level: number): void {
    if (level < this.#seconds.length) return;
    const grown = new Float64Array(2 * level + 1);
    grown.set(this.#seconds);
    this.#seconds = grown;
  }
}
