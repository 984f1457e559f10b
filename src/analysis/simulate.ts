/**
 * Runs a scenario: as many independent replications as the asked precision needs or the budget allows, and the result.
 *
 * Steady state: warm-up detected, windows of equal length. Terminating (something happens at a time): every replication
 * from the beginning to the end, no warm-up. Budgets are counted in events, so that a result never depends on the
 * machine's speed.
 */
import type { Scenario } from '../scenarios/scenario.ts';
import { halfWidth } from './figure.ts';
import { fitRemainder } from './fit-remainder.ts';
import { inlineRunner } from './inline-runner.ts';
import { inputDoubts } from './input-doubt.ts';
import { atMeasuredLoad } from './measured-load.ts';
import { estimate, pooledTraffic, trafficWindow } from './observations.ts';
import type { TrafficWindow } from './observations.ts';
import { BYTES_MAX } from './replicate.ts';
import type { ReplicationOutcome, ReplicationPlan } from './replicate.ts';
import type { ReplicateAnswer } from './replicate-job.ts';
import { Replications } from './replications.ts';
import { rawRows } from './request-rows.ts';
import type { RawRow } from './request-rows.ts';
import type { Method, Result } from './result.ts';
import { NothingFinished, UnusableOptions } from './refusals.ts';
import type { Runner, StopSignal } from './runner.ts';
import { simulateJobs } from './simulate-jobs.ts';
import type { SimulateJobs } from './simulate-jobs.ts';
import { summarise } from './summarise.ts';
import { sloFigure } from './verdicts.ts';

export type { RawRow } from './request-rows.ts';

export interface SimulateOptions {
  /** Default: the scenario's. */
  readonly seed?: string;
  /** Relative half-width asked of the mean response time and of the SLOs' figures. Default 0.01. */
  readonly precision?: number;
  /** Confidence level of the intervals. Default 0.95. */
  readonly level?: number;
  /** Exactly so many replications, whatever the precision. */
  readonly replications?: number;
  /** Seconds left out at the start; default: detected (steady state), none (terminating). */
  readonly warmup?: number;
  /** Most events over all replications. Default 20 million. */
  readonly eventBudget?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Asked now and then; when it is set the run stops with what it has, marked partial. */
  readonly signal?: StopSignal;
  /** Who runs the replications; the result is the same whoever does. Default: this thread. It is not closed. */
  readonly runner?: Runner<SimulateJobs>;
  /** Told of every request that ends after the warm-up, replication by replication. */
  readonly onRaw?: (row: RawRow) => void;
  /**
   * The scenario with these `path=value` set: needed to say what uncertain inputs (ranges) do to the headline figure. It is
   * asked only where there are any.
   */
  readonly reload?: (set: readonly string[]) => Scenario | null;
  /** Event list; both give the same result. */
  readonly list?: 'calendar' | 'heap';
}

export interface Progress {
  /** Replications finished, and how many there will be as far as can be told. */
  readonly replications: number;
  readonly target: number;
  readonly events: number;
  readonly simulatedSeconds: number;
  /** Relative half-width of the widest figure that was asked for; NaN before there are two replications. */
  readonly precision: number;
}

const DEFAULTS = { precision: 0.01, level: 0.95, eventBudget: 20_000_000 };
const REPLICATIONS_FIRST = 10;
const REPLICATIONS_MAX = 100;
/** What the model's figures for today may cost, where the scenario is not at today's load, as a share of the budget. */
const TODAY_SHARE = 0.25;
/** The same for one end of an uncertain input. */
const DOUBT_SHARE = 0.1;
/** Replications that the budget is divided into. */
const SHARES = 100;
/** Buckets of the timeline at first. */
const BUCKETS = 120;
/** A run that ends by itself has no known length: its buckets begin this wide and are joined as needed. */
const BUCKET_SECONDS_FIRST = 0.1;

/** @throws RangeError where the scenario lacks inputs (`scenario.missing`): look there first. */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<Result> {
  if (scenario.missing.length > 0) {
    throw new RangeError(`cannot simulate without ${scenario.missing.map(({ what }) => what).join(', ')}`);
  }
  const seed = options.seed ?? scenario.seed;
  const means: Means = { runner: options.runner ?? inlineRunner(simulateJobs), signal: options.signal ?? null };
  const fitted = await fitRemainder(scenario, seed, means.runner, means.signal);
  let result = await new Campaign(fitted, seed, options, means).run();
  const measured = scenario.measured.figures.length === 0 ? fitted : atMeasuredLoad(fitted);
  if (measured !== fitted) {
    const today = measured === null ? [] : await figuresOfToday(measured, seed, options, means);
    result = { ...result, today };
  }
  if (scenario.uncertain.length > 0 && options.reload !== undefined) {
    result = { ...result, inputDoubts: await doubtsOf(scenario, seed, options, options.reload, means) };
  }
  return result;
}

/** Who runs, and what stops it. */
interface Means {
  readonly runner: Runner<SimulateJobs>;
  readonly signal: StopSignal | null;
}

/** What each uncertain input alone does; what was found before an interruption is dropped. */
async function doubtsOf(
  scenario: Scenario,
  seed: string,
  { level, list, eventBudget = DEFAULTS.eventBudget }: SimulateOptions,
  reload: (set: readonly string[]) => Scenario | null,
  means: Means,
): Promise<Result['inputDoubts']> {
  const rough = { level, list, eventBudget: DOUBT_SHARE * eventBudget };
  try {
    return await inputDoubts(scenario, reload, async (varied) => {
      const fitted = await fitRemainder(varied, seed, means.runner, means.signal);
      return new Campaign(fitted, seed, rough, means).run();
    });
  } catch (error) {
    if (error instanceof NothingFinished) return [];
    throw error;
  }
}

/** The model beside the dashboard, where the scenario itself is about another load; nothing if it was interrupted. */
async function figuresOfToday(
  scenario: Scenario,
  seed: string,
  { level, precision, list, eventBudget = DEFAULTS.eventBudget }: SimulateOptions,
  means: Means,
): Promise<Result['today']> {
  try {
    const options = { level, precision, list, eventBudget: TODAY_SHARE * eventBudget };
    return (await new Campaign(scenario, seed, options, means).run()).today;
  } catch (error) {
    if (error instanceof NothingFinished) return [];
    throw error;
  }
}

/** Figures of which no relative precision is asked. */
const SHARES_AND_EXTREMES: ReadonlySet<string> = new Set(['errors', 'availability', 'ratio', 'max']);

class Campaign {
  private readonly level: number;
  private readonly precision: number;
  private readonly budget: number;
  private readonly outcomes: ReplicationOutcome[] = [];
  /** Of each outcome, for the precision so far. */
  private readonly windows = new Map<string | null, TrafficWindow[]>();
  private readonly warnings: string[] = [];
  private events = 0;
  private partial = false;

  constructor(
    private readonly scenario: Scenario,
    private readonly seed: string,
    private readonly options: SimulateOptions,
    private readonly means: Means,
  ) {
    this.level = options.level ?? DEFAULTS.level;
    this.precision = options.precision ?? DEFAULTS.precision;
    this.budget = options.eventBudget ?? DEFAULTS.eventBudget;
  }

  async run(): Promise<Result> {
    const { scenario, options } = this;
    const steady = scenario.time.kind === 'steady';
    const plan = steady ? await this.steady() : this.terminating();
    const exactly = options.replications;
    const most = exactly ?? REPLICATIONS_MAX;
    const first = Math.min(most, REPLICATIONS_FIRST);
    const cluster = scenario.cluster;
    const rows = options.onRaw !== undefined;
    const { runner, signal } = this.means;
    const input = (replication: number) => ({ cluster, plan: { ...plan, replication }, rows });
    const replications = new Replications(runner, input, most, signal);
    try {
      for (let replication = 0; replication < most && !this.partial; replication++) {
        if (exactly === undefined && replication >= first && this.widest() <= this.precision) break;
        const left = this.budget - this.events;
        const typical = replication > 0 ? this.events / replication : 0;
        if (exactly === undefined && replication >= 2 && left < typical) break;
        this.take(await replications.next(), Math.max(first, replication + 1));
      }
    } finally {
      replications.stop();
    }
    if (this.outcomes.length === 0) throw new NothingFinished('interrupted before the first replication had ended');
    return summarise({
      scenario,
      seed: this.seed,
      outcomes: this.outcomes,
      method: this.method(plan, steady),
      warnings: this.warnings,
    });
  }

  private async steady(): Promise<Omit<ReplicationPlan, 'replication'>> {
    const { scenario, options, seed } = this;
    const { duration, warmup } = scenario.time;
    const { runner, signal } = this.means;
    const eventsPerReplication = this.budget / SHARES;
    const asked = { seed, warmup: options.warmup ?? warmup, eventsPerReplication };
    const planned = await runner.run('pilot', { cluster: scenario.cluster, options: asked }, signal);
    if (planned === null) return { ...this.terminating(), duration: duration ?? Infinity };
    if (!planned.settled) {
      this.warnings.push(
        'no steady state was seen: the number of requests in the system keeps changing; the load may be more than the system carries',
      );
    }
    const window = duration === null ? planned.duration : Math.max(duration - planned.warmup, planned.warmup);
    return this.plan(planned.warmup, window);
  }

  private terminating(): Omit<ReplicationPlan, 'replication'> {
    const { scenario, options } = this;
    const { duration, warmup } = scenario.time;
    const left = options.warmup ?? warmup ?? 0;
    if (duration !== null && left >= duration) {
      throw new UnusableOptions(`a warm-up of ${left} s leaves nothing of a run of ${duration} s`);
    }
    return this.plan(left, (duration ?? Infinity) - left);
  }

  private plan(warmup: number, duration: number): Omit<ReplicationPlan, 'replication'> {
    const all = warmup + duration;
    return {
      seed: this.seed,
      warmup,
      duration,
      bucketSeconds: all < Infinity ? all / BUCKETS : BUCKET_SECONDS_FIRST,
      eventsMax: this.budget,
      bytesMax: BYTES_MAX,
      list: this.options.list,
    };
  }

  /** The next replication, in its turn. */
  private take(answer: ReplicateAnswer | null, target: number): void {
    const { scenario, options } = this;
    if (answer === null) {
      this.partial = true;
      return;
    }
    const { outcome, rows } = answer;
    if (rows !== null) for (const row of rawRows(rows, outcome.replication)) options.onRaw?.(row);
    if (outcome.stop === 'budget') {
      this.partial = true;
      this.warnings.push(
        `replication ${outcome.replication + 1} was ended early, at ${outcome.after.time.toPrecision(3)} s: it would have cost more than ${this.budget} events or 1 GiB`,
      );
    }
    this.outcomes.push(outcome);
    this.events += outcome.events;
    for (const client of this.clientsAsked()) {
      const windows = this.windows.get(client) ?? [];
      windows.push(trafficWindow(outcome, client === null ? Object.keys(scenario.cluster.clients) : [client]));
      this.windows.set(client, windows);
    }
    options.onProgress?.({
      replications: this.outcomes.length,
      target,
      events: this.events,
      simulatedSeconds: this.outcomes.reduce((sum, { after }) => sum + after.time, 0),
      precision: this.outcomes.length > 1 ? this.widest() : NaN,
    });
  }

  private clientsAsked(): Set<string | null> {
    return new Set([null, ...this.scenario.slos.map(({ client }) => client)]);
  }

  /** The largest relative half-width among the mean response time and the SLOs' figures. */
  private widest(): number {
    const { level } = this;
    const widths: number[] = [];
    const mean = this.windowsOf(null);
    const of = estimate(mean.pooled, mean.each, ({ responseMoments }) => responseMoments.mean);
    if (of.pooled > 0)
      widths.push(
        halfWidth(
          of.pooled,
          of.each.filter((value) => !Number.isNaN(value)),
          level,
        ) / of.pooled,
      );
    for (const slo of this.scenario.slos) {
      if (SHARES_AND_EXTREMES.has(slo.metric.kind)) continue;
      const found = sloFigure(slo, this.windowsOf(slo.client), { level, relative: Infinity });
      if (found.level !== null && found.value > 0) widths.push((found.high - found.value) / found.value);
    }
    return widths.reduce((most, width) => Math.max(most, width), 0);
  }

  private windowsOf(client: string | null): {
    readonly pooled: TrafficWindow;
    readonly each: readonly TrafficWindow[];
  } {
    const each = this.windows.get(client) ?? [];
    return { each, pooled: pooledTraffic(each) };
  }

  private method(plan: Omit<ReplicationPlan, 'replication'>, steady: boolean): Method {
    const { options, outcomes, scenario } = this;
    const given = options.warmup ?? scenario.time.warmup;
    return {
      kind: steady ? 'steady state' : 'terminating',
      replications: outcomes.length,
      level: this.level,
      precision: this.precision,
      precisionReached: outcomes.length > 1 && this.widest() <= this.precision,
      warmup: plan.warmup,
      warmupMethod: given !== null && given !== undefined ? 'given' : steady ? 'MSER-5' : 'none',
      duration: plan.duration < Infinity ? plan.duration : Math.max(...outcomes.map(({ seconds }) => seconds)),
      events: this.events,
      partial: this.partial,
    };
  }
}
