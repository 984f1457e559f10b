/**
 * Servers in levels of equal number, lowest first. For loads of which only a few different ones are in use at a time (connections,
 * by weight): what a change or a look costs then does not hang on the number of servers. Levels are found by their number in a
 * hash table, and the lowest in a heap of levels.
 *
 * Within a level comes first the one listed first, or the one that has been there longest. For the former a level is a set of
 * bits, one a server, with a summary above that tells which of its words are not empty, and so on up to one word: 10,000
 * servers are three layers. With more than `LEVELS_MAX` different numbers in use at once it turns into a tournament
 * (selector.ts) for good: the same answers in O(log n). For the latter a level is a linked list, and there may be any
 * number of them: O(log of their number) where a level is new.
 */
import { Selector } from './selector.ts';
import type { Tried } from './scheduler.ts';

/** Levels as sets of bits take n/8 bytes each and a little: at most 72 n bytes in all. */
const LEVELS_MAX = 512;
const LEVELS_MIN = 64;

/** Who is in which level. */
interface Members {
  put(level: number, server: number): void;
  take(level: number, server: number): void;
  /** Puts back what was taken, in the reverse order of the taking, where it was. */
  restore(level: number, server: number): void;
  /** Only of a level that is not empty. */
  first(level: number): number;
  /** Makes room for so many levels. */
  widen(levels: number): void;
}

/** Of equals the one listed first. */
export function levelsListed(length: number, most = LEVELS_MAX): Levels {
  return new Levels(length, new Listed(length), most);
}

/** Of equals the one that has been there longest. */
export function levelsQueued(length: number): Levels {
  return new Levels(length, new Queued(length), Infinity);
}

export class Levels {
  /** The level of each server; -1 = Infinity, not to be picked. */
  private readonly levelOf: Int16Array | Int32Array;
  /** Of each level: its number and how many servers are in it. */
  private keys = new Float64Array(0);
  private counts = new Int32Array(0);
  /** Whether it is in the heap: every level with servers is, an empty one until it comes up. */
  private queued = new Uint8Array(0);
  private heap = new Int32Array(0);
  private heapSize = 0;
  /** Levels by their numbers: open addressing, -1 = nothing there. */
  private table = new Int32Array(0);
  /** Levels that have no number. */
  private readonly free: number[] = [];
  /** What stands in when there are too many levels. */
  private tournament: Selector | null = null;
  private readonly hidden: number[] = [];
  private readonly hiddenLevels: number[] = [];

  /**
   * All servers are at Infinity at first.
   * @param most levels at once, a power of two; beyond it a tournament takes over, where the one listed first wins.
   */
  constructor(
    private readonly length: number,
    private readonly members: Members,
    private readonly most: number,
  ) {
    this.levelOf = (most <= 32_768 ? new Int16Array(length) : new Int32Array(length)).fill(-1);
    this.clear();
  }

  /** Whether its number is finite. */
  has(server: number): boolean {
    return this.tournament === null ? this.levelOf[server] >= 0 : this.tournament.key(server) < Infinity;
  }

  key(server: number): number {
    if (this.tournament !== null) return this.tournament.key(server);
    const level = this.levelOf[server];
    return level < 0 ? Infinity : this.keys[level];
  }

  /** The smallest number; Infinity when all are. */
  get least(): number {
    if (this.tournament !== null) return this.tournament.least;
    const level = this.lowest();
    return level < 0 ? Infinity : this.keys[level];
  }

  /** A server that is at that number stays where it is. @param key any number but NaN. */
  set(server: number, key: number): void {
    if (this.tournament !== null) {
      this.tournament.set(server, key);
      return;
    }
    const before = this.levelOf[server];
    if (before >= 0) {
      if (this.keys[before] === key) return;
      this.counts[before] -= 1;
      this.members.take(before, server);
    }
    if (key === Infinity) {
      this.levelOf[server] = -1;
      return;
    }
    const level = this.level(key);
    this.levelOf[server] = level;
    if (level < 0) {
      this.resign(server, key);
      return;
    }
    this.counts[level] += 1;
    if (this.queued[level] === 0) this.push(level);
    this.members.put(level, server);
  }

  /** The server that comes first; -1 when all are at Infinity. */
  winner(): number {
    if (this.tournament !== null) return this.tournament.winner();
    const level = this.lowest();
    return level < 0 ? -1 : this.members.first(level);
  }

  /** As `winner`, among those not tried. One step more for each tried one that comes before the answer. */
  smallest(tried: Tried): number {
    let server = this.winner();
    if (tried.size === 0 || server < 0 || !tried.has(server)) return server;
    if (this.tournament !== null) return this.tournament.smallest(tried);
    const { hidden, hiddenLevels, counts, members } = this;
    while (server >= 0 && tried.has(server)) {
      const level = this.levelOf[server];
      counts[level] -= 1;
      members.take(level, server);
      hidden.push(server);
      hiddenLevels.push(level);
      server = this.winner();
    }
    while (hidden.length > 0) {
      const level = hiddenLevels.pop()!;
      counts[level] += 1;
      if (this.queued[level] === 0) this.push(level);
      members.restore(level, hidden.pop()!);
    }
    return server;
  }

  /** The level of a number, a new one where there is none; -1 when there are too many. */
  private level(key: number): number {
    const { table, keys } = this;
    const mask = table.length - 1;
    let place = slot(key) & mask;
    while (table[place] >= 0) {
      if (keys[table[place]] === key) return table[place];
      place = (place + 1) & mask;
    }
    if (this.free.length === 0) return this.clear() ? this.level(key) : -1;
    const level = this.free.pop()!;
    keys[level] = key;
    table[place] = level;
    return level;
  }

  /** Frees the levels that are empty, and makes room for more where few are. @returns false where there can be no more. */
  private clear(): boolean {
    const { length } = this.keys;
    const wanted: number[] = [];
    for (let level = 0; level < length; level++) if (this.counts[level] > 0) wanted.push(level);
    const isCrowded = 4 * wanted.length >= 3 * length;
    if (isCrowded && length >= this.most) return false;
    const room = isCrowded ? Math.min(Math.max(2 * length, LEVELS_MIN), this.most) : length;
    if (room > length) {
      this.keys = widened(this.keys, new Float64Array(room));
      this.counts = widened(this.counts, new Int32Array(room));
      this.members.widen(room);
      this.queued = new Uint8Array(room);
      this.heap = new Int32Array(room);
      this.table = new Int32Array(4 * room);
    }
    this.table.fill(-1);
    this.queued.fill(0);
    this.heapSize = 0;
    for (let level = room - 1; level >= 0; level--) if (this.counts[level] === 0) this.free.push(level);
    const mask = this.table.length - 1;
    for (const level of wanted) {
      let place = slot(this.keys[level]) & mask;
      while (this.table[place] >= 0) place = (place + 1) & mask;
      this.table[place] = level;
      this.push(level);
    }
    return true;
  }

  /** Hands over to a tournament, which takes any number of levels. */
  private resign(server: number, key: number): void {
    const tournament = new Selector(this.length);
    for (let one = 0; one < this.length; one++) tournament.set(one, this.key(one));
    tournament.set(server, key);
    this.tournament = tournament;
  }

  // -------------------------------------------------------------------------------------------------- the heap of levels

  private lowest(): number {
    while (this.heapSize > 0) {
      const level = this.heap[0];
      if (this.counts[level] > 0) return level;
      this.queued[level] = 0;
      this.heapSize -= 1;
      if (this.heapSize > 0) this.sink(this.heap[this.heapSize]);
    }
    return -1;
  }

  private push(level: number): void {
    const { heap, keys } = this;
    this.queued[level] = 1;
    let place = this.heapSize++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (keys[heap[parent]] <= keys[level]) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = level;
  }

  private sink(level: number): void {
    const { heap, keys, heapSize } = this;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heapSize) break;
      if (child + 1 < heapSize && keys[heap[child + 1]] < keys[heap[child]]) child += 1;
      if (keys[level] <= keys[heap[child]]) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = level;
  }
}

/** Levels as sets of bits. */
class Listed implements Members {
  /** Words of one level, and where each layer of them begins, the widest first. */
  private readonly stride: number;
  private readonly layers: number[] = [];
  private sets = new Int32Array(0);

  constructor(length: number) {
    let stride = 0;
    let inLayer = length;
    do {
      inLayer = Math.max((inLayer + 31) >>> 5, 1);
      this.layers.push(stride);
      stride += inLayer;
    } while (inLayer > 1);
    this.stride = stride;
  }

  put(level: number, server: number): void {
    const { sets, layers } = this;
    const base = level * this.stride;
    let at = server;
    for (let layer = 0; layer < layers.length; layer++) {
      const place = base + layers[layer] + (at >> 5);
      const before = sets[place];
      sets[place] = before | (1 << (at & 31));
      if (before !== 0) return;
      at >>= 5;
    }
  }

  take(level: number, server: number): void {
    const { sets, layers } = this;
    const base = level * this.stride;
    let at = server;
    for (let layer = 0; layer < layers.length; layer++) {
      const place = base + layers[layer] + (at >> 5);
      const after = sets[place] & ~(1 << (at & 31));
      sets[place] = after;
      if (after !== 0) return;
      at >>= 5;
    }
  }

  restore(level: number, server: number): void {
    this.put(level, server);
  }

  first(level: number): number {
    const { sets, layers } = this;
    const base = level * this.stride;
    let at = 0;
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const word = sets[base + layers[layer] + at];
      at = (at << 5) + 31 - Math.clz32(word & -word);
    }
    return at;
  }

  widen(levels: number): void {
    this.sets = widened(this.sets, new Int32Array(levels * this.stride));
  }
}

/** Levels as doubly linked lists of servers. */
class Queued implements Members {
  private readonly before: Int32Array;
  private readonly after: Int32Array;
  /** First and last of each level; -1 of an empty one. */
  private heads = new Int32Array(0);
  private tails = new Int32Array(0);

  constructor(length: number) {
    this.before = new Int32Array(length);
    this.after = new Int32Array(length);
  }

  put(level: number, server: number): void {
    const last = this.tails[level];
    this.before[server] = last;
    this.after[server] = -1;
    this.restore(level, server);
  }

  take(level: number, server: number): void {
    const before = this.before[server];
    const after = this.after[server];
    if (before < 0) this.heads[level] = after;
    else this.after[before] = after;
    if (after < 0) this.tails[level] = before;
    else this.before[after] = before;
  }

  restore(level: number, server: number): void {
    const before = this.before[server];
    const after = this.after[server];
    if (before < 0) this.heads[level] = server;
    else this.after[before] = server;
    if (after < 0) this.tails[level] = server;
    else this.before[after] = server;
  }

  first(level: number): number {
    return this.heads[level];
  }

  widen(levels: number): void {
    this.heads = widened(this.heads, new Int32Array(levels).fill(-1));
    this.tails = widened(this.tails, new Int32Array(levels).fill(-1));
  }
}

/** Scatters numbers; a product without a step through memory. The same for -0 and 0. */
function slot(key: number): number {
  return ((key * 1_696_631.4142) | 0) & 0x7fff_ffff;
}

function widened<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
