/**
 * Machines that servers (pods) run on: each has room for so many; when there is none, a new machine is asked for, which
 * takes its time to come; one that has been too many for `idle` seconds goes.
 *
 * Source: Kubernetes Cluster Autoscaler FAQ (1.30): a machine is added when a pod cannot be placed, removed when it has
 * been unneeded for 10 min. Left out: sizes of pods that differ, and fragmentation: pods are taken to be packed, so that
 * machines are needed for ceil(pods / room) of them.
 */
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Draw } from '../draw.ts';

const READY = 0;
const IDLE = 1;

/** Who waits for a place on a machine. */
export interface Tenant {
  /** There is a place for it now. */
  placed(): void;
}

export class Nodes {
  /** Machines that are there, and that have been asked for. */
  ready: number;
  coming = 0;
  private held = 0;
  private readonly waiting: Tenant[] = [];
  private area = 0;
  private since = 0;
  private idleEvent = 0;
  private readonly address: number;

  /**
   * @param room servers that one machine holds.
   * @param servers that are there at the beginning, with machines for them.
   * @param idle seconds after which a machine that is not needed goes; Infinity = stays.
   */
  constructor(
    private readonly simulation: Simulation,
    private readonly room: number,
    private readonly start: Draw,
    private readonly idle: number,
    servers: number,
  ) {
    this.address = simulation.register(this);
    this.held = servers;
    this.ready = Math.ceil(servers / room);
  }

  /** Machine-seconds up to `now`. */
  seconds(now: number): number {
    this.area += this.ready * (now - this.since);
    this.since = now;
    return this.area;
  }

  /** Asks for a place: `placed` is called now, or when a machine is there. */
  ask(tenant: Tenant): void {
    if (this.held < this.ready * this.room) {
      this.held++;
      this.watch();
      tenant.placed();
      return;
    }
    this.waiting.push(tenant);
    if (this.waiting.length <= this.coming * this.room) return;
    this.coming++;
    const { simulation } = this;
    simulation.at(simulation.now + this.start.sample(0), this.address + READY, 0, Rank.control);
  }

  /** A tenant that waits wants no place any more. */
  withdraw(tenant: Tenant): void {
    this.waiting.splice(this.waiting.indexOf(tenant), 1);
  }

  /** A tenant leaves its place. */
  leave(): void {
    this.held--;
    this.serve();
    this.watch();
  }

  on(kind: number): void {
    this.seconds(this.simulation.now);
    if (kind === READY) {
      this.coming--;
      this.ready++;
      this.serve();
    } else {
      this.idleEvent = 0;
      this.ready--;
    }
    this.watch();
  }

  private serve(): void {
    while (this.waiting.length > 0 && this.held < this.ready * this.room) {
      this.held++;
      this.waiting.shift()!.placed();
    }
  }

  /** Times how long there has been a machine too many. */
  private watch(): void {
    const { simulation } = this;
    const spare = this.ready > 0 && this.held <= (this.ready - 1) * this.room && this.waiting.length === 0;
    if (spare && this.idleEvent === 0 && this.idle < Infinity) {
      this.idleEvent = simulation.at(simulation.now + this.idle, this.address + IDLE, 0, Rank.control);
    } else if (!spare && this.idleEvent !== 0) {
      simulation.cancel(this.idleEvent);
      this.idleEvent = 0;
    }
  }
}
