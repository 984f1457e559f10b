/**
 * A pool that keeps fewer connections open than it may have: `tokens` of its gate are those that are open. Whoever finds none idle stands
 * in line while one is opened, one after the other; who gives one back meanwhile may serve him first. House-keeping closes
 * connections that have been idle for too long, down to the least number of idle ones, and opens what that number lacks.
 * The connections that are used least are idle longest (the pool takes the first idle one of its list).
 *
 * Connections are lost with what they lead to (`pool.ts`): idle ones at once, those in use when they are given back. Up to the
 * least number is then opened anew, one after the other, and more at demand; while nobody accepts one, the pool tries again
 * after 10 ms, and each time twice that, up to 5 s. A server that comes back itself fills its pool in the same way.
 * Left out: the life time of a connection (maxLifetime), what opening one takes from the server it leads to, a try that a
 * stopped server never answers (it counts as refused when `connect` is over), the 30 ms that newer versions pause between two.
 * Source: HikariCP 5 README (minimumIdle, idleTimeout 10 min) and HikariPool (house-keeping every 30 s, one thread that adds, its
 * pauses). Cost: O(1) a use.
 */
import { Rank } from '../../sim/rank.ts';
import type { Component, Handle, Simulation } from '../../sim/simulation.ts';
import type { CallHandle } from '../calls.ts';
import type { Draw } from '../draw.ts';
import type { WorkerKeeper } from '../services/breakdown.ts';
import type { Attendant, Gate } from '../services/gate.ts';
import type { Server } from '../services/server.ts';
import type { OpenedAnew } from './opened-anew.ts';
import { Holders } from './pool.ts';
import type { Pool, PoolEnd } from './pool.ts';

const HOUSE_KEEPING = 30;
/** Seconds after which a failed try is repeated: first, at most. */
const FIRST_PAUSE = 0.01;
const LONGEST_PAUSE = 5;

/** Kinds of events. */
const OPENED = 0;
const KEEP_HOUSE = 1;
const TRY_AGAIN = 2;

export class GrowingPool implements Component, Attendant, Pool {
  reopened = 0;
  anew: OpenedAnew | null = null;
  private readonly address: number;
  private readonly gate: Gate;
  private readonly most: number;
  /** Connections that are to be opened, the one being opened included. */
  private wanted = 0;
  private housekeeping = false;
  /** When so many were in use last, by number. */
  private readonly usedAt: Float64Array;
  private readonly holders = new Holders();
  /** Of the gate's tokens: connections in use that are closed at the other end. */
  private broken = 0;
  /** Lost, and not opened again. */
  private missing = 0;
  /** The end of the try to open one, or the next try. */
  private event: Handle = 0;
  private trying = false;
  private pause = FIRST_PAUSE;

  /**
   * @param place number of the pool's gate, which has as many tokens as there may be connections.
   * @param least idle connections that it keeps. @param idleTimeout seconds; Infinity = none is closed.
   */
  constructor(
    private readonly simulation: Simulation,
    private readonly keeper: WorkerKeeper,
    readonly server: Server,
    readonly end: PoolEnd,
    private readonly place: number,
    private readonly least: number,
    private readonly idleTimeout: number,
    private readonly connect: Draw,
  ) {
    this.address = simulation.register(this);
    this.gate = server.gates[place];
    this.most = this.gate.tokens;
    this.usedAt = new Float64Array(this.most + 1);
    this.gate.tokens = Math.min(least, this.most);
  }

  taken(call: CallHandle): void {
    this.holders.took(call, true);
    this.lookAfter();
  }

  leaving(from: CallHandle): void {
    if (this.broken === 0 || this.holders.good(from)) return;
    this.broken--;
    this.gate.tokens--;
  }

  passed(_from: CallHandle, to: CallHandle): void {
    if (to !== 0) {
      this.holders.took(to, true);
      return;
    }
    this.usedAt[this.gate.busy + 1] = this.simulation.now;
    if (this.gate.line.length > 0) this.fill(); // it was broken, and there was no room for more
    this.lookAfter();
  }

  joined(): void {
    if (this.wanted < this.gate.line.length) this.want();
  }

  lose(): void {
    const { gate, simulation } = this;
    gate.account(simulation.now);
    this.missing += gate.tokens - this.broken;
    this.broken = gate.busy;
    gate.tokens = gate.busy;
    this.holders.lose();
    if (!this.server.up) {
      if (this.event !== 0) simulation.cancel(this.event);
      this.event = 0;
      this.trying = false;
      this.wanted = 0;
      return;
    }
    if (this.trying) {
      simulation.cancel(this.event);
      this.failed();
    }
    this.fill();
  }

  restored(): void {
    this.pause = FIRST_PAUSE;
    this.fill();
  }

  on(kind: number): void {
    if (kind === KEEP_HOUSE) {
      this.keepHouse();
      return;
    }
    this.event = 0;
    if (kind === TRY_AGAIN) {
      this.wanted = Math.min(this.wanted, this.needed);
      if (this.wanted > 0) this.open();
      else this.lookAfter();
      return;
    }
    this.trying = false;
    if (!this.end.reachable) {
      this.failed();
      return;
    }
    this.pause = FIRST_PAUSE;
    this.wanted--;
    if (this.wanted > 0) this.open();
    const { gate, simulation } = this;
    gate.account(simulation.now);
    gate.tokens++;
    this.usedAt[gate.tokens] = simulation.now;
    if (this.missing > 0) {
      this.missing--;
      this.reopened++;
      this.anew?.note();
    }
    this.keeper.readmit(this.server, this.place);
    this.lookAfter();
  }

  private get idle(): number {
    return this.gate.tokens - this.gate.busy;
  }

  /** Connections that would be of use now, and may be opened. */
  private get needed(): number {
    const { gate, least, most, idle } = this;
    return Math.min(most - gate.tokens, Math.max(gate.line.length, least - idle));
  }

  private fill(): void {
    const { needed } = this;
    while (this.wanted < needed) this.want();
  }

  private want(): void {
    if (this.gate.tokens + this.wanted >= this.most) return;
    this.wanted++;
    if (this.wanted === 1) this.open();
  }

  private open(): void {
    const { simulation, connect } = this;
    if (!this.end.reachable) {
      this.failed();
      return;
    }
    this.trying = true;
    this.event = simulation.at(simulation.now + connect.sample(0), this.address + OPENED, 0, Rank.control);
  }

  private failed(): void {
    const { simulation, pause } = this;
    this.trying = false;
    this.pause = Math.min(LONGEST_PAUSE, 2 * pause);
    this.event = simulation.at(simulation.now + pause, this.address + TRY_AGAIN, 0, Rank.control);
  }

  /** House-keeping comes at whole multiples of its interval; it is only made where it may find something to do. */
  private lookAfter(): void {
    if (this.housekeeping || this.idle === this.least) return;
    const tooFew = this.idle < this.least;
    if (tooFew ? this.gate.tokens + this.wanted >= this.most : this.idleTimeout === Infinity) return;
    this.housekeeping = true;
    const next = HOUSE_KEEPING * (Math.floor(this.simulation.now / HOUSE_KEEPING) + 1);
    this.simulation.at(next, this.address + KEEP_HOUSE, 0, Rank.control);
  }

  private keepHouse(): void {
    const { gate, simulation } = this;
    this.housekeeping = false;
    gate.account(simulation.now);
    while (this.idle > this.least && simulation.now - this.usedAt[gate.tokens] > this.idleTimeout) gate.tokens--;
    if (this.server.up) for (let k = this.idle + this.wanted; k < this.least; k++) this.want();
    this.lookAfter();
  }
}
