/**
 * Open load: requests come at a given rate, whatever became of the earlier ones. Poisson (thinned where the rate varies,
 * Lewis and Shedler 1979), evenly spaced, or renewal with any interarrival law; singly or in batches.
 */
import { ln } from '../../sim/random/elementary.ts';
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

export class OpenClients implements Clients {
  readonly users = 0;
  private readonly address: number;
  private readonly stream: RandomStream;
  private readonly rate: RateFunction;
  private readonly interarrival: Draw | null;
  private readonly batch: Draw | null;
  private readonly limit: number;
  private ending = false;

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
    this.interarrival =
      typeof load.arrivals === 'string' ? null : new Draw(load.arrivals, streams.stream(`${name}/interarrival`));
    this.batch = load.batch === undefined ? null : new Draw(load.batch, streams.stream(`${name}/batch`));
    this.limit = load.limit ?? Infinity;
  }

  begin(): void {
    if (this.load.firstAt !== undefined) this.simulation.at(this.load.firstAt, this.address, 0, Rank.arrival);
    else this.scheduleNext();
  }

  end(): void {
    this.ending = true;
  }

  /** An arrival. */
  on(): void {
    if (this.ending) return;
    const size = this.batch === null ? 1 : Math.round(this.batch.sample(0));
    const now = this.simulation.now;
    if (this.traffic.sent + size < this.limit) this.scheduleNext();
    for (let k = 0; k < size && this.traffic.sent < this.limit; k++) {
      const request = this.traffic.sent++;
      this.source.launch(request | 0, request | 0, this.source.anyAddress(request | 0), now, 0, -1);
    }
  }

  answered(outcome: OutcomeCode, origin: number, due: number, _sent: number, server: number): void {
    this.traffic.answered(outcome, origin, due, this.simulation.now, server);
  }

  private scheduleNext(): void {
    const time = this.nextArrival();
    if (time < Infinity) this.simulation.at(time, this.address, 0, Rank.arrival);
  }

  private nextArrival(): number {
    const { rate, stream } = this;
    let time = this.simulation.now;
    if (this.interarrival !== null) return time + this.interarrival.sample(0);
    if (this.load.arrivals === 'even') return rate.after(time);
    if (rate.constant) return time - ln(1 - stream.uniform()) / rate.max;
    while (time < rate.until) {
      time -= ln(1 - stream.uniform()) / rate.max;
      if (stream.uniform() * rate.max < rate.at(time)) return time;
    }
    return Infinity;
  }
}
