/**
 * Credits for smooth weighted round robin (what nginx calls the current weight of a server).
 *
 * The plain rule touches every server at each pick: all gain their weight, the richest is picked and pays what all
 * have gained. Servers of equal weight gain the same, so their order changes only by payments: a group keeps them in
 * order, the richest first and the first in configuration order on a tie, and books a gain of all as one number. One that
 * has paid is nearly always the poorest: O(1) a pick (ranked-queue.ts).
 */
import { RankedQueue, Ranks } from '../ranked-queue.ts';

/** Where each server of one upstream stands; a server is in at most one group at a time. */
export class Credits {
  /** Credit of each server; while it is in a group, less what its group has gained (`CreditGroup.gained`). */
  readonly credit: Float64Array;
  readonly ranks: Ranks;

  constructor(length: number) {
    this.credit = new Float64Array(length);
    this.ranks = new Ranks(length);
  }
}

/** A group of servers that gain alike. */
export class CreditGroup {
  private readonly order: RankedQueue;
  private gained = 0;

  constructor(private readonly credits: Credits) {
    this.order = new RankedQueue(credits.ranks);
  }

  get size(): number {
    return this.order.size;
  }

  /** The server with the most credit, the lowest index on a tie. Only of a group that is not empty. */
  richest(): number {
    return this.order.first();
  }

  /** Credit of `richest()`. */
  most(): number {
    return this.credits.credit[this.order.first()] + this.gained;
  }

  /** All in the group gain `amount`. O(1). */
  gain(amount: number): void {
    this.gained += amount;
  }

  /** `richest()` pays `amount` >= 0. O(1) when it is the poorest then, else O(log n). */
  pay(amount: number): void {
    const server = this.order.first();
    this.order.remove(server);
    this.credits.credit[server] -= amount;
    this.order.add(server, -this.credits.credit[server], server);
  }

  /** O(log n), O(1) for the poorest. */
  add(server: number): void {
    this.credits.credit[server] -= this.gained;
    this.order.add(server, -this.credits.credit[server], server);
  }

  /** Takes out a server that is in the group; its credit stands as it was. O(log n). */
  remove(server: number): void {
    this.order.remove(server);
    this.credits.credit[server] += this.gained;
  }
}
