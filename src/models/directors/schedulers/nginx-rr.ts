/**
 * nginx's weighted round robin, smooth (`swrr`): at each pick every candidate gains its weight, the richest is picked
 * (the first in configuration order on a tie) and pays what all have gained. 5/1/1 gives a a b a c a a.
 * Candidates are the usable servers that this request has not tried; the others keep their credit as it is, and come
 * back with it.
 *
 * Effective weights (`Upstream.effective`): failures lower them (the director's passive checks, or the option `maxFails`
 * here: by floor(weight / maxFails), not below 0); each pick in which the server is a candidate raises its own by 1
 * until it is whole again.
 *
 * Cost: O(log n) for each distinct weight and for each tried server, plus one step for each server that is
 * recovering. n different weights cost as much as the product's own rule, which is O(n).
 *
 * Source: nginx 1.22 src/http/ngx_http_upstream_round_robin.c, checked against recordings of it. Not here: leaving a
 * failed server out for `fail_timeout` and backup servers (both are eligibility, the director's); without `zone` each
 * worker process keeps an upstream and a scheduler of its own.
 */
import { z } from 'zod';
import { Change } from '../scheduler.ts';
import type { Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { CreditGroup, Credits } from './credit-group.ts';

const options = z.strictObject({
  maxFails: z
    .int()
    .min(0)
    .default(0)
    .describe('failures that take away the whole weight of a server (nginx max_fails); 0: failures do not matter'),
});

export const nginxRoundRobin: SchedulerKind<z.infer<typeof options>> = {
  name: 'nginx/rr',
  source: 'nginx 1.22 ngx_http_upstream_round_robin.c',
  summary: 'in turn by weight, spread smoothly: 5/1/1 gives a a b a c a a',
  options,
  make: ({ maxFails }, upstream) => new SmoothWeightedRoundRobin(upstream, maxFails),
};

/** Servers of one effective weight. */
interface WeightGroup {
  readonly weight: number;
  readonly servers: CreditGroup;
}

export class SmoothWeightedRoundRobin implements Scheduler {
  private readonly credits: Credits;
  /** Groups of candidates at full weight; none is empty. */
  private readonly groups: WeightGroup[] = [];
  /** The group of each server that is in one. */
  private readonly groupOf: (WeightGroup | undefined)[];
  /** Candidates below their full weight. */
  private readonly recovering: number[] = [];

  /** @param maxFails an integer >= 0, see above. */
  constructor(
    private readonly upstream: Upstream,
    private readonly maxFails: number,
  ) {
    this.credits = new Credits(upstream.length);
    upstream.effective.set(upstream.weight);
    this.groupOf = new Array<WeightGroup | undefined>(upstream.length).fill(undefined);
    for (let server = 0; server < upstream.length; server++) {
      this.join(server);
    }
  }

  pick(_key: number, tried: Tried): number {
    if (tried.size === 0) {
      return this.round();
    }
    for (let position = 0; position < tried.size; position++) {
      this.leave(tried.at(position));
    }
    const server = this.round();
    for (let position = 0; position < tried.size; position++) {
      this.join(tried.at(position));
    }
    return server;
  }

  changed(server: number, what: Change): void {
    if (what === Change.load) {
      return;
    }
    this.leave(server);
    if (what === Change.weight) {
      this.upstream.effective[server] = this.upstream.weight[server];
    }
    this.join(server);
  }

  released(server: number, _seconds: number, ok: boolean): void {
    if (ok || this.maxFails === 0) {
      return;
    }
    this.leave(server);
    const { effective, weight } = this.upstream;
    effective[server] = Math.max(effective[server] - Math.floor(weight[server] / this.maxFails), 0);
    this.join(server);
  }

  private round(): number {
    const { credit } = this.credits;
    const { effective } = this.upstream;
    let best = -1;
    let most = -Infinity;
    let total = 0;
    for (const { weight, servers } of this.groups) {
      servers.gain(weight);
      total += weight * servers.size;
      const server = servers.richest();
      if (servers.most() > most || (servers.most() === most && server < best)) {
        best = server;
        most = servers.most();
      }
    }
    for (const server of this.recovering) {
      credit[server] += effective[server];
      total += effective[server];
      if (credit[server] > most || (credit[server] === most && server < best)) {
        best = server;
        most = credit[server];
      }
    }
    if (best >= 0) {
      const group = this.groupOf[best];
      if (group === undefined) {
        credit[best] -= total;
      } else {
        group.servers.pay(total);
      }
      this.recover();
    }
    return best;
  }

  private recover(): void {
    const { effective, weight } = this.upstream;
    for (let position = this.recovering.length - 1; position >= 0; position--) {
      const server = this.recovering[position];
      effective[server] = Math.min(effective[server] + 1, weight[server]);
      if (effective[server] === weight[server]) {
        this.leave(server);
        this.join(server);
      }
    }
  }

  /** Makes a usable server a candidate. */
  private join(server: number): void {
    const weight = this.upstream.weight[server];
    if (!this.upstream.usable(server)) {
      return;
    }
    if (this.upstream.effective[server] < weight) {
      this.recovering.push(server);
      return;
    }
    let group = this.groups.find((candidate) => candidate.weight === weight);
    if (group === undefined) {
      group = { weight, servers: new CreditGroup(this.credits) };
      this.groups.push(group);
    }
    group.servers.add(server);
    this.groupOf[server] = group;
  }

  /** Takes a server out of the candidates; nothing if it is none. */
  private leave(server: number): void {
    const group = this.groupOf[server];
    if (group === undefined) {
      const position = this.recovering.indexOf(server);
      if (position >= 0) {
        this.recovering.splice(position, 1);
      }
      return;
    }
    this.groupOf[server] = undefined;
    group.servers.remove(server);
    if (group.servers.size === 0) {
      this.groups.splice(this.groups.indexOf(group), 1);
    }
  }
}
