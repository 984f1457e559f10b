/**
 * What a run may cost. Only plain counters: time spent is for the caller, since the kernel has no wall clock
 * (`StopRule.when` can ask for it).
 */

/** Limits of a run; absent = none. */
export interface BudgetLimits {
  /** Events executed over the life of the simulation, > 0. The run stops at exactly this number. */
  readonly events?: number;
  /** Bytes held in growing stores, the event records included, > 0. Looked at every 1,024 events. */
  readonly bytes?: number;
}

/** Counts what a simulation holds and says when a limit is passed. */
export class Budget {
  readonly events: number;
  readonly bytes: number;
  /** Bytes held now by all that claimed them. */
  claimed = 0;

  constructor(limits: BudgetLimits = {}) {
    this.events = limits.events ?? Infinity;
    this.bytes = limits.bytes ?? Infinity;
  }

  /** Whoever grows a store says by how many bytes; negative when it gives some back. */
  claim(bytes: number): void {
    this.claimed += bytes;
  }

  /** Whether a run that has executed `events` events must stop. */
  exceeded(events: number): boolean {
    return events >= this.events || this.claimed > this.bytes;
  }
}
