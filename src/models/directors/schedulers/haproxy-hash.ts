/**
 * HAProxy's hashes: `balance source` (the client's address as a number), `balance uri` (the path) and `balance hdr(...)` (a
 * header); the texts by sdbm.
 * `hash-type map-based` (default): the hash modulo the static map (`haproxy-map.ts`); most keys move when a server comes or
 * goes. `hash-type consistent`: with the full avalanche, the nearest point of the ring (`haproxy-ring.ts`); about 1/n move.
 *
 * A request is tied to its server: when that one is full it waits there although others are idle (`home`, and the pick is -1).
 * A retry takes the next server of the ring; a map has none to offer (-1: the director tries the same one again, as the
 * product does). Pick O(1); a change of who is up costs O(total weight * log n) for the map at the next pick.
 *
 * Source: HAProxy 2.6 configuration manual ("balance", "hash-type") and src/backend.c, checked against recorded maps. Left
 * out: hash functions other than sdbm, hash-balance-factor, uri's len, depth, whole and path-only.
 */
import { z } from 'zod';
import { nothingTried } from '../scheduler.ts';
import type { Hashed, Scheduler, SchedulerKind, Upstream } from '../scheduler.ts';
import { avalanche, sdbm } from '../hashing/haproxy-hashes.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';
import { textBytes } from '../hashing/text-bytes.ts';
import { dotted, plainSurroundings } from '../surroundings.ts';
import { TreeMembers } from './haproxy-effective.ts';
import { haproxyMap } from './haproxy-map.ts';
import { HaproxyRing } from './haproxy-ring.ts';

const type = z
  .enum(['map-based', 'consistent'])
  .default('map-based')
  .describe('hash-type: modulo a map (even, but most keys move when a server comes or goes), or on a ring (few move)');
const options = z.strictObject({ type });
const headerOptions = z.strictObject({
  type,
  key: z
    .enum(['request', 'source'])
    .default('request')
    .describe('what the header holds: a key of the request, or the source (X-Forwarded-For)'),
});

const source = 'HAProxy 2.6 configuration manual, src/backend.c, src/lb_map.c, src/lb_chash.c';

export const haproxySource: SchedulerKind<z.infer<typeof options>> = {
  name: 'haproxy/source',
  source,
  summary: "by the client's address; waits at its server when that is full",
  options,
  make: (chosen, upstream, _random, around = plainSurroundings()) =>
    hashScheduler(upstream, chosen.type, 'source', (key) => around.sourceAddress(key)),
};

export const haproxyUri: SchedulerKind<z.infer<typeof options>> = {
  name: 'haproxy/uri',
  source,
  summary: 'by the path of the request; waits at its server when that is full',
  options,
  make: (chosen, upstream, _random, around = plainSurroundings()) =>
    hashScheduler(upstream, chosen.type, 'request', (key) => sdbm(textBytes(around.requestText(key)))),
};

export const haproxyHeader: SchedulerKind<z.infer<typeof headerOptions>> = {
  name: 'haproxy/hdr',
  source,
  summary: 'by a header of the request; waits at its server when that is full',
  options: headerOptions,
  make: (chosen, upstream, _random, around = plainSurroundings()) =>
    hashScheduler(upstream, chosen.type, chosen.key, (key) =>
      sdbm(textBytes(chosen.key === 'source' ? dotted(around.sourceAddress(key)) : around.requestText(key))),
    ),
};

function hashScheduler(
  upstream: Upstream,
  hashType: z.infer<typeof type>,
  hashes: Hashed,
  hashOf: (key: number) => number,
): Scheduler {
  return hashType === 'consistent'
    ? onRing(upstream, hashes, new KeyHashes((key) => avalanche(hashOf(key))))
    : onMap(upstream, hashes, new KeyHashes(hashOf));
}

function onRing(upstream: Upstream, hashes: Hashed, keys: KeyHashes): Scheduler {
  const ring = new HaproxyRing(upstream);
  // Whose each key is: a ring of many servers is too large for the processor's caches.
  const made = (): KeyHashes => new KeyHashes((key) => ring.serverOf(keys.of(key), nothingTried));
  let owners = made();
  return {
    hashes,
    pick(key, tried) {
      const own = owners.of(key);
      return unlessFull(upstream, own >= 0 && tried.has(own) ? ring.serverOf(keys.of(key), tried) : own);
    },
    home: (key) => owners.of(key),
    changed(server, what) {
      if (ring.changed(server, what)) owners = made();
    },
  };
}

function onMap(upstream: Upstream, hashes: Hashed, keys: KeyHashes): Scheduler {
  const members = new TreeMembers(upstream);
  let map: Int32Array | null = null;
  const serverOf = (key: number): number => {
    map ??= haproxyMap(upstream);
    return map.length === 0 ? -1 : map[keys.of(key) % map.length];
  };
  return {
    hashes,
    pick(key, tried) {
      const server = serverOf(key);
      return server >= 0 && tried.has(server) ? -1 : unlessFull(upstream, server);
    },
    home: serverOf,
    changed(server, what) {
      if (members.changed(server, what)) map = null;
    },
  };
}

function unlessFull(upstream: Upstream, server: number): number {
  return server >= 0 && upstream.eligible[server] === 1 ? server : -1;
}
