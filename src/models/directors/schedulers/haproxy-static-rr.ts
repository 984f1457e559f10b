/**
 * HAProxy `balance static-rr`: round the static map, see `haproxy-map.ts`. 3/2/1 gives a a b a b c (roundrobin: a b a c a b).
 * A full server is passed over. Cost O(1) a pick, one step for each place passed over; a change of weight or of who is up
 * makes the map anew, O(total weight * log n), at the next pick.
 *
 * Source: HAProxy 2.6 src/lb_map.c, checked against recordings of it. As the product: the place in the map stays when it is
 * made anew. Different: weights may change at run time (the product knows only 0 and the first weight).
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { TreeMembers } from './haproxy-effective.ts';
import { haproxyMap } from './haproxy-map.ts';

export const haproxyStaticRoundRobin: SchedulerKind<NoOptions> = {
  name: 'haproxy/static-rr',
  source: 'HAProxy 2.6 src/lb_map.c',
  summary: 'in turn round a map made once by weight: 3/2/1 gives a a b a b c',
  options: noOptions,
  make(_options, upstream) {
    let map: Int32Array | null = null;
    let place = 0;
    const members = new TreeMembers(upstream);
    return {
      pick(_key, tried) {
        map ??= haproxyMap(upstream);
        const { length } = map;
        if (place >= length) place = 0;
        for (let step = 0; step < length; step++) {
          const at = place + step < length ? place + step : place + step - length;
          const server = map[at];
          if (upstream.eligible[server] === 1 && !tried.has(server)) {
            place = at + 1;
            return server;
          }
        }
        return -1;
      },
      changed(server, what) {
        if (members.changed(server, what)) map = null;
      },
    };
  },
};
