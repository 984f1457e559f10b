/** The least of many numbers, ties to the lowest index: O(1) to read, O(log n) to change one. */
export class WinnerTree {
  private readonly leaves: number;
  private readonly keys: Float64Array;
  private readonly winners: Int32Array; // node i has the children 2i and 2i + 1

  /** All keys are 0 at first. */
  constructor(size: number) {
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.leaves = leaves;
    this.keys = new Float64Array(leaves).fill(Infinity);
    this.keys.fill(0, 0, size);
    this.winners = new Int32Array(2 * leaves);
    for (let i = 0; i < leaves; i++) this.winners[leaves + i] = i;
    for (let node = leaves - 1; node >= 1; node--) this.play(node);
  }

  get least(): number {
    return this.winners[1];
  }

  set(index: number, key: number): void {
    const { keys, winners } = this;
    keys[index] = key;
    let winner = index;
    let least = key;
    for (let node = this.leaves + index; node > 1; node >>= 1) {
      const rival = winners[node ^ 1];
      const other = keys[rival];
      if (other < least || (other === least && rival < winner)) {
        winner = rival;
        least = other;
      }
      winners[node >> 1] = winner;
    }
  }

  private play(node: number): void {
    const left = this.winners[2 * node];
    const right = this.winners[2 * node + 1];
    this.winners[node] = this.keys[left] <= this.keys[right] ? left : right;
  }
}
