import type { CallHandle } from '../calls.ts';

/** Work shared among jobs. A job's work is in seconds of one core at speed 1. */
export interface Processor {
  /** Jobs on it. */
  readonly jobs: number;
  /** Core-seconds used so far; bring up to date with `account`. */
  busyArea: number;
  submit(call: CallHandle, work: number): void;
  /** Takes a job off before it is done. @returns the work left, in seconds at speed 1. */
  withdraw(call: CallHandle): number;
  /** The server's speed has changed; 0 stops it (hang). */
  setSpeed(speed: number): void;
  account(now: number): void;
}
