/**
 * Named sources of uniform random numbers.
 *
 * A stream is named by what it is used for (`stream('web/compute')`), so a new draw in one place moves nothing
 * elsewhere. seedrandom turns seed, replication and name into the 128 bits that start an sfc32 generator; the draws
 * themselves are ours, because they are on the hot path (two 32-bit steps a number).
 *
 * Source: sfc32, C. Doty-Humphrey, PractRand 0.95. Left out: jump-ahead (streams are told apart by name) and
 * cryptographic strength.
 */
import alea from 'seedrandom/lib/alea.js';
import { KeyedDraws } from './keyed.ts';

/** A source of uniform random numbers with a name of its own. */
export interface RandomStream {
  /** The next number, uniform over the 2^53 multiples of 2^-53 in [0, 1). */
  uniform(): number;
}

/** All the chance of one replication. The same seed, replication and name always give the same numbers. */
export class Streams {
  readonly #root: string;

  /** @param replication whole, >= 0. @throws RangeError if it is not. */
  constructor(seed: string | number, replication: number) {
    if (!(Number.isSafeInteger(replication) && replication >= 0)) {
      throw new RangeError(`Streams: replication must be a whole number >= 0, got ${replication}`);
    }
    this.#root = `${seed}/${replication}`;
  }

  /** A stream from its beginning: asking twice for one name gives two sources of the same numbers. */
  stream(name: string): RandomStream {
    const [a, b, c, d] = words(`${this.#root}/${name}`);
    return new SmallFastCounter(a, b, c, d);
  }

  /** Numbers that depend on the request they are for, not on the order of drawing. */
  keyed(name: string): KeyedDraws {
    const [a, b] = words(`${this.#root}/${name}`);
    return new KeyedDraws(a, b);
  }
}

/** Four 32-bit words that depend on every character of the name. */
function words(name: string): [number, number, number, number] {
  const source = alea(name);
  return [source.int32(), source.int32(), source.int32(), source.int32()];
}

/** Numbers are drawn so many at a time: the state stays in registers, and nobody waits for a number. */
const BATCH = 64;
/** Numbers thrown away at the start, two steps of the generator each. */
const WARM_UP = 8;

class SmallFastCounter implements RandomStream {
  // Plain fields: `#` fields cost the inlining budget of whoever draws.
  private a: number;
  private b: number;
  private c: number;
  private counter: number;
  private readonly batch = new Float64Array(BATCH);
  private place = WARM_UP;

  constructor(a: number, b: number, c: number, counter: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.counter = counter | 0;
    this.draw();
  }

  uniform(): number {
    if (this.place === BATCH) {
      this.draw();
      this.place = 0;
    }
    return this.batch[this.place++];
  }

  private draw(): void {
    const { batch } = this;
    let { a, b, c, counter } = this;
    for (let i = 0; i < BATCH; i++) {
      const high = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + high) | 0;

      const low = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + low) | 0;

      batch[i] = ((high >>> 5) * 67108864 + (low >>> 6)) * 1.1102230246251565e-16;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.counter = counter;
  }
}
