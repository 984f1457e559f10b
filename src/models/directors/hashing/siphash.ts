/**
 * SipHash of J.-P. Aumasson and D. J. Bernstein (INDOCRYPT 2012): c rounds a word, d at the end. Linux's `hsiphash` of one
 * 32-bit number, which LVS's Maglev hashes addresses with, is SipHash-1-3 on 64-bit machines, cut to 32 bits.
 * In BigInt: meant for tables that are made once and for hashes that are kept.
 */
const WORD = (1n << 64n) - 1n;
const rotated = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (64n - by))) & WORD;

export interface SipRounds {
  readonly perWord: number;
  readonly atEnd: number;
}

/** @param key0,key1 the halves of the key, as little-endian words. @returns 64 bits. */
export function sipHash(bytes: ArrayLike<number>, key0: bigint, key1: bigint, rounds: SipRounds): bigint {
  let v0 = key0 ^ 0x736f6d6570736575n;
  let v1 = key1 ^ 0x646f72616e646f6dn;
  let v2 = key0 ^ 0x6c7967656e657261n;
  let v3 = key1 ^ 0x7465646279746573n;
  const mix = (times: number): void => {
    for (let round = 0; round < times; round++) {
      v0 = (v0 + v1) & WORD;
      v1 = rotated(v1, 13n) ^ v0;
      v0 = rotated(v0, 32n);
      v2 = (v2 + v3) & WORD;
      v3 = rotated(v3, 16n) ^ v2;
      v0 = (v0 + v3) & WORD;
      v3 = rotated(v3, 21n) ^ v0;
      v2 = (v2 + v1) & WORD;
      v1 = rotated(v1, 17n) ^ v2;
      v2 = rotated(v2, 32n);
    }
  };
  const take = (word: bigint): void => {
    v3 ^= word;
    mix(rounds.perWord);
    v0 ^= word;
  };
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) take(littleEndian(bytes, at, 8));
  take(littleEndian(bytes, whole, bytes.length - whole) | (BigInt(bytes.length & 255) << 56n));
  v2 ^= 0xffn;
  mix(rounds.atEnd);
  return v0 ^ v1 ^ v2 ^ v3;
}

/** Linux's hsiphash of one unsigned 32-bit number under a key of two equal words. @returns unsigned, 32 bits. */
export function hsipHashOfWord(word: number, key: bigint): number {
  const bytes = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
  return Number(sipHash(bytes, key, key, { perWord: 1, atEnd: 3 }) & 0xffff_ffffn);
}

function littleEndian(bytes: ArrayLike<number>, at: number, length: number): bigint {
  let word = 0n;
  for (let place = length - 1; place >= 0; place--) word = (word << 8n) | BigInt(bytes[at + place]);
  return word;
}
