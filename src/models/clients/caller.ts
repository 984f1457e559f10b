import type { OutcomeCode } from '../outcome.ts';

/** Who made a request and gets its answer. */
export interface Caller {
  /**
   * A request has ended.
   * @param origin the caller's own number for it (user or request).
   * @param due when it was due, seconds. @param sent when its first attempt was made.
   * @param server index of the server that answered, -1 when none did.
   */
  answered(outcome: OutcomeCode, origin: number, due: number, sent: number, server: number): void;
}
