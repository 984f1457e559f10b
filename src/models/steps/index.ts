/** The table of steps: a new kind of step is a file here and a line in `compileStep`. */
import type { Step } from '../description.ts';
import { compileChoice, compileWalk } from './branch.ts';
import { compileCall, compileSend } from './call.ts';
import { compileCompute, compileWait } from './delay.ts';
import type { Emitter } from './emitter.ts';
import { compileAcquire, compileRelease } from './hold.ts';
import { compileLookup } from './lookup.ts';
import { compileLoop } from './loop.ts';
import { compilePublish } from './publish.ts';
import { compileParallel } from './parallel.ts';
import { compileWhen } from './when.ts';

const compilers: { readonly [Kind in Step['do']]: (step: Extract<Step, { do: Kind }>, emitter: Emitter) => void } = {
  wait: compileWait,
  compute: compileCompute,
  call: compileCall,
  send: compileSend,
  acquire: compileAcquire,
  release: compileRelease,
  lookup: compileLookup,
  publish: compilePublish,
  choice: compileChoice,
  walk: compileWalk,
  parallel: compileParallel,
  loop: compileLoop,
  when: compileWhen,
};

/** Emits the instructions of one step. */
export function compileStep(step: Step, emitter: Emitter): void {
  (compilers[step.do] as (step: Step, emitter: Emitter) => void)(step, emitter);
}
