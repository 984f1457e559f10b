/**
 * HAProxy's static map: as many places as the sum of the weights (without their common divisor), on which the servers are
 * spread once, `static-rr` goes round it, and map-based hashes pick a place of it. 3/2/1 gives a a b a b c.
 * The rule: at each place every server's score grows by its weight; of those with the largest floor(score / total) the first
 * takes the place and pays the total. Made in O(total log n), where the product takes O(total * n).
 *
 * Source: HAProxy 2.6 src/lb_map.c (the rule), checked against recordings of it.
 */
import type { Upstream } from '../scheduler.ts';
import { Selector } from '../selector.ts';
import { greatestCommonDivisor, wholeWeight } from '../whole-weight.ts';
import { isInTree } from './haproxy-effective.ts';

/** Server of each place; empty where no server is up. */
export function haproxyMap(upstream: Upstream): Int32Array {
  const { length } = upstream;
  let divisor = 0;
  for (let server = 0; server < length; server++)
    divisor = greatestCommonDivisor(divisor, wholeWeight(upstream, server));
  const weights = Array.from({ length }, (_, server) =>
    isInTree(upstream, server) ? wholeWeight(upstream, server) / divisor : 0,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // A server's floor(score / total) grows at the places ceil(k * total / weight); chains of those who do, by place.
  const chain = new Int32Array(total + 1).fill(-1);
  const after = new Int32Array(length);
  const growths = new Float64Array(length);
  const await_ = (server: number): void => {
    const place = Math.ceil((++growths[server] * total) / weights[server]);
    if (place > total) return;
    after[server] = chain[place];
    chain[place] = server;
  };
  const best = new Selector(length);
  weights.forEach((weight, server) => {
    if (weight === 0) return;
    best.set(server, 0);
    await_(server);
  });
  const map = new Int32Array(total);
  for (let place = 1; place <= total; place++) {
    for (let server = chain[place]; server >= 0;) {
      const following = after[server];
      best.set(server, best.key(server) - 1);
      await_(server);
      server = following;
    }
    const server = best.winner();
    map[place - 1] = server;
    best.set(server, best.key(server) + 1);
  }
  return map;
}
