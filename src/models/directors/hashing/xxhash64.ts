/**
 * xxHash, 64 bits (Y. Collet, specification 0.1.1), which Envoy hashes hosts and keys with. In BigInt: meant for tables
 * that are made once and for hashes that are kept.
 */
const WORD = (1n << 64n) - 1n;
const PRIMES = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const rotated = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (64n - by))) & WORD;
const round = (state: bigint, lane: bigint): bigint =>
  (rotated((state + lane * PRIMES[1]) & WORD, 31n) * PRIMES[0]) & WORD;
const merged = (hash: bigint, state: bigint): bigint => ((hash ^ round(0n, state)) * PRIMES[0] + PRIMES[3]) & WORD;

/** @param seed 64 bits. @returns 64 bits. */
export function xxHash64(bytes: Uint8Array, seed = 0n): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let at = 0;
  let hash: bigint;
  if (length >= 32) {
    const lanes = [seed + PRIMES[0] + PRIMES[1], seed + PRIMES[1], seed, seed - PRIMES[0]].map((lane) => lane & WORD);
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane], view.getBigUint64(at + 8 * lane, true));
    }
    hash = (rotated(lanes[0], 1n) + rotated(lanes[1], 7n) + rotated(lanes[2], 12n) + rotated(lanes[3], 18n)) & WORD;
    for (const lane of lanes) hash = merged(hash, lane);
  } else {
    hash = (seed + PRIMES[4]) & WORD;
  }
  hash = (hash + BigInt(length)) & WORD;
  for (; at + 8 <= length; at += 8) {
    hash ^= round(0n, view.getBigUint64(at, true));
    hash = (rotated(hash, 27n) * PRIMES[0] + PRIMES[3]) & WORD;
  }
  if (at + 4 <= length) {
    hash ^= (BigInt(view.getUint32(at, true)) * PRIMES[0]) & WORD;
    hash = (rotated(hash, 23n) * PRIMES[1] + PRIMES[2]) & WORD;
    at += 4;
  }
  for (; at < length; at++) {
    hash ^= (BigInt(bytes[at]) * PRIMES[4]) & WORD;
    hash = (rotated(hash, 11n) * PRIMES[0]) & WORD;
  }
  hash = ((hash ^ (hash >> 33n)) * PRIMES[1]) & WORD;
  hash = ((hash ^ (hash >> 29n)) * PRIMES[2]) & WORD;
  return hash ^ (hash >> 32n);
}
