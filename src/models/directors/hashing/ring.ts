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

/** Given places that fit beside a hash of 32 bits into a double. */
const PACKED = 2 ** 21;

export class Ring {
  /** Ascending and distinct: of equal points the one given first stays. */
  private readonly hashes: Uint32Array;
  private readonly owners: Int32Array;
  /** For each value of the topmost bits the place of the first point that has it, or a greater one. */
  private readonly starts: Uint32Array;
  private readonly shift: number;

  constructor(points: readonly RingPoint[]) {
    const given = Uint32Array.from(points, ({ hash }) => hash);
    const order = inOrder(given).filter((one, place, all) => place === 0 || given[one] !== given[all[place - 1]]);
    this.hashes = order.map((one) => given[one]);
    this.owners = Int32Array.from(order, (one) => points[one].server);
    let tops = 2;
    while (tops < order.length) tops *= 2;
    this.shift = Math.clz32(tops) + 1; // tops is 2^(32 - shift)
    this.starts = new Uint32Array(tops);
    for (let top = 0, place = 0; top < this.starts.length; top++) {
      while (place < order.length && this.hashes[place] >>> this.shift < top) place++;
      this.starts[top] = place;
    }
  }

  get length(): number {
    return this.hashes.length;
  }

  /** Place on the ring of the first point at or after the hash, 0 to length - 1; -1 of an empty ring. O(1) in the mean. */
  find(hash: number): number {
    const { hashes } = this;
    const { length } = hashes;
    const wanted = hash >>> 0;
    let place = this.starts[wanted >>> this.shift];
    while (place < length && hashes[place] < wanted) place++;
    return place < length ? place : length === 0 ? -1 : 0;
  }

  /** The hash of a place, 0 <= place < length. */
  hash(place: number): number {
    return this.hashes[place];
  }

  /** The server of a place; places beyond the end go round, so `owner(place + 1)` is the next one. */
  owner(place: number): number {
    return this.owners[place % this.owners.length];
  }
}

/** The given places in ascending order of their hashes; of equal ones the first stays first. */
function inOrder(hashes: Uint32Array): Uint32Array {
  if (hashes.length > PACKED) {
    return Uint32Array.from(hashes.keys()).sort((a, b) => hashes[a] - hashes[b] || a - b);
  }
  const packed = Float64Array.from(hashes, (hash, place) => hash * PACKED + place).sort();
  return Uint32Array.from(packed, (one) => one % PACKED);
}
