/** The servers that requests in progress have tried, so that their retries may avoid them: a list in a slot each. */
export class Avoided {
  private readonly lists: number[][] = [[]]; // slot 0 stands for nothing
  private readonly free: number[] = [];

  of(slot: number): readonly number[] {
    return this.lists[slot];
  }

  /** Notes that the request of `slot` (0 = none yet) must avoid `member`; returns the slot that goes with its next try. */
  add(slot: number, member: number): number {
    const used = slot === 0 ? (this.free.pop() ?? this.lists.push([]) - 1) : slot;
    this.lists[used].push(member);
    return used;
  }

  /** The request is over. */
  forget(slot: number): void {
    this.lists[slot].length = 0;
    this.free.push(slot);
  }
}
