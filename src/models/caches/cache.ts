/**
 * A cache as lookups see it: with a given hit ratio, or with keys, entries that expire, and room for so many. Requests carry the
 * item they ask for (their client's `keys`). Entries are places in typed arrays over the catalogue; a lookup, a store and
 * an eviction are O(1).
 *
 * Lazy expiry, as Redis and memcached do it: an entry that has expired keeps its room until it is asked for or evicted.
 * Left out: sizes of items (all are equal), the memory that entries need besides, the time of a lookup (write a step for it).
 */
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { CacheDescription } from '../description.ts';

/** Expiry of what is not there. */
const ABSENT = -1;

export class Cache {
  /** False while it is down: every lookup misses, nothing is kept. */
  up = true;
  hits = 0;
  misses = 0;
  /** Misses that waited for the load of another (single flight). */
  delayed = 0;
  stores = 0;
  evictions = 0;
  /** Entries now, expired ones too until they are noticed. */
  held = 0;
  /** Entry-seconds of life that stores have given and evictions taken: entries alive, over a time. Infinite lives count as they pass. */
  lifeArea = 0;
  /** Lookups and hits of each item, where a probe asks for them. */
  readonly byItem: { readonly lookups: Float64Array; readonly hits: Float64Array } | null;
  /** By item, plus 1: the load under way (single flight). */
  readonly flights: Int32Array;
  private readonly expires: Float64Array;
  /** Order of entries, the next to be evicted last: a ring through place 0 of item + 1 (LRU, FIFO). */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Entries in no order, and the place of each (random eviction). */
  private readonly slots: Int32Array | null;
  private readonly slotOf: Int32Array | null;
  /** Entries that never expire. */
  private immortal = 0;
  private since = 0;

  /**
   * @param items of the catalogue, those that do not exist after those that do.
   * @param existing items that exist; beyond are those that do not.
   * @param random for a given hit ratio, jitter, random eviction.
   */
  constructor(
    readonly name: string,
    readonly description: CacheDescription,
    private readonly simulation: Simulation,
    items: number,
    private readonly existing: number,
    counted: boolean,
    private readonly random: RandomStream,
  ) {
    const keyed = description.hit === undefined;
    const size = keyed ? items : 0;
    simulation.budget.claim(24 * size);
    this.expires = new Float64Array(size).fill(ABSENT);
    this.flights = new Int32Array(size);
    this.next = new Int32Array(size + 1);
    this.previous = new Int32Array(size + 1);
    const shuffled = description.evict === 'random' && description.size < Infinity;
    this.slots = shuffled ? new Int32Array(Math.min(description.size, size)) : null;
    this.slotOf = shuffled ? new Int32Array(size) : null;
    this.byItem = counted ? { lookups: new Float64Array(size), hits: new Float64Array(size) } : null;
    if (keyed) this.fill();
  }

  /** Items that exist. */
  get catalogue(): number {
    return this.existing;
  }

  /** Entries that are alive, times seconds, up to now. */
  get aliveArea(): number {
    this.account();
    return this.lifeArea;
  }

  /** Whether `item` is there; a hit renews what hits renew. */
  lookup(item: number): boolean {
    const { hit, evict, ttl, renew } = this.description;
    if (!this.up) return this.missed(item);
    if (hit !== undefined) return this.random.uniform() < hit ? this.found(item) : this.missed(item);
    if (item >= this.existing && this.description.absent === 'filtered' && item < this.expires.length)
      return this.found(item);
    const expiry = item < this.expires.length ? this.expires[item] : ABSENT;
    if (expiry === ABSENT) return this.missed(item);
    const { now } = this.simulation;
    if (expiry <= now) {
      this.drop(item);
      return this.missed(item);
    }
    if (evict === 'lru') {
      this.unlink(item + 1);
      this.linkFirst(item + 1);
    }
    if (renew && ttl < Infinity) {
      const later = now + this.life(item);
      this.lifeArea += later - expiry;
      this.expires[item] = later;
    }
    return this.found(item);
  }

  /** A load of `item` has ended: keeps it, unless it is there already or is not kept at all. */
  store(item: number): void {
    if (!this.up || item >= this.expires.length) return;
    if (item >= this.existing && this.description.absent !== 'kept') return;
    const { now } = this.simulation;
    if (this.expires[item] > now) return; // another load ended first
    if (this.expires[item] !== ABSENT) this.drop(item);
    if (this.held >= this.description.size) this.evict();
    this.stores++;
    this.keep(item, this.life(item));
  }

  /** Everything is lost. */
  clear(): void {
    for (let item = 0; item < this.expires.length; item++) {
      if (this.expires[item] === ABSENT) continue;
      this.lifeArea -= Math.max(0, this.remaining(item));
      this.drop(item);
    }
  }

  /** Seconds that an entry stored now lives. */
  private life(item: number): number {
    const { ttl, absentTtl, jitter } = this.description;
    const whole = item >= this.existing ? absentTtl : ttl;
    return jitter > 0 && whole < Infinity ? whole * (1 - jitter * this.random.uniform()) : whole;
  }

  private found(item: number): boolean {
    this.hits++;
    if (this.byItem !== null && item < this.byItem.hits.length) {
      this.byItem.hits[item]++;
      this.byItem.lookups[item]++;
    }
    return true;
  }

  private missed(item: number): boolean {
    this.misses++;
    if (this.byItem !== null && item < this.byItem.hits.length) this.byItem.lookups[item]++;
    return false;
  }

  private keep(item: number, life: number): void {
    this.account();
    this.expires[item] = this.simulation.now + life;
    if (life < Infinity) this.lifeArea += life;
    else this.immortal++;
    if (this.slots !== null) {
      this.slots[this.held] = item;
      this.slotOf![item] = this.held;
    } else {
      this.linkFirst(item + 1);
    }
    this.held++;
  }

  private drop(item: number): void {
    this.account();
    if (this.expires[item] === Infinity) this.immortal--;
    this.expires[item] = ABSENT;
    this.held--;
    if (this.slots === null) {
      this.unlink(item + 1);
      return;
    }
    const place = this.slotOf![item];
    const last = this.slots[this.held];
    this.slots[place] = last;
    this.slotOf![last] = place;
  }

  private evict(): void {
    const item = this.slots === null ? this.previous[0] - 1 : this.slots[Math.floor(this.random.uniform() * this.held)];
    this.lifeArea -= Math.max(0, this.remaining(item));
    this.evictions++;
    this.drop(item);
  }

  /** Seconds of life that were counted beforehand. */
  private remaining(item: number): number {
    const left = this.expires[item] - this.simulation.now;
    return left < Infinity ? left : 0;
  }

  /** Entries that never expire count as time passes, the others when they are stored. */
  private account(): void {
    const { now } = this.simulation;
    this.lifeArea += this.immortal * (now - this.since);
    this.since = now;
  }

  /** What is there at the start: the most popular items, whose numbers are the lowest. */
  private fill(): void {
    const { start, ttl, size } = this.description;
    if (start === 'cold') return;
    const items = Math.min(size, this.existing);
    for (let item = items - 1; item >= 0; item--) {
      const whole = this.life(item);
      this.keep(item, start === 'warm' && ttl < Infinity ? whole * this.random.uniform() : whole);
    }
  }

  private linkFirst(place: number): void {
    const first = this.next[0];
    this.next[place] = first;
    this.previous[place] = 0;
    this.next[0] = place;
    this.previous[first] = place;
  }

  private unlink(place: number): void {
    const before = this.previous[place];
    const after = this.next[place];
    this.next[before] = after;
    this.previous[after] = before;
  }
}
