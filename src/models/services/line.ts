import type { CallHandle, Calls } from '../calls.ts';
import { INTEGER_SHIFT, NEXT, PREVIOUS, PRIORITY } from '../calls.ts';
import type { RandomStream } from '../../sim/random/stream.ts';

/** Who stands in line at a gate, and who is next. Links live in the calls themselves; every operation is O(1). */
export interface WaitingLine {
  readonly length: number;
  add(call: CallHandle): void;
  /** Removes and returns the next; 0 when nobody waits. */
  take(): CallHandle;
  /** One who had been taken comes back, and is the next to be taken (of its priority; at random where the line is). */
  putBack(call: CallHandle): void;
  /** Removes one who leaves before its turn. */
  remove(call: CallHandle): void;
  /** Visits everyone who waits. */
  each(visit: (call: CallHandle) => void): void;
}

/** First come, first served; with `last` = true, last come, first served. */
export class QueueLine implements WaitingLine {
  length = 0;
  private head: CallHandle = 0;
  private tail: CallHandle = 0;

  constructor(
    private readonly calls: Calls,
    private readonly last: boolean,
  ) {}

  add(call: CallHandle): void {
    const i = this.calls.i;
    const tail = this.tail;
    i[(call << INTEGER_SHIFT) + NEXT] = 0;
    i[(call << INTEGER_SHIFT) + PREVIOUS] = tail;
    if (tail === 0) this.head = call;
    else i[(tail << INTEGER_SHIFT) + NEXT] = call;
    this.tail = call;
    this.length++;
  }

  /** The one at the head, who has waited longest; 0 when nobody waits. */
  get first(): CallHandle {
    return this.head;
  }

  take(): CallHandle {
    const call = this.last ? this.tail : this.head;
    if (call !== 0) this.remove(call);
    return call;
  }

  /** Removes and returns the one who came last; 0 when nobody waits. */
  takeLast(): CallHandle {
    const call = this.tail;
    if (call !== 0) this.remove(call);
    return call;
  }

  each(visit: (call: CallHandle) => void): void {
    for (let call = this.head; call !== 0; call = this.calls.i[(call << INTEGER_SHIFT) + NEXT]) visit(call);
  }

  putBack(call: CallHandle): void {
    if (this.last) {
      this.add(call);
      return;
    }
    const i = this.calls.i;
    const head = this.head;
    i[(call << INTEGER_SHIFT) + NEXT] = head;
    i[(call << INTEGER_SHIFT) + PREVIOUS] = 0;
    if (head === 0) this.tail = call;
    else i[(head << INTEGER_SHIFT) + PREVIOUS] = call;
    this.head = call;
    this.length++;
  }

  remove(call: CallHandle): void {
    const i = this.calls.i;
    const next = i[(call << INTEGER_SHIFT) + NEXT];
    const previous = i[(call << INTEGER_SHIFT) + PREVIOUS];
    if (previous === 0) this.head = next;
    else i[(previous << INTEGER_SHIFT) + NEXT] = next;
    if (next === 0) this.tail = previous;
    else i[(next << INTEGER_SHIFT) + PREVIOUS] = previous;
    this.length--;
  }
}

/** Each of those who wait is equally likely to be next. */
export class RandomLine implements WaitingLine {
  length = 0;
  private waiting = new Int32Array(16);

  constructor(
    private readonly calls: Calls,
    private readonly random: RandomStream,
  ) {}

  add(call: CallHandle): void {
    if (this.length === this.waiting.length) {
      const larger = new Int32Array(2 * this.waiting.length);
      larger.set(this.waiting);
      this.waiting = larger;
    }
    this.calls.i[(call << INTEGER_SHIFT) + NEXT] = this.length;
    this.waiting[this.length++] = call;
  }

  each(visit: (call: CallHandle) => void): void {
    for (let place = 0; place < this.length; place++) visit(this.waiting[place]);
  }

  putBack(call: CallHandle): void {
    this.add(call);
  }

  take(): CallHandle {
    if (this.length === 0) return 0;
    const call = this.waiting[Math.floor(this.random.uniform() * this.length)];
    this.remove(call);
    return call;
  }

  remove(call: CallHandle): void {
    const place = this.calls.i[(call << INTEGER_SHIFT) + NEXT];
    const moved = this.waiting[--this.length];
    this.waiting[place] = moved;
    this.calls.i[(moved << INTEGER_SHIFT) + NEXT] = place;
  }
}

/** The lowest priority number first (0 is the most urgent), first come first served within one: a queue each. */
export class PriorityLine implements WaitingLine {
  length = 0;
  private readonly levels: QueueLine[] = [];

  constructor(private readonly calls: Calls) {}

  add(call: CallHandle): void {
    this.level(call).add(call);
    this.length++;
  }

  putBack(call: CallHandle): void {
    this.level(call).putBack(call);
    this.length++;
  }

  each(visit: (call: CallHandle) => void): void {
    for (const level of this.levels) level.each(visit);
  }

  take(): CallHandle {
    for (const level of this.levels) {
      if (level.length > 0) {
        this.length--;
        return level.take();
      }
    }
    return 0;
  }

  remove(call: CallHandle): void {
    this.levels[this.calls.i[(call << INTEGER_SHIFT) + PRIORITY]].remove(call);
    this.length--;
  }

  private level(call: CallHandle): QueueLine {
    const priority = this.calls.i[(call << INTEGER_SHIFT) + PRIORITY];
    while (this.levels.length <= priority) this.levels.push(new QueueLine(this.calls, false));
    return this.levels[priority];
  }
}
