/**
 * HAProxy `balance roundrobin`: dynamic weighted round robin. Every server has a next position on a line; a pick moves it on
 * by total / weight, with the remainder carried, so that heavy servers come again sooner; servers that have no position yet
 * fill the holes, heaviest first, in configuration order. 5/1/1 gives a a a b a a c (nginx: a a b a c a a). A turn of the
 * line ends when everybody's next position lies beyond it.
 *
 * A turn is sixteen times the sum of the weights long; a server that begins late in it may lose a pick of it (4/6/6 gives
 * 63 : 96 : 96).
 *
 * A full server is passed over, and its turn counts as used. Cost O(1) a pick in the mean (a server that was picked goes
 * behind all others), O(log n) for one that does not; one step for each full server that is passed over.
 *
 * Source: HAProxy 2.6 src/lb_fwrr.c (the rule), checked against recordings of it. As the product, backup servers have a line of
 * their own, which stands still while they are not needed. Left out: the locks that let two threads disturb the order. A retry avoids every server it has tried, the product
 * the last one only.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { Lanes } from '../lanes.ts';
import { isInTree, sixteenths, WEIGHT_MAX } from './haproxy-effective.ts';

export const haproxyRoundRobin: SchedulerKind<NoOptions> = {
  name: 'haproxy/roundrobin',
  source: 'HAProxy 2.6 src/lb_fwrr.c',
  summary: 'in turn by weight, as HAProxy spreads it: 5/1/1 gives a a a b a a c',
  options: noOptions,
  make(_options, upstream) {
    const all = Array.from({ length: upstream.length }, (_, server) => server);
    const backups = all.filter((server) => upstream.backup[server] === 1);
    if (backups.length === 0) return new PositionRoundRobin(upstream, all);
    return new WithBackups(
      upstream,
      all.filter((server) => upstream.backup[server] === 0),
      backups,
    );
  },
};

/** Two lines: that of the backups serves when they are called in and nobody of the other one can. */
class WithBackups implements Scheduler {
  private readonly main: PositionRoundRobin;
  private readonly reserve: PositionRoundRobin;
  /** Backups of which something has changed since one was picked: also that they are called in. */
  private readonly news = new Set<number>();

  constructor(
    private readonly upstream: Upstream,
    main: readonly number[],
    private readonly backups: readonly number[],
  ) {
    this.main = new PositionRoundRobin(upstream, main);
    this.reserve = new PositionRoundRobin(upstream, backups);
  }

  pick(key: number, tried: Tried): number {
    const server = this.main.isEmpty ? -1 : this.main.pick(key, tried);
    if (server >= 0 || !this.backups.some((backup) => this.upstream.usable(backup))) return server;
    for (const server of this.news) this.reserve.changed(server, Change.eligibility);
    this.news.clear();
    return this.reserve.pick(key, tried);
  }

  changed(server: number, what: Change): void {
    if (this.upstream.backup[server] === 0) this.main.changed(server, what);
    else if (what === Change.weight || what === Change.eligibility) this.news.add(server);
  }
}

/** Positions count this much in the order; the rest of a key tells how heavy a server is. */
const POSITION = 256;

class PositionRoundRobin implements Scheduler {
  /** In sixteenths; 0 = not in any of the queues. */
  private readonly weight: Float64Array;
  private readonly next: Float64Array;
  private readonly last: Float64Array;
  private readonly rest: Float64Array;
  /** Those with a position in this turn. */
  private readonly current: Lanes;
  /** Those without one, for this turn and for the next one; they change places at the end of a turn. */
  private fresh: Lanes;
  private later: Lanes;
  private position = 0;
  private turnWeight = 0;
  private nextWeight = 0;
  private sequence = 0;
  private readonly passed: number[] = [];

  constructor(
    private readonly upstream: Upstream,
    servers: readonly number[],
  ) {
    const { length } = upstream;
    this.weight = new Float64Array(length);
    this.next = new Float64Array(length);
    this.last = new Float64Array(length);
    this.rest = new Float64Array(length);
    this.current = new Lanes(length);
    this.fresh = new Lanes(length);
    this.later = new Lanes(length);
    for (const server of servers) {
      if (!isInTree(upstream, server)) continue;
      this.weight[server] = sixteenths(upstream, server);
      this.nextWeight += this.weight[server];
      this.queueByWeight(this.fresh, server);
    }
    this.turnWeight = this.nextWeight;
    this.position = this.turnWeight;
  }

  /** Nobody is up. */
  get isEmpty(): boolean {
    return this.nextWeight === 0;
  }

  pick(_key: number, tried: Tried): number {
    const { passed } = this;
    let switched = false;
    let picked = -1;
    for (;;) {
      if (this.turnWeight === 0) {
        this.turnWeight = this.nextWeight;
        this.position = this.turnWeight;
      }
      let server = this.candidate();
      if (server < 0) {
        if (switched) break;
        switched = true;
        this.endTurn();
        server = this.candidate();
        if (server < 0) break;
      }
      this.advance(server);
      this.leave(server);
      this.position += 1;
      if (this.upstream.eligible[server] === 1 && !tried.has(server)) {
        picked = server;
        this.queue(server);
        break;
      }
      passed.push(server);
    }
    // The product chains those passed over, the latest in front, and puts them back in that order.
    while (passed.length > 0) {
      const server = passed.pop()!;
      if (switched) this.queueByWeight(this.fresh, server);
      else this.queue(server);
    }
    return picked;
  }

  changed(server: number, what: Change): void {
    if (what !== Change.weight && what !== Change.eligibility) return;
    const before = this.weight[server];
    const after = isInTree(this.upstream, server) ? sixteenths(this.upstream, server) : 0;
    if (before === after) return;
    this.weight[server] = after;
    this.nextWeight += after - before;
    if (after === 0) {
      this.leave(server);
    } else if (before === 0) {
      // One that comes back begins where it stands in the turn, and first comes up after its share of what is left.
      const left = this.nextWeight + this.turnWeight - this.position;
      this.next[server] = this.position + Math.trunc(left / after);
      this.queue(server);
    } else if (this.fresh.has(server)) {
      this.fresh.remove(server);
      this.queueByWeight(this.fresh, server);
    } else {
      this.replace(server);
    }
  }

  /** The server whose turn it is: one that is due, else one without a position, else one that is early; -1 = nobody. */
  private candidate(): number {
    const due = this.current.first();
    if (due >= 0 && this.next[due] <= this.position) return due;
    const fresh = this.fresh.first();
    if (fresh < 0) return due;
    this.next[fresh] = 0;
    this.rest[fresh] = 0;
    return fresh;
  }

  /** Gives a server its next position. */
  private advance(server: number): void {
    const { next, rest } = this;
    const weight = this.weight[server];
    const from = next[server] === 0 ? this.position : next[server];
    this.last[server] = from;
    next[server] = from + Math.floor(this.nextWeight / weight);
    rest[server] += this.nextWeight % weight;
    if (rest[server] >= weight) {
      rest[server] -= weight;
      next[server] += 1;
    }
  }

  private endTurn(): void {
    [this.fresh, this.later] = [this.later, this.fresh];
    this.turnWeight = this.nextWeight;
    this.position = this.turnWeight;
  }

  /** By its next position; one that lies beyond this turn has to wait for the next one. */
  private queue(server: number): void {
    const next = this.next[server];
    if (next >= 2 * this.turnWeight || next >= this.turnWeight + this.nextWeight) {
      this.next[server] = next - this.turnWeight;
      this.queueByWeight(this.later, server);
    } else {
      const lightness = Math.floor((WEIGHT_MAX + this.rest[server] - this.weight[server]) / 16);
      this.current.add(server, POSITION * next + lightness, this.sequence++, this.weight[server]);
    }
  }

  private queueByWeight(queue: Lanes, server: number): void {
    queue.add(server, WEIGHT_MAX - this.weight[server], this.sequence++, this.weight[server]);
  }

  private leave(server: number): void {
    if (this.current.has(server)) this.current.remove(server);
    else if (this.fresh.has(server)) this.fresh.remove(server);
    else if (this.later.has(server)) this.later.remove(server);
  }

  /** A new weight for a server that has a position: it keeps it, or comes up sooner. */
  private replace(server: number): void {
    const { next, last } = this;
    if (this.later.has(server)) next[server] += this.turnWeight;
    const before = next[server];
    const step = Math.floor(this.nextWeight / this.weight[server]);
    this.rest[server] = 0;
    next[server] = Math.min(last[server] + step, before);
    if (next[server] < this.position + 2) next[server] = this.position + step;
    this.leave(server);
    this.queue(server);
  }
}
