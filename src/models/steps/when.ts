import { NEXT_STEP } from '../action.ts';
import type { Action } from '../action.ts';
import type { Rule } from '../controllers/rule.ts';
import type { Step } from '../description.ts';
import { Op } from '../program.ts';
import type { Emitter } from './emitter.ts';

/** `when`: some steps while a rule is on, others while it is not. */
export function compileWhen(step: Extract<Step, { do: 'when' }>, emitter: Emitter): void {
  const when = new When(emitter.ruleOf(step.rule));
  emitter.action(when);
  emitter.steps(step.steps);
  const over = emitter.emit(Op.jump);
  when.otherwise = emitter.here;
  emitter.steps(step.otherwise);
  emitter.program.patch(over, emitter.here);
}

class When implements Action {
  otherwise = 0;

  /** @param rule made after the programs that ask it. */
  constructor(private readonly rule: () => Rule) {}

  act(): number {
    return this.rule().on ? NEXT_STEP : this.otherwise;
  }
}
