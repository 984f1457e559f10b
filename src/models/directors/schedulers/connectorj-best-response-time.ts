/**
 * MySQL Connector/J `loadBalanceStrategy=bestResponseTime`: the server whose last answer took the shortest time; one that has
 * not answered yet comes first; the first one on a tie. One bad last answer keeps a server out until all others were worse.
 * Weights other than 0 are ignored. O(1) while the same one stays the fastest, else O(log n).
 *
 * Source: Connector/J 8.0 com.mysql.cj.jdbc.ha.BestResponseTimeBalanceStrategy. The product times transactions, this the
 * requests that were answered; failures leave the time as it was (the product's blocklist is the director's).
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind, Tried } from '../scheduler.ts';
import { Selector } from '../selector.ts';

export const connectorJBestResponseTime: SchedulerKind<NoOptions> = {
  name: 'connectorj/bestResponseTime',
  source: 'MySQL Connector/J 8.0 BestResponseTimeBalanceStrategy',
  summary: 'the server whose last answer was the fastest',
  options: noOptions,
  make(_options, upstream) {
    const last = new Float64Array(upstream.length);
    const best = new Best(upstream.length);
    const place = (server: number): void => best.set(server, upstream.usable(server) ? last[server] : Infinity);
    for (let server = 0; server < upstream.length; server++) place(server);
    return {
      pick: (_key, tried) => best.smallest(tried),
      changed(server, what) {
        if (what !== Change.load) place(server);
      },
      released(server, seconds, ok) {
        if (!ok) return;
        last[server] = seconds;
        place(server);
      },
    };
  },
};

/** As a tournament, with the winner held out of it: all requests go there, and while it stays the best it costs O(1). */
class Best {
  private readonly others: Selector;
  private front = 0;
  private frontKey = Infinity;

  constructor(length: number) {
    this.others = new Selector(length);
  }

  set(server: number, key: number): void {
    const { others, front } = this;
    if (server === front) {
      this.frontKey = key;
      if (others.least > key || (others.least === key && (key === Infinity || others.winner() > front))) return;
      others.set(front, key);
      this.front = others.winner();
      this.frontKey = others.least;
      others.set(this.front, Infinity);
    } else if (key < this.frontKey || (key === this.frontKey && key < Infinity && server < front)) {
      others.set(server, Infinity);
      others.set(front, this.frontKey);
      this.front = server;
      this.frontKey = key;
    } else {
      others.set(server, key);
    }
  }

  smallest(tried: Tried): number {
    if (this.frontKey === Infinity) return -1;
    return tried.size > 0 && tried.has(this.front) ? this.others.smallest(tried) : this.front;
  }
}
