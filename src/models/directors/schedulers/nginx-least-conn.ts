/**
 * nginx `least_conn`: the smallest active / weight; several that are equal take turns by smooth weighted round robin
 * among themselves, the others keep their credit. When a single one is smallest, no credit changes. Idle, it is
 * exactly nginx's weighted round robin.
 *
 * Servers of equal weight and equal `active` are one group (credit-group.ts).
 * Cost: a pick O(log n) plus one step a distinct weight; O(log n) a tried server; a change of load O(log n), and the
 * distance to the next number of active requests in use when the smallest one of a weight has no server left; one
 * step a pick for each server whose effective weight is below its weight. It is not O(1) as `nginx/rr` is: requests end in any
 * order, so that the credits of those who become equally busy come in any order, and the richest of them needs a heap.
 *
 * Source: nginx 1.22 src/http/modules/ngx_http_upstream_least_conn_module.c, checked against recordings of it. As the
 * product: active requests are compared by the configured weights, credits gained by the effective ones
 * (`Upstream.effective`). Not here: backup servers (they are eligibility, the director's).
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { CreditGroup, Credits } from './credit-group.ts';

export const nginxLeastConnections: SchedulerKind<NoOptions> = {
  name: 'nginx/least_conn',
  source: 'nginx 1.22 ngx_http_upstream_least_conn_module.c',
  summary: 'the fewest active requests for its weight; equal ones take turns by weight',
  options: noOptions,
  make: (_options, upstream) => new LeastConnections(upstream),
};

class LeastConnections implements Scheduler {
  private readonly credits: Credits;
  /** One entry for each distinct weight that has candidates. */
  private readonly tiers: Tier[] = [];
  /** Where each candidate stands: its tier, and `active` as when it was put there. */
  private readonly tierOf: (Tier | undefined)[];
  private readonly active: Int32Array;
  /** Candidates below their full weight; they are in no tier. */
  private readonly recovering: number[] = [];

  constructor(private readonly upstream: Upstream) {
    upstream.effective.set(upstream.weight);
    this.credits = new Credits(upstream.length);
    this.tierOf = new Array<Tier | undefined>(upstream.length).fill(undefined);
    this.active = new Int32Array(upstream.length);
    for (let server = 0; server < upstream.length; server++) {
      this.join(server);
    }
  }

  pick(_key: number, tried: Tried): number {
    if (tried.size === 0) {
      return this.least();
    }
    for (let position = 0; position < tried.size; position++) {
      this.leave(tried.at(position));
    }
    const server = this.least();
    for (let position = 0; position < tried.size; position++) {
      this.join(tried.at(position));
    }
    return server;
  }

  changed(server: number, what: Change): void {
    if (what === Change.load) {
      this.tierOf[server]?.move(server, this.active[server], this.upstream.active[server]);
      this.active[server] = this.upstream.active[server];
      return;
    }
    this.leave(server);
    if (what === Change.weight) {
      this.upstream.effective[server] = this.upstream.weight[server];
    }
    this.join(server);
  }

  private least(): number {
    let smallest = Infinity;
    for (const tier of this.tiers) {
      smallest = Math.min(smallest, tier.least / tier.weight);
    }
    if (this.recovering.length > 0) {
      return this.leastWithRecovering(smallest);
    }
    let best: CreditGroup | undefined;
    let total = 0;
    for (const tier of this.tiers) {
      if (tier.least / tier.weight === smallest) {
        const group = tier.leastLoaded();
        group.gain(tier.weight);
        total += tier.weight * group.size; // one alone pays what it has gained
        if (best === undefined || isRicher(group, best)) {
          best = group;
        }
      }
    }
    if (best === undefined) {
      return -1;
    }
    const server = best.richest();
    best.pay(total);
    return server;
  }

  /** As `least`, with servers below their full weight among the candidates. */
  private leastWithRecovering(smallestWhole: number): number {
    const { active, weight, effective } = this.upstream;
    const { credit } = this.credits;
    let smallest = smallestWhole;
    for (const server of this.recovering) {
      smallest = Math.min(smallest, active[server] / weight[server]);
    }
    const groups = this.tiers.filter((tier) => tier.least / tier.weight === smallest);
    const singles = this.recovering.filter((server) => active[server] / weight[server] === smallest);
    if (groups.length === 0 && singles.length === 1) {
      return singles[0]; // nothing changes for one alone
    }
    let best = -1;
    let most = -Infinity;
    let total = 0;
    let bestGroup: CreditGroup | undefined;
    for (const tier of groups) {
      const group = tier.leastLoaded();
      if (singles.length === 0 && groups.length === 1 && group.size === 1) {
        return group.richest();
      }
      group.gain(tier.weight);
      total += tier.weight * group.size;
      if (group.most() > most || (group.most() === most && group.richest() < best)) {
        best = group.richest();
        most = group.most();
        bestGroup = group;
      }
    }
    for (const server of singles) {
      credit[server] += effective[server];
      total += effective[server];
      if (credit[server] > most || (credit[server] === most && server < best)) {
        best = server;
        most = credit[server];
        bestGroup = undefined;
      }
    }
    if (bestGroup === undefined) {
      credit[best] -= total;
    } else {
      bestGroup.pay(total);
    }
    for (const server of singles) {
      effective[server] = Math.min(effective[server] + 1, weight[server]);
      if (effective[server] === weight[server]) {
        this.leave(server);
        this.join(server);
      }
    }
    return best;
  }

  private join(server: number): void {
    if (!this.upstream.usable(server)) {
      return;
    }
    const weight = this.upstream.weight[server];
    if (this.upstream.effective[server] < weight) {
      this.recovering.push(server);
      return;
    }
    let tier = this.tiers.find((candidate) => candidate.weight === weight);
    if (tier === undefined) {
      tier = new Tier(weight, this.credits);
      this.tiers.push(tier);
    }
    this.active[server] = this.upstream.active[server];
    this.tierOf[server] = tier;
    tier.add(server, this.active[server]);
  }

  private leave(server: number): void {
    const tier = this.tierOf[server];
    if (tier === undefined) {
      const position = this.recovering.indexOf(server);
      if (position >= 0) {
        this.recovering.splice(position, 1);
      }
    } else {
      this.tierOf[server] = undefined;
      tier.remove(server, this.active[server]);
      if (tier.size === 0) {
        this.tiers.splice(this.tiers.indexOf(tier), 1);
      }
    }
  }
}

function isRicher(a: CreditGroup, b: CreditGroup): boolean {
  return a.most() > b.most() || (a.most() === b.most() && a.richest() < b.richest());
}

/** Candidates of one weight, grouped by their number of active requests. */
class Tier {
  size = 0;
  /** The smallest number of active requests; meaningful while `size` > 0. */
  least = Infinity;
  /** By number of active requests; undefined where there would be none. */
  private readonly groups: (CreditGroup | undefined)[] = [];
  private readonly spare: CreditGroup[] = [];

  constructor(
    readonly weight: number,
    private readonly credits: Credits,
  ) {}

  leastLoaded(): CreditGroup {
    return this.groups[this.least]!;
  }

  add(server: number, active: number): void {
    while (this.groups.length <= active) {
      this.groups.push(undefined);
    }
    let group = this.groups[active];
    if (group === undefined) {
      group = this.spare.pop() ?? new CreditGroup(this.credits);
      this.groups[active] = group;
    }
    group.add(server);
    this.size += 1;
    if (active < this.least) {
      this.least = active;
    }
  }

  remove(server: number, active: number): void {
    const group = this.groups[active]!;
    group.remove(server);
    this.size -= 1;
    if (group.size === 0) {
      this.groups[active] = undefined;
      this.spare.push(group);
      if (this.size === 0) {
        this.least = Infinity;
      } else {
        while (this.groups[this.least] === undefined) {
          this.least += 1;
        }
      }
    }
  }

  move(server: number, from: number, to: number): void {
    this.remove(server, from);
    this.add(server, to);
  }
}
