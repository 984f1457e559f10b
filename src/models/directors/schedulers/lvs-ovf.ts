/**
 * LVS overflow connection (`ovf`): all to the server with the largest weight until it has more active connections than
 * its weight, then to the next; the first one on a tie. When every server has more, nobody is picked (-1): LVS refuses
 * the connection. Cost O(1) a change and a pick, with few different weights.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_ovf.c. As there, a server takes weight + 1 connections before it overflows.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { levelsListed } from '../levels.ts';
import { WeightKinds } from '../weight-kinds.ts';

export const lvsOverflow: SchedulerKind<NoOptions> = {
  name: 'lvs/ovf',
  source: 'Linux net/netfilter/ipvs/ip_vs_ovf.c',
  summary: 'all to the heaviest server until its connections exceed its weight, then to the next',
  options: noOptions,
  make(_options, upstream) {
    const { active, eligible } = upstream;
    const weights = new WeightKinds(upstream);
    /** Those that have room, the heaviest first. */
    const heaviest = levelsListed(upstream.length);
    const changed = (server: number, what: Change): void => {
      if (what === Change.weight) weights.refresh(server);
      const weight = weights.of(server);
      const hasRoom = active[server] <= weight;
      if (what === Change.load && hasRoom === heaviest.has(server)) return; // most connections change nothing
      heaviest.set(server, hasRoom && weight > 0 && eligible[server] === 1 ? -weight : Infinity);
    };
    for (let server = 0; server < upstream.length; server++) changed(server, Change.eligibility);
    return { pick: (_key, tried) => heaviest.smallest(tried), changed };
  },
};
