import { LOOP_DEPTH } from '../calls.ts';
import type { Step } from '../description.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';

/** `loop`: the steps, as many times as drawn at its beginning (rounded). @throws RangeError if nested too deep. */
export function compileLoop(step: Extract<Step, { do: 'loop' }>, emitter: Emitter): void {
  if (emitter.depth >= LOOP_DEPTH) throw new RangeError(`loops nest at most ${LOOP_DEPTH} deep`);
  const loop = { times: emitter.boundDraw(step.times, 'times'), depth: emitter.depth, body: 0, after: 0 };
  const index = emitter.program.loops.push(loop) - 1;
  emitter.emit(Op.loop, index);
  loop.body = emitter.here;
  emitter.depth++;
  emitter.steps(step.steps);
  emitter.depth--;
  emitter.emit(Op.loopEnd, index);
  loop.after = emitter.here;
}
