/** An estimate with the interval that covers the true value with probability `level`. */
export interface Interval {
  readonly estimate: number;
  /** -Infinity where nothing is known of the error (a single replication). */
  readonly low: number;
  readonly high: number;
  /** In (0, 1), 0.95 usually. */
  readonly level: number;
}

/** @throws RangeError unless the level is in (0, 1). */
export function requireLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new RangeError(`level must be in (0, 1), got ${level}`);
}
