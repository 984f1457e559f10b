/**
 * Judges an estimate against an exact answer by the tolerance classes of the reference file.
 *
 * An interval must contain the value and be narrow. A percentile is judged by counting: the share of samples at or below
 * the reference must be consistent with its level, an atom there included; it is narrow when the percentile itself is
 * known to the tolerance, or (where the law is so flat or so near zero that no run could do that) when the share beyond
 * it is.
 */
import { halfWidth } from '../figure.ts';
import type { Observed } from './observed.ts';
import type { Quantity } from './quantity.ts';
import type { Expected, TheoryCase, ToleranceClass } from './theory-file.ts';

export interface Judgement {
  readonly quantity: string;
  readonly tolerance: string;
  /** The reference. */
  readonly value: Expected['value'];
  /** From all replications; of a list, the entry that is furthest from its reference. */
  readonly estimate: number;
  /** Half-width of the interval; 0 where there is no chance. */
  readonly halfWidth: number;
  /** Half-width over the largest allowed; above 1 = too wide to tell. 0 where none is asked for. */
  readonly width: number;
  readonly passed: boolean;
}

export interface Evidence {
  readonly pooled: Observed;
  readonly each: readonly Observed[];
  /** Place of the reference among those counted; -1 where it is no percentile of responses. */
  readonly percentile: number;
  /** Half-width over the largest allowed that still passes; 1 = as the tolerance class says. */
  readonly widthMax: number;
}

/** Level of the intervals by which it is decided whether a run is long enough to judge a list. */
const LIST_LEVEL = 0.95;
/** Relative rounding of sums over a run. */
const ROUNDING = 1e-9;

/**
 * @param name a quantity that the case expects.
 * @throws RangeError for a tolerance class that no simulation is judged by.
 */
export function judge(
  { expect }: TheoryCase,
  name: string,
  quantity: Quantity,
  tolerance: ToleranceClass,
  evidence: Evidence,
): Judgement {
  const { value, tol } = expect[name];
  const verdict = verdictOf(expect, name, quantity, tolerance, evidence);
  return { quantity: name, tolerance: tol, value, ...verdict };
}

type Verdict = Pick<Judgement, 'estimate' | 'halfWidth' | 'width' | 'passed'>;

function verdictOf(
  expect: TheoryCase['expect'],
  name: string,
  quantity: Quantity,
  tolerance: ToleranceClass,
  evidence: Evidence,
): Verdict {
  const { value } = expect[name];
  if (Array.isArray(value)) return judgeList(value as readonly number[], quantity, tolerance, evidence);
  if (typeof value !== 'number' || quantity.kind === 'list') {
    throw new RangeError(`${name}: a number was expected, and a number computed`);
  }
  const estimate = quantity.of(evidence.pooled);
  const error = Math.abs(estimate - value);
  const exact = (allowed: number): Verdict => ({ estimate, halfWidth: 0, width: 0, passed: error <= allowed });
  switch (tolerance.rule) {
    case 'equal':
      return exact(0);
    case 'relative':
      return exact(tolerance.rel * Math.max(Math.abs(value), 1e-12));
    case 'band':
      return exact(band(expect, value, tolerance));
    case 'ci': {
      const allowed = tolerance.max_abs_half_width ?? tolerance.max_rel_half_width! * Math.abs(value);
      if (quantity.kind === 'percentile') {
        return judgePercentile({ value, allowed, level: tolerance.confidence }, quantity, evidence);
      }
      const half = halfWidth(estimate, evidence.each.map(quantity.of), tolerance.confidence);
      return interval(estimate, half, allowed, evidence.widthMax, error <= half + ROUNDING * Math.abs(value));
    }
    case 'ci_complement': {
      const half = halfWidth(estimate, evidence.each.map(quantity.of), tolerance.confidence);
      return interval(
        estimate,
        half,
        tolerance.max_rel_half_width! * (1 - value),
        evidence.widthMax,
        error <= half + ROUNDING,
      );
    }
    case 'distribution':
      throw new RangeError(`${name}: a distribution is a list`);
  }
}

function interval(estimate: number, half: number, allowed: number, widthMax: number, contains: boolean): Verdict {
  const width = half / allowed;
  return { estimate, halfWidth: half, width, passed: contains && width <= widthMax };
}

function band(
  expect: TheoryCase['expect'],
  value: number,
  { abs, rel, abs_rel_to: to, abs_factor: factor }: Extract<ToleranceClass, { rule: 'band' }>,
): number {
  if (abs !== undefined) return abs;
  if (rel !== undefined) return rel * Math.abs(value);
  return factor! * (expect[to!].value as number);
}

function judgePercentile(
  asked: { readonly value: number; readonly allowed: number; readonly level: number },
  quantity: Extract<Quantity, { kind: 'percentile' }>,
  { pooled, each, percentile, widthMax }: Evidence,
): Verdict {
  const shares = (observed: Observed) => quantity.shares(observed, asked.value, percentile);
  const { below, notAbove } = shares(pooled);
  const eachShares = each.map(shares);
  const halfBelow = halfWidth(
    below,
    eachShares.map((one) => one.below),
    asked.level,
  );
  const halfNotAbove = halfWidth(
    notAbove,
    eachShares.map((one) => one.notAbove),
    asked.level,
  );
  const estimate = quantity.of(pooled);
  const half = halfWidth(estimate, each.map(quantity.of), asked.level);
  const beyond = (asked.allowed / asked.value) * (1 - quantity.level);
  const width = Math.min(half / asked.allowed, Math.max(halfBelow, halfNotAbove) / beyond);
  const contains = below - halfBelow <= quantity.level && quantity.level <= notAbove + halfNotAbove;
  return { estimate, halfWidth: half, width, passed: contains && width <= widthMax };
}

/** Every entry that the reference has; what was computed may be longer, and where it is shorter it is zero. */
function judgeList(
  value: readonly number[],
  quantity: Quantity,
  tolerance: ToleranceClass,
  { pooled, each }: Evidence,
): Verdict {
  if (quantity.kind !== 'list') throw new RangeError('a list was expected, a number computed');
  const got = quantity.of(pooled);
  const eachGot = each.map(quantity.of);
  let worst: Verdict | null = null;
  let worstError = -1;
  let passed = true;
  let width = 0;
  value.forEach((reference, k) => {
    const estimate = got[k] ?? 0;
    const error = Math.abs(estimate - reference);
    const allowed = listTolerance(reference, tolerance);
    passed &&= error <= allowed;
    const half =
      each.length > 1
        ? halfWidth(
            estimate,
            eachGot.map((one) => one[k] ?? 0),
            LIST_LEVEL,
          )
        : 0;
    width = Math.max(width, half / allowed);
    if (error / allowed > worstError) {
      worstError = error / allowed;
      worst = { estimate, halfWidth: half, width: 0, passed: false };
    }
  });
  return { ...worst!, width, passed };
}

function listTolerance(reference: number, tolerance: ToleranceClass): number {
  if (tolerance.rule === 'distribution') return tolerance.max_abs_per_entry;
  if (tolerance.rule === 'relative') return tolerance.rel * Math.max(Math.abs(reference), 1e-12);
  throw new RangeError(`lists are not judged by "${tolerance.rule}"`);
}
