/**
 * Runs a scenario: as many independent replications as the asked precision needs or the budget allows, and the result.
 *
 * Steady state: warm-up detected, windows of equal length. Terminating (something happens at a time): every replication
 * from the beginning to the end, no warm-up. Budgets are counted in events, so that a result never depends on the
 * machine's speed.
 */
import { NO_BATCHES } from '../scenarios/kinds/run-time.ts';
import type { Scenario, SteadyMethod } from '../scenarios/scenario.ts';
import { ASKED_DEFAULT, narrowness, widthOf } from './asked-figures.ts';
import type { AskedFigure } from './asked-figures.ts';
import { BatchRun, pairs } from './batch-run.ts';
import { driftWarning, movingWarning } from './drift.ts';
import type { Precision } from './figure.ts';
import { fitRemainder } from './fit-remainder.ts';
import { inlineRunner, stopped } from './inline-runner.ts';
import { inputDoubts } from './input-doubt.ts';
import { atMeasuredLoad } from './measured-load.ts';
import { pooledTraffic, trafficWindow } from './observations.ts';
import type { TrafficWindow } from './observations.ts';
import { cutShortWarning } from './replicate.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { ReplicateAnswer } from './replicate-job.ts';
import { isLook, REPLICATIONS_FIRST, REPLICATIONS_MAX, Replications, STOPPING_GUARD } from './replications.ts';
import { rawRows } from './request-rows.ts';
import type { RawRow } from './request-rows.ts';
import type { Method, Result } from './result.ts';
import { NothingFinished, UnusableOptions } from './refusals.ts';
import { DEFAULTS, planReplications } from './replication-plan.ts';
import type { Means, PlanOfAll } from './replication-plan.ts';
import type { Runner, StopSignal } from './runner.ts';
import { simulateJobs } from './simulate-jobs.ts';
import type { SimulateJobs } from './simulate-jobs.ts';
import { areIndependent, BATCHES_FIRST, BATCHES_MAX } from './statistics/index.ts';
import { summarise } from './summarise.ts';
import type { Simulated } from './summarise.ts';
import { theoryBeside } from './theory/beside.ts';
import { isSettled, judge, sloFigure } from './verdicts.ts';

export type { RawRow } from './request-rows.ts';

export interface SimulateOptions {
  /** Default: the scenario's. */
  readonly seed?: string;
  /** Relative half-width asked of the SLOs' figures and of `figures`. Default 0.01. */
  readonly precision?: number;
  /** What else must become that narrow; of `errors`, which may be 0, in points of share. Default: the mean response time. */
  readonly figures?: readonly AskedFigure[];
  /** Confidence level of the intervals. Default 0.95. */
  readonly level?: number;
  /** Where the intervals of a steady state come from; default: the scenario's, else independent replications. */
  readonly method?: SteadyMethod;
  /** Exactly so many replications, whatever the precision. */
  readonly replications?: number;
  /** Seconds left out at the start; default: detected (steady state), none (terminating). */
  readonly warmup?: number;
  /** Most events over all replications. Default: the scenario's, else 20 million. */
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
  /** Relative half-width of the widest figure that was asked for, when it was last looked at; NaN before the tenth. */
  readonly precision: number;
}

/** What the model's figures for today may cost, where the scenario is not at today's load, as a share of the budget. */
const TODAY_SHARE = 0.25;
/** The same for one end of an uncertain input. */
const DOUBT_SHARE = 0.1;

/** @throws RangeError where the scenario lacks inputs (`scenario.missing`): look there first. */
export async function simulate(scenario: Scenario, given: SimulateOptions = {}): Promise<Result> {
  if (scenario.missing.length > 0) {
    throw new RangeError(`cannot simulate without ${scenario.missing.map(({ what }) => what).join(', ')}`);
  }
  const options = { ...given, eventBudget: given.eventBudget ?? scenario.time.events };
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
  return { ...result, theory: theoryBeside(fitted.cluster, result) };
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

/** Batches, at first, in what would be the window of one replication: each is some 10 relaxation times long or more. */
const BATCHES_A_WINDOW = 4;

/** @throws UnusableOptions where one long run cannot answer. */
function refuseBatches({ time }: Scenario, { replications }: SimulateOptions): void {
  if (time.kind === 'terminating') throw new UnusableOptions(NO_BATCHES.what, NO_BATCHES.hint);
  if (replications !== undefined) {
    throw new UnusableOptions(
      'batch means come from one long run, whose batches are not counted beforehand',
      'give either',
    );
  }
}

/** A look at the batches: at 32, 39, 47 and 57 of them. */
function isBatchLook(batches: number): boolean {
  for (let k = BATCHES_FIRST; k <= batches; k = Math.ceil(1.2 * k)) if (k === batches) return true;
  return false;
}

/** Mean response time over all clients; 0 where nothing has ended. */
function meanOf(latencies: ReplicationOutcome['latencies']): number {
  let sum = 0;
  let count = 0;
  for (const { okMoments } of Object.values(latencies)) {
    sum += okMoments.count * okMoments.mean;
    count += okMoments.count;
  }
  return count > 0 ? sum / count : 0;
}

class Campaign {
  private readonly level: number;
  private readonly precision: number;
  private readonly budget: number;
  private readonly figures: readonly AskedFigure[];
  /** From batches of one long run. */
  private readonly batched: boolean;
  /** Of intervals, whatever width was asked. */
  private readonly plain: Precision;
  private outcomes: ReplicationOutcome[] = [];
  /** Of each outcome, for the precision so far. */
  private readonly windows = new Map<string | null, TrafficWindow[]>();
  private readonly warnings: string[] = [];
  private events = 0;
  /** Of the widest figure, at the last look. */
  private width = NaN;
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
    this.figures = options.figures ?? ASKED_DEFAULT;
    const guard = options.replications === undefined ? STOPPING_GUARD : 1;
    this.batched = (options.method ?? scenario.time.method) === 'batch-means';
    if (this.batched) refuseBatches(scenario, options);
    this.plain = { level: this.level, relative: Infinity, guard, serial: this.batched };
  }

  async run(): Promise<Simulated> {
    const { scenario, options } = this;
    const { plan, moving } = await planReplications(scenario, { ...options, seed: this.seed }, this.means);
    if (this.batched) await this.runBatches(plan);
    else await this.runReplications(plan);
    if (this.outcomes.length === 0) throw new NothingFinished('interrupted before the first replication had ended');
    const drift = scenario.time.kind === 'steady' && !this.batched ? driftWarning(this.outcomes) : null;
    const unsteady = drift ?? (moving === null ? null : movingWarning(moving));
    if (unsteady !== null) this.warnings.unshift(unsteady);
    return summarise({
      scenario,
      seed: this.seed,
      outcomes: this.outcomes,
      method: this.method(plan),
      guard: this.plain.guard,
      serial: this.plain.serial,
      warnings: this.warnings,
    });
  }

  /** Independent runs. */
  private async runReplications(plan: PlanOfAll): Promise<void> {
    const { scenario, options } = this;
    const exactly = options.replications;
    const most = exactly ?? REPLICATIONS_MAX;
    const first = Math.min(most, REPLICATIONS_FIRST);
    const cluster = scenario.cluster;
    const rows = options.onRaw !== undefined;
    const { runner, signal } = this.means;
    const replications = new Replications(
      runner.workers,
      (replication, stop) => runner.run('replicate', { cluster, plan: { ...plan, replication }, rows }, stop),
      most,
      signal,
    );
    try {
      for (let replication = 0; replication < most && !this.partial; replication++) {
        if (exactly === undefined && isLook(replication) && this.isEnough()) break;
        const left = this.budget - this.events;
        const typical = replication > 0 ? this.events / replication : 0;
        if (exactly === undefined && replication >= 2 && left < typical) break;
        this.take(await replications.next(), Math.max(first, replication + 1));
      }
    } finally {
      replications.stop();
    }
  }

  /**
   * One long run: batches are added until, at a look, all is narrow and neighbours are not correlated. At BATCHES_MAX
   * neighbours are joined, so that batches grow with the run.
   */
  private async runBatches(plan: PlanOfAll): Promise<void> {
    const { scenario, options } = this;
    const whole = scenario.time.duration;
    const seconds = whole === null ? plan.duration / BATCHES_A_WINDOW : plan.duration / BATCHES_FIRST;
    const interruption = { pause: () => stopped(this.means.signal) };
    const run = new BatchRun(scenario.cluster, plan, seconds, options.onRaw !== undefined, interruption);
    let waiting: ReplicationOutcome[] = [];
    /** How many of the run's batches make one of those that are looked at. */
    let joined = 1;
    let independent = false;
    while (!this.partial) {
      const left = this.budget - this.events;
      if (this.outcomes.length > 2 && left < this.events / this.outcomes.length) break;
      const answer = await run.next();
      if (answer === null) {
        this.partial = true;
        break;
      }
      if (answer.rows !== null) for (const row of rawRows(answer.rows, 0)) options.onRaw?.(row);
      waiting.push(answer.outcome);
      if (waiting.length < joined) continue;
      let batch = waiting;
      while (batch.length > 1) batch = pairs(batch);
      waiting = [];
      const outcome = { ...batch[0], replication: this.outcomes.length };
      this.take({ outcome, rows: null }, BATCHES_FIRST);
      if (this.outcomes.length === BATCHES_MAX) {
        this.replace(pairs(this.outcomes));
        joined *= 2;
      }
      if (!isBatchLook(this.outcomes.length)) continue;
      this.width = this.widest();
      independent = areIndependent(this.outcomes.map(({ latencies }) => meanOf(latencies)));
      if (whole !== null ? this.outcomes.length === BATCHES_FIRST : independent && this.isEnough()) break;
    }
    if (this.outcomes.length === 0) return;
    const timeline = run.finish();
    const last = this.outcomes.length - 1;
    this.replace(this.outcomes.map((outcome, k) => (k < last ? outcome : { ...outcome, timeline, continues: false })));
    if (!independent) {
      this.warnings.push(
        `the ${last + 1} batches are still correlated, or too few to tell: their intervals are wider by what is left of it; a larger budget (time.events) or replications say more`,
      );
    }
  }

  /** Other batches of the same run. */
  private replace(outcomes: ReplicationOutcome[]): void {
    this.outcomes = outcomes;
    this.windows.clear();
    for (const outcome of outcomes) this.watch(outcome);
  }

  /** The next replication, in its turn. */
  private take(answer: ReplicateAnswer | null, target: number): void {
    const { options } = this;
    if (answer === null) {
      this.partial = true;
      return;
    }
    const { outcome, rows } = answer;
    if (rows !== null) for (const row of rawRows(rows, outcome.replication)) options.onRaw?.(row);
    const cutShort = cutShortWarning(outcome, this.budget);
    if (cutShort !== null) {
      this.partial = true;
      this.warnings.push(cutShort);
    }
    this.outcomes.push(outcome);
    this.events += outcome.events;
    this.watch(outcome);
    if (!this.batched && isLook(this.outcomes.length)) this.width = this.widest();
    options.onProgress?.({
      replications: this.outcomes.length,
      target,
      events: this.events,
      simulatedSeconds: this.outcomes.reduce((sum, { after }) => sum + after.time, 0),
      precision: this.width,
    });
  }

  /** Keeps what the asked figures need of it. */
  private watch(outcome: ReplicationOutcome): void {
    for (const client of this.clientsAsked()) {
      const windows = this.windows.get(client) ?? [];
      windows.push(trafficWindow(outcome, client === null ? Object.keys(this.scenario.cluster.clients) : [client]));
      this.windows.set(client, windows);
    }
  }

  private clientsAsked(): Set<string | null> {
    return new Set([null, ...this.scenario.slos.map(({ client }) => client)]);
  }

  /** Whether all that was asked for is as narrow as asked, and every SLO is decided or as near its limit as matters. */
  private isEnough(): boolean {
    if (this.width > this.precision) return false;
    const { slos } = this.scenario;
    const judged = judge(slos, (client) => this.windowsOf(client), this.plain);
    return judged.every((result, k) => isSettled(result, slos[k]));
  }

  /** The largest relative half-width among the figures that were asked for and the SLOs' own. */
  private widest(): number {
    const { plain, outcomes, scenario, figures } = this;
    const observed = { cluster: scenario.cluster, outcomes, ...this.windowsOf(null) };
    const widths = figures.map((name) => widthOf(name, observed, plain));
    for (const slo of scenario.slos) {
      if (SHARES_AND_EXTREMES.has(slo.metric.kind)) continue;
      widths.push(narrowness(sloFigure(slo, this.windowsOf(slo.client), plain)));
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

  private method(plan: PlanOfAll): Method {
    const { options, outcomes, scenario } = this;
    const steady = scenario.time.kind === 'steady';
    const given = options.warmup ?? scenario.time.warmup;
    return {
      kind: steady ? 'steady state' : 'terminating',
      intervals: this.batched ? 'batch means' : 'replications',
      replications: outcomes.length,
      level: this.level,
      precision: this.precision,
      figures: this.figures,
      precisionReached: outcomes.length > 1 && this.widest() <= this.precision,
      warmup: plan.warmup,
      warmupMethod: given !== null && given !== undefined ? 'given' : steady ? 'MSER-5' : 'none',
      duration: this.batched
        ? outcomes[0].seconds
        : plan.duration < Infinity
          ? plan.duration
          : Math.max(...outcomes.map(({ seconds }) => seconds)),
      events: this.events,
      partial: this.partial,
    };
  }
}
