/**
 * Jump consistent hash: from a 64-bit key to one of n buckets. When n grows by one, a key either stays or moves to the
 * new bucket, and the share that moves is 1/(n + 1). No table; buckets can only be added and removed at the end.
 *
 * Source: J. Lamping and E. Veach, "A fast, minimal memory, consistent hash algorithm", arXiv:1406.2294 (2014).
 */

const TWO_32 = 4294967296;
/** 2862933555777941757, the multiplier of the generator. */
const MULTIPLIER_HIGH = 0x27bb2ee6;
const MULTIPLIER_LOW = 0x87b0b0fd;

/**
 * @param high,low the halves of the key as 32-bit words.
 * @param buckets whole, 1 to 2^31 - 1.
 * @returns 0 to buckets - 1. About ln(buckets) steps.
 * @throws RangeError where there is no bucket.
 */
export function jumpHash(high: number, low: number, buckets: number): number {
  if (!(buckets >= 1)) throw new RangeError(`jump hash: buckets must be >= 1, got ${buckets}`);
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    // key = key * multiplier + 1, modulo 2^64
    const product = multiply32(low, MULTIPLIER_LOW);
    high = (Math.imul(high, MULTIPLIER_LOW) + Math.imul(low, MULTIPLIER_HIGH) + product.high) | 0;
    low = (product.low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    next = Math.floor((bucket + 1) * (2147483648 / ((high >>> 1) + 1)));
  }
  return bucket;
}

/** The same for a key in decimal digits, up to 2^64 - 1. */
export function jumpHashOf(key: string, buckets: number): number {
  const bits = BigInt.asUintN(64, BigInt(key));
  return jumpHash(Number(bits >> 32n) | 0, Number(bits & 0xffffffffn) | 0, buckets);
}

const words = { high: 0, low: 0 };

/** The 64-bit product of two unsigned 32-bit words, in 16-bit pieces; one object for all. */
function multiply32(a: number, b: number): { readonly high: number; readonly low: number } {
  const unsigned = a >>> 0;
  const aHigh = unsigned >>> 16;
  const aLow = unsigned & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + aLow * bHigh + Math.floor((aLow * bLow) / 65536);
  words.high = ((aHigh * bHigh + Math.floor(middle / 65536)) % TWO_32) | 0;
  words.low = Math.imul(unsigned, b);
  return words;
}
