/**
 * HAProxy `balance random(n)`: n random hashes on the consistent ring; of their servers the one with the fewest connections for
 * its weight, the last drawn on a tie. Arcs of the ring are of different length, so that shares are not even, and the draws may
 * hit the same server. When the one chosen is full the request waits in the backend's queue (-1), even if others are free.
 * Cost O(1) a draw in the mean; O(points of the ring) once after a change.
 *
 * Source: HAProxy 2.6 src/backend.c (get_server_rnd) and configuration manual, checked against recorded shares.
 */
import { z } from 'zod';
import type { SchedulerKind, Tried } from '../scheduler.ts';
import { WeightTree } from '../weight-tree.ts';
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
    const { active, length } = upstream;
    // A ring of many servers is too large for the processor's caches. Where nothing has changed for a while, a server is
    // drawn by how much of the ring is its own: the same chances, to the last of 2^32 parts.
    const shares = new WeightTree(length);
    let drawsSince = 0;
    let isSettled = false;
    const drawn = (tried: Tried): number => {
      const u = stream.uniform();
      if (tried.size > 0) return ring.serverOf(Math.floor(u * 2 ** 32), tried);
      if (isSettled) return shares.draw(u);
      if (drawsSince++ < length) return ring.serverOf(Math.floor(u * 2 ** 32), tried);
      ring.shares().forEach((share, server) => shares.set(server, share));
      isSettled = true;
      return shares.draw(u);
    };
    return {
      pick(_key, tried) {
        let best = -1;
        for (let draw = 0; draw < draws; draw++) {
          const server = drawn(tried);
          if (server < 0) return -1;
          const keeps = best >= 0 && active[server] * ring.points(best) > active[best] * ring.points(server);
          if (!keeps) best = server;
        }
        return upstream.eligible[best] === 1 ? best : -1;
      },
      changed(server, what) {
        if (!ring.changed(server, what)) return;
        isSettled = false;
        drawsSince = 0;
      },
    };
  },
};
