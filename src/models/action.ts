/**
 * Cold steps: what a program does beside its hot instructions, as objects that the interpreter asks (`Op.action`). A new
 * cold step is a file with such an object, emitted by its compiler.
 */
import type { CallHandle } from './calls.ts';

/** The call goes on with the next instruction. */
export const NEXT_STEP = -1;
/** The call waits, and is continued by whoever made it wait. */
export const WAITS = -2;

export interface Action {
  /** @returns the place in the program where the call goes on, `NEXT_STEP` or `WAITS`. */
  act(call: CallHandle): number;
}
