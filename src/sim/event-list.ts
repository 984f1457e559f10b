import type { Handle } from './event-record.ts';

/** Pending events in the order of (time, order). Cancelled events stay in until they surface or are purged. */
export interface EventList {
  /** Events in the list, the cancelled ones included. */
  readonly size: number;
  /** Puts in a record whose fields are written. */
  insert(handle: Handle): void;
  /** The earliest event, 0 if the list is empty. */
  first(): Handle;
  /** Takes out what `first` has just returned; the record is then the caller's. */
  pop(): void;
  /** Takes out every cancelled event and gives its record back. */
  purge(): void;
}
