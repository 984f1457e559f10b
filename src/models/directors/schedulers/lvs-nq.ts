/**
 * LVS never queue (`nq`): the first idle server (no active connection) in list order; when none is idle, as `sed`.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_nq.c.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { expectedDelay, leastOf } from './least.ts';

export const lvsNeverQueue: SchedulerKind<NoOptions> = {
  name: 'lvs/nq',
  source: 'Linux net/netfilter/ipvs/ip_vs_nq.c',
  summary: 'the first idle server; when none is idle, the shortest expected delay (sed)',
  options: noOptions,
  make: (_options, upstream) =>
    // An expected delay is above 0, so every idle server comes before every busy one.
    leastOf(upstream, (servers, server, weight) =>
      servers.active[server] === 0 ? 0 : expectedDelay(servers, server, weight),
    ),
};
