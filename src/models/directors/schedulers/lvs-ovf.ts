/**
 * LVS overflow connection (`ovf`): all to the server with the largest weight until it has more active connections than
 * its weight, then to the next; the first one on a tie. When every server has more, nobody is picked (-1): LVS refuses
 * the connection. Cost O(1) a change and a pick, with few different weights.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_ovf.c. As there, a server takes weight + 1 connections before it overflows.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { leastOf } from './least.ts';

export const lvsOverflow: SchedulerKind<NoOptions> = {
  name: 'lvs/ovf',
  source: 'Linux net/netfilter/ipvs/ip_vs_ovf.c',
  summary: 'all to the heaviest server until its connections exceed its weight, then to the next',
  options: noOptions,
  make(_options, upstream) {
    const { active, weight } = upstream;
    const over = new Uint8Array(upstream.length);
    const heaviest = leastOf(upstream, (_, server) => (over[server] === 1 ? Infinity : -weight[server]));
    const changed = (server: number, what: Change): void => {
      const isOver = active[server] > weight[server] ? 1 : 0;
      if (what === Change.load && isOver === over[server]) return; // most connections change nothing
      over[server] = isOver;
      heaviest.changed(server, Change.eligibility);
    };
    for (let server = 0; server < upstream.length; server++) changed(server, Change.load);
    return { pick: (key, tried) => heaviest.pick(key, tried), changed };
  },
};
