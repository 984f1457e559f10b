import type { CallStep, Step } from '../description.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';
import { compileHedge } from './hedge.ts';

/**
 * `call`: waits for the answer, holding what the caller holds. A call to the target of one of the caller's pools takes a
 * connection of that pool for its duration, unless one is held already. After a failure it goes on with `otherwise`,
 * where given, or with `fallback` where its breaker is open; else the caller fails with the same cause.
 */
export function compileCall(step: CallStep, emitter: Emitter): void {
  if (step.hedge !== undefined) {
    compileHedged(step, emitter);
    return;
  }
  const pool = emitter.poolFor(step.to);
  const acquisition = pool === null ? -1 : emitter.acquirePool(pool.name);
  const index = emitter.site(step);
  if (emitter.owner.departure !== undefined) emitter.action(emitter.owner.departure);
  emitter.emit(Op.call, index);
  if (pool !== null) emitter.emit(Op.release, pool.pool.gate);
  const site = emitter.program.sites[index];
  const ends: number[] = [];
  if (step.otherwise !== undefined) {
    ends.push(emitter.emit(Op.jump));
    site.otherwise = emitter.here;
    if (pool !== null) emitter.emit(Op.release, pool.pool.gate);
    if (acquisition >= 0) emitter.program.acquisitions[acquisition].otherwise = emitter.here;
    emitter.steps(step.otherwise);
  }
  if (step.fallback !== undefined) {
    ends.push(emitter.emit(Op.jump));
    site.fallback = emitter.here;
    if (pool !== null) emitter.emit(Op.release, pool.pool.gate);
    emitter.steps(step.fallback);
  }
  for (const end of ends) emitter.program.patch(end, emitter.here);
}

/** Copies of the call; each takes a connection of its own. A failure is that of all of them. */
function compileHedged(step: CallStep, emitter: Emitter): void {
  const index = emitter.site(step);
  const pool = emitter.poolFor(step.to);
  const fork = compileHedge(step.hedge!, `${emitter.owner.name} to ${step.to}`, emitter, () => {
    if (pool !== null) emitter.acquirePool(pool.name);
    emitter.emit(Op.call, index);
    if (pool !== null) emitter.emit(Op.release, pool.pool.gate);
  });
  const otherwise = step.otherwise ?? step.fallback;
  if (otherwise === undefined) return;
  const over = emitter.emit(Op.jump);
  emitter.program.forks[fork].otherwise = emitter.here;
  emitter.steps(otherwise);
  emitter.program.patch(over, emitter.here);
}

/** `send`: a message; the sender goes on at once. */
export function compileSend(step: Extract<Step, { do: 'send' }>, emitter: Emitter): void {
  const { to, requestClass, requestBytes } = step;
  if (emitter.owner.departure !== undefined) emitter.action(emitter.owner.departure);
  emitter.emit(Op.send, emitter.site({ to, requestClass, requestBytes, responseBytes: 0, abandon: 'keep' }));
}
