/**
 * LVS least connection (`lc`): the smallest 256 * active + inactive; weights other than 0 are ignored. A tie goes to
 * the server listed first.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_lc.c, connection overhead of include/net/ip_vs.h.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { connectionOverhead, leastOf } from './least.ts';

export const lvsLeastConnection: SchedulerKind<NoOptions> = {
  name: 'lvs/lc',
  source: 'Linux net/netfilter/ipvs/ip_vs_lc.c',
  summary: 'the fewest connections (256 x active + inactive), whatever the weight',
  options: noOptions,
  make: (_options, upstream) => leastOf(upstream, connectionOverhead),
};
