/**
 * LVS shortest expected delay (`sed`): the smallest (active + 1) / weight; closing connections do not count. A tie
 * goes to the server listed first. A fast server may be picked although a slow one is idle: `nq` differs there.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_sed.c.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { expectedDelay, leastOf } from './least.ts';

export const lvsShortestExpectedDelay: SchedulerKind<NoOptions> = {
  name: 'lvs/sed',
  source: 'Linux net/netfilter/ipvs/ip_vs_sed.c',
  summary: 'the shortest expected delay: smallest (active + 1) / weight',
  options: noOptions,
  make: (_options, upstream) => leastOf(upstream, expectedDelay),
};
