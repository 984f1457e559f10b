/**
 * Judges an estimate against an exact answer by the tolerance classes of the reference file.
 *
 * An interval must contain the value and be narrow. A percentile is judged by counting: the share of samples at or below
 * the reference must be consistent with its level, an atom there included; it is narrow when the percentile itself is
 * known to the tolerance, or (where the law is so flat or so near zero that no run could do that) when the share beyond
 * it is.
 */
import { halfWidth } from '../../figure.ts';
import type { Estimate } from '../../figure.ts';
import { shareInterval } from '../../statistics/index.ts';
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
  /** Of a list: which entry that is, and all of them. */
  readonly entry?: number;
  readonly list?: readonly number[];
  /** Half-width of the interval; 0 where there is no chance. */
  readonly halfWidth: number;
  /** Half-width over the largest allowed; above 1 = too wide to tell. 0 where none is asked for. */
  readonly width: number;
  /** Estimate less reference, in units of what is allowed: of the largest half-width, or of the band. */
  readonly deviation: number;
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
/** An approximate reference has a band; the estimate must be known twice as well, at this level. */
const APPROXIMATION_LEVEL = 0.99;
/** Level of the intervals of shares where the tolerance class has none of its own. */
const COUNT_LEVEL = 0.99;
/** Digits from which a number of the file has been rounded. */
const DIGITS_ROUNDED = 12;
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

type Verdict = Omit<Judgement, 'quantity' | 'tolerance' | 'value'>;

function verdictOf(
  expect: TheoryCase['expect'],
  name: string,
  quantity: Quantity,
  tolerance: ToleranceClass,
  evidence: Evidence,
): Verdict {
  const { value, tol } = expect[name];
  if (Array.isArray(value)) return judgeList(value as readonly number[], quantity, tolerance, evidence);
  if (typeof value !== 'number' || quantity.kind === 'list') {
    throw new RangeError(`${name}: a number was expected, and a number computed`);
  }
  const estimate = quantity.of(evidence.pooled);
  const error = Math.abs(estimate - value);
  const exact = (allowed: number): Verdict => {
    const deviation = error === 0 ? 0 : (estimate - value) / allowed;
    return { estimate, halfWidth: 0, width: 0, deviation, passed: error <= allowed };
  };
  switch (tolerance.rule) {
    case 'equal':
      if (quantity.kind === 'percentile') return judgeWholePercentile(value, quantity, evidence);
      return sameAtItsDigits(value, estimate) ? { ...exact(1), deviation: 0, passed: true } : exact(0);
    case 'relative':
      return exact(tolerance.rel * Math.max(Math.abs(value), 1e-12));
    case 'band': {
      const allowed = band(expect, value, tolerance);
      // as likely above its level as below it where that is just the share of the zeros: then the count decides
      if (quantity.kind === 'percentile' && error > allowed && consistent(value, quantity, evidence, COUNT_LEVEL).contains) {
        return { ...exact(allowed), passed: true };
      }
      if (!tol.startsWith('approx')) return exact(allowed);
      const half = halfWidth(estimate, evidence.each.map(quantity.of), APPROXIMATION_LEVEL);
      const verdict = interval(estimate, value, half, allowed / 2, evidence.widthMax, error <= allowed);
      return { ...verdict, deviation: (estimate - value) / allowed };
    }
    case 'ci': {
      const allowed = tolerance.max_abs_half_width ?? tolerance.max_rel_half_width! * Math.abs(value);
      if (quantity.kind === 'percentile') {
        return judgePercentile({ value, allowed, level: tolerance.confidence }, quantity, evidence);
      }
      const half = halfWidth(estimate, evidence.each.map(quantity.of), tolerance.confidence);
      return interval(estimate, value, half, allowed, evidence.widthMax, error <= half + ROUNDING * Math.abs(value));
    }
    case 'ci_complement': {
      const half = halfWidth(estimate, evidence.each.map(quantity.of), tolerance.confidence);
      return interval(
        estimate,
        value,
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

function interval(
  estimate: number,
  value: number,
  half: number,
  allowed: number,
  widthMax: number,
  contains: boolean,
): Verdict {
  const width = half === 0 ? 0 : half / allowed;
  const deviation = estimate === value ? 0 : (estimate - value) / allowed;
  return { estimate, halfWidth: half, width, deviation, passed: contains && width <= widthMax };
}

/** Whether a number is the reference's, to the digits that the file gives of it: whole numbers and short ones exactly. */
export function sameAtItsDigits(value: number, found: number): boolean {
  const digits = String(value).replace(/e.*/, '').replace(/[-.]/g, '').replace(/^0+/, '').length;
  return found === value || (digits >= DIGITS_ROUNDED && Number(found.toPrecision(digits)) === value);
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
  evidence: Evidence,
): Verdict {
  const { pooled, each, widthMax } = evidence;
  const { halfBelow, halfNotAbove, contains } = consistent(asked.value, quantity, evidence, asked.level);
  const estimate = quantity.of(pooled);
  const half = halfWidth(estimate, each.map(quantity.of), asked.level);
  const beyond = (asked.allowed / asked.value) * (1 - quantity.level);
  const own = half === 0 ? 0 : half / asked.allowed;
  const width = Math.min(own, Math.max(halfBelow, halfNotAbove) / beyond);
  const deviation = estimate === asked.value ? 0 : (estimate - asked.value) / asked.allowed;
  return { estimate, halfWidth: half, width, deviation, passed: contains && width <= widthMax };
}

/** Of whole numbers: the shares on either side of the reference must be known so well that it is the percentile or is not. */
function judgeWholePercentile(
  value: number,
  quantity: Extract<Quantity, { kind: 'percentile' }>,
  evidence: Evidence,
): Verdict {
  const { below, halfBelow, notAbove, halfNotAbove } = consistent(value, quantity, evidence, COUNT_LEVEL);
  const estimate = quantity.of(evidence.pooled);
  const width = Math.max(apart(halfBelow, below - quantity.level), apart(halfNotAbove, notAbove - quantity.level));
  return { estimate, halfWidth: 0, width, deviation: estimate - value, passed: estimate === value };
}

/** Share of samples beyond the level that no run is made longer for. */
const NEAREST = 5e-4;

/** Half-width over distance. */
function apart(half: number, distance: number): number {
  return half === 0 ? 0 : half / Math.max(Math.abs(distance), NEAREST);
}

interface Consistency {
  readonly below: number;
  readonly halfBelow: number;
  readonly notAbove: number;
  readonly halfNotAbove: number;
  /** Whether the value may be the percentile. */
  readonly contains: boolean;
}

/** The shares of samples below a value and not above it, with their intervals, beside the level that it should have. */
function consistent(
  value: number,
  quantity: Extract<Quantity, { kind: 'percentile' }>,
  { pooled, each, percentile }: Evidence,
  level: number,
): Consistency {
  const shares = (observed: Observed) => quantity.shares(observed, value, percentile);
  const { below, notAbove } = shares(pooled);
  const eachShares = each.map(shares);
  const halfBelow = halfWidth(
    below,
    eachShares.map((one) => one.below),
    level,
  );
  const halfNotAbove = halfWidth(
    notAbove,
    eachShares.map((one) => one.notAbove),
    level,
  );
  const contains = below - halfBelow <= quantity.level && quantity.level <= notAbove + halfNotAbove;
  return { below, halfBelow, notAbove, halfNotAbove, contains };
}

/** Every entry that the reference has; what was computed may be longer, and where it is shorter it is zero. */
function judgeList(
  value: readonly number[],
  quantity: Quantity,
  tolerance: ToleranceClass,
  { pooled, each, widthMax }: Evidence,
): Verdict {
  if (quantity.kind !== 'list') throw new RangeError('a list was expected, a number computed');
  const list = quantity.of(pooled);
  const eachList = each.map(quantity.of);
  const trials = quantity.trials?.(pooled);
  const entries = value.map((reference, k) =>
    judgeEntry(reference, { pooled: list[k] ?? 0, each: eachList.map((one) => one[k] ?? 0) }, tolerance, {
      trials,
      widthMax,
    }),
  );
  const worst = entries.reduce((far, { error }, k) => (error > entries[far].error ? k : far), 0);
  const { estimate, halfWidth: half, deviation } = entries[worst];
  return {
    estimate,
    halfWidth: half,
    width: Math.max(...entries.map(({ width }) => width)),
    deviation,
    passed: entries.every(({ passed }) => passed),
    entry: worst,
    list,
  };
}

/** `error`: of the entry, in units of what would fail it. */
function judgeEntry(
  reference: number,
  { pooled: estimate, each }: Estimate,
  tolerance: ToleranceClass,
  { trials, widthMax }: { readonly trials: number | undefined; readonly widthMax: number },
): Verdict & { readonly error: number } {
  const difference = estimate - reference;
  const within = (allowed: number, half: number, width: number) => ({
    estimate,
    halfWidth: half,
    width,
    deviation: difference === 0 ? 0 : difference / allowed,
    error: difference === 0 ? 0 : Math.abs(difference) / allowed,
    passed: Math.abs(difference) <= allowed,
  });
  switch (tolerance.rule) {
    case 'equal':
      return within(0, 0, 0);
    case 'relative':
      return within(tolerance.rel * Math.max(Math.abs(reference), 1e-12), 0, 0);
    case 'distribution': {
      const allowed = tolerance.max_abs_per_entry;
      const half = each.length > 1 ? halfWidth(estimate, each, LIST_LEVEL) : 0;
      // what is allowed does not grow with the width that is: a wide interval would fail right answers by chance
      return within(allowed, half, half > allowed ? (Math.max(1, widthMax) * half) / allowed : half / allowed);
    }
    case 'ci': {
      const allowed = tolerance.max_abs_half_width ?? tolerance.max_rel_half_width! * Math.abs(reference);
      const half = entryHalfWidth(reference, { pooled: estimate, each }, tolerance.confidence, trials);
      const width = half === 0 ? 0 : half / allowed;
      const far = half === 0 ? (difference === 0 ? 0 : Infinity) : Math.abs(difference) / half;
      const passed = Math.abs(difference) <= half + ROUNDING * Math.abs(reference) && width <= widthMax;
      return { estimate, halfWidth: half, width, deviation: difference === 0 ? 0 : difference / allowed, error: far, passed };
    }
    default:
      throw new RangeError(`lists are not judged by "${tolerance.rule}"`);
  }
}

/** Where replications all agree (a rare state never seen), the exact binomial interval says how much that tells. */
function entryHalfWidth(
  reference: number,
  { pooled, each }: Estimate,
  level: number,
  trials: number | undefined,
): number {
  const half = halfWidth(pooled, each, level);
  if (trials === undefined) return half;
  const { low, high } = shareInterval({ successes: Math.round(pooled * trials), trials }, level);
  return Math.max(half, reference < pooled ? pooled - low : high - pooled);
}
