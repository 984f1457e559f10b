/**
 * The life of one server of an autoscaled service: gone, waiting for a machine, starting, ready, draining, gone again.
 * Directors are told at each change; a server that drains gets nothing new and goes when it is empty, or when its grace
 * is over: what it then still has is reset.
 *
 * The process is taken to end at the next whole second after its last request (kubelet relists once a second). Left out:
 * the moment in which an endpoint is gone and a proxy does not know it yet, and a readiness probe's period: a server is
 * ready when it has started.
 */
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Director } from '../directors/director.ts';
import type { Draw } from '../draw.ts';
import type { Execution } from '../execution.ts';
import type { Server } from '../services/server.ts';
import type { Nodes, Tenant } from './nodes.ts';

export const Life = { gone: 0, waits: 1, starts: 2, ready: 3, drains: 4 } as const;
export type Life = (typeof Life)[keyof typeof Life];

const STARTED = 0;
const WARMER = 1;
const DRAINED = 2;

/** Steps in which a server becomes warm, and seconds between two looks at one that drains. */
const WARM_STEPS = 10;
const LOOK_SECONDS = 1;

export interface LifeRules {
  readonly start: Draw;
  /** Speed at first, and seconds until it is full; null = at once. */
  readonly warm: { readonly factor: number; readonly over: number } | null;
  /** Seconds that a server which drains may take. */
  readonly drain: number;
}

export class Presence implements Tenant {
  life: Life;
  /** Down by a fault. */
  crashed = false;
  /** When it became ready; of those at the beginning, before it. */
  readyAt = -Infinity;
  /** Seconds on a machine, and seconds in which it could serve, up to `since`. */
  private heldArea = 0;
  private servedArea = 0;
  private since = 0;
  private readonly address: number;
  private readonly seats: readonly { readonly director: Director; readonly member: number }[];
  private event = 0;
  private drainBy = Infinity;
  private steps = 0;
  private warmth = 1;
  private slowed = 1;

  constructor(
    private readonly simulation: Simulation,
    private readonly execution: Execution,
    readonly server: Server,
    private readonly rules: LifeRules,
    private readonly nodes: Nodes | null,
    there: boolean,
    /** Told when it has become ready or is gone. */
    private readonly changed: (presence: Presence) => void,
  ) {
    this.address = simulation.register(this);
    this.life = there ? Life.ready : Life.gone;
    this.seats = execution.directors.flatMap((director) =>
      director.members.flatMap((one, member) => (one === server ? [{ director, member }] : [])),
    );
    server.presence = this;
    if (!there) {
      server.up = false;
      this.bar(true);
    }
  }

  /** On its way, or ready: one of those that the autoscaler wants. */
  get wanted(): boolean {
    return this.life === Life.waits || this.life === Life.starts || this.life === Life.ready;
  }

  /** Ready and not down. */
  get serves(): boolean {
    return this.life === Life.ready && !this.crashed;
  }

  /** Seconds on a machine, and seconds in which it could serve, up to `now`. */
  seconds(now: number): { readonly held: number; readonly served: number } {
    const elapsed = now - this.since;
    this.since = now;
    if (this.life >= Life.starts) this.heldArea += elapsed;
    if (this.life >= Life.ready) this.servedArea += elapsed;
    return { held: this.heldArea, served: this.servedArea };
  }

  /** It is wanted: gets a machine, starts. */
  begin(): void {
    this.move(Life.waits);
    if (this.nodes === null) this.placed();
    else this.nodes.ask(this);
  }

  /** It has its machine. */
  placed(): void {
    this.move(Life.starts);
    const { simulation } = this;
    this.event = simulation.at(simulation.now + this.rules.start.sample(0), this.address + STARTED, 0, Rank.control);
  }

  /** It is wanted no more. */
  end(): void {
    if (this.life === Life.waits) {
      this.nodes?.withdraw(this);
      this.move(Life.gone);
    } else if (this.life === Life.starts) {
      this.cancel();
      this.leave();
    } else {
      this.bar(true);
      this.move(Life.drains);
      this.drainBy = this.simulation.now + this.rules.drain;
      this.look();
    }
  }

  /** Its place is needed now: what it still has is reset. */
  cutShort(): void {
    this.drainBy = this.simulation.now;
    this.look();
  }

  /** A fault takes it down, or lets it come back where it is meant to be there. */
  setCrashed(crashed: boolean): void {
    this.crashed = crashed;
    if (crashed) this.execution.failures.kill(this.server);
    else if (this.life >= Life.ready) this.execution.failures.restore(this.server);
  }

  /** A fault slows it; a server that warms up is slower still. */
  setSlowed(factor: number): void {
    this.slowed = factor;
    this.setSpeed();
  }

  on(kind: number): void {
    this.event = 0;
    if (kind === STARTED) this.started();
    else if (kind === WARMER) this.warm();
    else this.look();
  }

  private started(): void {
    this.readyAt = this.simulation.now;
    this.move(Life.ready);
    if (!this.crashed) this.execution.failures.restore(this.server);
    this.bar(false);
    this.changed(this);
    this.steps = this.rules.warm === null ? 0 : WARM_STEPS;
    if (this.steps > 0) this.warm();
  }

  private warm(): void {
    const { warm } = this.rules;
    if (warm === null) return;
    this.warmth = 1 - ((1 - warm.factor) * this.steps) / WARM_STEPS;
    this.setSpeed();
    if (this.steps-- <= 0) return;
    const { simulation } = this;
    this.event = simulation.at(simulation.now + warm.over / WARM_STEPS, this.address + WARMER, 0, Rank.control);
  }

  private setSpeed(): void {
    this.execution.delays.setSpeed(this.server, this.server.ownSpeed * this.slowed * this.warmth);
  }

  /** Whether the last request has left it. */
  private look(): void {
    const { simulation, server } = this;
    this.cancel();
    if (server.present === 0 || simulation.now >= this.drainBy) {
      this.execution.failures.kill(server);
      this.leave();
      return;
    }
    const next = Math.min(this.drainBy, simulation.now + LOOK_SECONDS);
    this.event = simulation.at(next, this.address + DRAINED, 0, Rank.control);
  }

  private leave(): void {
    this.move(Life.gone);
    this.warmth = 1;
    this.steps = 0;
    this.nodes?.leave();
    this.changed(this);
  }

  private move(life: Life): void {
    this.seconds(this.simulation.now);
    this.life = life;
  }

  private bar(absent: boolean): void {
    for (const { director, member } of this.seats) director.setAbsent(member, absent);
    for (const { director } of this.seats) this.execution.placing.admit(director);
  }

  private cancel(): void {
    if (this.event !== 0) this.simulation.cancel(this.event);
    this.event = 0;
  }
}
