/**
 * Servers in the order of a number each, smallest first; equal numbers by a second one (a sequence for "first come first",
 * the index for "first listed").
 *
 * Most rules that take turns put a server that was picked behind all others. Such a server is appended to a queue that is
 * in order anyway: O(1), whatever the number of servers. One that belongs elsewhere goes into a heap beside it: O(log n).
 */
export class RankedQueue {
  private readonly keys: Float64Array;
  private readonly ties: Float64Array;
  private readonly places: Int32Array;
  private heap = new Int32Array(4);
  private heapSize = 0;
  /** In order from `head` to `tail`, round a buffer; -1 where a server has left. */
  private queue = new Int32Array(4);
  private mask = 3;
  private head = 0;
  private tail = 0;
  /** Servers in it. */
  size = 0;

  /** Empty at first. Memory in proportion to what is in it, beside the ranks. */
  constructor(ranks: Ranks) {
    this.keys = ranks.keys;
    this.ties = ranks.ties;
    this.places = ranks.places;
  }

  has(server: number): boolean {
    return this.places[server] !== -1;
  }

  /** Only of a server that is in it, or was: what it was put there with. */
  key(server: number): number {
    return this.keys[server];
  }

  tie(server: number): number {
    return this.ties[server];
  }

  /** Puts in a server that is not in it. */
  add(server: number, key: number, tie: number): void {
    const { keys, ties } = this;
    keys[server] = key;
    ties[server] = tie;
    this.size += 1;
    if (this.head === this.tail) {
      this.append(server);
      return;
    }
    const last = this.queue[(this.tail - 1) & this.mask]; // never a hole: `remove` draws the tail back
    if (keys[last] < key || (keys[last] === key && ties[last] < tie)) {
      if (this.tail - this.head > this.mask) this.close();
      this.append(server);
    } else {
      if (this.heapSize === this.heap.length) this.widen();
      this.rise(this.heapSize++, server);
    }
  }

  /** Takes out a server that is in it. */
  remove(server: number): void {
    const place = this.places[server];
    this.places[server] = -1;
    this.size -= 1;
    if (place >= 0) {
      const last = this.heap[--this.heapSize];
      if (last !== server) {
        this.rise(place, last);
        this.sink(this.places[last], last);
      }
      return;
    }
    const { queue, mask } = this;
    queue[-2 - place] = -1;
    if (this.size === this.heapSize) {
      this.tail = this.head;
      return;
    }
    while (queue[this.head & mask] === -1) this.head += 1;
    while (queue[(this.tail - 1) & mask] === -1) this.tail -= 1;
  }

  /** The server that comes first; -1 where there is none. */
  first(): number {
    if (this.heapSize === 0) return this.head === this.tail ? -1 : this.queue[this.head & this.mask];
    const ofHeap = this.heap[0];
    if (this.head === this.tail) return ofHeap;
    const ofQueue = this.queue[this.head & this.mask];
    return this.before(ofHeap, ofQueue) ? ofHeap : ofQueue;
  }

  private append(server: number): void {
    const place = this.tail++ & this.mask;
    this.queue[place] = server;
    this.places[server] = -2 - place;
  }

  /** Closes the holes of a full queue, and makes it larger when less than half of it are holes. */
  private close(): void {
    const { queue, mask, head, tail } = this;
    const roomy = new Int32Array(2 * this.inQueue() > mask ? 2 * (mask + 1) : mask + 1);
    this.queue = roomy;
    this.mask = roomy.length - 1;
    this.head = 0;
    this.tail = 0;
    for (let from = head; from !== tail; from++) {
      const server = queue[from & mask];
      if (server !== -1) this.append(server);
    }
  }

  private widen(): void {
    const wider = new Int32Array(2 * this.heap.length);
    wider.set(this.heap);
    this.heap = wider;
  }

  private inQueue(): number {
    return this.size - 1 - this.heapSize; // one is being added
  }

  private before(a: number, b: number): boolean {
    const { keys, ties } = this;
    return keys[a] < keys[b] || (keys[a] === keys[b] && ties[a] < ties[b]);
  }

  private rise(from: number, server: number): void {
    const { heap, places } = this;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const other = heap[parent];
      if (this.before(other, server)) break;
      heap[place] = other;
      places[other] = place;
      place = parent;
    }
    heap[place] = server;
    places[server] = place;
  }

  private sink(from: number, server: number): void {
    const { heap, places, heapSize } = this;
    let place = from;
    for (;;) {
      const first = 4 * place + 1;
      if (first >= heapSize) break;
      let child = first;
      const end = first + 4 < heapSize ? first + 4 : heapSize;
      for (let other = first + 1; other < end; other++) {
        if (this.before(heap[other], heap[child])) child = other;
      }
      const smallest = heap[child];
      if (this.before(server, smallest)) break;
      heap[place] = smallest;
      places[smallest] = place;
      place = child;
    }
    heap[place] = server;
    places[server] = place;
  }
}

/** Where each server of one upstream stands, in whichever of several queues it is: in one at a time. */
export class Ranks {
  readonly keys: Float64Array;
  readonly ties: Float64Array;
  /** -1 nowhere, p >= 0 at p of a heap, -2 - p at p of a queue. */
  readonly places: Int32Array;

  /** @param length servers are 0 to length - 1. */
  constructor(length: number) {
    this.keys = new Float64Array(length);
    this.ties = new Float64Array(length);
    this.places = new Int32Array(length).fill(-1);
  }
}
