/**
 * A tree of sums over one weight an entry, to draw an entry with probability in proportion to its weight.
 * Inner nodes are recomputed from their children, so that no rounding error builds up over many changes.
 */
import { numbersBelow } from './numbers-below.ts';

/** Mean weight up to which every unit of weight has an entry in an index. */
const UNITS_MAX = 16;

export class WeightTree {
  /** A complete binary tree, root at 1, leaves from `leaves` on; each inner node has the sum of its children. */
  private readonly tree: Float64Array;
  private readonly leaves: number;
  /** Draws since the last change; after as many as there are entries, an index is worth its making. */
  private settled = 0;
  /** For each equal part of the total the entry in which it begins, and where each entry ends; null while weights change. */
  private starts: Uint16Array | Int32Array | null = null;
  /** For each unit of weight the entry that it belongs to; null while weights change, and where they are not whole and small. */
  private units: Uint16Array | Int32Array | null = null;
  private readonly ends: Float64Array;

  /** @param length the number of entries; all weights are 0 at first. */
  constructor(length: number) {
    this.leaves = 1;
    while (this.leaves < length) {
      this.leaves *= 2;
    }
    this.tree = new Float64Array(2 * this.leaves);
    this.ends = new Float64Array(length);
  }

  /** O(log n). @param weight finite and >= 0. */
  set(index: number, weight: number): void {
    const tree = this.tree;
    let node = this.leaves + index;
    if (tree[node] === weight) return;
    this.starts = null;
    this.units = null;
    this.settled = 0;
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

  /**
   * The entry in which `point` falls when the entries lie end to end in order; the last one for a point beyond.
   * O(log n), O(1) in the mean when no weight has changed for n draws.
   */
  at(point: number): number {
    const { tree, ends } = this;
    if (this.units !== null && point < this.units.length) return this.units[Math.floor(point)];
    if (!(tree[1] > 0)) {
      return -1;
    }
    if (this.starts === null && this.settled++ > ends.length) {
      this.starts = this.index();
      this.units = this.spread();
    }
    if (this.starts !== null && point < tree[1]) {
      let entry = this.starts[Math.floor((point / tree[1]) * this.starts.length)];
      while (entry > 0 && ends[entry - 1] > point) entry--; // a part may begin a rounding error early
      while (ends[entry] <= point) entry++;
      return entry;
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

  private spread(): Uint16Array | Int32Array | null {
    const { ends, tree, leaves } = this;
    const total = tree[1];
    const weights = tree.subarray(leaves, leaves + ends.length);
    if (total > UNITS_MAX * ends.length || !weights.every(Number.isInteger)) return null;
    const units = numbersBelow(ends.length, total);
    let from = 0;
    weights.forEach((weight, entry) => {
      units.fill(entry, from, from + weight);
      from += weight;
    });
    return units;
  }

  private index(): Uint16Array | Int32Array {
    const { ends, tree, leaves } = this;
    let sum = 0;
    for (let entry = 0; entry < ends.length; entry++) ends[entry] = sum += tree[leaves + entry];
    ends[ends.length - 1] = Infinity; // whatever the rounding, every point falls into one
    for (let entry = ends.length - 1; entry > 0 && tree[leaves + entry] === 0; entry--) ends[entry - 1] = Infinity;
    const starts = numbersBelow(ends.length, ends.length);
    for (let part = 0, entry = 0; part < starts.length; part++) {
      while (ends[entry] <= (part / starts.length) * tree[1]) entry++;
      starts[part] = entry;
    }
    return starts;
  }
}
