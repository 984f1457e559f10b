/**
 * When connections were opened in place of lost ones: the most in any one second since a fault. Remembers the times of the
 * last second only. O(1) a connection, spread over many.
 */
import type { Simulation } from '../../sim/simulation.ts';

/** Seconds over which they are counted. */
const WINDOW = 1;

export class OpenedAnew {
  /** A ring of times, oldest at `first`. */
  private times = new Float64Array(64);
  private first = 0;
  private length = 0;
  /** Of the seconds that ended before the last connection. */
  private most = 0;

  constructor(private readonly simulation: Pick<Simulation, 'now'>) {}

  /** A fault begins: what was opened before is not its doing. */
  begin(): void {
    this.length = 0;
    this.most = 0;
  }

  /** One is opened. */
  note(): void {
    const { now } = this.simulation;
    this.most = this.peak;
    while (this.length > 0 && this.times[this.first] <= now - WINDOW) {
      this.first = (this.first + 1) % this.times.length;
      this.length--;
    }
    if (this.length === this.times.length) this.grow();
    this.times[(this.first + this.length) % this.times.length] = now;
    this.length++;
  }

  /** The last one was not opened after all. */
  undo(): void {
    if (this.length > 0) this.length--;
  }

  /** The most that were opened within one second. */
  get peak(): number {
    return Math.max(this.most, this.length);
  }

  private grow(): void {
    const { times, first } = this;
    const larger = new Float64Array(2 * times.length);
    larger.set(times.subarray(first));
    larger.set(times.subarray(0, first), times.length - first);
    this.times = larger;
    this.first = 0;
  }
}
