import type { CallHandle } from '../calls.ts';

/** Work that was given to a processor (less what was withdrawn undone), that it has done, and that is left. */
export interface WorkDone {
  readonly given: number;
  readonly done: number;
  readonly left: number;
  /**
   * The same done work by the clock: the integral of speed x cores in use. NaN where the speed follows the load, so that
   * there is no second way to tell.
   */
  readonly byClock: number;
  /** Jobs that have ended: each end is rounded to a representable time. */
  readonly ends: number;
}

/** Work shared among jobs. A job's work is in seconds of one core at speed 1. */
export interface Processor {
  /** Jobs on it. */
  readonly jobs: number;
  /** Jobs that run now: each has a core, or a share of the cores. */
  readonly running: number;
  readonly cores: number;
  /** Core-seconds used so far; bring up to date with `account`. */
  busyArea: number;
  /** Work in seconds at speed 1, for the invariants; O(jobs). Bring up to date with `account` first. */
  work(now: number): WorkDone;
  submit(call: CallHandle, work: number): void;
  /** Takes a job off before it is done. @returns the work left, in seconds at speed 1. */
  withdraw(call: CallHandle): number;
  /** The server's speed has changed; 0 stops it (hang). */
  setSpeed(speed: number): void;
  account(now: number): void;
}
