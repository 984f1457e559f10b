/**
 * HAProxy `balance leastconn`: the smallest (n + 1) / weight of servers with n > 0 connections, and 0 of an idle one, whatever
 * its weight; among equals the one whose figure changed longest ago, in configuration order at first. Idle, it takes turns
 * without weights. Cost O(1) to O(log n) a change and a pick.
 *
 * Source: HAProxy 2.6 src/lb_fwlc.c, checked against recordings of it. As the product, the figure is a whole number, in
 * fractions of 1/256 of a connection for each unit of weight. Different: connections that wait in a server's own queue do
 * not count as its own.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { RankedQueue, Ranks } from '../ranked-queue.ts';
import { sixteenths, WEIGHT_MAX } from './haproxy-effective.ts';

export const haproxyLeastConnections: SchedulerKind<NoOptions> = {
  name: 'haproxy/leastconn',
  source: 'HAProxy 2.6 src/lb_fwlc.c',
  summary: 'the fewest connections for its weight, idle servers first; equal ones in turn',
  options: noOptions,
  make: (_options, upstream) => new LeastConnections(upstream),
};

class LeastConnections implements Scheduler {
  private readonly order: RankedQueue;
  private sequence = 0;

  constructor(private readonly upstream: Upstream) {
    this.order = new RankedQueue(new Ranks(upstream.length));
    for (let server = 0; server < upstream.length; server++) {
      if (upstream.usable(server)) this.order.add(server, this.figure(server), this.sequence++);
    }
  }

  pick(_key: number, tried: Tried): number {
    const { order } = this;
    if (tried.size === 0) return order.first();
    const left: number[] = [];
    for (let position = 0; position < tried.size; position++) {
      const server = tried.at(position);
      if (order.has(server)) {
        order.remove(server);
        left.push(server);
      }
    }
    const server = order.first();
    for (const back of left) order.add(back, order.key(back), order.tie(back));
    return server;
  }

  changed(server: number, what: Change): void {
    const { order } = this;
    if (what === Change.load) {
      if (!order.has(server)) return;
      const figure = this.figure(server);
      if (figure === order.key(server)) return;
      order.remove(server);
      order.add(server, figure, this.sequence++);
    } else if (what !== Change.effective) {
      const usable = this.upstream.usable(server);
      if (order.has(server)) {
        if (usable && what === Change.eligibility) return;
        order.remove(server);
      }
      if (usable) order.add(server, this.figure(server), this.sequence++);
    }
  }

  private figure(server: number): number {
    const active = this.upstream.active[server];
    if (active === 0) return 0;
    return Math.floor(((active + 1) * WEIGHT_MAX) / sixteenths(this.upstream, server));
  }
}
