import type { Step } from '../description.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';

/**
 * `parallel`: all branches begin together; goes on when `need` of them have ended well. Branches that are left go on for
 * nobody. When too few can still end well the request fails with the cause of the last failure.
 */
export function compileParallel(step: Extract<Step, { do: 'parallel' }>, emitter: Emitter): void {
  const starts = new Int32Array(step.branches.length);
  emitter.emit(Op.fork, emitter.program.forks.push({ starts, need: step.need, hedge: null, otherwise: -1 }) - 1);
  const over = emitter.emit(Op.jump);
  step.branches.forEach((branch, index) => {
    starts[index] = emitter.here;
    emitter.steps(branch);
    emitter.emit(Op.branchEnd);
  });
  emitter.program.patch(over, emitter.here);
}
