/**
 * What LVS's hashing schedulers (`sh`, `dh`, `mh`) share: a table from buckets to servers, made anew whenever the list of
 * servers or a weight changes; the key's hash picks the bucket. A bucket whose server is quiesced (weight 0) or full
 * serves nobody: the pick is -1, although others are free, unless `fallback` asks for further buckets.
 *
 * Servers that health checks take out leave the list (keepalived removes them), and the table is made without them.
 * Pick O(1); a change of the list costs O(buckets) at the next pick.
 */
import { Change } from '../scheduler.ts';
import type { Hashed, Scheduler, Tried, Upstream } from '../scheduler.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';

export interface LvsHashTable {
  readonly hashes: Hashed;
  readonly buckets: number;
  readonly fallback: boolean;
  /** Bucket of a key; `offset` is 0 at first, other buckets are tried with others. */
  bucketOf(key: number, offset: number): number;
  /** Server of each bucket, from the servers in the list, in its order; -1 where there is none. */
  assign(listed: readonly number[]): Int32Array;
}

export function lvsHashScheduler(upstream: Upstream, rule: LvsHashTable): Scheduler {
  const first = new KeyHashes((key) => rule.bucketOf(key, 0));
  const isListed = (server: number): boolean => upstream.eligible[server] === 1 || upstream.full[server] === 1;
  const listed = Uint8Array.from({ length: upstream.length }, (_, server) => (isListed(server) ? 1 : 0));
  let table: Int32Array | null = null;
  const make = (): Int32Array => rule.assign([...listed.keys()].filter((server) => listed[server] === 1));
  const free = (server: number, tried: Tried): boolean => upstream.usable(server) && !tried.has(server);
  return {
    hashes: rule.hashes,
    pick(key, tried) {
      table ??= make();
      const bucket = first.of(key);
      const server = table[bucket];
      if (server < 0 || free(server, tried)) return server;
      if (!rule.fallback) return -1;
      for (let step = 0; step < rule.buckets; step++) {
        const other = table[rule.bucketOf(key, (bucket + step) % rule.buckets)];
        if (free(other, tried)) return other;
      }
      return -1;
    },
    changed(server, what) {
      if (what === Change.weight) table = null;
      else if (what === Change.eligibility && (listed[server] === 1) !== isListed(server)) {
        listed[server] ^= 1;
        table = null;
      }
    },
  };
}

/** Linux's `hash_32` of a word to eight bits: the top bits of a product. */
export function hashTo8Bits(word: number): number {
  return Math.imul(word, 0x61c8_8647) >>> 24;
}
