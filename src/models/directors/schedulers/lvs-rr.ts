/**
 * LVS round robin (`rr`): the next usable server in list order after the one picked last; weights other than 0 are
 * ignored. Cost O(log n) a pick, whatever the number of servers that are out.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_rr.c. Different from the product: the list is the configuration, in its
 * order; the kernel puts a server that is added at the HEAD of its list, so ipvsadm's order of addition is reversed.
 */
import { noOptions, Change } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { Selector } from '../selector.ts';

export const lvsRoundRobin: SchedulerKind<NoOptions> = {
  name: 'lvs/rr',
  source: 'Linux net/netfilter/ipvs/ip_vs_rr.c',
  summary: 'each server in turn, in configuration order; weights are ignored',
  options: noOptions,
  make(_options, upstream) {
    const usable = new Selector(upstream.length); // 0 usable, Infinity not
    const refresh = (server: number) => usable.set(server, upstream.usable(server) ? 0 : Infinity);
    for (let server = 0; server < upstream.length; server++) {
      refresh(server);
    }
    let last = -1;
    return {
      pick(_key, tried) {
        for (let turn = 0, from = last + 1; turn < 2; turn++, from = 0) {
          let server = usable.next(from, 0);
          while (server >= 0 && tried.has(server)) {
            server = usable.next(server + 1, 0);
          }
          if (server >= 0) {
            last = server;
            return server;
          }
        }
        return -1;
      },
      changed(server, what) {
        if (what !== Change.load) {
          refresh(server);
        }
      },
    };
  },
};
