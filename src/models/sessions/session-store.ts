/**
 * Sessions of users as servers hold them: each lives for its lifetime after its last use, and takes its place in the heap
 * of every server that holds it (one, or all of a service where sessions are replicated all-to-all).
 *
 * One timer a session, in the lane of the lifetime: O(1), or one event in the list where it has been used meanwhile.
 * Left out: what a session holds, sessions that are ended by the application, the time until a copy has arrived.
 */
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Heap } from './heap.ts';

/** Bytes that a session costs the simulator: a timer, and a place in the arrays. */
const BYTES = 48;
/** In the place of a user whose session was lost. */
const NOBODY = -1;

export class SessionStore {
  /** Sessions alive. */
  held = 0;
  created = 0;
  expired = 0;
  /** Sessions that found no room in a heap. */
  turnedAway = 0;
  /** Sessions that died with those who held them. */
  lost = 0;
  private readonly address: number;
  private readonly lane: number;
  /** By user: the place of its session. Only where a session is a user's. */
  private readonly placeOf: Map<number, number> | null;
  private users = new Int32Array(64);
  private used = new Float64Array(64);
  private readonly free: number[] = [];
  private top = 0;
  /** Raised when sessions are lost: timers of an older one mean nothing. */
  private epoch = 0;

  /**
   * @param lifetime seconds after the last use.
   * @param perUser one session a user (source address); else every request makes a new one.
   * @param heaps of those who hold it; none = unbounded.
   */
  constructor(
    private readonly simulation: Simulation,
    private readonly lifetime: number,
    perUser: boolean,
    private readonly heaps: readonly Heap[],
  ) {
    this.address = simulation.register(this);
    this.lane = simulation.lane(lifetime, Rank.control);
    this.placeOf = perUser ? new Map() : null;
  }

  /** A request uses its session. @returns whether it had to be made. */
  use(user: number): boolean {
    const known = this.placeOf?.get(user);
    if (known !== undefined) {
      this.used[known] = this.simulation.now;
      return false;
    }
    this.created++;
    if (!this.heaps.every(({ hasRoom }) => hasRoom)) {
      this.turnedAway++;
      for (const heap of this.heaps) if (!heap.hasRoom) heap.turnedAway++;
      return true;
    }
    this.held++;
    const place = this.placeOf === null ? this.epoch : this.keep(user);
    for (const heap of this.heaps) heap.change(1, this.simulation.now);
    this.simulation.after(this.lane, this.address, place);
    return true;
  }

  /** A lifetime has passed since a session was made, or since its last use. */
  on(_kind: number, place: number): void {
    const { simulation, placeOf } = this;
    if (placeOf === null) {
      if (place !== this.epoch) return;
    } else if (this.users[place] === NOBODY) {
      this.free.push(place);
      return;
    } else {
      const end = this.used[place] + this.lifetime;
      if (end > simulation.now) {
        simulation.at(end, this.address, place, Rank.control);
        return;
      }
      placeOf.delete(this.users[place]);
      this.free.push(place);
    }
    this.held--;
    this.expired++;
    for (const heap of this.heaps) heap.change(-1, simulation.now);
  }

  /** Everyone who held them has died. */
  clear(): void {
    const { now } = this.simulation;
    for (const place of this.placeOf?.values() ?? []) this.users[place] = NOBODY;
    this.placeOf?.clear();
    this.epoch++;
    for (const heap of this.heaps) heap.change(-this.held, now);
    this.lost += this.held;
    this.held = 0;
  }

  private keep(user: number): number {
    const place = this.free.pop() ?? this.top++;
    if (place >= this.users.length) this.grow();
    this.placeOf!.set(user, place);
    this.users[place] = user;
    this.used[place] = this.simulation.now;
    return place;
  }

  private grow(): void {
    const size = 2 * this.users.length;
    this.simulation.budget.claim(BYTES * this.users.length);
    const users = new Int32Array(size);
    users.set(this.users);
    this.users = users;
    const used = new Float64Array(size);
    used.set(this.used);
    this.used = used;
  }
}
