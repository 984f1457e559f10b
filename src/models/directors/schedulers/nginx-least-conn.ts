/**
 * nginx `least_conn`: the smallest active / weight; several that are equal take turns by smooth weighted round robin
 * among themselves, the others keep their credit. When a single one is smallest, no credit changes. Idle, it is
 * exactly nginx's weighted round robin.
 *
 * Servers of equal weight and equal `active` are one group (tied-credits.ts).
 * Cost: a pick is one step a distinct weight, and O(1) in the mean beside, whatever the number of servers; so are a change of
 * load and a tried server. O(log n) where many have the same credit; the distance to the next number of active requests in use
 * when the smallest one of a weight has no server left; one step a pick for each server whose effective weight is below its
 * weight.
 *
 * Source: nginx 1.22 src/http/modules/ngx_http_upstream_least_conn_module.c, checked against recordings of it. As the
 * product: active requests are compared by the configured weights, credits gained by the effective ones
 * (`Upstream.effective`). Not here: backup servers (they are eligibility, the director's).
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { CreditRecords, TiedCredits } from './tied-credits.ts';

export const nginxLeastConnections: SchedulerKind<NoOptions> = {
  name: 'nginx/least_conn',
  source: 'nginx 1.22 ngx_http_upstream_least_conn_module.c',
  summary: 'the fewest active requests for its weight; equal ones take turns by weight',
  options: noOptions,
  make: (_options, upstream) => new LeastConnections(upstream),
};

class LeastConnections implements Scheduler {
  private readonly records: CreditRecords;
  private readonly groups: Groups;
  /** One entry for each distinct weight that has candidates. */
  private readonly tiers: Tier[] = [];
  /** Candidates below their full weight; they are in no tier. */
  private readonly recovering: number[] = [];
  /** Picked by credit, paid, and in no group until what comes of it is known; -1 = nobody. Its tier and active requests. */
  private hand = -1;
  private handTier!: Tier;
  private handActive = 0;

  constructor(private readonly upstream: Upstream) {
    upstream.effective.set(upstream.weight);
    this.records = new CreditRecords(upstream.length);
    this.groups = new Groups(this.records);
    for (let server = 0; server < upstream.length; server++) {
      this.join(server);
    }
  }

  pick(_key: number, tried: Tried): number {
    if (this.hand >= 0) this.putBack(this.handActive);
    if (tried.size === 0) {
      return this.least();
    }
    for (let position = 0; position < tried.size; position++) {
      this.leave(tried.at(position));
    }
    const server = this.least();
    if (this.hand >= 0) this.putBack(this.handActive);
    for (let position = 0; position < tried.size; position++) {
      this.join(tried.at(position));
    }
    return server;
  }

  changed(server: number, what: Change): void {
    if (what === Change.load) {
      const active = this.upstream.active[server];
      if (server === this.hand) {
        this.putBack(active);
        return;
      }
      const id = this.records.groupOf(server);
      if (id < 0) return;
      const group = this.groups.at(id);
      if (group.active !== active) group.tier!.move(server, group, active);
      return;
    }
    if (this.hand >= 0) this.putBack(this.handActive);
    this.leave(server);
    if (what === Change.weight) {
      this.upstream.effective[server] = this.upstream.weight[server];
    }
    this.join(server);
  }

  private putBack(active: number): void {
    this.handTier.add(this.hand, active);
    this.hand = -1;
  }

  private least(): number {
    const { tiers } = this;
    let smallest = Infinity;
    let first = -1;
    let isTied = false;
    for (let place = 0; place < tiers.length; place++) {
      const { ratio } = tiers[place];
      if (ratio < smallest) {
        smallest = ratio;
        first = place;
        isTied = false;
      } else if (ratio === smallest) {
        isTied = true;
      }
    }
    if (this.recovering.length > 0) {
      return this.leastWithRecovering(smallest);
    }
    if (first < 0) return -1;
    let best = tiers[first].leastLoaded;
    if (!isTied && best.size === 1) return best.richest(); // nothing changes for one alone
    let total = 0;
    for (let place = first; place < tiers.length; place++) {
      const tier = tiers[place];
      if (tier.ratio !== smallest) continue;
      const group = tier.leastLoaded;
      group.gain(tier.weight);
      total += tier.weight * group.size;
      if (place > first && isRicher(group, best)) best = group;
    }
    const server = best.richest();
    this.take(server, best, total);
    return server;
  }

  /** Lets the server that was picked pay. */
  private take(server: number, group: Group, total: number): void {
    this.hand = server;
    this.handTier = group.tier!;
    this.handActive = group.active;
    this.handTier.remove(server, group);
    this.records.gain(server, -total);
  }

  /** As `least`, with servers below their full weight among the candidates. */
  private leastWithRecovering(smallestWhole: number): number {
    const { active, weight, effective } = this.upstream;
    const { records } = this;
    let smallest = smallestWhole;
    for (const server of this.recovering) {
      smallest = Math.min(smallest, active[server] / weight[server]);
    }
    const groups = this.tiers.filter(({ ratio }) => ratio === smallest);
    const singles = this.recovering.filter((server) => active[server] / weight[server] === smallest);
    if (groups.length === 0 && singles.length === 1) {
      return singles[0]; // nothing changes for one alone
    }
    let best = -1;
    let most = -Infinity;
    let total = 0;
    let bestGroup: Group | undefined;
    for (const tier of groups) {
      const group = tier.leastLoaded;
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
      records.gain(server, effective[server]);
      total += effective[server];
      const credit = records.credit(server);
      if (credit > most || (credit === most && server < best)) {
        best = server;
        most = credit;
        bestGroup = undefined;
      }
    }
    if (bestGroup === undefined) {
      records.gain(best, -total);
    } else {
      this.take(best, bestGroup, total);
      this.putBack(this.handActive);
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
      tier = new Tier(weight, this.groups);
      this.tiers.push(tier);
    }
    tier.add(server, this.upstream.active[server]);
  }

  private leave(server: number): void {
    const id = this.records.groupOf(server);
    if (id < 0) {
      const position = this.recovering.indexOf(server);
      if (position >= 0) {
        this.recovering.splice(position, 1);
      }
      return;
    }
    const group = this.groups.at(id);
    const tier = group.tier!;
    tier.remove(server, group);
    if (tier.size === 0) {
      this.tiers.splice(this.tiers.indexOf(tier), 1);
    }
  }
}

function isRicher(a: Group, b: Group): boolean {
  return a.most() > b.most() || (a.most() === b.most() && a.richest() < b.richest());
}

/** Candidates of one weight and one number of active requests. */
class Group extends TiedCredits {
  /** Whose it is now. */
  tier: Tier | undefined;
  active = 0;
}

/** All groups of an upstream: one that has nobody left is used again. */
class Groups {
  private readonly all: Group[] = [];
  private readonly spare: Group[] = [];

  constructor(private readonly records: CreditRecords) {}

  at(id: number): Group {
    return this.all[id];
  }

  take(tier: Tier, active: number): Group {
    let group = this.spare.pop();
    if (group === undefined) {
      group = new Group(this.records, this.all.length);
      this.all.push(group);
    }
    group.tier = tier;
    group.active = active;
    return group;
  }

  give(group: Group): void {
    this.spare.push(group);
  }
}

/** Candidates of one weight, grouped by their number of active requests. */
class Tier {
  size = 0;
  /** The smallest number of active requests by weight; Infinity of a tier without servers. */
  ratio = Infinity;
  /** Those who have it; meaningful while `size` > 0. */
  leastLoaded!: Group;
  /** By number of active requests; undefined where there would be none. */
  private readonly byActive: (Group | undefined)[] = [];

  constructor(
    readonly weight: number,
    private readonly groups: Groups,
  ) {}

  add(server: number, active: number): void {
    const { byActive } = this;
    while (byActive.length <= active) {
      byActive.push(undefined);
    }
    let group = byActive[active];
    if (group === undefined) {
      group = this.groups.take(this, active);
      byActive[active] = group;
      if (this.size === 0 || active < this.leastLoaded.active) this.setLeast(group);
    }
    group.add(server);
    this.size += 1;
  }

  remove(server: number, group: Group): void {
    group.remove(server);
    this.size -= 1;
    if (group.size > 0) return;
    this.byActive[group.active] = undefined;
    this.groups.give(group);
    if (this.size === 0) {
      this.ratio = Infinity;
    } else if (group === this.leastLoaded) {
      let active = group.active + 1;
      while (this.byActive[active] === undefined) active += 1;
      this.setLeast(this.byActive[active]!);
    }
  }

  move(server: number, from: Group, active: number): void {
    this.remove(server, from);
    this.add(server, active);
  }

  private setLeast(group: Group): void {
    this.leastLoaded = group;
    this.ratio = group.active / this.weight;
  }
}
