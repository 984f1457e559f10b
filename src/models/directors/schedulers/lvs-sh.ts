/**
 * LVS source hashing (`sh`): the client's address falls into one of 256 buckets, which the servers take in turn, as many
 * in a row as their weight. A bucket whose server has weight 0 or is full is not served (the client gets nothing), unless
 * `fallback` is set (ipvsadm's flag sh-fallback): then other buckets are looked at.
 *
 * Source: Linux 4.17 and later, net/netfilter/ipvs/ip_vs_sh.c, with hash_32 of linux/hash.h. Different from the product: the
 * list is in configuration order (the kernel puts an added server at its head). Left out: the flag sh-port.
 */
import { z } from 'zod';
import type { SchedulerKind } from '../scheduler.ts';
import { plainSurroundings } from '../surroundings.ts';
import { wholeWeight } from '../whole-weight.ts';
import { hashTo8Bits, lvsHashScheduler } from './lvs-hash-table.ts';

const BUCKETS = 256;

const options = z.strictObject({
  fallback: z.boolean().default(false).describe('look for another server when the own one is quiesced or full'),
});

export const lvsSourceHash: SchedulerKind<z.infer<typeof options>> = {
  name: 'lvs/sh',
  source: 'Linux net/netfilter/ipvs/ip_vs_sh.c (4.17 and later)',
  summary: "by a hash of the client's address, 256 buckets shared by weight",
  options,
  make: ({ fallback }, upstream, _random, around = plainSurroundings()) =>
    lvsHashScheduler(upstream, {
      hashes: 'source',
      buckets: BUCKETS,
      fallback,
      bucketOf: (key, offset) => (offset + hashTo8Bits(around.sourceAddress(key))) % BUCKETS,
      assign: (listed) => runs(listed, (server) => wholeWeight(upstream, server)),
    }),
};

/** Buckets for the servers in turn, each as many in a row as it has `share`, at least one. */
function runs(listed: readonly number[], share: (server: number) => number): Int32Array {
  const table = new Int32Array(BUCKETS).fill(-1);
  for (let bucket = 0, turn = 0, taken = 0; bucket < BUCKETS && listed.length > 0; bucket++) {
    table[bucket] = listed[turn];
    if (++taken >= share(listed[turn])) {
      turn = (turn + 1) % listed.length;
      taken = 0;
    }
  }
  return table;
}
