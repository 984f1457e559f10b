/**
 * A gate: tokens and a waiting line. Workers, pooled connections, accept queues, FIFO cores and connection limits are
 * gates. It counts; it does not schedule: whoever is handed a token is told by the caller of `leave`.
 * Left out: patience (the execution sets the timer) and what the token stands for.
 */
import { InvariantBreach } from '../../sim/invariant.ts';
import type { Histogram } from '../../sim/stats/histogram.ts';
import type { LevelTimes } from '../../sim/stats/level-times.ts';
import type { CallHandle, Calls } from '../calls.ts';
import { DOUBLE_SHIFT, SINCE } from '../calls.ts';
import type { WaitingLine } from './line.ts';

/** What `enter` answers. */
export const Entry = { refused: -1, waits: 0, taken: 1 } as const;
export type Entry = (typeof Entry)[keyof typeof Entry];

/** Told of every move at a gate whose number of tokens depends on who is there: breakdowns, set-up. */
export interface Attendant {
  /** `call` took a token that was free. */
  taken(call: CallHandle): void;
  /** `from` is about to give its token back. */
  leaving?(from: CallHandle): void;
  /** `from` gave its token to `to`; 0 = nobody waited, or the token is no longer there. */
  passed(from: CallHandle, to: CallHandle): void;
  /** Somebody stands in line. */
  joined(): void;
}

export class Gate {
  busy = 0;
  /** Cumulative sums; a window is the difference of two readings. Token-seconds in use, and call-seconds in line. */
  busyArea = 0;
  lineArea = 0;
  /** Calls that came, that had to wait, that found no room, that left the line early; seconds waited by those who left it. */
  arrivals = 0;
  waits = 0;
  refusals = 0;
  withdrawals = 0;
  waited = 0;
  /** Tokens given back. */
  returns = 0;
  /** Probe: the wait of everyone who got a token, zeros included. */
  waitHistogram: Histogram | null = null;
  /** Probe: time by the number of tokens in use. */
  levels: LevelTimes | null = null;
  attendant: Attendant | null = null;
  private since = 0;

  /**
   * @param tokens of the gate; Infinity = never waits (but counts).
   * @param room calls that may stand in line.
   */
  constructor(
    private readonly calls: Calls,
    readonly name: string,
    public tokens: number,
    public room: number,
    readonly line: WaitingLine,
  ) {}

  /** A call wants a token: it has it, stands in line, or there was no room. O(1). */
  enter(call: CallHandle, now: number): Entry {
    this.arrivals++;
    if (this.busy < this.tokens) {
      this.account(now);
      this.busy++;
      this.levels?.change(now, this.busy);
      this.waitHistogram?.record(0);
      if (this.attendant !== null) this.attendant.taken(call);
      return Entry.taken;
    }
    if (this.line.length >= this.room) {
      this.refusals++;
      return Entry.refused;
    }
    this.account(now);
    this.waits++;
    this.calls.d[(call << DOUBLE_SHIFT) + SINCE] = now;
    this.line.add(call);
    if (this.attendant !== null) this.attendant.joined();
    return Entry.waits;
  }

  /** The token of `from` comes back. It goes to the next in line, who is returned (0: nobody waited). */
  leave(now: number, from: CallHandle = 0): CallHandle {
    this.account(now);
    this.returns++;
    if (this.attendant !== null) this.attendant.leaving?.(from);
    if (this.line.length === 0 || this.busy > this.tokens) {
      this.freed(now);
      if (this.attendant !== null) this.attendant.passed(from, 0);
      return 0;
    }
    const next = this.granted(now);
    if (this.attendant !== null) this.attendant.passed(from, next);
    return next;
  }

  /** The token of `call` is no longer there (its worker broke): it is the next to be taken, before all who wait. */
  putBack(call: CallHandle, now: number): void {
    this.account(now);
    this.returns++;
    this.freed(now);
    this.calls.d[(call << DOUBLE_SHIFT) + SINCE] = now;
    this.line.putBack(call);
  }

  /** After `tokens` was raised: the next in line who now gets one; 0 when there is none. */
  admit(now: number): CallHandle {
    if (this.line.length === 0 || this.busy >= this.tokens) return 0;
    this.account(now);
    this.busy++;
    this.levels?.change(now, this.busy);
    const next = this.granted(now);
    if (this.attendant !== null) this.attendant.taken(next);
    return next;
  }

  /** A call leaves the line before its turn (patience over, timed out, killed). */
  withdraw(call: CallHandle, now: number): void {
    this.account(now);
    this.line.remove(call);
    this.left(call, now);
  }

  /** A call that the line has just dropped, while it looked for the next. */
  left(call: CallHandle, now: number): void {
    this.withdrawals++;
    this.waited += now - this.calls.d[(call << DOUBLE_SHIFT) + SINCE];
  }

  /** Brings the sums up to `now`. */
  account(now: number): void {
    const elapsed = now - this.since;
    this.since = now;
    this.busyArea += this.busy * elapsed;
    this.lineArea += this.line.length * elapsed;
  }

  /** Seconds waited so far by those still in line. */
  waitingSince(now: number): number {
    let seconds = 0;
    this.line.each((call) => {
      seconds += now - this.calls.d[(call << DOUBLE_SHIFT) + SINCE];
    });
    return seconds;
  }

  private freed(now: number): void {
    this.busy--;
    this.levels?.change(now, this.busy);
    if (this.busy < 0) throw new InvariantBreach('tokens given back were taken', `gate ${this.name}`);
  }

  private granted(now: number): CallHandle {
    const next = this.line.take();
    const wait = now - this.calls.d[(next << DOUBLE_SHIFT) + SINCE];
    this.waited += wait;
    this.waitHistogram?.record(wait);
    return next;
  }
}
