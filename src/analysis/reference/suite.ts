/**
 * What `windtunnel validate` runs: suites of reference cases, each case judged on its own, in any thread, from plain
 * data. A suite is made from the files of a reference folder; what it cannot express it says, with the reason.
 */

import type { Interruption } from '../replicate.ts';

/** The files of a reference folder as text (compressed ones already unpacked), by path: `real/queue/x.json`. */
export type ReferenceFiles = ReadonlyMap<string, string>;

export type SuiteName = 'theory' | 'recorded' | 'published';

/** One case: plain JSON data that may be sent to a worker thread. */
export interface ReferenceCase<Data = unknown> {
  readonly suite: SuiteName;
  /** Unique within its suite. */
  readonly id: string;
  /** Group under which it is counted: `mm1`, `picks`, `vrrp`, `web-cluster-lvs-dr`. */
  readonly family: string;
  readonly data: Data;
  /** Why it cannot be expressed; absent where it can. */
  readonly unexpressible?: string;
  /** Rough cost, for the order in which cases are run and for progress; events. */
  readonly cost: number;
}

export interface JudgeOptions {
  readonly seed: string;
  /** How much wider than asked an interval may be; 1 = in full, 2 = a quarter of the events (the quick run of tests). */
  readonly widthMax: number;
  /** Asked between slices of a simulation; a judge that is interrupted throws `Interrupted`. */
  readonly interruption?: Interruption;
}

/** A case was not judged to its end, because somebody asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * `passed` / `failed` for theory and recordings; published claims are `reproduced` (calibration: used to set the model),
 * `predicted` (holdout), `missed`, `contradicts itself`, or `no number published`. `not expressible` has a reason.
 */
export type CaseVerdictWord =
  | 'passed'
  | 'failed'
  | 'not expressible'
  | 'reproduced'
  | 'predicted'
  | 'missed'
  | 'contradicts itself'
  | 'no number published';

/** One figure of a case beside its reference. */
export interface JudgedFigure {
  readonly name: string;
  readonly unit: string;
  /** The reference: a number, a text (pick sequences), a list; two numbers for a range. */
  readonly expected: number | string | readonly number[];
  /** What the simulator says, with its interval where there is chance (low = high = value where there is none); of a list, the interval of
   * the entry that is furthest from its reference. */
  readonly found: { readonly value: number | string | readonly number[]; readonly low: number; readonly high: number };
  /** In words: `99 % interval, half-width <= 1 %`, `exact`, `within 3 %`. */
  readonly tolerance: string;
  readonly passed: boolean;
  /** Why no run could judge it: it is listed, and fails no case (`passed` is true). */
  readonly undecidable?: string;
  /** How far off it is, in units of what is allowed (of the half-width that is asked, where an interval is); signed. */
  readonly deviation?: number;
  /** What it hangs on, or why it misses. */
  readonly note?: string;
}

/** A published claim beside what the model says of it. */
export interface ClaimReport {
  /** In words: `errors when 1,500 users pass a rendezvous point together`. */
  readonly claim: string;
  readonly unit: string;
  readonly role: 'calibration' | 'holdout' | 'context';
  /** As it was published; two numbers for a range, `yes` or `no` for whether. */
  readonly claimed: JudgedFigure['expected'];
  /** With its 95 % interval, null where there is no chance; null where no run speaks of it. */
  readonly predicted: {
    readonly value: number | string;
    readonly low: number | null;
    readonly high: number | null;
  } | null;
  /** Predicted less claimed, in the unit; of a range, from its nearer end, 0 inside; null where either is no number. */
  readonly difference: number | null;
  readonly tolerance: string;
  /** Why agreement proves little; absent where it proves something. */
  readonly weak?: string;
  /** What the model's figure hangs on. */
  readonly note?: string;
}

/** How a prediction moves with what had to be assumed: one row for each set of assumptions. */
export interface Sensitivity {
  /** What was varied, and how far the prediction goes. */
  readonly sentence: string;
  readonly columns: readonly string[];
  /** As many entries as there are columns. */
  readonly rows: readonly (readonly (number | string)[])[];
}

export interface CaseReport {
  readonly suite: SuiteName;
  readonly id: string;
  readonly family: string;
  readonly verdict: CaseVerdictWord;
  /** Why it is not expressible, or by which mechanism it misses. */
  readonly reason?: string;
  readonly figures: readonly JudgedFigure[];
  readonly events: number;
  /** Of the published suite. */
  readonly claim?: ClaimReport;
  readonly sensitivity?: Sensitivity;
}

/** One of the three suites. `judge` runs anywhere: it sees nothing but the case. */
export interface Suite {
  readonly name: SuiteName;
  /** All cases of the folder, those that cannot be expressed too. @throws RangeError for a file it cannot read. */
  cases(files: ReferenceFiles): readonly ReferenceCase[];
  judge(one: ReferenceCase, options: JudgeOptions): Promise<CaseReport>;
}
