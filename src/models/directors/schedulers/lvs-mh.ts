/**
 * LVS Maglev hashing (`mh`): the client's address picks a slot of a Maglev table; a server that goes away moves its own
 * slots and few others. A slot whose server is quiesced or full is not served, unless `fallback` is set (ipvsadm's flag
 * mh-fallback). A server that is quiesced (weight 0) keeps its slots, by the weight it had before.
 *
 * Source: Linux net/netfilter/ipvs/ip_vs_mh.c (since 4.18), with hsiphash of 64-bit machines and the module's fixed keys.
 * Different from the product: with more servers than slots the table is the next larger of the kernel's sizes (the kernel
 * refuses the server). Left out: the flag mh-port.
 */
import { z } from 'zod';
import type { SchedulerKind, Upstream } from '../scheduler.ts';
import { hsipHashOfWord } from '../hashing/siphash.ts';
import { maglevTable } from '../hashing/maglev.ts';
import { plainSurroundings } from '../surroundings.ts';
import type { Surroundings } from '../surroundings.ts';
import { greatestCommonDivisor, wholeWeight } from '../whole-weight.ts';
import { lvsHashScheduler } from './lvs-hash-table.ts';

/** CONFIG_IP_VS_MH_TAB_INDEX 8 to 17; 12 by default. */
const SIZES = [251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071] as const;
/** Weights are cut to this many bits. */
const WEIGHT_BITS = 6;
const OFFSET_KEY = 2654435761n;
const SKIP_KEY = 2654446892n;

const options = z.strictObject({
  fallback: z.boolean().default(false).describe('look for another server when the own one is quiesced or full'),
  slots: z
    .literal([...SIZES])
    .default(4093)
    .describe('size of the table (CONFIG_IP_VS_MH_TAB_INDEX 8 to 17)'),
});

export const lvsMaglevHash: SchedulerKind<z.infer<typeof options>> = {
  name: 'lvs/mh',
  source: 'Linux net/netfilter/ipvs/ip_vs_mh.c',
  summary: "by a Maglev table and the client's address: few clients move when a server goes",
  options,
  make({ fallback, slots }, upstream, _random, around = plainSurroundings()) {
    const size = Math.max(slots, SIZES.find((one) => one >= upstream.length) ?? slots);
    const places = Array.from({ length: upstream.length }, (_, server) => placeOf(around, server, size));
    const lastWeight = new Float64Array(upstream.length);
    return lvsHashScheduler(upstream, {
      hashes: 'source',
      buckets: size,
      fallback,
      bucketOf: (key, offset) => hsipHashOfWord((around.sourceAddress(key) + offset) >>> 0, OFFSET_KEY) % size,
      assign(listed) {
        const turns = turnsOf(listed, upstream, lastWeight);
        const table = maglevTable(
          size,
          listed.map((server, place) => ({ ...places[server], turns: turns[place] })),
        );
        return table.map((place) => (place < 0 ? -1 : listed[place]));
      },
    });
  },
};

function placeOf(around: Surroundings, server: number, size: number): { offset: number; skip: number } {
  const word = (around.serverAddress(server) + around.serverPort) >>> 0;
  return { offset: hsipHashOfWord(word, OFFSET_KEY) % size, skip: (hsipHashOfWord(word, SKIP_KEY) % (size - 1)) + 1 };
}

/** Slots at each turn: the weights without their common divisor, cut to so many bits; at least 1 of a weight above 0. */
function turnsOf(listed: readonly number[], upstream: Upstream, lastWeight: Float64Array): number[] {
  let divisor = 0;
  let heaviest = 0;
  for (const server of listed) {
    if (upstream.weight[server] > 0) lastWeight[server] = wholeWeight(upstream, server);
    divisor = greatestCommonDivisor(divisor, lastWeight[server]);
    heaviest = Math.max(heaviest, lastWeight[server]);
  }
  const shift = Math.max(32 - Math.clz32(heaviest / divisor) - WEIGHT_BITS, 0);
  return listed.map((server) => {
    const weight = lastWeight[server];
    return weight === 0 ? 0 : Math.max(Math.floor(weight / divisor) >> shift, 1);
  });
}
