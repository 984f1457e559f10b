/** Trace replay: requests at given times, each with its own demand and priority if it has them. */
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { TraceLoad } from '../description.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Clients } from './clients.ts';
import type { RequestSource } from './request-source.ts';
import type { Traffic } from './traffic.ts';

export class TraceClients implements Clients {
  readonly users = 0;
  private readonly address: number;
  private next = 0;
  private ending = false;

  constructor(
    private readonly simulation: Simulation,
    private readonly source: RequestSource,
    readonly traffic: Traffic,
    private readonly load: TraceLoad,
  ) {
    this.address = simulation.register(this);
  }

  begin(): void {
    this.scheduleNext();
  }

  end(): void {
    this.ending = true;
  }

  on(): void {
    if (this.ending) return;
    const { at, demand, priority } = this.load;
    const request = this.next++;
    this.scheduleNext();
    this.traffic.sent++;
    this.source.launch(
      request,
      request,
      this.source.anyAddress(request),
      at[request],
      demand.length > 0 ? demand[request] : 0,
      priority.length > 0 ? priority[request] : -1,
    );
  }

  answered(outcome: OutcomeCode, origin: number, due: number, sent: number, server: number): void {
    this.traffic.answered(outcome, origin, due, this.simulation.now, server, sent);
  }

  private scheduleNext(): void {
    if (this.next < this.load.at.length) this.simulation.at(this.load.at[this.next], this.address, 0, Rank.arrival);
  }
}
