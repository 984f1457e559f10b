/**
 * Set-up after idleness (cold start): a server that has nobody left switches off, at once or some time after. Who comes
 * then finds no worker and stands in line; the set-up begins, and when it is over all workers are there.
 * A server is off when a run begins.
 * Source: Welch, "On a generalized M/G/1 queuing process in which the first customer of each busy period receives
 * exceptional service", Operations Research 12 (1964); Gandhi, Harchol-Balter and Adan, "Server farms with setup costs",
 * Performance Evaluation 67 (2010), for the delay before switching off.
 *
 * Left out: workers that are set up one by one, a set-up that is broken off when those who waited have gone (it ends, and
 * the server goes on as if they had just been served), what a crash does to it (nothing: it goes on).
 */
import { Rank } from '../../sim/rank.ts';
import type { Component, Handle, Simulation } from '../../sim/simulation.ts';
import type { CallHandle } from '../calls.ts';
import type { Draw } from '../draw.ts';
import type { WorkerKeeper } from './breakdown.ts';
import type { Attendant, Gate } from './gate.ts';
import type { Server } from './server.ts';

/** Kinds of events. */
const SET_UP = 0;
const SWITCH_OFF = 1;

export class Setup implements Component, Attendant {
  state: 'off' | 'setup' | 'on' = 'off';
  /** Seconds off and in set-up so far; bring up to date with `account`. */
  offArea = 0;
  setupArea = 0;
  /** Set-ups begun. */
  starts = 0;
  private readonly address: number;
  readonly gate: Gate;
  /** Workers it has when it is on. */
  readonly size: number;
  private readonly room: number;
  private since = 0;
  /** Its switching off, once it is idle. */
  private event: Handle = 0;

  /** @param place number of the workers' gate. @param offAfter seconds of idleness, >= 0; Infinity = it stays on. */
  constructor(
    private readonly simulation: Simulation,
    private readonly keeper: WorkerKeeper,
    private readonly server: Server,
    private readonly place: number,
    private readonly time: Draw,
    private readonly offAfter: number,
  ) {
    this.address = simulation.register(this);
    this.gate = server.gates[place];
    this.size = this.gate.tokens;
    this.room = this.gate.room;
    this.switchOff();
  }

  taken(): void {
    if (this.event === 0) return;
    this.simulation.cancel(this.event);
    this.event = 0;
  }

  passed(_from: CallHandle, to: CallHandle): void {
    if (to === 0 && this.gate.busy === 0) this.emptied();
  }

  joined(): void {
    if (this.state !== 'off') return;
    const { simulation } = this;
    this.account(simulation.now);
    this.state = 'setup';
    this.starts++;
    simulation.at(simulation.now + this.time.sample(0), this.address + SET_UP, 0, Rank.control);
  }

  on(kind: number): void {
    this.account(this.simulation.now);
    if (kind === SWITCH_OFF) {
      this.event = 0;
      this.switchOff();
      return;
    }
    this.state = 'on';
    this.gate.account(this.simulation.now);
    this.gate.tokens = this.size;
    this.gate.room = this.room;
    this.keeper.readmit(this.server, this.place);
    // those who waited may have gone; or they have all been served by now, in no time
    if (this.state === 'on' && this.gate.busy === 0 && this.event === 0) this.emptied();
  }

  /** Brings the sums up to `now`. */
  account(now: number): void {
    const elapsed = now - this.since;
    this.since = now;
    if (this.state === 'off') this.offArea += elapsed;
    else if (this.state === 'setup') this.setupArea += elapsed;
  }

  private emptied(): void {
    if (this.state !== 'on' || this.offAfter === Infinity) return;
    const { simulation } = this;
    this.account(simulation.now);
    if (this.offAfter === 0) this.switchOff();
    else this.event = simulation.at(simulation.now + this.offAfter, this.address + SWITCH_OFF, 0, Rank.timeout);
  }

  /** Whoever would have had a worker may stand in line while there is none. */
  private switchOff(): void {
    this.state = 'off';
    this.gate.account(this.simulation.now);
    this.gate.tokens = 0;
    this.gate.room = this.room + this.size;
  }
}
