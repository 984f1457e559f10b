/**
 * Envoy `LEAST_REQUEST`. Where all weights are equal: the best of `choices` drawn at random, perhaps the same ones, by active
 * requests; the first drawn on a tie (power of two choices). O(1).
 * Where they differ: weighted round robin by earliest deadline, with weight / (active + 1)^bias at the time of each pick; a
 * server that was picked comes again after 1 / that. O(1) with few different ones of these (lanes.ts), else O(log n).
 *
 * Source: Envoy 1.22 documentation ("Weighted least request") and source/common/upstream/load_balancer_impl.cc. As the
 * product: a change of members or weights makes the schedule anew. Left out: locality weights, panic mode, slow start
 * (a weight that the director changes), the random place at which each Envoy begins.
 */
import { z } from 'zod';
import { Change } from '../scheduler.ts';
import type { Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import type { RandomStream } from '../../../sim/random/stream.ts';
import { pow } from '../../../sim/random/elementary.ts';
import { Lanes } from '../lanes.ts';
import { UsableServers } from '../usable-servers.ts';

const options = z.strictObject({
  choices: z.int().min(2).default(2).describe('servers drawn for each request (choice_count)'),
  bias: z.number().min(0).default(1).describe('how strongly active requests lower a weight (active_request_bias)'),
});
type Options = z.infer<typeof options>;

export const envoyLeastRequest: SchedulerKind<Options> = {
  name: 'envoy/least_request',
  source: 'Envoy 1.22 documentation, source/common/upstream/load_balancer_impl.cc',
  summary: 'the less busy of two drawn; with unequal weights in turn by weight / (active + 1)',
  options,
  make: (chosen, upstream, random) => new LeastRequest(chosen, upstream, random),
};

class LeastRequest implements Scheduler {
  private readonly usable: UsableServers;
  private readonly deadlines: Lanes;
  private now = 0;
  private sequence = 0;
  /** Whether the weights of all usable servers are equal; null when that is not known. */
  private equal: boolean | null = null;

  constructor(
    private readonly options: Options,
    private readonly upstream: Upstream,
    private readonly random: RandomStream,
  ) {
    this.usable = new UsableServers(upstream);
    this.deadlines = new Lanes(upstream.length);
  }

  pick(_key: number, tried: Tried): number {
    this.equal ??= this.begin();
    return this.equal ? this.drawn(tried) : this.due(tried);
  }

  changed(server: number, what: Change): void {
    if (what === Change.load || what === Change.effective) return;
    this.usable.refresh(server);
    this.equal = null;
  }

  /** Makes the schedule where weights differ. O(n log n). */
  private begin(): boolean {
    const { usable, deadlines, upstream } = this;
    let equal = true;
    for (let place = 1; place < usable.size && equal; place++) {
      equal = upstream.weight[usable.at(place)] === upstream.weight[usable.at(0)];
    }
    if (equal) return true;
    this.now = 0;
    for (let server = 0; server < upstream.length; server++) {
      if (deadlines.has(server)) deadlines.remove(server);
      if (upstream.usable(server)) this.schedule(server);
    }
    return false;
  }

  private drawn(tried: Tried): number {
    const { usable, random } = this;
    const { active } = this.upstream;
    usable.hide(tried);
    let best = -1;
    for (let draw = 0; draw < this.options.choices && usable.size > 0; draw++) {
      const server = usable.at(Math.floor(random.uniform() * usable.size));
      if (best < 0 || active[server] < active[best]) best = server;
    }
    usable.restore(tried);
    return best;
  }

  private due(tried: Tried): number {
    const { deadlines } = this;
    const passed: number[] = [];
    let server = deadlines.first();
    while (server >= 0 && tried.has(server)) {
      deadlines.remove(server);
      passed.push(server);
      server = deadlines.first();
    }
    if (server >= 0) {
      this.now = deadlines.key(server);
      deadlines.remove(server);
      this.schedule(server);
    }
    for (const back of passed) deadlines.restore(back);
    return server;
  }

  private schedule(server: number): void {
    const step = 1 / this.weight(server);
    this.deadlines.add(server, this.now + step, this.sequence++, step);
  }

  private weight(server: number): number {
    const { weight, active } = this.upstream;
    const { bias } = this.options;
    return weight[server] / (bias === 1 ? active[server] + 1 : pow(active[server] + 1, bias));
  }
}
