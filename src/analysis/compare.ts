/**
 * Scenarios side by side under common random numbers: replication k of every side has the same seed, the same number and
 * the same window, and its streams bear the same names, so that what is the same in both sides meets the same chance. The
 * interval is that of the paired difference, which is narrower than the difference of two intervals by what the sides have
 * in common (A. M. Law, Simulation Modeling and Analysis, 5th ed. 2015, sections 10.2 and 11.2).
 *
 * A difference is called real where its interval excludes zero at a level raised for the number of figures looked at
 * (Bonferroni), so that all such claims of one comparison together are wrong in at most 1 - level of comparisons.
 */
import type { ClusterDescription } from '../models/description.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { driftWarning, movingWarning } from './drift.ts';
import { deviations, figure, meanErrors, meanFigure, quantileErrors, quantileFigure, shareFigure } from './figure.ts';
import type { Precision } from './figure.ts';
import { digest } from './digest.ts';
import { fitted, fittedMean } from './fit-remainder.ts';
import { inlineRunner } from './inline-runner.ts';
import { pooledServices, pooledTraffic, serviceWindow, trafficWindow } from './observations.ts';
import type { ServiceWindow, TrafficWindow } from './observations.ts';
import { NothingFinished, UnusableOptions } from './refusals.ts';
import { cutShortWarning } from './replicate.ts';
import type { ReplicationOutcome } from './replicate.ts';
import { DEFAULTS, planOf, planReplications } from './replication-plan.ts';
import type { Means, PlanOfAll } from './replication-plan.ts';
import { isLook, REPLICATIONS_FIRST, REPLICATIONS_MAX, Replications, STOPPING_GUARD } from './replications.ts';
import type { Figure, SloResult } from './result.ts';
import type { SimulateOptions } from './simulate.ts';
import { simulateJobs } from './simulate-jobs.ts';
import { shareInterval, skewedInterval } from './statistics/index.ts';
import type { ShareCounts } from './statistics/index.ts';
import type { MovingFigure } from './steady-plan.ts';
import { judge, overall } from './verdicts.ts';
import { VERSION } from './version.ts';

export interface Side {
  /** As the user tells the sides apart. */
  readonly name: string;
  readonly scenario: Scenario;
}

export type CompareOptions = Pick<
  SimulateOptions,
  | 'seed'
  | 'precision'
  | 'level'
  | 'replications'
  | 'warmup'
  | 'eventBudget'
  | 'signal'
  | 'runner'
  | 'onProgress'
  | 'list'
>;

/** What a comparison says: the JSON that `compare --json` prints. */
export interface Comparison {
  readonly format: 'windtunnel-comparison/1';
  readonly version: string;
  readonly seed: string;
  readonly method: {
    readonly replications: number;
    readonly level: number;
    /** Level of the intervals by which a difference is called real. */
    readonly levelOfReal: number;
    /** Half-width that was asked of the differences of the mean and the SLO figures, as a share of the first side. */
    readonly precision: number;
    readonly precisionReached: boolean;
    /** Seconds, the same for all sides. */
    readonly warmup: number;
    readonly duration: number;
    /** Over all sides. */
    readonly events: number;
    readonly partial: boolean;
  };
  readonly sides: readonly {
    readonly name: string;
    readonly digest: string;
    readonly verdict: SloResult['verdict'] | 'none';
    readonly slos: readonly SloResult[];
  }[];
  /** Every side but the first, against the first. */
  readonly comparisons: readonly { readonly side: string; readonly figures: readonly ComparedFigure[] }[];
  readonly warnings: readonly string[];
}

export interface ComparedFigure {
  /** `mean`, `p(95)`, `throughput`, `errors`, `web utilisation`. */
  readonly name: string;
  readonly first: Figure;
  readonly other: Figure;
  /** other - first. */
  readonly difference: Figure;
  /** `same`: equal in every replication; `perhaps`: the interval excludes zero, but not at the raised level. */
  readonly verdict: 'same' | 'real' | 'perhaps' | 'none seen';
  /**
   * Variance that independent runs would have had over that of the pairs: how many times more replications they would
   * need. null where the difference has no variance.
   */
  readonly gain: number | null;
}

const PERCENTILES = { 'p(50)': 0.5, 'p(90)': 0.9, 'p(95)': 0.95, 'p(99)': 0.99, 'p(99.9)': 0.999 };

/**
 * @param sides two or more; the first is what the others are compared with.
 * @throws RangeError for fewer than two sides, or where a scenario lacks inputs; NothingFinished when it was interrupted
 * before the first pair.
 */
export async function compare(sides: readonly Side[], options: CompareOptions = {}): Promise<Comparison> {
  if (sides.length < 2) throw new RangeError('a comparison needs two scenarios');
  for (const { name, scenario } of sides) {
    if (scenario.missing.length > 0)
      throw new RangeError(`${name} lacks ${scenario.missing.map(({ what }) => what).join(', ')}`);
  }
  const seed = options.seed ?? sides[0].scenario.seed;
  const means: Means = { runner: options.runner ?? inlineRunner(simulateJobs), signal: options.signal ?? null };
  const { level = DEFAULTS.level, precision = DEFAULTS.precision } = options;
  const budget = (options.eventBudget ?? DEFAULTS.eventBudget) * sides.length;
  const ready = await fitTogether(sides, seed, means);
  const { plan, moving, warnings } = await commonPlan(ready, { ...options, seed }, means);
  const clusters = ready.map(({ scenario }) => scenario.cluster);
  const found: ReplicationOutcome[][] = sides.map(() => []);
  const exactly = options.replications;
  const guard = exactly === undefined ? STOPPING_GUARD : 1;
  const compared = (): ComparedSide[] => compareAll(ready, found, { level, relative: precision, guard });
  let events = 0;
  let partial = false;
  let narrow = false;
  const most = exactly ?? REPLICATIONS_MAX;
  const replications = new Replications(
    means.runner.workers,
    (replication, stop) => together(means, clusters, { ...plan, replication }, stop),
    most,
    means.signal,
  );
  try {
    for (let k = 0; k < most; k++) {
      if (exactly === undefined && isLook(k)) {
        narrow = compared().every(({ narrow }) => narrow);
        if (narrow) break;
      }
      if (exactly === undefined && k >= 2 && budget - events < events / k) break;
      const outcomes = await replications.next();
      if (outcomes === null) {
        partial = true;
        break;
      }
      outcomes.forEach((outcome, side) => found[side].push(outcome));
      events += outcomes.reduce((sum, outcome) => sum + outcome.events, 0);
      partial ||= outcomes.some(({ stop }) => stop === 'budget');
      options.onProgress?.({
        replications: k + 1,
        target: Math.max(exactly ?? REPLICATIONS_FIRST, k + 1),
        events,
        simulatedSeconds: outcomes.reduce((sum, { after }) => sum + after.time, 0) * (k + 1),
        precision: NaN,
      });
      if (partial) break;
    }
  } finally {
    replications.stop();
  }
  if (found[0].length === 0) throw new NothingFinished('interrupted before the first pair of replications had ended');
  const last = compared();
  const number = found[0].length;
  return {
    format: 'windtunnel-comparison/1',
    version: VERSION,
    seed,
    method: {
      replications: number,
      level,
      levelOfReal: last[0].levelOfReal,
      precision,
      precisionReached: number > 1 && last.every(({ narrow }) => narrow),
      warmup: plan.warmup,
      duration: plan.duration < Infinity ? plan.duration : Math.max(...found.flat().map(({ seconds }) => seconds)),
      events,
      partial,
    },
    sides: ready.map(({ name, scenario }, side) => {
      const slos = judge(scenario.slos, (client) => windowsOf(scenario, found[side], client), {
        level,
        relative: Infinity,
      });
      return { name, digest: digest(scenario.cluster), verdict: overall(slos), slos };
    }),
    comparisons: last.map(({ figures }, index) => ({ side: sides[index + 1].name, figures })),
    warnings: [...unsteady(ready, found, moving), ...cutShort(ready, found, plan), ...warnings],
  };
}

/** Sides without a steady state: what all windows show, else what the pilot saw. Those watched from the beginning have none. */
function unsteady(
  sides: readonly Side[],
  found: readonly (readonly ReplicationOutcome[])[],
  moving: readonly (MovingFigure | null)[],
): string[] {
  if (sides.some(({ scenario }) => scenario.time.kind !== 'steady')) return [];
  return sides.flatMap(({ name }, side) => {
    const figure = moving[side];
    const seen = driftWarning(found[side]) ?? (figure === null ? null : movingWarning(figure));
    return seen === null ? [] : [`${name}: ${seen}`];
  });
}

/** Sides of which a replication was cut short. */
function cutShort(
  sides: readonly Side[],
  found: readonly (readonly ReplicationOutcome[])[],
  { eventsMax }: PlanOfAll,
): string[] {
  return sides.flatMap(({ name }, side) =>
    found[side].flatMap((outcome) => {
      const seen = cutShortWarning(outcome, eventsMax);
      return seen === null ? [] : [`${name}: ${seen}`];
    }),
  );
}

/** One replication of every side. */
async function together(
  { runner }: Means,
  clusters: readonly ClusterDescription[],
  plan: PlanOfAll & { readonly replication: number },
  stop: Means['signal'],
): Promise<ReplicationOutcome[] | null> {
  const asked = clusters.map((cluster) => runner.run('replicate', { cluster, plan, rows: false }, stop));
  const answers = await Promise.all(asked);
  const outcomes = answers.flatMap((answer) => (answer === null ? [] : [answer.outcome]));
  return outcomes.length === clusters.length ? outcomes : null;
}

/**
 * The remainder of a measured response time is fitted once, to the first side: what it stands for does not change with
 * what is compared.
 */
async function fitTogether(sides: readonly Side[], seed: string, means: Means): Promise<Side[]> {
  const first = sides[0].scenario;
  const mean = await fittedMean(first, seed, means.runner, means.signal);
  const measured = ({ measured: { figures, fit } }: Scenario): string =>
    JSON.stringify([figures, fit?.stat, fit?.value]);
  const together: Side[] = [];
  for (const { name, scenario } of sides) {
    const shared = mean !== null && measured(scenario) === measured(first);
    const own = shared ? mean : await fittedMean(scenario, seed, means.runner, means.signal);
    together.push({ name, scenario: own === null ? scenario : fitted(scenario, own) });
  }
  return together;
}

/**
 * One warm-up and one window for all sides: the longest that any needs. Where something happens at a time on one side, all
 * are watched from the beginning.
 */
async function commonPlan(
  sides: readonly Side[],
  options: CompareOptions & { readonly seed: string },
  means: Means,
): Promise<{
  readonly plan: PlanOfAll;
  /** By side: the figure that had no steady state in the pilot. */
  readonly moving: readonly (MovingFigure | null)[];
  readonly warnings: readonly string[];
}> {
  const mixed = new Set(sides.map(({ scenario }) => scenario.time.kind)).size > 1;
  const warnings: string[] = [];
  const moving: (MovingFigure | null)[] = sides.map(() => null);
  let warmup = 0;
  const durations: number[] = [];
  for (const [side, { scenario }] of sides.entries()) {
    if (mixed && scenario.time.kind === 'steady') continue;
    const own = await planReplications(scenario, options, means);
    warmup = Math.max(warmup, own.plan.warmup);
    durations.push(own.plan.duration);
    moving[side] = own.moving;
  }
  const finite = sides.some(({ scenario }) => scenario.time.kind === 'terminating' && scenario.time.duration !== null);
  if (mixed) {
    warnings.push(
      'something happens at a time on one side only: both are watched from the beginning, without a warm-up',
    );
    // A side that never ends by itself needs an end.
    if (!finite)
      throw new UnusableOptions('one side is a steady state and the other ends by itself: give time.duration');
  }
  // Beside one with an end, a side that would end by itself ends there: the other never would.
  const ends = durations.filter((duration) => duration < Infinity);
  const duration = ends.length > 0 ? Math.max(...ends) : Infinity;
  return { plan: planOf(warmup, duration, options), moving, warnings };
}

// ---------------------------------------------------------------------------------------------------------- figures

interface ComparedSide {
  readonly figures: readonly ComparedFigure[];
  readonly levelOfReal: number;
  /** Whether the figures that were asked for are as narrow as asked. */
  readonly narrow: boolean;
}

/** A figure of one side with what each replication contributes to its error. */
interface Known {
  readonly figure: Figure;
  readonly errors: readonly number[];
  readonly asked: boolean;
  /** Of a share of requests: how many of how many. */
  readonly counts?: ShareCounts;
}

type Windows<Window> = { readonly pooled: Window; readonly each: readonly Window[] };

function compareAll(
  sides: readonly Side[],
  found: readonly (readonly ReplicationOutcome[])[],
  precision: Precision,
): ComparedSide[] {
  const known = sides.map(({ scenario }, side) =>
    figuresOf(scenario, found[side], { ...precision, relative: Infinity }),
  );
  const looked = known
    .slice(1)
    .reduce((sum, other) => sum + [...other.keys()].filter((name) => known[0].has(name)).length, 0);
  const levelOfReal = 1 - (1 - precision.level) / looked;
  return known.slice(1).map((other, index) => {
    const unlike = digest(sides[0].scenario.cluster) !== digest(sides[index + 1].scenario.cluster);
    const figures: ComparedFigure[] = [];
    let narrow = true;
    for (const [name, first] of known[0]) {
      const second = other.get(name);
      if (second === undefined) continue;
      const one = comparedFigure(name, first, second, { ...precision, levelOfReal, unlike });
      const { low, high, level } = one.difference;
      const asked = first.asked || second.asked;
      if (asked && level !== null && (high - low) / 2 > precision.relative * first.figure.value) narrow = false;
      figures.push(one);
    }
    return { figures, levelOfReal, narrow };
  });
}

function comparedFigure(
  name: string,
  first: Known,
  other: Known,
  { level, guard = 1, levelOfReal, unlike }: Precision & { readonly levelOfReal: number; readonly unlike: boolean },
): ComparedFigure {
  const { unit } = first.figure;
  const value = other.figure.value - first.figure.value;
  const both = { name, first: first.figure, other: other.figure };
  if (first.figure.level === null || other.figure.level === null) {
    const note = Number.isNaN(value) ? 'no observations' : 'single replication';
    const difference: Figure = { value, low: NaN, high: NaN, level: null, unit, note };
    return { ...both, difference, verdict: value === 0 ? 'same' : 'none seen', gain: null };
  }
  const paired = other.errors.map((error, k) => error - first.errors[k]);
  const at = (wanted: number): { readonly low: number; readonly high: number } => {
    const { low, high } = skewedInterval(paired, wanted);
    const own = { low: value + guard * low, high: value + guard * high };
    const rare = unlike ? rareDifference(first.counts, other.counts, wanted) : null;
    return rare === null ? own : { low: Math.min(own.low, rare.low), high: Math.max(own.high, rare.high) };
  };
  const excludesZero = ({ low, high }: { readonly low: number; readonly high: number }): boolean => low > 0 || high < 0;
  const interval = at(level);
  const spread = squares(paired);
  return {
    ...both,
    difference: { value, ...interval, level, unit },
    verdict:
      value === 0 && spread === 0 && interval.low === 0 && interval.high === 0
        ? 'same'
        : excludesZero(at(levelOfReal))
          ? 'real'
          : excludesZero(interval)
            ? 'perhaps'
            : 'none seen',
    gain: spread > 0 ? (squares(first.errors) + squares(other.errors)) / spread : null,
  };
}

/** With fewer on either side their spread over the replications says little. */
const RARE = 10;

/**
 * Where few requests failed, or hardly any did not: the difference of two shares by their exact intervals, so that none seen
 * on both sides is not the same share. null where there are enough to go by the pairs.
 */
function rareDifference(
  first: ShareCounts | undefined,
  other: ShareCounts | undefined,
  level: number,
): { readonly low: number; readonly high: number } | null {
  if (first === undefined || other === undefined || first.trials === 0 || other.trials === 0) return null;
  const seen = [first, other].flatMap(({ successes, trials }) => [successes, trials - successes]);
  if (Math.min(...seen) >= RARE) return null;
  const [one, two] = [shareInterval(first, level), shareInterval(other, level)];
  return { low: two.low - one.high, high: two.high - one.low };
}

function squares(errors: readonly number[]): number {
  return errors.reduce((sum, error) => sum + error * error, 0);
}

/** In the order in which they are shown: what clients see, then how busy the services are. */
function figuresOf(scenario: Scenario, outcomes: readonly ReplicationOutcome[], plain: Precision): Map<string, Known> {
  const figures = new Map<string, Known>();
  const total = windowsOf(scenario, outcomes, null);
  const { pooled, each } = total;
  const moments = each.map(({ responseMoments }) => responseMoments);
  figures.set('mean', {
    figure: meanFigure(pooled.responseMoments, moments, 's', plain),
    errors: meanErrors(pooled.responseMoments, moments),
    asked: true,
  });
  for (const [name, q] of Object.entries(PERCENTILES)) {
    const asked = scenario.slos.some(
      ({ client, metric }) => client === null && metric.kind === 'percentile' && metric.p === 100 * q,
    );
    figures.set(name, percentile(q, total, asked, plain));
  }
  figures.set(
    'throughput',
    sectioned(total, ({ ok, seconds }) => ok / seconds, '1/s', plain),
  );
  const errors = sectioned(total, ({ ok, ended }) => (ended === 0 ? NaN : (ended - ok) / ended), 'share', plain);
  const counts = { successes: pooled.ended - pooled.ok, trials: pooled.ended };
  const shares = { pooled: errors.figure.value, each: each.map(({ ok, ended }) => (ended - ok) / ended) };
  figures.set('errors', { ...errors, figure: shareFigure(shares, counts, plain), counts });
  for (const { client, metric } of scenario.slos) {
    if (client === null || metric.kind !== 'percentile') continue;
    const name = `${client} p(${metric.p})`;
    figures.set(name, percentile(metric.p / 100, windowsOf(scenario, outcomes, client), true, plain));
  }
  for (const [name, { cores, workers }] of Object.entries(scenario.cluster.services)) {
    const size = Math.min(cores, workers);
    if (!(size < Infinity)) continue;
    const windows = outcomes.map(({ seconds, before, after }) =>
      serviceWindow(seconds, before.services[name], after.services[name]),
    );
    const used = ({ computeArea, seconds, servers }: ServiceWindow): number => computeArea / (seconds * servers * size);
    figures.set(
      `${name} utilisation`,
      sectioned({ pooled: pooledServices(windows), each: windows }, used, 'share', plain),
    );
  }
  return figures;
}

function percentile(q: number, { pooled, each }: Windows<TrafficWindow>, asked: boolean, plain: Precision): Known {
  const histograms = each.map(({ response }) => response);
  return {
    figure: quantileFigure(q, pooled.response, histograms, 's', plain),
    errors: quantileErrors(q, pooled.response, histograms, plain.level),
    asked,
  };
}

function sectioned<Window>(
  { pooled, each }: Windows<Window>,
  of: (window: Window) => number,
  unit: Figure['unit'],
  plain: Precision,
): Known {
  const value = of(pooled);
  const values = each.map(of);
  const errors = deviations(value, values).map((error) => (Number.isNaN(error) ? 0 : error));
  return { figure: figure({ pooled: value, each: values }, unit, plain), errors, asked: false };
}

function windowsOf(
  { cluster }: Scenario,
  outcomes: readonly ReplicationOutcome[],
  client: string | null,
): Windows<TrafficWindow> {
  const names = client === null ? Object.keys(cluster.clients) : [client];
  const each = outcomes.map((outcome) => trafficWindow(outcome, names));
  return { each, pooled: pooledTraffic(each) };
}
