import type { Step } from '../description.ts';
import { OUTCOME } from '../outcome.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';

/** `wait`: a delay that costs nothing but time (a disk, a third party, a remainder that was measured). */
export function compileWait(step: Extract<Step, { do: 'wait' }>, emitter: Emitter): void {
  emitter.emit(Op.wait, emitter.draw(step.time, 'wait'));
}

/** `compute`: work on the server's cores. Where cores are first come first served, a core is held for it. */
export function compileCompute(step: Extract<Step, { do: 'compute' }>, emitter: Emitter): void {
  const gates = emitter.owner.computeGates;
  for (const gate of gates) emitter.acquire(gate, { patience: Infinity, impatient: OUTCOME['queue-timeout'] });
  emitter.emit(Op.compute, emitter.draw(step.time, 'compute'));
  for (const gate of [...gates].reverse()) emitter.emit(Op.release, gate);
}
