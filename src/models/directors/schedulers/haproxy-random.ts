/**
 * HAProxy `balance random(n)`: n random hashes on the consistent ring; of their servers the one with the fewest connections for
 * its weight, the last drawn on a tie. Arcs of the ring are of different length, so that shares are not even, and the draws may
 * hit the same server. When the one chosen is full the request waits in the backend's queue (-1), even if others are free.
 * Cost O(1) a draw in the mean.
 *
 * Source: HAProxy 2.6 src/backend.c (get_server_rnd) and configuration manual, checked against recorded shares.
 */
import { z } from 'zod';
import type { SchedulerKind } from '../scheduler.ts';
import { sixteenths } from './haproxy-effective.ts';
import { HaproxyRing } from './haproxy-ring.ts';

const options = z.strictObject({
  draws: z.int().min(1).default(2).describe('servers drawn for each request (random(n)); 1 to n'),
});

export const haproxyRandom: SchedulerKind<z.infer<typeof options>> = {
  name: 'haproxy/random',
  source: 'HAProxy 2.6 src/backend.c, get_server_rnd',
  summary: 'the less loaded of two drawn on a hash ring',
  options,
  make({ draws }, upstream, stream) {
    const ring = new HaproxyRing(upstream);
    const { active } = upstream;
    return {
      pick(_key, tried) {
        let best = -1;
        for (let draw = 0; draw < draws; draw++) {
          const server = ring.serverOf(Math.floor(stream.uniform() * 2 ** 32), tried);
          if (server < 0) return -1;
          const keeps =
            best >= 0 && active[server] * sixteenths(upstream, best) > active[best] * sixteenths(upstream, server);
          if (!keeps) best = server;
        }
        return upstream.eligible[best] === 1 ? best : -1;
      },
      changed: (server, what) => ring.changed(server, what),
    };
  },
};
