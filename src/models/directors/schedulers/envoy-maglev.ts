/**
 * Envoy `MAGLEV`: a table of 65537 slots, filled by the Maglev rule with xxHash64 of "host:port" (seed 0: where a server begins,
 * seed 1: its step), lighter servers sitting out turns; the key's xxHash64 picks the slot. When a server goes its keys move and
 * few others. For one that is full or was tried the hash is changed, as for Envoy's retries.
 *
 * Look-up O(1); a change of members or weights makes the table anew, O(slots), at the next pick.
 * Source: Envoy 1.22 documentation ("Maglev") and source/common/upstream/maglev_lb.cc; D. Eisenbud and others, NSDI 2016.
 * Different from the product: a full server is passed over (there, circuit breakers refuse the request); after `ATTEMPTS`
 * changes of the hash the slots are looked at in their order. Left out: hash_balance_factor, panic mode.
 */
import { z } from 'zod';
import type { SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';
import { textBytes } from '../hashing/text-bytes.ts';
import { xxHash64 } from '../hashing/xxhash64.ts';
import { plainSurroundings } from '../surroundings.ts';
import { hashKey, keyHash, normalizedWeights } from './envoy-hash-key.ts';
import { TreeMembers } from './haproxy-effective.ts';

const ATTEMPTS = 16;
const ALL_BITS = (1n << 64n) - 1n;

const options = z.strictObject({
  key: hashKey,
  tableSize: z
    .int()
    .min(2)
    .max(5_000_011)
    .refine(isPrime, 'must be a prime')
    .default(65537)
    .describe('slots of the table (table_size), a prime'),
});

export const envoyMaglev: SchedulerKind<z.infer<typeof options>> = {
  name: 'envoy/maglev',
  source: 'Envoy 1.22 documentation, source/common/upstream/maglev_lb.cc',
  summary: 'by a Maglev table of 65537 slots: even, and few keys move when servers come and go',
  options,
  make({ key: hashes, tableSize }, upstream, _random, around = plainSurroundings()) {
    const members = new TreeMembers(upstream);
    const size = BigInt(tableSize);
    const slots = new KeyHashes((key) => Number(keyHash(around, hashes, key) % size));
    const free = (server: number, tried: Tried): boolean =>
      server >= 0 && upstream.eligible[server] === 1 && !tried.has(server);
    const places = Array.from({ length: upstream.length }, (): Place | undefined => undefined);
    const placeOf = (server: number): Place => (places[server] ??= place(around.serverName(server), tableSize));
    let table: Int32Array | null = null;
    return {
      hashes,
      pick(key, tried) {
        table ??= maglev(tableSize, upstream, placeOf);
        const slot = slots.of(key);
        const own = table[slot];
        if (own < 0 || free(own, tried)) return own;
        const hash = keyHash(around, hashes, key);
        for (let attempt = 1n; attempt <= ATTEMPTS; attempt++) {
          const other = table[Number((hash ^ (ALL_BITS - attempt + 1n)) % size)];
          if (free(other, tried)) return other;
        }
        for (let step = 1; step < tableSize; step++) {
          const other = table[(slot + step) % tableSize];
          if (free(other, tried)) return other;
        }
        return -1;
      },
      changed(server, what) {
        if (members.changed(server, what)) table = null;
      },
    };
  },
};

/** Where a server's order of slots begins, and its step. */
interface Place {
  readonly slot: number;
  readonly skip: number;
}

function place(serverName: string, size: number): Place {
  const name = textBytes(serverName);
  const slot = Number(xxHash64(name) % BigInt(size));
  return { slot, skip: Number(xxHash64(name, 1n) % BigInt(size - 1)) + 1 };
}

function maglev(size: number, upstream: Upstream, placeOf: (server: number) => Place): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const shares = normalizedWeights(upstream);
  if (shares.length === 0) return table;
  const most = shares.reduce((largest, { share }) => Math.max(largest, share), 0);
  const entries = shares.map(({ server, share }) => ({ server, share, target: 0, ...placeOf(server) }));
  for (let turn = 1, filled = 0; filled < size; turn++) {
    for (const entry of entries) {
      if (turn * entry.share < entry.target) continue; // it sits out until its share has caught up
      entry.target += most;
      while (table[entry.slot] !== -1) entry.slot = (entry.slot + entry.skip) % size;
      table[entry.slot] = entry.server;
      entry.slot = (entry.slot + entry.skip) % size;
      if (++filled === size) break;
    }
  }
  return table;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return number >= 2;
}
