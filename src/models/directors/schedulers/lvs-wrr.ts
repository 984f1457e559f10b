/**
 * LVS weighted round robin (`wrr`): passes over the list at falling levels; a pass takes each server whose weight
 * reaches its level. Levels go from the largest weight down by the greatest common divisor of all weights, and start
 * again. Heavy servers come in bursts (5/1/1: a a a a a b c); `nginx/rr` is the smooth relative.
 * Cost O(1) a pick in the mean, O(log n) for one that skips many; O(n) a change of weight.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_wrr.c. Like the product: a changed weight restarts the pass at the head of
 * the list; a server at its limit is passed over without changing the levels. Unlike it: a server that health checks
 * take out is passed over too (keepalived removes it from the list, which restarts the pass); the list is in
 * configuration order (the kernel puts a server that is added at the head). Weights are whole in LVS: a fraction (slow
 * start) is rounded, and not below 1.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { Selector } from '../selector.ts';
import { greatestCommonDivisor, wholeWeight } from '../whole-weight.ts';

export const lvsWeightedRoundRobin: SchedulerKind<NoOptions> = {
  name: 'lvs/wrr',
  source: 'Linux net/netfilter/ipvs/ip_vs_wrr.c',
  summary: 'in turn by weight, in bursts: heavier servers first, 5/1/1 gives a a a a a b c',
  options: noOptions,
  make: (_options, upstream) => new WeightedRoundRobin(upstream),
};

class WeightedRoundRobin implements Scheduler {
  /** Minus the weight of each usable server, so that the smallest is the heaviest. */
  private readonly heaviest: Selector;
  /** Picked last, or -1: the head of the list. */
  private last = -1;
  private level = 0;
  /** Levels are top, top - step, ... 1. Counted as in the kernel: one above a multiple of the step. */
  private top = 0;
  private step = 1;

  constructor(private readonly upstream: Upstream) {
    this.heaviest = new Selector(upstream.length);
    for (let server = 0; server < upstream.length; server++) {
      this.place(server);
    }
    this.setLevels();
  }

  pick(_key: number, tried: Tried): number {
    const best = tried.size === 0 ? this.heaviest.least : this.leastUntried(tried);
    if (best === Infinity) {
      return -1;
    }
    const reachable = -best; // no pass above this level finds anybody
    for (;;) {
      const server = this.level <= reachable ? this.nextAtLevel(tried) : -1;
      if (server >= 0) {
        this.last = server;
        return server;
      }
      this.last = -1;
      this.level = this.level > this.step ? this.level - this.step : this.top;
      if (this.level > reachable) {
        this.level -= this.step * Math.ceil((this.level - reachable) / this.step);
      }
    }
  }

  changed(server: number, what: Change): void {
    if (what === Change.load) {
      return;
    }
    this.place(server);
    if (what === Change.weight) {
      this.setLevels();
    }
  }

  private leastUntried(tried: Tried): number {
    const server = this.heaviest.smallest(tried);
    return server < 0 ? Infinity : this.heaviest.key(server);
  }

  private nextAtLevel(tried: Tried): number {
    let server = this.heaviest.next(this.last + 1, -this.level);
    while (server >= 0 && tried.has(server)) {
      server = this.heaviest.next(server + 1, -this.level);
    }
    return server;
  }

  private place(server: number): void {
    this.heaviest.set(server, this.upstream.usable(server) ? -wholeWeight(this.upstream, server) : Infinity);
  }

  private setLevels(): void {
    let heaviest = 0;
    let divisor = 0;
    for (let server = 0; server < this.upstream.length; server++) {
      const weight = wholeWeight(this.upstream, server);
      heaviest = Math.max(heaviest, weight);
      divisor = greatestCommonDivisor(divisor, weight);
    }
    this.last = -1;
    this.step = Math.max(divisor, 1);
    this.top = heaviest - (this.step - 1);
    if (this.level > this.top || this.level === 0) {
      this.level = this.top;
    } else if (this.step > 1) {
      this.level = Math.floor(this.level / this.step) * this.step + 1; // never above the top
    }
  }
}
