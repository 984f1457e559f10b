/**
 * The store of calls. A call is one visit to one server (or the client's own steps): a record in typed arrays, taken
 * from a free list, so that nothing is allocated per request and memory follows what is in flight.
 *
 * A call is found by its handle (a record number, 0 = none). Calls form a tree through REPLY and CHILD; there is no
 * other call stack. GENERATION is raised when a record is closed: whatever may outlive a call without being told (the
 * ready ring) keeps it beside the handle.
 */
import { Budget } from '../sim/budget.ts';
import { InvariantBreach } from '../sim/invariant.ts';

/** A record of the store; 0 = none. */
export type CallHandle = number;

/** Integers of a record: `calls.i[(call << INTEGER_SHIFT) + field]`. */
export const GENERATION = 0;
/** Index of the server it visits; -1 before it has one. */
export const SERVER = 1;
/** Director that placed it (-1 none) and the member it was placed on. */
export const DIRECTOR = 2;
export const MEMBER = 3;
/** The call site it was made at. */
export const SITE = 4;
/** Who gets the answer: > 0 a call, < 0 `~index` of a client, 0 nobody. */
export const REPLY = 5;
/** The client's own number for the request (user or slot), handed back with the answer. */
export const ORIGIN = 6;
export const CLASS = 7;
export const PC = 8;
/** Bit k: it has a token of, or stands in line at, gate k of its server. */
export const HELD = 9;
/** Gate it stands in line at, plus 1; 0 = none. */
export const WAITING = 10;
/** Links of the line it stands in. */
export const NEXT = 11;
export const PREVIOUS = 12;
/** Its pending event in the list (delay over, backoff over, next SYN, transit). */
export const EVENT = 13;
/** Patience while in line. */
export const TIMER = 14;
/** Timeout of this attempt, as set by its caller. */
export const ALARM = 15;
/** The call it waits for, or the first of its branches. */
export const CHILD = 16;
/** 0 for the first attempt. */
export const ATTEMPT = 17;
export const STATE = 18;
/** Place in its processor. */
export const SLOT = 19;
/** Counters of loops, by nesting depth. */
export const LOOP = 20;
export const LOOP_DEPTH = 3;
/** Branches that must still end. */
export const NEED = 23;
/** Next branch of the same fork. */
export const SIBLING = 24;
/** What it asks for: the item, where its client's requests carry keys; else the number of the request at its client. */
export const REQUEST = 25;
/** What hash rules and persistence know it by: the source address. */
export const KEY = 26;
/** Servers a retry must avoid: slot in the directors' lists, 0 = none. */
export const TRIED = 27;
export const PRIORITY = 28;
export const FLAGS = 29;
/** Network hops still to go. */
export const HOP = 30;
/** Outcome that a reply in transit carries. */
export const CARRIED = 31;
export const INTEGERS = 32;
export const INTEGER_SHIFT = 5;

/** Doubles of a record: `calls.d[(call << DOUBLE_SHIFT) + field]`; times in seconds. */
/** When the request was due at its client. */
export const DUE = 0;
/** When its first attempt was sent. */
export const SENT = 1;
/** When this attempt was made. */
export const ENTERED = 2;
/** When it began to stand in line. */
export const SINCE = 3;
/** When it came to its server. */
export const STARTED = 4;
/** Demand that the request carries (trace replay). */
export const DEMAND = 5;
/** Work left while stopped; delay left. */
export const LEFT = 6;
/** When the last byte of what is in transit has passed the hops so far. */
export const PASSED = 7;
export const DOUBLES = 8;
export const DOUBLE_SHIFT = 3;

/** What a call is doing: exactly one of these. */
export const State = {
  free: 0,
  running: 1,
  ready: 2,
  /** A delay is running: wait, or compute on a core of its own. */
  delay: 3,
  /** In the line of a gate. */
  line: 4,
  processor: 5,
  /** Waits for its child. */
  calling: 6,
  /** Waits for its branches. */
  branches: 7,
  backoff: 8,
  /** Its SYNs are being dropped. */
  connecting: 9,
  /** Request or reply on a link. */
  transit: 10,
  /** Stopped with its server (hang). */
  stopped: 11,
  /** Waits for another's load into a cache; its flight is in SLOT. */
  parked: 14,
} as const;

/** Bits of FLAGS. */
export const Flag = {
  branch: 1,
  /** Its caller has gone: what it does from here on is wasted. */
  orphan: 2,
  /** Counted at its server (`present`). */
  arrived: 4,
  /** Counts as one of its director's `active`. */
  placed: 8,
  /** Holds entries in the tables of its connection. */
  entries: 16,
  /** Its delay is a compute: a hang or slowdown of the server acts on it. */
  computing: 32,
  /** What is in transit is the reply. */
  returning: 64,
  /** It travels on a connection that its user keeps (`connections/kept.ts`). */
  kept: 1 << 16,
  /** That connection ends at the call's server. */
  pinned: 1 << 17,
  /** It is the first on that connection. */
  opening: 1 << 18,
  /** The connection does not outlive it: its user gave up on it, or it was cut. */
  broken: 1 << 19,
  /** It has left the generator that makes it (`clients/departure.ts`). */
  departed: 1 << 24,
  /** Others wait for what it loads into a cache. */
  leads: 1024,
  /** A breaker let it through in the epoch that stands from `EPOCH_SHIFT` on, and has not been told of its end. */
  guarded: 1 << 11,
  /** A breaker refused it. */
  shorted: 1 << 12,
  /** Its worker broke; it goes on where it was when it has another. LEFT is what is left of a compute, or of a wait. */
  interrupted: 1 << 13,
  midCompute: 1 << 14,
  midWait: 1 << 15,
} as const;

/** Where FLAGS hold the epoch of the breaker: 8 bits. */
export const EPOCH_SHIFT = 21;

export class Calls {
  i: Int32Array;
  d: Float64Array;
  /** Calls open now. */
  live = 0;
  /** Records ever used; scans go from 1 to `top`. */
  top = 0;
  private free: CallHandle = 0;
  private capacity: number;

  /** @param budget told what the store holds, so that a run that grows without end stops cleanly. */
  constructor(
    private readonly budget: Budget = new Budget(),
    capacity = 256,
  ) {
    this.capacity = capacity;
    this.i = new Int32Array(capacity << INTEGER_SHIFT);
    this.d = new Float64Array(capacity << DOUBLE_SHIFT);
  }

  /**
   * Takes a record. What a closed call has let go of is 0, and so are ATTEMPT, TRIED, FLAGS, LOOP and SIBLING; who opens it
   * sets the rest before it is read.
   */
  open(): CallHandle {
    let call = this.free;
    if (call !== 0) {
      this.free = this.i[(call << INTEGER_SHIFT) + NEXT];
    } else {
      call = ++this.top;
      if (call >= this.capacity) this.grow();
    }
    this.live++;
    const i = this.i;
    const o = call << INTEGER_SHIFT;
    i[o + ATTEMPT] = 0;
    i[o + TRIED] = 0;
    i[o + FLAGS] = 0;
    i[o + LOOP] = 0;
    i[o + SIBLING] = 0;
    return call;
  }

  /**
   * Takes a record for more of the same request: an attempt, a nested call, a branch. It has what `from` knows of the
   * request, no server and no director yet.
   */
  inherit(from: CallHandle): CallHandle {
    const call = this.open();
    const { i, d } = this;
    const o = call << INTEGER_SHIFT;
    const p = from << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    const y = from << DOUBLE_SHIFT;
    i[o + SERVER] = -1;
    i[o + DIRECTOR] = -1;
    i[o + SITE] = i[p + SITE];
    i[o + ORIGIN] = i[p + ORIGIN];
    i[o + CLASS] = i[p + CLASS];
    i[o + PRIORITY] = i[p + PRIORITY];
    i[o + KEY] = i[p + KEY];
    i[o + REQUEST] = i[p + REQUEST];
    d[x + DUE] = d[y + DUE];
    d[x + SENT] = d[y + SENT];
    d[x + DEMAND] = d[y + DEMAND];
    return call;
  }

  /** Gives a record back. It must stand in no line, own no event and have no child. */
  close(call: CallHandle): void {
    const i = this.i;
    const o = call << INTEGER_SHIFT;
    const held = i[o + WAITING] | i[o + EVENT] | i[o + TIMER] | i[o + ALARM] | i[o + CHILD] | i[o + HELD];
    if (held !== 0 || i[o + STATE] === State.free) this.refuseToClose(call);
    i[o + GENERATION] = (i[o + GENERATION] + 1) | 0;
    i[o + STATE] = State.free;
    i[o + NEXT] = this.free;
    this.free = call;
    this.live--;
  }

  private refuseToClose(call: CallHandle): never {
    const o = call << INTEGER_SHIFT;
    const fields = Array.from(this.i.subarray(o, o + INTEGERS)).join(' ');
    throw new InvariantBreach('a closed call has let go of everything', `call ${call}: ${fields}`);
  }

  private grow(): void {
    this.capacity *= 2;
    this.budget.claim(
      (this.capacity * (INTEGERS * Int32Array.BYTES_PER_ELEMENT + DOUBLES * Float64Array.BYTES_PER_ELEMENT)) / 2,
    );
    const i = new Int32Array(this.capacity << INTEGER_SHIFT);
    i.set(this.i);
    this.i = i;
    const d = new Float64Array(this.capacity << DOUBLE_SHIFT);
    d.set(this.d);
    this.d = d;
  }
}
