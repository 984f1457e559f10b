/**
 * Open load: requests come at a given rate, whatever became of the earlier ones. Poisson (thinned where the rate varies,
 * Lewis and Shedler 1979), evenly spaced, or renewal with any interarrival law; singly or in batches.
 */
import { ln } from '../../sim/random/elementary.ts';
import { Exponentials } from '../../sim/random/exponentials.ts';
import type { RandomStream, Streams } from '../../sim/random/stream.ts';
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { Draw } from '../draw.ts';
import type { OpenLoad } from '../description.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Clients } from './clients.ts';
import type { RequestSource } from './request-source.ts';
import { rateShape } from './shapes/rate-shape.ts';
import type { RateFunction } from './shapes/rate-shape.ts';
import type { Traffic } from './traffic.ts';

const ARRIVAL = 0;
const SEARCH = 1;
const BACKLOG = 2;

/** Arrivals that may be thinned out in one search for the next that is not: a rate may be 0 for good. */
const THINNED_MAX = 1000;

export class OpenClients implements Clients {
  readonly users = 0;
  private readonly address: number;
  private readonly stream: RandomStream;
  private readonly rate: RateFunction;
  /** Gaps of a Poisson process of rate 1; null unless the rate is constant. */
  private readonly gaps: Exponentials | null;
  private readonly interarrival: Draw | null;
  private readonly batch: Draw | null;
  private readonly limit: number;
  private ending = false;
  /** What the integral of the rate must still grow by until the next evenly spaced arrival. */
  private left = 1;

  constructor(
    private readonly simulation: Simulation,
    private readonly source: RequestSource,
    readonly traffic: Traffic,
    private readonly load: OpenLoad,
    streams: Streams,
  ) {
    const { name } = traffic;
    this.address = simulation.register(this);
    this.stream = streams.stream(`${name}/arrivals`);
    this.rate = rateShape(load.rate);
    this.gaps = this.rate.constant && this.rate.max > 0 ? new Exponentials(this.stream) : null;
    this.interarrival =
      typeof load.arrivals === 'string' ? null : new Draw(load.arrivals, streams.stream(`${name}/interarrival`));
    this.batch = load.batch === undefined ? null : new Draw(load.batch, streams.stream(`${name}/batch`));
    this.limit = load.limit ?? Infinity;
  }

  begin(): void {
    if (this.load.backlog !== undefined) this.schedule(0, BACKLOG);
    if (this.load.firstAt !== undefined) this.schedule(this.load.firstAt, ARRIVAL);
    else this.scheduleNext();
  }

  end(): void {
    this.ending = true;
  }

  /** An arrival, or the search for one is to go on. */
  on(kind: number): void {
    if (this.ending) return;
    if (kind === SEARCH) {
      this.scheduleNext();
      return;
    }
    if (kind === BACKLOG) {
      for (let k = 0; k < this.load.backlog!; k++) this.request();
      return;
    }
    const size = this.batch === null ? 1 : Math.round(this.batch.sample(0));
    if (this.traffic.sent + size < this.limit) this.scheduleNext();
    for (let k = 0; k < size && this.traffic.sent < this.limit; k++) this.request();
  }

  private request(): void {
    const request = this.traffic.sent++;
    this.source.launch(request | 0, request | 0, this.source.anyAddress(request | 0), this.simulation.now, 0, -1);
  }

  answered(outcome: OutcomeCode, origin: number, due: number, sent: number, server: number): void {
    this.traffic.answered(outcome, origin, due, this.simulation.now, server, sent);
  }

  private scheduleNext(): void {
    const { rate } = this;
    const now = this.simulation.now;
    if (this.interarrival !== null) this.schedule(now + this.interarrival.sample(0), ARRIVAL);
    else if (this.load.arrivals === 'even') this.scheduleEven(now);
    else if (this.gaps !== null) this.schedule(now + this.gaps.next() / rate.max, ARRIVAL);
    else this.scheduleThinned(now);
  }

  private scheduleEven(now: number): void {
    const { time, left } = this.rate.after(now, this.left);
    this.left = left > 0 ? left : 1;
    this.schedule(time, left > 0 ? SEARCH : ARRIVAL);
  }

  private scheduleThinned(now: number): void {
    const { rate, stream } = this;
    let time = now;
    for (let thinned = 0; time < rate.until; thinned++) {
      if (thinned === THINNED_MAX) {
        this.schedule(time, SEARCH);
        return;
      }
      time -= ln(1 - stream.uniform()) / rate.max;
      if (stream.uniform() * rate.max < rate.at(time)) {
        this.schedule(time, ARRIVAL);
        return;
      }
    }
  }

  private schedule(time: number, kind: number): void {
    if (time < Infinity) this.simulation.at(time, this.address + kind, 0, Rank.arrival);
  }
}
