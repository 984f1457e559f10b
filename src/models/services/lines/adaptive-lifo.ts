/**
 * Adaptive LIFO: first come, first served while the one at the head has not waited longer than a threshold; beyond it the
 * last is served first, whose caller is still there. Those at the head are served when the line has gone, or leave.
 * Source: Maurer, "Fail at Scale", ACM Queue 13 (2015): the order turns when a line forms that does not go away. He gives no
 * rule for that; the wait of the one at the head is ours. O(1).
 */
import type { CallHandle, Calls } from '../../calls.ts';
import { DOUBLE_SHIFT, SINCE } from '../../calls.ts';
import { QueueLine } from '../line.ts';
import type { WaitingLine } from '../line.ts';

export class AdaptiveLifoLine implements WaitingLine {
  private readonly line: QueueLine;

  /** @param clock simulated time in seconds. @param threshold seconds, >= 0. */
  constructor(
    private readonly calls: Calls,
    private readonly clock: { readonly now: number },
    private readonly threshold: number,
  ) {
    this.line = new QueueLine(calls, false);
  }

  get length(): number {
    return this.line.length;
  }

  add(call: CallHandle): void {
    this.line.add(call);
  }

  take(): CallHandle {
    return this.turned ? this.line.takeLast() : this.line.take();
  }

  putBack(call: CallHandle): void {
    if (this.turned) this.line.add(call);
    else this.line.putBack(call);
  }

  remove(call: CallHandle): void {
    this.line.remove(call);
  }

  each(visit: (call: CallHandle) => void): void {
    this.line.each(visit);
  }

  /** Whether the last is served first now. */
  private get turned(): boolean {
    const { first } = this.line;
    return first !== 0 && this.clock.now - this.calls.d[(first << DOUBLE_SHIFT) + SINCE] > this.threshold;
  }
}
