/**
 * The event list as a 4-ary heap. Simple enough to be believed: it is the oracle that the calendar is tested against,
 * and it orders the few events that the calendar has in hand.
 */
import type { EventRecords, Handle } from './event-record.ts';
import type { EventList } from './event-list.ts';

export class Heap implements EventList {
  size = 0;
  private handles = new Int32Array(64);
  private readonly records: EventRecords;

  constructor(records: EventRecords) {
    this.records = records;
  }

  insert(handle: Handle): void {
    if (this.size === this.handles.length) this.grow();
    this.rise(this.size++, handle);
  }

  first(): Handle {
    return this.size === 0 ? 0 : this.handles[0];
  }

  pop(): void {
    const last = this.handles[--this.size];
    if (this.size > 0) this.sink(0, last);
  }

  purge(): void {
    const { records } = this;
    this.drain((handle) => {
      if (records.isCancelled(handle)) records.discard(handle);
      else this.insert(handle);
    });
  }

  /** Empties the heap, handing over its events in no order. */
  drain(take: (handle: Handle) => void): void {
    const all = this.handles.slice(0, this.size);
    this.size = 0;
    for (const handle of all) take(handle);
  }

  private rise(place: number, handle: Handle): void {
    const { handles, records } = this;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (!records.before(handle, handles[parent])) break;
      handles[place] = handles[parent];
      place = parent;
    }
    handles[place] = handle;
  }

  private sink(place: number, handle: Handle): void {
    const { handles, records, size } = this;
    for (let child = 1; child < size; child = 4 * place + 1) {
      let least = child;
      const end = Math.min(child + 4, size);
      for (let other = child + 1; other < end; other++) {
        if (records.before(handles[other], handles[least])) least = other;
      }
      if (!records.before(handles[least], handle)) break;
      handles[place] = handles[least];
      place = least;
    }
    handles[place] = handle;
  }

  private grow(): void {
    const old = this.handles;
    this.handles = new Int32Array(old.length * 2);
    this.handles.set(old);
  }
}
