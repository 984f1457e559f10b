/**
 * Calls that go on at the end of the event, in the order in which they became ready. A call that was closed or taken
 * elsewhere meanwhile is passed over: the generation beside its handle, or its state, says so.
 */
import { GENERATION, INTEGER_SHIFT, STATE, State } from './calls.ts';
import type { CallHandle, Calls } from './calls.ts';

export class ReadyRing {
  private handles = new Int32Array(64);
  private generations = new Int32Array(64);
  private head = 0;
  private tail = 0;

  constructor(private readonly calls: Calls) {}

  get waiting(): boolean {
    return this.head !== this.tail;
  }

  add(call: CallHandle): void {
    if (this.tail - this.head === this.handles.length) this.grow();
    const place = this.tail++ & (this.handles.length - 1);
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    i[o + STATE] = State.ready;
    this.handles[place] = call;
    this.generations[place] = i[o + GENERATION];
  }

  /** The next that is still ready; 0 = none is left. */
  next(): CallHandle {
    while (this.head !== this.tail) {
      const place = this.head++ & (this.handles.length - 1);
      const call = this.handles[place];
      const { i } = this.calls;
      const o = call << INTEGER_SHIFT;
      if (i[o + GENERATION] === this.generations[place] && i[o + STATE] === State.ready) return call;
    }
    this.head = 0;
    this.tail = 0;
    return 0;
  }

  private grow(): void {
    const size = this.handles.length;
    const handles = new Int32Array(2 * size);
    const generations = new Int32Array(2 * size);
    for (let k = 0; k < size; k++) {
      handles[k] = this.handles[(this.head + k) & (size - 1)];
      generations[k] = this.generations[(this.head + k) & (size - 1)];
    }
    this.handles = handles;
    this.generations = generations;
    this.head = 0;
    this.tail = size;
  }
}
