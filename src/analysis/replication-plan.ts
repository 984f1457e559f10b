/** What all replications of a scenario have in common: how long the warm-up and the window are. */
import type { Scenario } from '../scenarios/scenario.ts';
import { BYTES_MAX } from './replicate.ts';
import type { ReplicationPlan } from './replicate.ts';
import { UnusableOptions } from './refusals.ts';
import type { Runner, StopSignal } from './runner.ts';
import type { SimulateJobs } from './simulate-jobs.ts';
import type { MovingFigure } from './steady-plan.ts';

/** Who runs, and what stops it. */
export interface Means {
  readonly runner: Runner<SimulateJobs>;
  readonly signal: StopSignal | null;
}

export type PlanOfAll = Omit<ReplicationPlan, 'replication'>;

export interface PlanOptions {
  readonly seed: string;
  /** Seconds; default: the scenario's, or detected. */
  readonly warmup?: number;
  /** Most events over all replications. */
  readonly eventBudget?: number;
  readonly list?: 'calendar' | 'heap';
}

/** Relative half-width, confidence level and events that are taken where nothing is said. */
export const DEFAULTS = { precision: 0.01, level: 0.95, eventBudget: 20_000_000 };

/** Replications that the budget is divided into. */
const SHARES = 100;
/** Buckets of the timeline at first. */
const BUCKETS = 120;
/** A run that ends by itself has no known length: its buckets begin this wide and are joined as needed. */
const BUCKET_SECONDS_FIRST = 0.1;

/**
 * @returns with it the figure that had no steady state in the pilot, null = all had.
 * @throws UnusableOptions where a given warm-up leaves nothing to measure.
 */
export async function planReplications(
  scenario: Scenario,
  options: PlanOptions,
  { runner, signal }: Means,
): Promise<{ readonly plan: PlanOfAll; readonly moving: MovingFigure | null }> {
  const { seed, eventBudget = DEFAULTS.eventBudget } = options;
  const { duration, kind } = scenario.time;
  const given = options.warmup ?? scenario.time.warmup;
  if (kind === 'terminating') return { plan: terminating(duration, given ?? 0, options), moving: null };
  const asked = { seed, warmup: given, eventsPerReplication: eventBudget / SHARES };
  const planned = await runner.run('pilot', { cluster: scenario.cluster, options: asked }, signal);
  if (planned === null) return { plan: terminating(duration, given ?? 0, options), moving: null };
  const { warmup, moving } = planned;
  const window = duration === null ? planned.duration : Math.max(duration - warmup, warmup);
  return { plan: planOf(warmup, window, options), moving };
}

/** Windows of that length after that warm-up, both in seconds. */
export function planOf(
  warmup: number,
  duration: number,
  { seed, list, eventBudget = DEFAULTS.eventBudget }: PlanOptions,
): PlanOfAll {
  const all = warmup + duration;
  return {
    seed,
    warmup,
    duration,
    bucketSeconds: all < Infinity ? all / BUCKETS : BUCKET_SECONDS_FIRST,
    eventsMax: eventBudget,
    bytesMax: BYTES_MAX,
    list,
  };
}

function terminating(duration: number | null, warmup: number, options: PlanOptions): PlanOfAll {
  if (duration !== null && warmup >= duration) {
    throw new UnusableOptions(`a warm-up of ${warmup} s leaves nothing of a run of ${duration} s`);
  }
  return planOf(warmup, (duration ?? Infinity) - warmup, options);
}
