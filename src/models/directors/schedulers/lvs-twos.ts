/**
 * LVS power of two choices (`twos`): two servers drawn by weight, perhaps the same one; the one with the smaller
 * (256 * active + inactive) / weight, the first drawn on a tie. Cost O(log n) a draw.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_twos.c (5.15). As the product: the number drawn is one of total weight + 1, and
 * the surplus falls to the first server, which comes up (w + 1) / (total + 1) of the time.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { WeightTree } from '../weight-tree.ts';
import { connectionOverhead } from './least.ts';

export const lvsPowerOfTwo: SchedulerKind<NoOptions> = {
  name: 'lvs/twos',
  source: 'Linux net/netfilter/ipvs/ip_vs_twos.c (5.15)',
  summary: 'the less loaded of two servers drawn by weight',
  options: noOptions,
  make(_options, upstream, stream) {
    const chances = new WeightTree(upstream.length);
    const refresh = (server: number): void =>
      chances.set(server, upstream.usable(server) ? upstream.weight[server] : 0);
    for (let server = 0; server < upstream.length; server++) refresh(server);
    const draw = (): number => {
      const point = Math.floor(stream.uniform() * (chances.total + 1));
      return chances.at(Math.max(point - 1, 0));
    };
    return {
      pick(_key, tried) {
        for (let position = 0; position < tried.size; position++) chances.set(tried.at(position), 0);
        let server = draw();
        if (server >= 0) {
          const second = draw();
          const { weight } = upstream;
          const ofFirst = weight[second] * connectionOverhead(upstream, server);
          if (ofFirst > weight[server] * connectionOverhead(upstream, second)) server = second;
        }
        for (let position = 0; position < tried.size; position++) refresh(tried.at(position));
        return server;
      },
      changed(server, what) {
        if (what !== Change.load) refresh(server);
      },
    };
  },
};
