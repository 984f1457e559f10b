/**
 * A hash ring: every server has points on the circle of 32-bit numbers, a key belongs to the first point at or after its
 * own hash. A server that goes away moves its own keys only. With V points each of n servers the share of one has the
 * coefficient of variation sqrt((n - 1) / (n V + 1)).
 *
 * Source: D. Karger and others, "Consistent hashing and random trees", STOC 1997. Products differ in how they make the
 * points (nginx: CRC32 of host, port and the point before; ketama: MD5) and in how many; the ring is the same.
 */
export interface RingPoint {
  /** Unsigned 32-bit. */
  readonly hash: number;
  readonly server: number;
}

export class Ring {
  /** Ascending and distinct: of equal points the one given first stays. */
  private readonly hashes: Uint32Array;
  private readonly owners: Int32Array;

  constructor(points: readonly RingPoint[]) {
    const order = points
      .map(({ hash, server }, given) => ({ hash: hash >>> 0, server, given }))
      .sort((a, b) => a.hash - b.hash || a.given - b.given)
      .filter(({ hash }, place, all) => place === 0 || hash !== all[place - 1].hash);
    this.hashes = Uint32Array.from(order, ({ hash }) => hash);
    this.owners = Int32Array.from(order, ({ server }) => server);
  }

  get length(): number {
    return this.hashes.length;
  }

  /** Place on the ring of the first point at or after the hash, 0 to length - 1; -1 of an empty ring. O(log length). */
  find(hash: number): number {
    const { hashes } = this;
    const wanted = hash >>> 0;
    let low = 0;
    let high = hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (hashes[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low < hashes.length ? low : hashes.length - 1 < 0 ? -1 : 0;
  }

  /** The server of a place; places beyond the end go round, so `owner(place + 1)` is the next one. */
  owner(place: number): number {
    return this.owners[place % this.owners.length];
  }
}
