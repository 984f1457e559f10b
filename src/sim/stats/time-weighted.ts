/**
 * The time average of a level that changes in steps: queue length, busy workers, replica lag.
 *
 * Keeps the integral only, so a change costs a few operations. Times must not fall.
 */
export class TimeWeighted {
  #level: number;
  #since: number;
  #start: number;
  #integral = 0;
  #maximum: number;

  /** @param now seconds, from when on the average counts. */
  constructor(now = 0, level = 0) {
    this.#level = level;
    this.#since = now;
    this.#start = now;
    this.#maximum = level;
  }

  get level(): number {
    return this.#level;
  }

  /** Highest level since the start or the last `rebase`. */
  get maximum(): number {
    return this.#maximum;
  }

  /** From now on the level is this one. */
  change(now: number, level: number): void {
    this.#integral += this.#level * (now - this.#since);
    this.#since = now;
    this.#level = level;
    if (level > this.#maximum) this.#maximum = level;
  }

  /** Level times seconds, from the start to now. */
  integral(now: number): number {
    return this.#integral + this.#level * (now - this.#since);
  }

  /** Time average from the start to now; the level itself when no time has passed. */
  mean(now: number): number {
    return now > this.#start ? this.integral(now) / (now - this.#start) : this.#level;
  }

  /** Forgets the past (end of warm-up, next batch) and keeps the level. */
  rebase(now: number): void {
    this.#integral = 0;
    this.#since = now;
    this.#start = now;
    this.#maximum = this.#level;
  }
}
