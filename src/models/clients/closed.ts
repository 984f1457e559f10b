/**
 * Closed load: each user thinks, sends a request, waits for its answer, thinks again. The number of users may follow a
 * shape; who is over the number leaves at the next reply. Users are numbers; only their due times are kept, in the calls.
 */
import type { Streams } from '../../sim/random/stream.ts';
import { Rank } from '../../sim/rank.ts';
import type { Handle, Simulation } from '../../sim/simulation.ts';
import type { ClosedLoad } from '../description.ts';
import { Draw } from '../draw.ts';
import { OUTCOME, OUTCOMES } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Clients } from './clients.ts';
import { MovingMeans, Pause } from './pause.ts';
import type { RequestSource } from './request-source.ts';
import { linear } from './shapes/rate-shape.ts';
import type { Traffic } from './traffic.ts';

const REQUEST = 0;
const GROW = 1;

/** Seconds until a user who does not think tries again after an attempt that failed at once: a round trip. */
const TURN_ROUND = 1e-3;

/** What users hold between their requests. */
export interface UserConnections {
  came(user: number): void;
  left(user: number): void;
}

export class ClosedClients implements Clients {
  users = 0;
  private readonly address: number;
  private readonly think: Draw;
  private readonly again: readonly (Pause | null)[];
  /** Response times of late, where a pause follows them. */
  private readonly recent: MovingMeans | null;
  private readonly spread: Draw | null;
  private readonly points: readonly { readonly at: number; readonly value: number }[];
  private readonly target: (time: number) => number;
  private readonly made: Int32Array | null;
  /** Numbers of users who have left, to be given to those who come. */
  private readonly left: number[] = [];
  private highest = 0;
  /** The event at which the next user may come; 0 = none. */
  private growth: Handle = 0;
  private ending = false;
  /** The number of users changes over time. */
  private readonly varies: boolean;

  constructor(
    private readonly simulation: Simulation,
    private readonly source: RequestSource,
    readonly traffic: Traffic,
    private readonly load: ClosedLoad,
    streams: Streams,
    /** Told of users who come and who leave. */
    private readonly connections: UserConnections | null = null,
  ) {
    const { name } = traffic;
    this.address = simulation.register(this);
    this.think = new Draw(load.think, streams.stream(`${name}/think`));
    this.again = OUTCOMES.map((outcome) => {
      const pause = load.again[outcome];
      return pause === undefined ? null : new Pause(pause, streams.stream(`${name}/again-${outcome}`));
    });
    this.recent = this.again.some((pause) => pause?.follows === true) ? new MovingMeans() : null;
    this.spread =
      load.start.kind === 'rendezvous' ? new Draw(load.start.spread, streams.stream(`${name}/rendezvous`)) : null;
    this.points =
      load.users.kind === 'constant'
        ? [{ at: 0, value: load.users.users }]
        : load.users.points.map(({ at, users }) => ({ at, value: users }));
    this.varies = load.users.kind !== 'constant';
    this.target = linear(this.points);
    const most = this.points.reduce((largest, { value }) => Math.max(largest, value), 0);
    this.made = load.iterations < Infinity ? new Int32Array(Math.ceil(most)) : null;
  }

  begin(): void {
    this.on(GROW);
  }

  end(): void {
    this.ending = true;
  }

  on(kind: number, user = 0): void {
    if (kind === GROW) this.grow();
    else if (!this.ending) this.request(user);
    else this.connections?.left(user);
  }

  answered(outcome: OutcomeCode, origin: number, due: number, sent: number, server: number): void {
    const now = this.simulation.now;
    this.traffic.answered(outcome, origin, due, now, server, sent);
    if (this.recent !== null && outcome === OUTCOME.ok) this.recent.record(server, now - due);
    if (this.ending || this.leaves(origin)) {
      this.users--;
      this.left.push(origin);
      this.connections?.left(origin);
      if (!this.ending && this.varies) this.scheduleGrowth();
      return;
    }
    const again = this.again[outcome];
    let pause = again === null ? this.think.sample(0) : again.after(server, this.recent);
    if (outcome !== OUTCOME.ok && pause === 0 && now === sent) pause = TURN_ROUND;
    this.simulation.at(now + pause, this.address + REQUEST, origin, Rank.arrival);
  }

  private request(user: number): void {
    if (this.made !== null) this.made[user]++;
    const request = this.traffic.sent++;
    this.source.launch(user, request | 0, this.source.addressOfUser(user), this.simulation.now, 0, -1);
  }

  private leaves(user: number): boolean {
    if (this.made !== null && this.made[user] >= this.load.iterations) return true;
    return this.varies && this.users > Math.ceil(this.target(this.simulation.now) - 1e-9);
  }

  /** Users whom the shape counts: those present, or, where they leave when they have done their part, all who came. */
  private get counted(): number {
    return this.made === null ? this.users : this.highest;
  }

  /** Brings in the users who are due now, and comes back when the next is. */
  private grow(): void {
    this.growth = 0;
    if (this.ending) return;
    const now = this.simulation.now;
    const target = Math.floor(this.target(now) + 1e-9);
    while (this.counted < target) {
      const user = this.left.length > 0 && this.made === null ? this.left.pop()! : this.highest++;
      this.users++;
      this.connections?.came(user);
      const pause = this.spread === null ? this.think.sample(0) : this.spread.sample(0);
      this.simulation.at(now + pause, this.address + REQUEST, user, Rank.arrival);
    }
    this.scheduleGrowth();
  }

  /** To be called when users have come or gone. */
  private scheduleGrowth(): void {
    if (this.growth !== 0) this.simulation.cancel(this.growth);
    const next = this.nextArrivalOfUser(this.simulation.now, this.counted + 1);
    this.growth = next < Infinity ? this.simulation.at(next, this.address + GROW, 0, Rank.arrival) : 0;
  }

  /** When the shape next rises to `wanted`, or may have. */
  private nextArrivalOfUser(now: number, wanted: number): number {
    for (let k = 0; k < this.points.length; k++) {
      const high = this.points[k];
      if (high.at <= now) continue;
      const low = k === 0 ? high : this.points[k - 1];
      if (high.value <= low.value || high.value < wanted) continue;
      if (low.at === high.at || low.value >= wanted) return Math.max(now, low.at === high.at ? high.at : low.at);
      const time = low.at + ((wanted - low.value) / (high.value - low.value)) * (high.at - low.at);
      return time > now ? time : high.at;
    }
    return Infinity;
  }
}
