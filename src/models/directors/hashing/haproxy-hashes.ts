/**
 * The hash functions of HAProxy. Source of the facts: HAProxy 2.6 configuration manual, "hash-type" (sdbm is the default
 * function), and B. Jenkins, "4-byte integer hashing" (the full avalanche). Checked against maps recorded from 2.6.12.
 */
import { crc32 } from './crc32.ts';

/** By the names that `hash-type` gives them. @returns unsigned, 32 bits. */
export const hashFunctions = { sdbm, djb2, wt6, crc32 } as const satisfies Record<
  string,
  (bytes: ArrayLike<number>) => number
>;

/** sdbm: each byte is added to 65599 times what came before. @returns unsigned, 32 bits. */
export function sdbm(bytes: ArrayLike<number>): number {
  let hash = 0;
  for (let place = 0; place < bytes.length; place++) hash = (Math.imul(hash, 65599) + bytes[place]) | 0;
  return hash >>> 0;
}

/** djb2: each byte is added to 33 times what came before, from 5381. @returns unsigned, 32 bits. */
function djb2(bytes: ArrayLike<number>): number {
  let hash = 5381;
  for (let place = 0; place < bytes.length; place++) hash = (Math.imul(hash, 33) + bytes[place]) | 0;
  return hash >>> 0;
}

/** wt6: two words that each byte mixes and turns by as many bits as they themselves say. @returns unsigned, 32 bits. */
function wt6(bytes: ArrayLike<number>): number {
  let one = 0xa53c_965a | 0;
  let other = 0x5ca6_953a | 0;
  let turnOther = 6;
  let turnOne = 18;
  for (let place = 0; place < bytes.length; place++) {
    const mixed = ~(one ^ bytes[place]);
    const added = ~(other + bytes[place]);
    one = turned(added, turnOther);
    other = turned(mixed, turnOne);
    const turns = ((one >>> 16) ^ other) & 0xffff;
    turnOther = turns & 31;
    turnOne = turns >>> 11;
  }
  return (one ^ other) >>> 0;
}

/** To the left by 0 to 31 bits. */
function turned(word: number, bits: number): number {
  return (word << bits) | (word >>> ((32 - bits) & 31));
}

/**
 * Jenkins' full avalanche of 32 bits, then a factor of about 3/4 of 2^32 which spreads small numbers over the circle: the
 * `avalanche` modifier, and what makes the points of HAProxy's ring. One to one. @returns unsigned, 32 bits.
 */
export function avalanche(word: number): number {
  let a = word | 0;
  a = (a + 0x7ed5_5d16 + (a << 12)) | 0;
  a = a ^ 0xc761_c23c ^ (a >>> 19);
  a = (a + 0x1656_67b1 + (a << 5)) | 0;
  a = ((a + 0xd3a2_646c) | 0) ^ (a << 9);
  a = (a + 0xfd70_46c5 + (a << 3)) | 0;
  a = a ^ 0xb55a_4f09 ^ (a >>> 16);
  return Math.imul(a, 3_221_225_473) >>> 0;
}
