/**
 * Single flight: while one request loads an item, the others that miss it stand in a line; they go on when the load is
 * stored, and fail as it fails. All caches of a run share this table. Who waits keeps what it holds: where the load needs
 * just that (the last workers of the same service), both wait until a timeout ends it, as they would in truth.
 */
import { FLAGS, Flag, INTEGER_SHIFT, PC, REPLY, SLOT, STATE, State } from '../calls.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { OutcomeCode } from '../outcome.ts';
import { QueueLine } from '../services/line.ts';
import type { Cache } from './cache.ts';

interface Flight {
  readonly line: QueueLine;
  cache: Cache | null;
  item: number;
  leader: CallHandle;
  /** Flight + 1 that the same leader began before, inside whose load this one is. */
  outer: number;
}

export class Flights {
  private readonly flights: Flight[] = [];
  private readonly free: number[] = [];
  /** The innermost flight of each leader. */
  private readonly ofLeader = new Map<CallHandle, number>();

  /** @param goOn puts a call into the ready ring; @param fail has a call end when its turn in the ring comes, not now. */
  constructor(
    private readonly calls: Calls,
    private readonly goOn: (call: CallHandle) => void,
    private readonly fail: (call: CallHandle, outcome: OutcomeCode) => void,
  ) {}

  /** `leader` loads the item for all who come. */
  begin(leader: CallHandle, cache: Cache, item: number): void {
    const number = this.free.pop() ?? this.flights.push(this.made()) - 1;
    const flight = this.flights[number];
    flight.cache = cache;
    flight.item = item;
    flight.leader = leader;
    flight.outer = (this.ofLeader.get(leader) ?? -1) + 1;
    this.ofLeader.set(leader, number);
    cache.flights[item] = number + 1;
    this.calls.i[(leader << INTEGER_SHIFT) + FLAGS] |= Flag.leads;
  }

  /** Whether the load under way is itself waiting for `call`: to wait for it would be to wait for ever. */
  waitsFor(number: number, call: CallHandle): boolean {
    const { leader } = this.flights[number];
    for (let one = call; one > 0; one = this.calls.i[(one << INTEGER_SHIFT) + REPLY]) if (one === leader) return true;
    return false;
  }

  /** `call` waits for a load under way; it goes on at `place`. */
  join(call: CallHandle, number: number, place: number): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    i[o + PC] = place;
    i[o + SLOT] = number;
    i[o + STATE] = State.parked;
    this.flights[number].line.add(call);
  }

  /** A waiting call is taken away. */
  leave(call: CallHandle): void {
    this.flights[this.calls.i[(call << INTEGER_SHIFT) + SLOT]].line.remove(call);
  }

  /** The leader has stored what it loaded. */
  landed(leader: CallHandle): void {
    const { line } = this.end(leader);
    for (let call = line.take(); call !== 0; call = line.take()) this.goOn(call);
  }

  /** The leader has ended without storing: all its loads have failed. */
  lost(leader: CallHandle, outcome: OutcomeCode): void {
    while (this.ofLeader.has(leader)) {
      const { line } = this.end(leader);
      for (let call = line.take(); call !== 0; call = line.take()) this.fail(call, outcome);
    }
  }

  private end(leader: CallHandle): Flight {
    const number = this.ofLeader.get(leader)!;
    const flight = this.flights[number];
    flight.cache!.flights[flight.item] = 0;
    flight.cache = null;
    if (flight.outer > 0) {
      this.ofLeader.set(leader, flight.outer - 1);
    } else {
      this.ofLeader.delete(leader);
      this.calls.i[(leader << INTEGER_SHIFT) + FLAGS] &= ~Flag.leads;
    }
    this.free.push(number);
    return flight;
  }

  private made(): Flight {
    return { line: new QueueLine(this.calls, false), cache: null, item: 0, leader: 0, outer: 0 };
  }
}
