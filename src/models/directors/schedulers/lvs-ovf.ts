/**
 * LVS overflow connection (`ovf`): all to the server with the largest weight until it has more active connections than
 * its weight, then to the next; the first one on a tie. When every server has more, nobody is picked (-1): LVS refuses
 * the connection. Cost O(log n) a change and a pick.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_ovf.c. As there, a server takes weight + 1 connections before it overflows.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { leastOf } from './least.ts';

export const lvsOverflow: SchedulerKind<NoOptions> = {
  name: 'lvs/ovf',
  source: 'Linux net/netfilter/ipvs/ip_vs_ovf.c',
  summary: 'all to the heaviest server until its connections exceed its weight, then to the next',
  options: noOptions,
  make: (_options, upstream) =>
    leastOf(upstream, ({ active, weight }, server) => (active[server] > weight[server] ? Infinity : -weight[server])),
};
