/**
 * HAProxy `balance leastconn`: the smallest (n + 1) / weight of servers with n > 0 connections, and 0 of an idle one, whatever
 * its weight; among equals the one whose figure changed longest ago, in configuration order at first. Idle, it takes turns
 * without weights. Cost O(1) a change and a pick; O(log of the figures in
 * use) where a figure is new.
 *
 * Source: HAProxy 2.6 src/lb_fwlc.c, checked against recordings of it. As the product, the figure is a whole number, in
 * fractions of 1/256 of a connection for each unit of weight. Different: connections that wait in a server's own queue do
 * not count as its own.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { levelsQueued } from '../levels.ts';
import type { Levels } from '../levels.ts';
import { sixteenths, WEIGHT_MAX } from './haproxy-effective.ts';

export const haproxyLeastConnections: SchedulerKind<NoOptions> = {
  name: 'haproxy/leastconn',
  source: 'HAProxy 2.6 src/lb_fwlc.c',
  summary: 'the fewest connections for its weight, idle servers first; equal ones in turn',
  options: noOptions,
  make: (_options, upstream) => new LeastConnections(upstream),
};

class LeastConnections implements Scheduler {
  private readonly order: Levels;

  constructor(private readonly upstream: Upstream) {
    this.order = levelsQueued(upstream.length);
    for (let server = 0; server < upstream.length; server++) {
      if (upstream.usable(server)) this.order.set(server, this.figure(server));
    }
  }

  pick(_key: number, tried: Tried): number {
    return this.order.smallest(tried);
  }

  changed(server: number, what: Change): void {
    const { order } = this;
    if (what === Change.load) {
      if (order.key(server) < Infinity) order.set(server, this.figure(server));
    } else if (what !== Change.effective) {
      const usable = this.upstream.usable(server);
      if (usable && what === Change.eligibility && order.key(server) < Infinity) return;
      order.set(server, Infinity); // one that comes back, or has another weight, queues up anew
      if (usable) order.set(server, this.figure(server));
    }
  }

  private figure(server: number): number {
    const active = this.upstream.active[server];
    if (active === 0) return 0;
    return Math.floor(((active + 1) * WEIGHT_MAX) / sixteenths(this.upstream, server));
  }
}
