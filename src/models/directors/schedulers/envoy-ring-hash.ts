/**
 * Envoy `RING_HASH`: a ring of at least 1024 points, xxHash64 of "host:port_0", "host:port_1" ..., as many for each server as
 * its weight asks for, a whole number for the lightest; a key belongs to the first point at or after its own hash. When a server
 * comes or goes about 1/n of the keys move. One that is full or was tried is passed over along the ring.
 *
 * Look-up O(1) in the mean; a change of members or weights makes the ring anew, O(points log points), at the next pick.
 * Source: Envoy 1.22 documentation ("Ring hash") and source/common/upstream/ring_hash_lb.cc. Different from the product: hashes
 * are compared by their first 53 bits; a full server is passed over (there, circuit breakers refuse the request). Left out:
 * murmurHash2, hash_balance_factor, panic mode.
 */
import { z } from 'zod';
import type { SchedulerKind, Upstream } from '../scheduler.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';
import { textBytes } from '../hashing/text-bytes.ts';
import { xxHash64 } from '../hashing/xxhash64.ts';
import { plainSurroundings } from '../surroundings.ts';
import { hashKey, keyHash, normalizedWeights } from './envoy-hash-key.ts';
import { TreeMembers } from './haproxy-effective.ts';

const options = z
  .strictObject({
    key: hashKey,
    minRingSize: z.int().min(1).max(8_388_608).default(1024).describe('fewest points of the ring (minimum_ring_size)'),
    maxRingSize: z.int().min(1).max(8_388_608).default(8_388_608).describe('most points (maximum_ring_size)'),
  })
  .refine(({ minRingSize, maxRingSize }) => minRingSize <= maxRingSize, 'minRingSize must not exceed maxRingSize');
type Options = z.infer<typeof options>;

export const envoyRingHash: SchedulerKind<Options> = {
  name: 'envoy/ring_hash',
  source: 'Envoy 1.22 documentation, source/common/upstream/ring_hash_lb.cc',
  summary: 'on a hash ring of 1024 points or more: few keys move when servers come and go',
  options,
  make(chosen, upstream, _random, around = plainSurroundings()) {
    const members = new TreeMembers(upstream);
    const keys = new KeyHashes((key) => topBits(keyHash(around, chosen.key, key)));
    const hashesOf = Array.from({ length: upstream.length }, (): number[] => []);
    const hashOf = (server: number, number: number): number =>
      (hashesOf[server][number] ??= topBits(xxHash64(textBytes(`${around.serverName(server)}_${number}`))));
    let ring: WideRing | null = null;
    // Whose each key is: a ring of many servers is too large for the processor's caches.
    let owners!: KeyHashes;
    const make = (): WideRing => {
      const made = new WideRing(points(chosen, upstream, hashOf));
      owners = new KeyHashes((key) => (made.length === 0 ? -1 : made.owner(made.find(keys.of(key)))));
      return made;
    };
    return {
      hashes: chosen.key,
      pick(key, tried) {
        ring ??= make();
        const own = owners.of(key);
        if (own < 0 || (upstream.eligible[own] === 1 && !tried.has(own))) return own;
        const first = ring.find(keys.of(key));
        for (let step = 1; step < ring.length; step++) {
          const server = ring.owner(first + step);
          if (upstream.eligible[server] === 1 && !tried.has(server)) return server;
        }
        return -1;
      },
      changed(server, what) {
        if (members.changed(server, what)) ring = null;
      },
    };
  },
};

/** The first 53 bits of 64: exact as a double, and in the same order. */
function topBits(hash: bigint): number {
  return Number(hash >> 11n);
}

/** @param hashOf of a server's point by its number, from 0. */
function points(
  { minRingSize, maxRingSize }: Options,
  upstream: Upstream,
  hashOf: (server: number, number: number) => number,
): WidePoint[] {
  const shares = normalizedWeights(upstream);
  const least = shares.reduce((smallest, { share }) => Math.min(smallest, share), Infinity);
  const scale = Math.min(Math.ceil(least * minRingSize) / least, maxRingSize);
  const all: WidePoint[] = [];
  let target = 0;
  for (const { server, share } of shares) {
    target += scale * share;
    for (let number = 0; all.length < target; number++) all.push({ hash: hashOf(server, number), server });
  }
  return all;
}

interface WidePoint {
  readonly hash: number;
  readonly server: number;
}

/** Points in the order of hashes of 53 bits, with an index by their topmost bits. */
class WideRing {
  private readonly hashes: Float64Array;
  private readonly owners: Int32Array;
  private readonly starts: Uint32Array;
  private readonly scale: number;

  constructor(points: readonly WidePoint[]) {
    const order = [...points].sort((a, b) => a.hash - b.hash);
    this.hashes = Float64Array.from(order, ({ hash }) => hash);
    this.owners = Int32Array.from(order, ({ server }) => server);
    let tops = 2;
    while (tops < order.length) tops *= 2;
    this.scale = tops / 2 ** 53;
    this.starts = new Uint32Array(tops);
    for (let top = 0, place = 0; top < this.starts.length; top++) {
      while (place < order.length && Math.floor(this.hashes[place] * this.scale) < top) place++;
      this.starts[top] = place;
    }
  }

  get length(): number {
    return this.hashes.length;
  }

  /** Place of the first point at or after a hash; may be `length`, which stands for the first one. O(1) in the mean. */
  find(hash: number): number {
    let place = this.starts[Math.floor(hash * this.scale)];
    while (place < this.hashes.length && this.hashes[place] < hash) place++;
    return place;
  }

  owner(place: number): number {
    return this.owners[place % this.owners.length];
  }
}
