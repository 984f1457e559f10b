/**
 * When a request leaves the generator that makes it (a load generator is a service: its cores and threads are limited). Before
 * that it is late: its response time counts from when it was due (no coordinated omission), its time from the send from here.
 *
 * Left out: of a request that is tried again after an attempt that never left, the later departure (it counts as sent when due).
 */
import { NEXT_STEP } from '../action.ts';
import type { Action } from '../action.ts';
import { ATTEMPT, DOUBLE_SHIFT, FLAGS, Flag, INTEGER_SHIFT, REPLY, SENT } from '../calls.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { Simulation } from '../../sim/simulation.ts';

/** Stands before every call and message of a generator; the first that a request comes to is its departure. */
export class Departure implements Action {
  constructor(
    private readonly simulation: Simulation,
    private readonly calls: Calls,
  ) {}

  act(call: CallHandle): number {
    const { i, d } = this.calls;
    let root = call;
    while ((i[(root << INTEGER_SHIFT) + FLAGS] & Flag.branch) !== 0) root = i[(root << INTEGER_SHIFT) + REPLY];
    const o = root << INTEGER_SHIFT;
    if (i[o + REPLY] < 0 && i[o + ATTEMPT] === 0 && (i[o + FLAGS] & Flag.departed) === 0) {
      i[o + FLAGS] |= Flag.departed;
      d[(root << DOUBLE_SHIFT) + SENT] = this.simulation.now;
    }
    return NEXT_STEP;
  }
}
