/**
 * One partition of a topic: a log of records, each two doubles (when it was appended, when the request it comes from was
 * due), in a ring that grows with what is kept. Offsets count from 0 for ever.
 */
const FIRST = 64;

export class Partition {
  /** Offset of the oldest record kept, and of the next to be appended. */
  base = 0;
  end = 0;
  private appendedAt = new Float64Array(FIRST);
  private dueAt = new Float64Array(FIRST);
  private mask = FIRST - 1;

  append(now: number, due: number): void {
    if (this.end - this.base > this.mask) this.grow();
    const place = this.end++ & this.mask;
    this.appendedAt[place] = now;
    this.dueAt[place] = due;
  }

  /** @param offset of a record that is kept. */
  due(offset: number): number {
    return this.dueAt[offset & this.mask];
  }

  /** Forgets records before an offset. */
  forget(before: number): void {
    if (before > this.base) this.base = Math.min(before, this.end);
  }

  /** Offset of the first record appended after `time`. */
  after(time: number): number {
    let offset = this.base;
    while (offset < this.end && this.appendedAt[offset & this.mask] <= time) offset++;
    return offset;
  }

  private grow(): void {
    const size = 2 * (this.mask + 1);
    const appended = new Float64Array(size);
    const due = new Float64Array(size);
    for (let offset = this.base; offset < this.end; offset++) {
      appended[offset & (size - 1)] = this.appendedAt[offset & this.mask];
      due[offset & (size - 1)] = this.dueAt[offset & this.mask];
    }
    this.appendedAt = appended;
    this.dueAt = due;
    this.mask = size - 1;
  }
}
