/**
 * The hash functions of HAProxy. Source of the facts: HAProxy 2.6 configuration manual, "hash-type" (sdbm is the default
 * function), and B. Jenkins, "4-byte integer hashing" (the full avalanche).
 */

/** sdbm: each byte is added to 65599 times what came before. @returns unsigned, 32 bits. */
export function sdbm(bytes: ArrayLike<number>): number {
  let hash = 0;
  for (let place = 0; place < bytes.length; place++) hash = (Math.imul(hash, 65599) + bytes[place]) | 0;
  return hash >>> 0;
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
