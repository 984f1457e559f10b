/**
 * A tournament (winner tree) over one number a server: who has the smallest, who is next with a small enough one.
 * Equal numbers: the lower index wins. Infinity means "not to be picked".
 */
import type { Tried } from './scheduler.ts';

/** Entries that `next` looks at one by one before it climbs. */
const NEAR = 4;

export class Selector {
  /** A complete binary tree, root at 1, leaves from `leaves` on; each inner node has the smaller of its children. */
  private readonly tree: Float64Array;
  private readonly leaves: number;
  private readonly hidden: number[] = [];
  private readonly hiddenKeys: number[] = [];

  /** @param length the number of entries; all keys are Infinity at first. Memory: at most 32 bytes an entry. */
  constructor(length: number) {
    this.leaves = 1;
    while (this.leaves < length) {
      this.leaves *= 2;
    }
    this.tree = new Float64Array(2 * this.leaves).fill(Infinity);
  }

  key(index: number): number {
    return this.tree[this.leaves + index];
  }

  /** The smallest key. */
  get least(): number {
    return this.tree[1];
  }

  /** Cost O(log n), less where the change does not reach the top. @param key any number but NaN. */
  set(index: number, key: number): void {
    const tree = this.tree;
    let node = this.leaves + index;
    if (tree[node] === key) return;
    tree[node] = key;
    while (node > 1) {
      const other = tree[node ^ 1];
      const smaller = tree[node] < other ? tree[node] : other;
      node >>= 1;
      if (tree[node] === smaller) {
        return;
      }
      tree[node] = smaller;
    }
  }

  /**
   * The index with the smallest key among those not tried, the lowest one on a tie; -1 when all such keys are
   * Infinity. Cost O((1 + t) log n), t = tried ones that come before the answer.
   */
  smallest(tried: Tried): number {
    let index = this.winner();
    if (tried.size === 0 || index < 0 || !tried.has(index)) {
      return index;
    }
    while (index >= 0 && tried.has(index)) {
      this.hidden.push(index);
      this.hiddenKeys.push(this.key(index));
      this.set(index, Infinity);
      index = this.winner();
    }
    while (this.hidden.length > 0) {
      this.set(this.hidden.pop()!, this.hiddenKeys.pop()!);
    }
    return index;
  }

  /** The lowest index >= `from` with a key <= `bound` (finite); -1 when there is none. Cost O(log n). */
  next(from: number, bound: number): number {
    const tree = this.tree;
    if (from >= this.leaves) {
      return -1;
    }
    let node = this.leaves + from;
    const near = Math.min(node + NEAR, 2 * this.leaves - 1); // nobody beyond the last entry: Infinity
    while (tree[node] > bound && node < near) node += 1;
    while (tree[node] > bound) {
      while ((node & 1) === 1) {
        node >>= 1; // nothing to the right below this parent
        if (node === 0) {
          return -1;
        }
      }
      node += 1;
    }
    while (node < this.leaves) {
      node *= 2;
      if (tree[node] > bound) {
        node += 1;
      }
    }
    return node - this.leaves;
  }

  /** The index with the smallest key, the lowest one on a tie; -1 when all keys are Infinity. O(log n). */
  winner(): number {
    const tree = this.tree;
    const key = tree[1];
    if (key === Infinity) {
      return -1;
    }
    let node = 1;
    while (node < this.leaves) {
      node *= 2;
      if (tree[node] !== key) {
        node += 1;
      }
    }
    return node - this.leaves;
  }
}
