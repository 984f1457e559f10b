/**
 * Where requests wait while servers are full: one line of the backend, and a line of each server for those who are tied
 * to it (a hash rule, queueing at the server). Whichever server has room takes the oldest of its own line and the
 * common one. First come, first served within both; O(1) an operation.
 *
 * Source: HAProxy 2.6 manual, `maxconn`, `maxqueue`, `timeout queue`; src/queue.c, checked against recordings of it.
 * Left out: priorities of waiting requests.
 */
import type { CallHandle, Calls } from '../calls.ts';
import { DOUBLE_SHIFT, INTEGER_SHIFT, SINCE, WAITING } from '../calls.ts';
import { QueueLine } from '../services/line.ts';

/** WAITING of a call in the common line; that of server k is `OWN - k`. */
const COMMON = -1;
const OWN = -2;

export class ServerQueues {
  /** Requests that wait, in any line. */
  length = 0;
  private readonly common: QueueLine;
  private readonly own: (QueueLine | undefined)[];
  private arrivals = 0;

  constructor(
    private readonly calls: Calls,
    servers: number,
  ) {
    this.common = new QueueLine(calls, false);
    this.own = new Array<QueueLine | undefined>(servers).fill(undefined);
  }

  /** How many wait in the common line. */
  get inCommon(): number {
    return this.common.length;
  }

  /** How many wait for this server alone. */
  inOwn(server: number): number {
    return this.own[server]?.length ?? 0;
  }

  join(call: CallHandle): void {
    this.enter(call, this.common, COMMON);
  }

  joinOwn(call: CallHandle, server: number): void {
    const line = (this.own[server] ??= new QueueLine(this.calls, false));
    this.enter(call, line, OWN - server);
  }

  /** Takes the call that `server`, which has room, serves next; 0 when nobody waits for it. */
  next(server: number): CallHandle {
    const own = this.own[server];
    const tied = own === undefined ? 0 : own.first;
    const other = this.common.first;
    const call = tied === 0 || (other !== 0 && this.arrival(other) < this.arrival(tied)) ? other : tied;
    if (call !== 0) this.leave(call);
    return call;
  }

  /** Takes the call at the head of the line of `server` alone; 0 when there is none. */
  nextOwn(server: number): CallHandle {
    const call = this.own[server]?.first ?? 0;
    if (call !== 0) this.leave(call);
    return call;
  }

  /** The call gives up, or is taken out of whichever line it stands in. */
  leave(call: CallHandle): void {
    const { i } = this.calls;
    const waiting = i[(call << INTEGER_SHIFT) + WAITING];
    (waiting === COMMON ? this.common : this.own[OWN - waiting]!).remove(call);
    i[(call << INTEGER_SHIFT) + WAITING] = 0;
    this.length--;
  }

  private enter(call: CallHandle, line: QueueLine, waiting: number): void {
    line.add(call);
    this.calls.i[(call << INTEGER_SHIFT) + WAITING] = waiting;
    this.calls.d[(call << DOUBLE_SHIFT) + SINCE] = this.arrivals++;
    this.length++;
  }

  private arrival(call: CallHandle): number {
    return this.calls.d[(call << DOUBLE_SHIFT) + SINCE];
  }
}
