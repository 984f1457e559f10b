/**
 * Servers that are equally busy, for nginx's `least_conn`: those that gain alike when they are tied, the one with the most
 * credit first, of equal credit the one listed first. A gain of all is booked as one number (as in credit-group.ts). Servers
 * come and go in any order of their credit, so that a queue in order will not do, and a heap costs O(log n) a step. Here a change
 * is O(1) in the mean, and finding the richest too:
 *
 * - Nobody is put in order until somebody asks for the richest of two or more: most numbers of requests in progress are passed
 *   by and never are the smallest.
 * - From then on servers lie in buckets by ranges of credit, the richest range first, and only the first bucket that is not
 *   empty is in full order: a heap, the "front", nearly always of one or two. A range is so wide that the buckets go round
 *   twice the credits that are there; gains shift what comes later to ever lower ranges, so buckets are used in a circle.
 *   Where all credits are equal the front has everybody, O(log n) a step.
 *
 * What is known of a server lies in one record of 32 bytes: at thousands of servers, a cost is the lines of memory it touches.
 */

/** Floats and integers of a record; which of the integers is what (the first two are the credit). */
const FLOATS = 4;
const INTEGERS = 8;
const NEXT = 2;
const BEFORE = 3;
/** p >= 0: at p of the front; -2 - b: in bucket b; `LOOSE`: in the list of those not in order. */
const PLACE = 4;
const GROUP = 5;
const LOOSE = -1;

const BUCKETS_MIN = 32;
/** Buckets are counted on and on, up to here; then they are made anew. */
const NUMBER_MAX = 2 ** 30;
/** Credits nearer to each other than the inverse share a bucket. */
const SCALE_MAX = 2 ** 40;

/** Credit of each server of one upstream and where it stands; a server is in at most one group at a time. */
export class CreditRecords {
  readonly floats: Float64Array;
  readonly integers: Int32Array;

  constructor(length: number) {
    const buffer = new ArrayBuffer(FLOATS * Float64Array.BYTES_PER_ELEMENT * length);
    this.floats = new Float64Array(buffer);
    this.integers = new Int32Array(buffer);
    for (let server = 0; server < length; server++) this.integers[server * INTEGERS + GROUP] = -1;
  }

  /** Only of a server that is in no group. */
  credit(server: number): number {
    return this.floats[server * FLOATS];
  }

  /** Only of a server that is in no group. */
  gain(server: number, amount: number): void {
    this.floats[server * FLOATS] += amount;
  }

  /** `id` of the group that a server is in; -1 where it is in none. */
  groupOf(server: number): number {
    return this.integers[server * INTEGERS + GROUP];
  }
}

export class TiedCredits {
  size = 0;
  private readonly floats: Float64Array;
  private readonly integers: Int32Array;
  /** What all have gained; their credits in the records are less by it. */
  private gained = 0;
  /** First of the list of those that are not in order; -1 where there is none. */
  private loose = -1;
  private ordered = false;
  /** A heap. */
  private front = new Int32Array(4);
  private frontSize = 0;
  /** First of each bucket, -1 of an empty one; a bit for each that is not empty. */
  private heads = new Int32Array(0);
  private bits = new Int32Array(0);
  private mask = 0;
  /** Credit c belongs to bucket number floor((origin - c) * scale), or to the front where that is not above `at`. */
  private origin = 0;
  private scale = 1;
  private at = 0;

  constructor(
    records: CreditRecords,
    readonly id: number,
  ) {
    this.floats = records.floats;
    this.integers = records.integers;
  }

  /** All in the group gain `amount`. O(1). */
  gain(amount: number): void {
    this.gained += amount;
  }

  /** Puts in a server that is in no group. */
  add(server: number): void {
    this.floats[server * FLOATS] -= this.gained;
    this.integers[server * INTEGERS + GROUP] = this.id;
    this.size += 1;
    if (this.ordered) {
      this.insert(server);
    } else {
      this.integers[server * INTEGERS + PLACE] = LOOSE;
      this.loose = this.link(server, this.loose);
    }
  }

  /** Takes out a server that is in it; its credit stands as it was. */
  remove(server: number): void {
    const { integers } = this;
    const place = integers[server * INTEGERS + PLACE];
    if (place >= 0) this.leaveFront(place);
    else this.unlink(server, place);
    integers[server * INTEGERS + GROUP] = -1;
    this.floats[server * FLOATS] += this.gained;
    this.size -= 1;
    if (this.size === 0) {
      this.ordered = false;
      this.gained = 0;
    }
  }

  /** The server with the most credit, the lowest index on a tie. Only of a group that is not empty. */
  richest(): number {
    if (!this.ordered) {
      if (this.size === 1) return this.loose;
      this.ordered = true;
      this.spread(this.loose);
    }
    if (this.frontSize === 0) this.advance();
    return this.front[0];
  }

  /** Credit of `richest()`. */
  most(): number {
    return this.floats[this.richest() * FLOATS] + this.gained;
  }

  // ------------------------------------------------------------------------------------------------------------- buckets

  private insert(server: number): void {
    const number = Math.floor((this.origin - this.floats[server * FLOATS]) * this.scale);
    if (number <= this.at) {
      this.joinFront(server);
      return;
    }
    if (number - this.at > this.mask || this.size > this.mask + 1 || number > NUMBER_MAX) {
      // a farther range, or more servers, than the buckets hold
      if (this.frontSize === 0 && this.size > 1 && number - this.at > this.mask) {
        this.advance(); // perhaps only because the front stands where nobody is left
        this.insert(server);
        return;
      }
      this.integers[server * INTEGERS + PLACE] = LOOSE;
      this.spread(this.link(server, this.everybody()));
      return;
    }
    const bucket = number & this.mask;
    const head = this.heads[bucket];
    this.heads[bucket] = this.link(server, head);
    this.integers[server * INTEGERS + PLACE] = -2 - bucket;
    if (head < 0) this.bits[bucket >> 5] |= 1 << (bucket & 31);
  }

  /** Makes the next bucket that is not empty the front. Only where there is one. */
  private advance(): void {
    const { bits, mask, heads, integers } = this;
    const from = (this.at + 1) & mask;
    let word = from >> 5;
    let left = bits[word] & (-1 << (from & 31));
    while (left === 0) {
      word = word + 1 < bits.length ? word + 1 : 0;
      left = bits[word];
    }
    const bucket = (word << 5) + 31 - Math.clz32(left & -left);
    bits[word] &= ~(1 << (bucket & 31));
    this.at += 1 + ((bucket - from) & mask);
    let server = heads[bucket];
    heads[bucket] = -1;
    while (server >= 0) {
      const next = integers[server * INTEGERS + NEXT];
      this.joinFront(server);
      server = next;
    }
  }

  /** Takes all out of buckets and front, into a list. */
  private everybody(): number {
    const { heads, bits, integers } = this;
    let list = -1;
    for (let word = 0; word < bits.length; word++) {
      while (bits[word] !== 0) {
        const bucket = (word << 5) + 31 - Math.clz32(bits[word] & -bits[word]);
        bits[word] &= bits[word] - 1;
        let server = heads[bucket];
        heads[bucket] = -1;
        while (server >= 0) {
          const next = integers[server * INTEGERS + NEXT];
          list = this.link(server, list);
          server = next;
        }
      }
    }
    while (this.frontSize > 0) list = this.link(this.front[--this.frontSize], list);
    return list;
  }

  /** Puts a list of two or more into buckets whose ranges suit them. */
  private spread(list: number): void {
    const { floats, integers } = this;
    let most = -Infinity;
    let least = Infinity;
    for (let server = list; server >= 0; server = integers[server * INTEGERS + NEXT]) {
      const credit = floats[server * FLOATS];
      if (credit > most) most = credit;
      if (credit < least) least = credit;
    }
    let buckets = Math.max(this.mask + 1, BUCKETS_MIN);
    while (buckets < 2 * this.size) buckets *= 2;
    if (buckets > this.heads.length) {
      this.heads = new Int32Array(buckets).fill(-1);
      this.bits = new Int32Array(buckets >> 5);
      this.mask = buckets - 1;
    }
    this.origin = most;
    this.scale = most > least ? Math.min(buckets / (2 * (most - least)), SCALE_MAX) : 1;
    this.at = 0;
    this.loose = -1;
    let server = list;
    while (server >= 0) {
      const next = integers[server * INTEGERS + NEXT];
      this.insert(server);
      server = next;
    }
  }

  /** @returns the new first of the list. */
  private link(server: number, first: number): number {
    const { integers } = this;
    integers[server * INTEGERS + NEXT] = first;
    integers[server * INTEGERS + BEFORE] = -1;
    if (first >= 0) integers[first * INTEGERS + BEFORE] = server;
    return server;
  }

  private unlink(server: number, place: number): void {
    const { integers } = this;
    const next = integers[server * INTEGERS + NEXT];
    const before = integers[server * INTEGERS + BEFORE];
    if (next >= 0) integers[next * INTEGERS + BEFORE] = before;
    if (before >= 0) {
      integers[before * INTEGERS + NEXT] = next;
    } else if (place === LOOSE) {
      this.loose = next;
    } else {
      const bucket = -2 - place;
      this.heads[bucket] = next;
      if (next < 0) this.bits[bucket >> 5] &= ~(1 << (bucket & 31));
    }
  }

  // --------------------------------------------------------------------------------------------------------------- front

  private joinFront(server: number): void {
    if (this.frontSize === this.front.length) {
      const wider = new Int32Array(2 * this.frontSize);
      wider.set(this.front);
      this.front = wider;
    }
    this.rise(this.frontSize++, server);
  }

  private leaveFront(place: number): void {
    const last = this.front[--this.frontSize];
    if (place === this.frontSize) return;
    this.rise(place, last);
    this.sink(this.integers[last * INTEGERS + PLACE], last);
  }

  private before(a: number, b: number): boolean {
    const ofA = this.floats[a * FLOATS];
    const ofB = this.floats[b * FLOATS];
    return ofA > ofB || (ofA === ofB && a < b);
  }

  private rise(from: number, server: number): void {
    const { front, integers } = this;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = front[parent];
      if (this.before(other, server)) break;
      front[place] = other;
      integers[other * INTEGERS + PLACE] = place;
      place = parent;
    }
    front[place] = server;
    integers[server * INTEGERS + PLACE] = place;
  }

  private sink(from: number, server: number): void {
    const { front, integers, frontSize } = this;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= frontSize) break;
      if (child + 1 < frontSize && this.before(front[child + 1], front[child])) child += 1;
      const other = front[child];
      if (this.before(server, other)) break;
      front[place] = other;
      integers[other * INTEGERS + PLACE] = place;
      place = child;
    }
    front[place] = server;
    integers[server * INTEGERS + PLACE] = place;
  }
}
