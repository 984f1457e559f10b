/**
 * What the parts of the interpreter have in common: the stores, whoever calls lead to, and the ring of those who go on.
 * A part that asks more of its neighbours says so beside its class (`interface Rest`).
 */
import type { Simulation } from '../../sim/simulation.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { Director } from '../directors/director.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { Server } from '../services/server.ts';

/** Kinds of the interpreter's events; each carries a call. */
export const Kind = {
  /** What a call computes or waits for is over. */
  delay: 0,
  /** It has stood in the line of a gate for as long as it would. */
  patience: 1,
  /** The time of an attempt is up. */
  timeout: 2,
  /** The pause before a retry is over. */
  backoff: 3,
  /** A SYN is sent again. */
  syn: 4,
  /** The head of its message is through a hop. */
  hop: 5,
  /** It has waited at the director for as long as it may. */
  centralPatience: 6,
} as const;

/** Where a ready call goes on, instead of a place in the program. */
export const AT_DISPATCH = -2;
export const AT_ARRIVAL = -1;

/** MEMBER of a call to a proxy, before the proxy has an answer from a server. */
export const NOBODY = -1;

export interface Core {
  readonly simulation: Simulation;
  readonly calls: Calls;
  readonly program: Program;
  readonly servers: readonly Server[];
  readonly directors: readonly Director[];
  /** Of the interpreter's events: to this a `Kind` is added. */
  readonly address: number;
  /** Puts a call into the ready ring; 0 does nothing. */
  later(call: CallHandle): void;
  /** All who are ready go on. At the end of whatever came from outside. */
  drain(): void;
  /** A call has ended. @returns who runs next, 0 = nobody. */
  finish(call: CallHandle, outcome: OutcomeCode): CallHandle;
}
