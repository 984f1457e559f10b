/**
 * The bounded heap of one server: what stays in memory after requests have ended, and the garbage collection that takes the
 * processor as it fills. Its fill sets a factor on the server's speed.
 *
 * Left out: pauses (the collector's share is taken evenly), objects of requests in progress, a process that dies of it
 * (what finds no room is turned away and counted).
 */
import type { HeapDescription } from '../description.ts';

/** Filled at least so far counts as full. */
const FULL = 0.995;

export class Heap {
  /** Sessions held. */
  held = 0;
  /** Sessions that found no room. */
  turnedAway = 0;
  /** When it became full, seconds; NaN while it is not. */
  fullSince = NaN;
  /** Speed of the processor beside the collector, 0 < factor <= 1. */
  factor = 1;
  heldArea = 0;
  private since = 0;
  private readonly points: HeapDescription['gc'];

  /** @param changed told when the factor has changed. */
  constructor(
    readonly size: number,
    gc: HeapDescription['gc'],
    private readonly changed: (factor: number) => void,
  ) {
    this.points = [...gc].sort((a, b) => a.full - b.full);
  }

  get hasRoom(): boolean {
    return this.held < this.size;
  }

  /** One session comes (+1) or goes (-1). */
  change(by: number, now: number): void {
    this.account(now);
    this.held += by;
    const fill = this.held / this.size;
    if (fill < FULL) this.fullSince = NaN;
    else if (Number.isNaN(this.fullSince)) this.fullSince = now;
    const factor = this.factorAt(fill);
    if (factor === this.factor) return;
    this.factor = factor;
    this.changed(factor);
  }

  account(now: number): void {
    this.heldArea += this.held * (now - this.since);
    this.since = now;
  }

  /** Linear between the points, constant outside. */
  private factorAt(fill: number): number {
    const { points } = this;
    if (points.length === 0) return 1;
    let above = 0;
    while (above < points.length && points[above].full < fill) above++;
    if (above === 0) return points[0].speed;
    if (above === points.length) return points[above - 1].speed;
    const low = points[above - 1];
    const high = points[above];
    return low.speed + ((fill - low.full) / (high.full - low.full)) * (high.speed - low.speed);
  }
}
