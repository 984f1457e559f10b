/**
 * LVS locality-based least connection (`lblc`): what is asked for stays with the server it was sent to last, as long as that
 * one is there and not overloaded (more active connections than its weight, while some server has less than half of its
 * own); otherwise, and at first, the weighted least connection picks. For clusters of transparent caches.
 * Cost O(1) a change and a pick (least.ts).
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_lblc.c. Different from the product: the destination is the key of the request;
 * a full server does not keep its keys (the kernel lets them go on). Left out: the expiry of entries that were not used for
 * 24 hours, and the limit of 16384 of them.
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { levelsListed } from '../levels.ts';
import { connectionOverhead, leastOf } from './least.ts';

export const lvsLocalityBasedLeastConnection: SchedulerKind<NoOptions> = {
  name: 'lvs/lblc',
  source: 'Linux net/netfilter/ipvs/ip_vs_lblc.c',
  summary: 'what is asked for stays with its server until that one is overloaded; else as wlc',
  options: noOptions,
  make(_options, upstream) {
    const least = leastOf(upstream, (servers, server, weight) => connectionOverhead(servers, server) / weight);
    /** 2 * active / weight of every server in the list. */
    const load = levelsListed(upstream.length);
    const place = (server: number): void => {
      const listed = (upstream.eligible[server] === 1 || upstream.full[server] === 1) && upstream.weight[server] > 0;
      load.set(server, listed ? (2 * upstream.active[server]) / upstream.weight[server] : Infinity);
    };
    for (let server = 0; server < upstream.length; server++) place(server);
    const servers = new Map<number, number>();
    return {
      hashes: 'request',
      pick(key, tried) {
        const known = servers.get(key);
        if (known !== undefined && upstream.usable(known) && !tried.has(known)) {
          const overloaded = upstream.active[known] > upstream.weight[known] && load.least < 1;
          if (!overloaded) return known;
        }
        const server = least.pick(key, tried);
        if (server >= 0) servers.set(key, server);
        return server;
      },
      changed(server, what) {
        least.changed(server, what);
        place(server);
      },
    };
  },
};
