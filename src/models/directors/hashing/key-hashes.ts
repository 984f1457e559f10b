/**
 * Hashes of keys, computed once: keys are whole numbers, and what a product hashes is a text that would have to be made
 * for each pick. Kept for the first 2^18 keys (2 MB when all are in use), computed each time beyond.
 */
const KEPT = 2 ** 18;

export class KeyHashes {
  private kept = new Float64Array(64).fill(NaN);

  /** @param compute any number but NaN, of the key alone. */
  constructor(private readonly compute: (key: number) => number) {}

  of(key: number): number {
    if (key < this.kept.length) {
      const known = this.kept[key];
      return known === known ? known : (this.kept[key] = this.compute(key));
    }
    if (key >= KEPT) return this.compute(key);
    let length = this.kept.length;
    while (length <= key) length *= 2;
    const wider = new Float64Array(length).fill(NaN);
    wider.set(this.kept);
    this.kept = wider;
    return (wider[key] = this.compute(key));
  }
}
