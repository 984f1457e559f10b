/**
 * Which item the next request asks for. Items are numbered by popularity from 0; those that do not exist come after all
 * that do. One uniform a request, and another for what does not exist.
 */
import { shares } from '../../sim/random/shares.ts';
import { countUpTo } from '../../sim/random/sorted.ts';
import { zipf } from '../../sim/random/zipf.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { KeysDescription } from '../description.ts';

export class Keys {
  private readonly rank: (u: number) => number;

  /** @param catalogue items of the largest catalogue: numbers of what does not exist begin there. */
  constructor(
    private readonly keys: KeysDescription,
    private readonly catalogue: number,
    private readonly stream: RandomStream,
  ) {
    const { popularity, items } = keys;
    if ('zipf' in popularity) {
      const law = zipf({ items, exponent: popularity.zipf });
      this.rank = (u) => law.sample(u) - 1;
    } else {
      const ends = shares('keys', popularity.shares);
      this.rank = (u) => countUpTo(ends, u);
    }
  }

  next(): number {
    const { absent, items } = this.keys;
    if (absent > 0 && this.stream.uniform() < absent) {
      return this.catalogue + Math.floor(this.stream.uniform() * items);
    }
    return this.rank(this.stream.uniform());
  }
}
