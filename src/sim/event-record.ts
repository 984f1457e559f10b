/**
 * Where scheduled events live: records of 32 bytes in one buffer, seen as doubles and as 32-bit integers. Event list
 * and lanes share them, so an event costs no object, and memory follows what is pending, not what has passed.
 *
 *     doubles   h         time, seconds
 *               h + 1     order among equal times (rank.ts)
 *     integers  2h + 4    address of the component, plus the kind
 *               2h + 5    argument
 *               2h + 6    next record of its bucket, lane or the free list
 *               2h + 7    state: one of the constants below, or in a lane the record before it
 */
import type { Budget } from './budget.ts';

/** An event that is scheduled: the offset of its record among the doubles, a multiple of 4; 0 = none. */
export type Handle = number;

/** States of a record outside the lanes; in a lane the field holds a handle, which is > 0. */
export const State = { listed: 0, cancelled: -1, free: -2 } as const;

const RECORD_DOUBLES = 4;
const RECORD_BYTES = 32;
// A handle is a multiple of 4, so `|` adds these places, and needs no check for overflow as `+` does. Constant enums,
// since bundlers turn constants into variables, which are then read and checked at each event.
const enum Place {
  order = 1,
  address = 4,
  argument = 5,
  next = 6,
  state = 7,
}

/** The store of event records. It doubles when full. */
export class EventRecords {
  private doubles: Float64Array;
  private integers: Int32Array;
  /** Events that are cancelled and not yet out of the list. */
  cancelled = 0;
  private free: Handle = 0;
  private readonly budget: Budget;

  /** @param capacity records to begin with, an integer >= 2. */
  constructor(capacity: number, budget: Budget) {
    const buffer = new ArrayBuffer(capacity * RECORD_BYTES);
    this.doubles = new Float64Array(buffer);
    this.integers = new Int32Array(buffer);
    this.budget = budget;
    budget.claim(buffer.byteLength);
    this.chain(RECORD_DOUBLES); // record 0 stays unused: its handle means none
  }

  /**
   * A record for an event; its time and order are to be set, its next is undefined. (Here and below, no double crosses
   * a call that the engine may not inline: that would cost an allocation.)
   */
  take(address: number, argument: number): Handle {
    if (this.free === 0) this.grow();
    const handle = this.free;
    const { integers } = this;
    this.free = integers[(handle << 1) | Place.next];
    integers[(handle << 1) | Place.address] = address;
    integers[(handle << 1) | Place.argument] = argument;
    integers[(handle << 1) | Place.state] = State.listed;
    return handle;
  }

  /** Gives a record back. */
  give(handle: Handle): void {
    this.setNext(handle, this.free);
    this.setState(handle, State.free);
    this.free = handle;
  }

  /** Marks an event of the list, which will leave it some time later. */
  cancel(handle: Handle): void {
    this.setState(handle, State.cancelled);
    this.cancelled++;
  }

  /** Gives the record of a cancelled event back. */
  discard(handle: Handle): void {
    this.give(handle);
    this.cancelled--;
  }

  time(handle: Handle): number {
    return this.doubles[handle];
  }

  setTime(handle: Handle, time: number): void {
    this.doubles[handle] = time;
  }

  order(handle: Handle): number {
    return this.doubles[handle | Place.order];
  }

  setOrder(handle: Handle, order: number): void {
    this.doubles[handle | Place.order] = order;
  }

  address(handle: Handle): number {
    return this.integers[(handle << 1) | Place.address];
  }

  argument(handle: Handle): number {
    return this.integers[(handle << 1) | Place.argument];
  }

  next(handle: Handle): Handle {
    return this.integers[(handle << 1) | Place.next];
  }

  setNext(handle: Handle, next: Handle): void {
    this.integers[(handle << 1) | Place.next] = next;
  }

  state(handle: Handle): number {
    return this.integers[(handle << 1) | Place.state];
  }

  setState(handle: Handle, state: number): void {
    this.integers[(handle << 1) | Place.state] = state;
  }

  isCancelled(handle: Handle): boolean {
    return this.integers[(handle << 1) | Place.state] === State.cancelled;
  }

  /** Whether event `a` comes before event `b`. */
  before(a: Handle, b: Handle): boolean {
    const { doubles } = this;
    const timeA = doubles[a];
    const timeB = doubles[b];
    return timeA < timeB || (timeA === timeB && doubles[a | Place.order] < doubles[b | Place.order]);
  }

  private grow(): void {
    const old = this.doubles;
    const buffer = new ArrayBuffer(old.byteLength * 2);
    this.doubles = new Float64Array(buffer);
    this.integers = new Int32Array(buffer);
    this.doubles.set(old);
    this.budget.claim(old.byteLength);
    this.chain(old.length);
  }

  /** Puts the records from `first` to the end on the free list, lowest first. */
  private chain(first: Handle): void {
    for (let handle = this.doubles.length - RECORD_DOUBLES; handle >= first; handle -= RECORD_DOUBLES) {
      this.give(handle);
    }
  }
}
