/**
 * A tree of sums over one weight an entry, to draw an entry with probability in proportion to its weight.
 * Inner nodes are recomputed from their children, so that no rounding error builds up over many changes.
 */
export class WeightTree {
  /** A complete binary tree, root at 1, leaves from `leaves` on; each inner node has the sum of its children. */
  private readonly tree: Float64Array;
  private readonly leaves: number;

  /** @param length the number of entries; all weights are 0 at first. */
  constructor(length: number) {
    this.leaves = 1;
    while (this.leaves < length) {
      this.leaves *= 2;
    }
    this.tree = new Float64Array(2 * this.leaves);
  }

  /** O(log n). @param weight finite and >= 0. */
  set(index: number, weight: number): void {
    const tree = this.tree;
    let node = this.leaves + index;
    tree[node] = weight;
    while (node > 1) {
      const sum = tree[node] + tree[node ^ 1];
      node >>= 1;
      tree[node] = sum;
    }
  }

  /**
   * The entry in which `u * total` falls when the entries lie end to end in order. O(log n).
   * @param u in [0, 1). @returns an index with a weight > 0, or -1 when all are 0.
   */
  draw(u: number): number {
    return this.at(u * this.tree[1]);
  }

  /** The sum of all weights. */
  get total(): number {
    return this.tree[1];
  }

  /** The entry in which `point` falls when the entries lie end to end in order; the last one for a point beyond. O(log n). */
  at(point: number): number {
    const tree = this.tree;
    if (!(tree[1] > 0)) {
      return -1;
    }
    let node = 1;
    let rest = point;
    while (node < this.leaves) {
      node *= 2;
      if (rest >= tree[node] && tree[node + 1] > 0) {
        rest -= tree[node];
        node += 1;
      }
    }
    return node - this.leaves;
  }
}
