/**
 * LVS destination hashing (`dh`): what is asked for falls into one of 256 buckets, which the servers take in turn, one
 * each; weights other than 0 are ignored. For clusters of transparent caches. A bucket whose server has weight 0 or is
 * full is not served.
 *
 * Source: Linux 4.17 and later, net/netfilter/ipvs/ip_vs_dh.c. Different from the product: the destination address is made
 * from the key of the request (as many addresses as there are keys, scattered as sources are); the list is in configuration
 * order (the kernel puts an added server at its head).
 */
import { noOptions } from '../scheduler.ts';
import type { NoOptions, SchedulerKind } from '../scheduler.ts';
import { plainSurroundings } from '../surroundings.ts';
import { hashTo8Bits, lvsHashScheduler } from './lvs-hash-table.ts';

const BUCKETS = 256;

export const lvsDestinationHash: SchedulerKind<NoOptions> = {
  name: 'lvs/dh',
  source: 'Linux net/netfilter/ipvs/ip_vs_dh.c (4.17 and later)',
  summary: 'by a hash of what is asked for, 256 buckets; weights are ignored',
  options: noOptions,
  make: (_options, upstream, _random, around = plainSurroundings()) =>
    lvsHashScheduler(upstream, {
      hashes: 'request',
      buckets: BUCKETS,
      fallback: false,
      bucketOf: (key) => hashTo8Bits(around.sourceAddress(key)),
      assign: (listed) =>
        Int32Array.from({ length: BUCKETS }, (_, bucket) =>
          listed.length === 0 ? -1 : listed[bucket % listed.length],
        ),
    }),
};
