/**
 * HAProxy's consistent ring: every server has 16 points for each unit of weight on the circle of 32-bit numbers, made from its
 * number (1 for the first) and the point's; a hash belongs to the NEAREST point, before or after it.
 * Points of servers that are down, and those beyond a weight that was lowered, are passed over in place. Look-up O(1) in the
 * mean; a weight above all that were seen makes the ring anew, O(points log points).
 *
 * Source: HAProxy 2.6 src/lb_chash.c (the rule), checked against recordings of it.
 */
import type { Change, Tried, Upstream } from '../scheduler.ts';
import { avalanche } from '../hashing/haproxy-hashes.ts';
import { Ring } from '../hashing/ring.ts';
import type { RingPoint } from '../hashing/ring.ts';
import { isInTree, sixteenths, TreeMembers, WEIGHT_MAX } from './haproxy-effective.ts';

const CIRCLE = 2 ** 32;

function never(): boolean {
  return false;
}

export class HaproxyRing {
  private ring: Ring | null = null;
  /** Number of each point among those of its server. */
  private numbers = new Int32Array(0);
  /** Points that each server has on the ring, and how many of them count. */
  private readonly made: Int32Array;
  private readonly counted: Int32Array;
  private readonly members: TreeMembers;
  /** Place of the last point taken in turn. */
  private turn = -1;

  constructor(private readonly upstream: Upstream) {
    this.made = new Int32Array(upstream.length);
    this.counted = new Int32Array(upstream.length);
    this.members = new TreeMembers(upstream);
    for (let server = 0; server < upstream.length; server++) this.count(server);
  }

  /**
   * The server that a hash belongs to, without those tried; -1 when there is none. Full ones are not passed over.
   * @param isPassed servers that are, unless all are.
   */
  serverOf(hash: number, tried: Tried, isPassed: (server: number) => boolean = never): number {
    const ring = (this.ring ??= this.make());
    const { length } = ring;
    if (length === 0) return -1;
    const found = ring.find(hash);
    let place = this.onward(found, 1, length);
    if (place < 0) return -1;
    const before = this.onward((found + length - 1) % length, -1, length);
    const toBefore = (hash - ring.hash(before)) >>> 0;
    const toNext = (ring.hash(place) - hash) >>> 0;
    if (toBefore <= toNext) place = before;
    // A retry goes on from the nearest point.
    for (let step = 0; step < length && (tried.has(ring.owner(place)) || isPassed(ring.owner(place))); step++) {
      place = this.onward((place + 1) % length, 1, length);
    }
    const server = ring.owner(place);
    return tried.has(server) ? -1 : server;
  }

  /** The server of the next point, going round, that has room and was not tried; -1 when there is none. */
  nextInTurn(tried: Tried): number {
    const ring = (this.ring ??= this.make());
    const { length } = ring;
    for (let step = 0; step < length; step++) {
      this.turn = this.onward((this.turn + 1) % length, 1, length);
      if (this.turn < 0) return -1;
      const server = ring.owner(this.turn);
      if (this.upstream.eligible[server] === 1 && !tried.has(server)) return server;
    }
    return -1;
  }

  /** Points of a server that count: its weight in sixteenths, 0 when it is not there. */
  points(server: number): number {
    return this.counted[server];
  }

  /** @returns whether hashes may belong to other servers now. */
  changed(server: number, what: Change): boolean {
    if (!this.members.changed(server, what)) return false;
    this.count(server);
    if (this.counted[server] > this.made[server]) this.ring = null;
    return true;
  }

  /** How many of the 2^32 hashes belong to each server. O(points). */
  shares(): Float64Array {
    const ring = (this.ring ??= this.make());
    const { length } = ring;
    const shares = new Float64Array(this.upstream.length);
    const first = length === 0 ? -1 : this.onward(0, 1, length);
    if (first < 0) return shares;
    let before = first;
    do {
      const next = this.onward((before + 1) % length, 1, length);
      // A hash half-way between two points belongs to the one before it.
      const gap = next === before ? CIRCLE : (ring.hash(next) - ring.hash(before)) >>> 0;
      const ofNext = Math.ceil(gap / 2) - 1;
      shares[ring.owner(next)] += ofNext;
      shares[ring.owner(before)] += gap - ofNext;
      before = next;
    } while (before !== first);
    return shares;
  }

  /** The first point from a place on that counts, in either direction; -1 when none does. */
  private onward(from: number, by: 1 | -1, length: number): number {
    let place = from;
    for (let step = 0; step < length; step++) {
      if (this.numbers[place] < this.counted[this.ring!.owner(place)]) return place;
      place += by;
      if (place === length) place = 0;
      else if (place < 0) place = length - 1;
    }
    return -1;
  }

  private count(server: number): void {
    this.counted[server] = isInTree(this.upstream, server) ? sixteenths(this.upstream, server) : 0;
  }

  private make(): Ring {
    const points: (RingPoint & { readonly number: number })[] = [];
    for (let server = 0; server < this.upstream.length; server++) {
      this.made[server] = Math.max(this.made[server], sixteenths(this.upstream, server));
      for (let number = 0; number < this.made[server]; number++) {
        points.push({ hash: avalanche((server + 1) * WEIGHT_MAX + number), server, number });
      }
    }
    const ring = new Ring(points); // no two are equal: the hash is one to one
    this.numbers = new Int32Array(ring.length);
    for (const { hash, number } of points) this.numbers[ring.find(hash)] = number;
    return ring;
  }
}
