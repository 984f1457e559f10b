/** What happened: faults, and what they led to. */

/** An entry of the log. Times in seconds; `until` null = it has not ended. */
export interface LogEntry {
  readonly at: number;
  until: number | null;
  readonly text: string;
  readonly kind: 'fault' | 'detection' | 'takeover' | 'recovery' | 'scaling';
}

/** Entries that are kept: a run of years with faults at random has no more memory than a run of minutes. */
const ENTRIES_MAX = 500;

/** Adds an entry while there is room. */
export function note(log: LogEntry[], entry: LogEntry): void {
  if (log.length < ENTRIES_MAX) log.push(entry);
}
