import type { Step } from '../description.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';

/** `choice`: one of several, by weight. */
export function compileChoice(step: Extract<Step, { do: 'choice' }>, emitter: Emitter): void {
  const weights = step.branches.map((branch) => branch.weight);
  const choice = emitChoice(weights, emitter);
  const ends: number[] = [];
  step.branches.forEach((branch, index) => {
    choice.targets[index] = emitter.here;
    emitter.steps(branch.steps);
    ends.push(emitter.emit(Op.jump));
  });
  for (const end of ends) emitter.program.patch(end, emitter.here);
}

/**
 * `walk`: a Markov routing matrix. Each place has steps and the shares with which it goes on to the others; what is left
 * of a share leaves. Compiles to choices and jumps.
 */
export function compileWalk(step: Extract<Step, { do: 'walk' }>, emitter: Emitter): void {
  const names = Object.keys(step.places);
  const starts = new Map<string, number>();
  const open: { readonly targets: Int32Array; readonly to: readonly string[] }[] = [];
  const route = (shares: Readonly<Record<string, number>>): void => {
    const to = Object.keys(shares);
    const unknown = to.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new RangeError(`${emitter.owner.name} walks to "${unknown}", which is no place`);
    const total = to.reduce((sum, name) => sum + shares[name], 0);
    const { targets } = emitChoice([...to.map((name) => shares[name]), Math.max(0, 1 - total)], emitter);
    open.push({ targets, to });
  };
  route(step.start);
  for (const name of names) {
    starts.set(name, emitter.here);
    emitter.steps(step.places[name].steps);
    route(step.places[name].next);
  }
  for (const { targets, to } of open) {
    to.forEach((name, index) => {
      targets[index] = starts.get(name)!;
    });
    targets[to.length] = emitter.here;
  }
}

function emitChoice(weights: readonly number[], emitter: Emitter): { readonly targets: Int32Array } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cumulative = new Float64Array(weights.length - 1);
  let sum = 0;
  for (let k = 0; k < cumulative.length; k++) {
    sum += weights[k];
    cumulative[k] = sum / total;
  }
  const targets = new Int32Array(weights.length);
  const stream = emitter.streams.stream(emitter.name('choice'));
  emitter.emit(Op.choice, emitter.program.choices.push({ stream, cumulative, targets }) - 1);
  return { targets };
}
