/**
 * LVS weighted failover (`fo`): everything to the server with the largest weight, the first one on a tie; to the next
 * one when it is down, quiesced or full. Cost O(1) a pick.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_fo.c.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { leastAtRest } from './least.ts';

export const lvsFailover: SchedulerKind<NoOptions> = {
  name: 'lvs/fo',
  source: 'Linux net/netfilter/ipvs/ip_vs_fo.c',
  summary: 'all to the heaviest server that is there',
  options: noOptions,
  make: (_options, upstream) => leastAtRest(upstream, (_, _server, weight) => -weight),
};
