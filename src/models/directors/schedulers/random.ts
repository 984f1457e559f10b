/**
 * A server at random, in proportion to weight, among those that are usable and not tried. One uniform number a pick.
 * Cost O(log n) a pick, a change, and a tried server.
 *
 * What Mycat's and Connector/J's "random" do with equal weights. `nginx/random` draws among all servers and draws
 * again, which costs other numbers and ends differently when most servers are out.
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { WeightTree } from '../weight-tree.ts';

export const random: SchedulerKind<NoOptions> = {
  name: 'random',
  source: 'MySQL Connector/J 8 loadBalanceStrategy=random, Mycat 1.6 balance; elementary',
  summary: 'at random, in proportion to weight',
  options: noOptions,
  make(_options, upstream, stream) {
    const chances = new WeightTree(upstream.length);
    const refresh = (server: number) => chances.set(server, upstream.usable(server) ? upstream.weight[server] : 0);
    for (let server = 0; server < upstream.length; server++) {
      refresh(server);
    }
    return {
      pick(_key, tried) {
        for (let position = 0; position < tried.size; position++) {
          chances.set(tried.at(position), 0);
        }
        const server = chances.draw(stream.uniform());
        for (let position = 0; position < tried.size; position++) {
          refresh(tried.at(position));
        }
        return server;
      },
      changed(server, what) {
        if (what !== Change.load) {
          refresh(server);
        }
      },
    };
  },
};
