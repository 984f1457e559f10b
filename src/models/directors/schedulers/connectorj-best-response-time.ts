/**
 * MySQL Connector/J `loadBalanceStrategy=bestResponseTime`: the server whose last answer took the shortest time; one that has
 * not answered yet comes first; the first one on a tie. One bad last answer keeps a server out until all others were worse.
 * Weights other than 0 are ignored. O(log n).
 *
 * Source: Connector/J 8.0 com.mysql.cj.jdbc.ha.BestResponseTimeBalanceStrategy. The product times transactions, this the
 * requests that were answered; failures leave the time as it was (the product's blocklist is the director's).
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { leastOf } from './least.ts';

export const connectorJBestResponseTime: SchedulerKind<NoOptions> = {
  name: 'connectorj/bestResponseTime',
  source: 'MySQL Connector/J 8.0 BestResponseTimeBalanceStrategy',
  summary: 'the server whose last answer was the fastest',
  options: noOptions,
  make(_options, upstream) {
    const last = new Float64Array(upstream.length);
    const least = leastOf(upstream, (_, server) => last[server]);
    return {
      pick: (key, tried) => least.pick(key, tried),
      changed: (server, what) => least.changed(server, what),
      released(server, seconds, ok) {
        if (!ok) return;
        last[server] = seconds;
        least.changed(server, 0);
      },
    };
  },
};
