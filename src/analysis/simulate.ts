/**
 * Runs a scenario: as many independent replications as the asked precision needs or the budget allows, and the result.
 *
 * Steady state: warm-up detected, windows of equal length. Terminating (something happens at a time): every replication
 * from the beginning to the end, no warm-up. Budgets are counted in events, so that a result never depends on the
 * machine's speed.
 */
import type { Scenario } from '../scenarios/scenario.ts';
import { ASKED_DEFAULT, narrowness, widthOf } from './asked-figures.ts';
import type { AskedFigure } from './asked-figures.ts';
import { driftWarning, movingWarning } from './drift.ts';
import type { Precision } from './figure.ts';
import { fitRemainder } from './fit-remainder.ts';
import { inlineRunner } from './inline-runner.ts';
import { inputDoubts } from './input-doubt.ts';
import { atMeasuredLoad } from './measured-load.ts';
import { pooledTraffic, trafficWindow } from './observations.ts';
import type { TrafficWindow } from './observations.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { ReplicateAnswer } from './replicate-job.ts';
import { isLook, REPLICATIONS_FIRST, REPLICATIONS_MAX, Replications, STOPPING_GUARD } from './replications.ts';
import { rawRows } from './request-rows.ts';
import type { RawRow } from './request-rows.ts';
import type { Method, Result } from './result.ts';
import { NothingFinished } from './refusals.ts';
import { DEFAULTS, planReplications } from './replication-plan.ts';
import type { Means, PlanOfAll } from './replication-plan.ts';
import type { Runner, StopSignal } from './runner.ts';
import { simulateJobs } from './simulate-jobs.ts';
import type { SimulateJobs } from './simulate-jobs.ts';
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

class Campaign {
  private readonly level: number;
  private readonly precision: number;
  private readonly budget: number;
  private readonly figures: readonly AskedFigure[];
  /** Of intervals, whatever width was asked. */
  private readonly plain: Precision;
  private readonly outcomes: ReplicationOutcome[] = [];
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
    this.plain = { level: this.level, relative: Infinity, guard };
  }

  async run(): Promise<Simulated> {
    const { scenario, options } = this;
    const { plan, moving } = await planReplications(scenario, { ...options, seed: this.seed }, this.means);
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
    if (this.outcomes.length === 0) throw new NothingFinished('interrupted before the first replication had ended');
    const drift = scenario.time.kind === 'steady' ? driftWarning(this.outcomes) : null;
    const unsteady = drift ?? (moving === null ? null : movingWarning(moving));
    if (unsteady !== null) this.warnings.unshift(unsteady);
    return summarise({
      scenario,
      seed: this.seed,
      outcomes: this.outcomes,
      method: this.method(plan),
      guard: this.plain.guard,
      warnings: this.warnings,
    });
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
    if (isLook(this.outcomes.length)) this.width = this.widest();
    options.onProgress?.({
      replications: this.outcomes.length,
      target,
      events: this.events,
      simulatedSeconds: this.outcomes.reduce((sum, { after }) => sum + after.time, 0),
      precision: this.width,
    });
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
      replications: outcomes.length,
      level: this.level,
      precision: this.precision,
      figures: this.figures,
      precisionReached: outcomes.length > 1 && this.widest() <= this.precision,
      warmup: plan.warmup,
      warmupMethod: given !== null && given !== undefined ? 'given' : steady ? 'MSER-5' : 'none',
      duration: plan.duration < Infinity ? plan.duration : Math.max(...outcomes.map(({ seconds }) => seconds)),
      events: this.events,
      partial: this.partial,
    };
  }
}
