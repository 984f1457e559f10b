/**
 * Controlled delay (CoDel) for requests: first come, first served, but where even the shortest wait of a whole interval is above the
 * target, the line is standing rather than a burst, and who is taken late is dropped instead of served. The last in line
 * is never dropped, so that a worker always gets somebody.
 *
 * `late` drops everybody who waited over twice the target while that lasts; `spaced` drops one at a time, at intervals that
 * shrink with the square root of the number dropped, as for packets of senders that slow down when one is lost.
 * Sources: Nichols, Jacobson, McGregor and Iyengar, RFC 8289 (2018), sections 3 and 5 (test, control law, target and interval);
 * folly, executors/Codel.h (twice the target); Maurer, "Fail at Scale", ACM Queue 13 (2015) (5 ms and 100 ms for requests).
 * O(1) but for the dropped, each of whom costs O(1).
 * Left out: bytes (a request counts as one packet, the last one as the MTU), lines per flow.
 */
import type { CallHandle, Calls } from '../../calls.ts';
import { DOUBLE_SHIFT, SINCE } from '../../calls.ts';
import type { OrderDescription } from '../../description.ts';
import { QueueLine } from '../line.ts';
import type { WaitingLine } from '../line.ts';

/** Of the target: who waited longer is late. */
const LATE = 2;
/** A drop so many intervals after the last one goes on with its pace (RFC 8289, 5.6). */
const MEMORY = 16;

export class ControlledDelayLine implements WaitingLine {
  /** Told whom it drops; he stands in line no more. Set by its gate. */
  dropped: (call: CallHandle) => void = () => undefined;
  private readonly line: QueueLine;
  private dropping = false;
  /** When the wait will have been above the target for an interval; 0 = it is not above. */
  private above = 0;
  private nextDrop = 0;
  /** Drops since dropping began, and when it began last. */
  private count = 0;
  private before = 0;

  /** @param clock simulated time in seconds. */
  constructor(
    private readonly calls: Calls,
    private readonly clock: { readonly now: number },
    private readonly law: Extract<OrderDescription, { kind: 'controlled-delay' }>,
  ) {
    this.line = new QueueLine(calls, false);
  }

  get length(): number {
    return this.line.length;
  }

  add(call: CallHandle): void {
    this.line.add(call);
  }

  putBack(call: CallHandle): void {
    this.line.putBack(call);
  }

  remove(call: CallHandle): void {
    this.line.remove(call);
  }

  each(visit: (call: CallHandle) => void): void {
    this.line.each(visit);
  }

  take(): CallHandle {
    const first = this.line.take();
    if (first === 0) return 0;
    const standing = this.stands(first);
    return this.law.drop === 'late' ? this.inTime(first, standing) : this.spaced(first, standing);
  }

  private inTime(first: CallHandle, firstStands: boolean): CallHandle {
    let call = first;
    let standing = firstStands;
    while (standing && this.waitOf(call) > LATE * this.law.target) {
      call = this.dropFor(call);
      standing = this.stands(call);
    }
    return call;
  }

  /** RFC 8289, 5.5 and 5.6. */
  private spaced(first: CallHandle, firstStands: boolean): CallHandle {
    const { now } = this.clock;
    const { interval } = this.law;
    let call = first;
    let standing = firstStands;
    if (this.dropping) {
      if (!standing) this.dropping = false;
      while (this.dropping && now >= this.nextDrop) {
        call = this.dropFor(call);
        this.count++;
        standing = this.stands(call);
        if (!standing) this.dropping = false;
        else this.nextDrop += interval / Math.sqrt(this.count);
      }
    } else if (standing) {
      call = this.dropFor(call);
      this.stands(call);
      this.dropping = true;
      const since = this.count - this.before;
      this.count = since > 1 && now - this.nextDrop < MEMORY * interval ? since : 1;
      this.nextDrop = now + interval / Math.sqrt(this.count);
      this.before = this.count;
    }
    return call;
  }

  /** Drops one of several. @returns the next. */
  private dropFor(call: CallHandle): CallHandle {
    const next = this.line.take();
    this.dropped(call);
    return next;
  }

  /** Whether waits have been above the target for an interval, that of `call`, who is taken, included. */
  private stands(call: CallHandle): boolean {
    const { now } = this.clock;
    if (this.waitOf(call) < this.law.target || this.line.length === 0) {
      this.above = 0;
      return false;
    }
    if (this.above === 0) {
      this.above = now + this.law.interval;
      return false;
    }
    return now >= this.above;
  }

  private waitOf(call: CallHandle): number {
    return this.clock.now - this.calls.d[(call << DOUBLE_SHIFT) + SINCE];
  }
}
