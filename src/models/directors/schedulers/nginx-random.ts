/**
 * nginx `random`: draws among all servers in proportion to weight, those that are out included, and draws again when
 * the one drawn cannot be used; after more than 20 vain draws the pick falls back on nginx's weighted round robin.
 * With `two: least_conn`, two different servers are drawn and the one with the smaller active / weight is picked; on a
 * tie the SECOND drawn.
 *
 * Cost O(log n) a draw. The fallback costs what `nginx/rr` costs.
 *
 * Source: nginx 1.22 src/http/modules/ngx_http_upstream_random_module.c, checked against recorded shares. As in the
 * product, an upstream of one server is not drawn, and a server drawn twice counts as a vain draw.
 */
import { z } from 'zod';
import { Change } from '../scheduler.ts';
import type { SchedulerKind, Scheduler, Tried, Upstream } from '../scheduler.ts';
import type { RandomStream } from '../../../sim/random/stream.ts';
import { WeightTree } from '../weight-tree.ts';
import { SmoothWeightedRoundRobin } from './nginx-rr.ts';

const options = z.strictObject({
  two: z
    .literal('least_conn')
    .optional()
    .describe('draw two servers and take the one with fewer active requests for its weight'),
});

export const nginxRandom: SchedulerKind<z.infer<typeof options>> = {
  name: 'nginx/random',
  source: 'nginx 1.22 ngx_http_upstream_random_module.c',
  summary: 'at random by weight; with `two: least_conn` the less loaded of two drawn',
  options,
  make: ({ two }, upstream, stream) => new NginxRandom(upstream, stream, two === 'least_conn'),
};

const vainDraws = 20;

class NginxRandom implements Scheduler {
  private readonly shares: WeightTree;
  private readonly fallback: SmoothWeightedRoundRobin;

  constructor(
    private readonly upstream: Upstream,
    private readonly stream: RandomStream,
    private readonly two: boolean,
  ) {
    this.shares = new WeightTree(upstream.length);
    for (let server = 0; server < upstream.length; server++) {
      this.shares.set(server, upstream.weight[server]);
    }
    this.fallback = new SmoothWeightedRoundRobin(upstream, 0);
  }

  pick(key: number, tried: Tried): number {
    if (this.upstream.length === 1) {
      return this.fallback.pick(key, tried);
    }
    let first = -1;
    for (let vain = 0; vain <= vainDraws;) {
      const server = this.shares.draw(this.stream.uniform());
      if (server < 0 || server === first || tried.has(server) || !this.upstream.usable(server)) {
        vain += 1;
      } else if (!this.two) {
        return server;
      } else if (first >= 0) {
        return this.load(server) > this.load(first) ? first : server;
      } else {
        first = server;
      }
    }
    return this.fallback.pick(key, tried);
  }

  changed(server: number, what: Change): void {
    if (what === Change.weight) {
      this.shares.set(server, this.upstream.weight[server]);
    }
    this.fallback.changed(server, what);
  }

  private load(server: number): number {
    return this.upstream.active[server] / this.upstream.weight[server];
  }
}
