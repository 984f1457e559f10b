/**
 * Count, mean, variance and extremes of a stream of numbers, in one pass and without storing them.
 *
 * Welford's recurrence, stable where the spread is small against the mean; merged by the formula of Chan, Golub and
 * LeVeque (1979). Merging in another order moves the last digits, so merge in replication order.
 */

/** Plain data of a tally; `minimum` and `maximum` are null when nothing was recorded. */
export interface MomentsData {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

export class Moments {
  count = 0;
  /** NaN when nothing was recorded. */
  get mean(): number {
    return this.count > 0 ? this.#mean : NaN;
  }
  /** Smallest value; Infinity when nothing was recorded. */
  minimum = Infinity;
  /** Largest value; -Infinity when nothing was recorded. */
  maximum = -Infinity;
  #mean = 0;
  /** Sum of squared deviations from the mean. */
  #squares = 0;

  record(x: number): void {
    const count = this.count + 1;
    this.count = count;
    const deviation = x - this.#mean;
    this.#mean += deviation / count;
    this.#squares += deviation * (x - this.#mean);
    if (x < this.minimum) this.minimum = x;
    if (x > this.maximum) this.maximum = x;
  }

  /** Sample variance (divisor count - 1); NaN below two values. */
  get variance(): number {
    return this.count > 1 ? this.#squares / (this.count - 1) : NaN;
  }

  get standardDeviation(): number {
    return Math.sqrt(this.variance);
  }

  get sum(): number {
    return this.#mean * this.count;
  }

  /** Adds what another tally recorded. */
  merge(other: Moments): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const deviation = other.#mean - this.#mean;
    this.#squares += other.#squares + deviation * deviation * ((this.count / count) * other.count);
    this.#mean += deviation * (other.count / count);
    this.count = count;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
  }

  clear(): void {
    this.count = 0;
    this.minimum = Infinity;
    this.maximum = -Infinity;
    this.#mean = 0;
    this.#squares = 0;
  }

  toJSON(): MomentsData {
    const empty = this.count === 0;
    return {
      count: this.count,
      mean: this.#mean,
      squares: this.#squares,
      minimum: empty ? null : this.minimum,
      maximum: empty ? null : this.maximum,
    };
  }

  static fromJSON(data: MomentsData): Moments {
    const moments = new Moments();
    moments.count = data.count;
    moments.minimum = data.minimum ?? Infinity;
    moments.maximum = data.maximum ?? -Infinity;
    moments.#mean = data.mean;
    moments.#squares = data.squares;
    return moments;
  }
}
