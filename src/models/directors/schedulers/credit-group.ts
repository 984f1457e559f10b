/**
 * Credits for smooth weighted round robin (what nginx calls the current weight of a server).
 *
 * The plain rule touches every server at each pick: all gain their weight, the richest is picked and pays what all
 * have gained. Servers of equal weight gain the same, so their order changes only by payments: a group keeps them in a
 * heap, the richest on top and the first in configuration order on a tie, and books a gain of all as one number.
 */

/** Where each server of one upstream stands; a server is in at most one group at a time. */
export class Credits {
  /** Credit of each server; while it is in a group, less what its group has gained (`CreditGroup.gained`). */
  readonly credit: Float64Array;
  /** Position in its group's heap. */
  readonly position: Int32Array;

  constructor(length: number) {
    this.credit = new Float64Array(length);
    this.position = new Int32Array(length);
  }
}

/** A group of servers that gain alike. */
export class CreditGroup {
  private readonly heap: number[] = [];
  private gained = 0;

  constructor(private readonly credits: Credits) {}

  get size(): number {
    return this.heap.length;
  }

  /** The server with the most credit, the lowest index on a tie. Only of a group that is not empty. */
  richest(): number {
    return this.heap[0];
  }

  /** Credit of `richest()`. */
  most(): number {
    return this.credits.credit[this.heap[0]] + this.gained;
  }

  /** All in the group gain `amount`. O(1). */
  gain(amount: number): void {
    this.gained += amount;
  }

  /** `richest()` pays `amount` >= 0. O(log n). */
  pay(amount: number): void {
    this.credits.credit[this.heap[0]] -= amount;
    this.sink(0, this.heap[0]);
  }

  /** O(log n). */
  add(server: number): void {
    this.credits.credit[server] -= this.gained;
    this.heap.push(server);
    this.rise(this.heap.length - 1, server);
  }

  /** Takes out a server that is in the group; its credit stands as it was. O(log n). */
  remove(server: number): void {
    const position = this.credits.position[server];
    const last = this.heap.pop()!;
    if (last !== server) {
      this.rise(position, last);
      this.sink(this.credits.position[last], last);
    }
    this.credits.credit[server] += this.gained;
  }

  private rise(position: number, server: number): void {
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (this.before(this.heap[parent], server)) {
        break;
      }
      this.put(position, this.heap[parent]);
      position = parent;
    }
    this.put(position, server);
  }

  private sink(position: number, server: number): void {
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.heap.length) {
        break;
      }
      if (child + 1 < this.heap.length && this.before(this.heap[child + 1], this.heap[child])) {
        child += 1;
      }
      if (this.before(server, this.heap[child])) {
        break;
      }
      this.put(position, this.heap[child]);
      position = child;
    }
    this.put(position, server);
  }

  private put(position: number, server: number): void {
    this.heap[position] = server;
    this.credits.position[server] = position;
  }

  private before(a: number, b: number): boolean {
    const { credit } = this.credits;
    return credit[a] > credit[b] || (credit[a] === credit[b] && a < b);
  }
}
