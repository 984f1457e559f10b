/**
 * Reference cases answered without simulating: the closed form or the exact numerical solution of each kind of model.
 * Answers are as the file spells quantities; what theory does not know of a case is not in its answer.
 */
import type { CaseAnswer } from './cases/case.ts';
import { caseAnswers } from './cases/index.ts';
import { NoAnswer } from './refusal.ts';

/** @returns null where the model is beyond theory. */
export function exactAnswer(one: {
  readonly model: { readonly kind: string };
  readonly expect?: object;
}): CaseAnswer | null {
  if (!Object.hasOwn(caseAnswers, one.model.kind)) return null;
  const answer = caseAnswers[one.model.kind] as (model: object, expected: readonly string[]) => CaseAnswer | null;
  try {
    return answer(one.model, Object.keys(one.expect ?? {}));
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}
