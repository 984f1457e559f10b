/**
 * Random numbers by request: a function of (stream, request number, visit), without state.
 *
 * The same request meets the same work whatever the scheduler and at every retry, and users added at the end move
 * nobody: two configurations differ by what was changed, not by luck.
 *
 * The function is Threefry-2x32 with 13 rounds, the fewest that pass BigCrush: J. Salmon and others, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011. Key: the stream. Counter: the request and the visit.
 */
export class KeyedDraws {
  readonly #key0: number;
  readonly #key1: number;
  readonly #key2: number;

  /** The key: any two 32-bit words. */
  constructor(key0: number, key1: number) {
    this.#key0 = key0 | 0;
    this.#key1 = key1 | 0;
    this.#key2 = 0x1bd11bda ^ key0 ^ key1;
  }

  /**
   * Uniform over the 2^53 multiples of 2^-53 in [0, 1).
   * @param request whole, 0 to 2^45 - 1.
   * @param visit which draw for that request: whole, 0 to 2^19 - 1. Beyond these ranges numbers repeat.
   */
  uniform(request: number, visit: number): number {
    const key0 = this.#key0;
    const key1 = this.#key1;
    const key2 = this.#key2;
    let x = ((request | 0) + key0) | 0;
    let y = (((visit << 13) | Math.floor(request * TWO_MINUS_32)) + key1) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + key1) | 0;
    y = (y + key2 + 1) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + key2) | 0;
    y = (y + key0 + 2) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + key0) | 0;
    y = (y + key1 + 3) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    return ((x >>> 5) * TWO_26 + (y >>> 6)) * TWO_MINUS_53;
  }
}

const TWO_MINUS_32 = 2.3283064365386963e-10;
const TWO_26 = 67108864;
const TWO_MINUS_53 = 1.1102230246251565e-16;
