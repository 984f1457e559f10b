/**
 * A pool that keeps fewer connections open than it may have: `tokens` of its gate are those that are open. Whoever finds none idle stands
 * in line while one is opened, one after the other; who gives one back meanwhile may serve him first. House-keeping closes
 * connections that have been idle for too long, down to the least number of idle ones, and opens what that number lacks.
 * The connections that are used least are idle longest (the pool takes the first idle one of its list).
 * Left out: the life time of a connection (maxLifetime), connections that break with the server they lead to, what opening one
 * takes from that server.
 * Source: HikariCP 5 README (minimumIdle, idleTimeout 10 min) and HikariPool (house-keeping every 30 s, one thread that adds). Cost: O(1) a use.
 */
import { Rank } from '../../sim/rank.ts';
import type { Component, Simulation } from '../../sim/simulation.ts';
import type { CallHandle } from '../calls.ts';
import type { Draw } from '../draw.ts';
import type { WorkerKeeper } from '../services/breakdown.ts';
import type { Attendant, Gate } from '../services/gate.ts';
import type { Server } from '../services/server.ts';

const HOUSE_KEEPING = 30;

/** Kinds of events. */
const OPENED = 0;
const KEEP_HOUSE = 1;

export class GrowingPool implements Component, Attendant {
  private readonly address: number;
  private readonly gate: Gate;
  private readonly most: number;
  /** Connections that are to be opened, the one being opened included. */
  private wanted = 0;
  private housekeeping = false;
  /** When so many were in use last, by number. */
  private readonly usedAt: Float64Array;

  /**
   * @param place number of the pool's gate, which has as many tokens as there may be connections.
   * @param least idle connections that it keeps. @param idleTimeout seconds; Infinity = none is closed.
   */
  constructor(
    private readonly simulation: Simulation,
    private readonly keeper: WorkerKeeper,
    private readonly server: Server,
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

  taken(): void {
    this.lookAfter();
  }

  passed(_from: CallHandle, to: CallHandle): void {
    if (to !== 0) return;
    this.usedAt[this.gate.busy + 1] = this.simulation.now;
    this.lookAfter();
  }

  joined(): void {
    if (this.wanted < this.gate.line.length) this.want();
  }

  on(kind: number): void {
    if (kind === KEEP_HOUSE) {
      this.keepHouse();
      return;
    }
    this.wanted--;
    if (this.wanted > 0) this.open();
    const { gate, simulation } = this;
    gate.account(simulation.now);
    gate.tokens++;
    this.usedAt[gate.tokens] = simulation.now;
    this.keeper.readmit(this.server, this.place);
    this.lookAfter();
  }

  private get idle(): number {
    return this.gate.tokens - this.gate.busy;
  }

  private want(): void {
    if (this.gate.tokens + this.wanted >= this.most) return;
    this.wanted++;
    if (this.wanted === 1) this.open();
  }

  private open(): void {
    const { simulation, connect } = this;
    simulation.at(simulation.now + connect.sample(0), this.address + OPENED, 0, Rank.control);
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
    for (let k = this.idle + this.wanted; k < this.least; k++) this.want();
    this.lookAfter();
  }
}
