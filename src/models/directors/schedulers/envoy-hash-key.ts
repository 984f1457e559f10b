/** What Envoy's hash rules hash, xxHash64 of a text, and who is in their rings and tables. */
import { z } from 'zod';
import type { Hashed, Upstream } from '../scheduler.ts';
import { textBytes } from '../hashing/text-bytes.ts';
import { xxHash64 } from '../hashing/xxhash64.ts';
import { dotted } from '../surroundings.ts';
import type { Surroundings } from '../surroundings.ts';

export const hashKey = z
  .enum(['request', 'source'])
  .default('request')
  .describe("what is hashed (hash policy): a header or key of the request, or the client's address");

export function keyHash(around: Surroundings, hashes: Hashed, key: number): bigint {
  return xxHash64(textBytes(hashes === 'source' ? dotted(around.sourceAddress(key)) : around.requestText(key)));
}

/** Shares of the weight, in configuration order, of the servers that are there (one that is full stays). */
export function normalizedWeights({ length, eligible, full, weight }: Upstream): { server: number; share: number }[] {
  const there = [...Array(length).keys()].filter((one) => (eligible[one] === 1 || full[one] === 1) && weight[one] > 0);
  const total = there.reduce((sum, server) => sum + weight[server], 0);
  return there.map((server) => ({ server, share: weight[server] / total }));
}
