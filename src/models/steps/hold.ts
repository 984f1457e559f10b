import type { Step } from '../description.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';

/** `acquire`: a connection of one of the caller's pools, kept until `release`. */
export function compileAcquire(step: Extract<Step, { do: 'acquire' }>, emitter: Emitter): void {
  emitter.acquirePool(step.pool);
  emitter.held.push(step.pool);
}

/** `release`: gives the connection back. @throws RangeError if none is held at this place. */
export function compileRelease(step: Extract<Step, { do: 'release' }>, emitter: Emitter): void {
  const place = emitter.held.lastIndexOf(step.pool);
  if (place < 0)
    throw new RangeError(`${emitter.owner.name} releases a connection of "${step.pool}" that it does not hold`);
  emitter.held.splice(place, 1);
  emitter.emit(Op.release, emitter.pool(step.pool).gate);
}
