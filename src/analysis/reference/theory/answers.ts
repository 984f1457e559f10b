/** Judges what is worked out without chance: a sequence of picks, a table, a formula. */
import type { JudgedFigure } from '../suite.ts';
import { sameAtItsDigits } from './judge.ts';
import type { Expected, TheoryCase, ToleranceClass } from './theory-file.ts';

/** By the names of the quantities that a case expects. */
export type Answers = Readonly<Record<string, Expected['value']>>;

/** Every quantity of the case beside its answer. All of them must have been answered. */
export function judgeAnswers(
  { expect }: TheoryCase,
  answers: Answers,
  tolerances: Readonly<Record<string, ToleranceClass>>,
): JudgedFigure[] {
  return Object.entries(expect).map(([name, { value, unit, tol }]) => {
    const found = answers[name];
    const number = typeof found === 'number' ? found : NaN;
    return {
      name,
      unit,
      expected: value,
      found: { value: found, low: number, high: number },
      tolerance: tol,
      ...(tolerances[tol].rule.startsWith('ci') ? { note: 'worked out by a formula, not simulated' } : {}),
      passed: agrees(value, found, allowedOf(tolerances[tol])),
    };
  });
}

/** Relative or absolute difference that is allowed; where an estimate would need an interval, an answer is as a formula is. */
function allowedOf(tolerance: ToleranceClass): { readonly relative: number; readonly absolute: number } {
  switch (tolerance.rule) {
    case 'equal':
      return { relative: 0, absolute: 0 };
    case 'relative':
      return { relative: tolerance.rel, absolute: 0 };
    case 'band':
      return { relative: tolerance.rel ?? 0, absolute: tolerance.abs ?? 0 };
    case 'distribution':
      return { relative: 0, absolute: tolerance.max_abs_per_entry };
    case 'ci':
    case 'ci_complement':
      return { relative: FORMULA, absolute: 0 };
  }
}

const FORMULA = 1e-9;

function agrees(expected: unknown, found: unknown, allowed: { relative: number; absolute: number }): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(found) &&
      expected.length === found.length &&
      expected.every((entry, k) => agrees(entry, found[k], allowed))
    );
  }
  if (typeof expected !== 'number' || typeof found !== 'number') return expected === found;
  if (sameAtItsDigits(expected, found)) return true;
  return Math.abs(found - expected) <= allowed.relative * Math.max(Math.abs(expected), 1e-12) + allowed.absolute;
}
