/**
 * HAProxy `balance first`: the first server, in configuration order, that has a free place (its limit, maxconn); weights
 * other than 0 are ignored. Without limits the first one takes all. Cost O(1) a pick.
 *
 * Source: HAProxy 2.6 src/lb_fas.c, checked against recordings of it. Left out: the order by `id` (it is that of the file).
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { leastAtRest } from './least.ts';

export const haproxyFirst: SchedulerKind<NoOptions> = {
  name: 'haproxy/first',
  source: 'HAProxy 2.6 src/lb_fas.c',
  summary: 'the first server with a free place: fills one after the other',
  options: noOptions,
  make: (_options, upstream) => leastAtRest(upstream, () => 0),
};
