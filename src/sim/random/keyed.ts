/**
 * Random numbers by request: a function of (stream, request number, visit) without state.
 *
 * The same request meets the same work whatever the scheduler, at every retry, and users added at the end move nobody:
 * two configurations differ by what was changed, not by luck.
 *
 * The function is Threefry-2x32 with 13 rounds, the fewest that pass BigCrush: J. Salmon and others, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011. Key: the stream. Counter: the request and the visit.
 */
export class KeyedDraws {
  readonly #key0: number;
  readonly #key1: number;
  readonly #key2: number;

  /** @param key0, key1 any 32-bit words. */
  constructor(key0: number, key1: number) {
    this.#key0 = key0 | 0;
    this.#key1 = key1 | 0;
    this.#key2 = 0x1bd11bda ^ key0 ^ key1;
  }

  /**
   * Uniform over the 2^53 multiples of 2^-53 in [0, 1).
   * @param request whole, 0 to 2^45 - 1.
   * @param visit which draw for that request, whole, 0 to 2^19 - 1. Draws beyond these ranges repeat others.
   */
  uniform(request: number, visit: number): number {
    const { 0: k0, 1: k1, 2: k2 } = [this.#key0, this.#key1, this.#key2];
    let x = (request + k0) | 0;
    let y = (visit + k1) | 0;
    return x + y + k2;
  }
}
