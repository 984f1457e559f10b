/**
 * LVS weighted least connection (`wlc`), the product's default: the smallest (256 * active + inactive) / weight. A
 * tie goes to the server listed first.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_wlc.c. The kernel multiplies crosswise instead of dividing; for whole
 * numbers the order is the same, since equal ratios divide to equal doubles.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { connectionOverhead, leastOf } from './least.ts';

export const lvsWeightedLeastConnection: SchedulerKind<NoOptions> = {
  name: 'lvs/wlc',
  source: 'Linux net/netfilter/ipvs/ip_vs_wlc.c',
  summary: 'the fewest connections for its weight: smallest (256 x active + inactive) / weight',
  options: noOptions,
  make: (_options, upstream) =>
    leastOf(upstream, (servers, server, weight) => connectionOverhead(servers, server) / weight),
};
