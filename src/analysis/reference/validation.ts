/**
 * A whole validation: many cases judged, in any order and on any number of threads, and put together in the order of the
 * files. Equal cases, seed and width give equal bytes.
 */
import { VERSION } from '../version.ts';
import type { CaseReport, ReferenceCase, ReferenceFiles, SuiteName } from './suite.ts';
import type { Runner, StopSignal } from '../runner.ts';
import { suites } from './index.ts';
import { calibrated } from './published/calibrated.ts';
import type { Calibrated } from './published/calibrated.ts';
import type { JudgeInput, referenceJobs } from './jobs.ts';

export interface Validation {
  readonly format: 'windtunnel-validation/1';
  readonly version: string;
  readonly seed: string;
  /** How much wider than the reference asks an interval may be: 1 = in full, 2 = `--quick`. */
  readonly widthMax: number;
  readonly events: number;
  readonly counts: Counts;
  readonly suites: readonly SuiteCounts[];
  readonly cases: readonly CaseReport[];
  /** What was fitted to published figures; absent where no published claim was judged. */
  readonly calibrated?: readonly Calibrated[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Cases that nothing judges, each with its reason; published claims without a number too, and those that contradict themselves. */
  readonly notExpressible: number;
}

export interface SuiteCounts {
  readonly name: SuiteName;
  readonly counts: Counts;
  readonly families: readonly { readonly name: string; readonly counts: Counts }[];
}

export interface CaseFilter {
  /** Empty = all. */
  readonly suites: readonly SuiteName[];
  readonly families: readonly string[];
  readonly ids: readonly string[];
}

/** The cases of the files that pass the filter, suite by suite. */
export function casesOf(files: ReferenceFiles, { suites: names, families, ids }: CaseFilter): ReferenceCase[] {
  const wanted = (list: readonly string[], word: string) => list.length === 0 || list.includes(word);
  return suites
    .filter(({ name }) => wanted(names, name))
    .flatMap((suite) => suite.cases(files))
    .filter(({ family, id }) => wanted(families, family) && wanted(ids, id));
}

export interface ValidationProgress {
  readonly judged: number;
  readonly cases: number;
  /** Share of the work that is done, by the costs of the cases; 0..1. */
  readonly share: number;
  readonly failed: number;
  /** The last case that was judged. */
  readonly report: CaseReport | null;
}

export interface ValidateRun {
  readonly options: JudgeInput['options'];
  readonly runner: Runner<typeof referenceJobs>;
  readonly signal?: StopSignal;
  readonly onProgress?: (progress: ValidationProgress) => void;
}

/** The most costly cases first, so that no worker is left alone with one at the end. Interrupted, what was judged. */
export async function validate(cases: readonly ReferenceCase[], run: ValidateRun): Promise<Validation> {
  const { options, runner, signal = null, onProgress } = run;
  const reports = new Array<CaseReport | null>(cases.length).fill(null);
  const order = cases.map((_, index) => index).sort((a, b) => cases[b].cost - cases[a].cost || a - b);
  const work = (one: ReferenceCase) => one.cost + LEAST_COST;
  const total = cases.reduce((sum, one) => sum + work(one), 0);
  let next = 0;
  let judged = 0;
  let done = 0;
  let failed = 0;
  onProgress?.({ judged, cases: cases.length, share: 0, failed, report: null });
  const worker = async (): Promise<void> => {
    while (next < order.length && signal?.aborted !== true) {
      const index = order[next++];
      const report = await runner.run('judge', { one: cases[index], options }, signal);
      if (report === null) return;
      reports[index] = report;
      judged++;
      done += work(cases[index]);
      if (bucketOf(report) === 'failed') failed++;
      onProgress?.({ judged, cases: cases.length, share: done / total, failed, report });
    }
  };
  await Promise.all(Array.from({ length: Math.min(runner.workers, cases.length) }, worker));
  return assembled(
    reports.filter((report) => report !== null),
    options,
  );
}

/** Cost of a case that simulates nothing, in events: it keeps the share of the work above 0. */
const LEAST_COST = 1000;

/** Under which of the three counts a case falls. */
export function bucketOf({ verdict }: CaseReport): keyof Counts {
  switch (verdict) {
    case 'passed':
    case 'reproduced':
    case 'predicted':
      return 'passed';
    case 'failed':
    case 'missed':
      return 'failed';
    case 'not expressible':
    case 'contradicts itself':
    case 'no number published':
      return 'notExpressible';
  }
}

function assembled(cases: readonly CaseReport[], { seed, widthMax }: JudgeInput['options']): Validation {
  const names = [...new Set(cases.map(({ suite }) => suite))];
  return {
    format: 'windtunnel-validation/1',
    version: VERSION,
    seed,
    widthMax,
    events: cases.reduce((sum, { events }) => sum + events, 0),
    counts: countsOf(cases),
    suites: names.map((name) => {
      const own = cases.filter(({ suite }) => suite === name);
      const families = [...new Set(own.map(({ family }) => family))];
      return {
        name,
        counts: countsOf(own),
        families: families.map((family) => ({
          name: family,
          counts: countsOf(own.filter((one) => one.family === family)),
        })),
      };
    }),
    cases,
    ...(names.includes('published') ? { calibrated } : {}),
  };
}

function countsOf(cases: readonly CaseReport[]): Counts {
  const counts = { passed: 0, failed: 0, notExpressible: 0 };
  for (const one of cases) counts[bucketOf(one)]++;
  return counts;
}
