/** Response times of the last slices of time, and their quantiles. */
import { Histogram } from '../../sim/stats/histogram.ts';

/** Bins an octave: quantiles to within 3 %. */
const BINS = 32;

export class RecentTimes {
  private readonly slices: Histogram[];
  private current = 0;

  /** @param slices that are kept, the present one included. */
  constructor(slices: number) {
    this.slices = Array.from({ length: slices }, () => new Histogram(BINS));
  }

  /** @param seconds >= 0. */
  record(seconds: number): void {
    this.slices[this.current].record(seconds);
  }

  /** A slice of time is over: the oldest is forgotten. */
  turn(): void {
    this.current = (this.current + 1) % this.slices.length;
    this.slices[this.current].clear();
  }

  /** NaN where nothing was recorded. @param level in (0, 1). */
  quantile(level: number): number {
    const all = new Histogram(BINS);
    for (const slice of this.slices) all.merge(slice);
    return all.quantile(level);
  }
}
