/**
 * Simulates a reference case until its quantities are known as narrowly as asked, and judges them.
 *
 * Independent replications, at least 20, of equal windows after a warm-up. A right simulator misses a 99 % interval once
 * in a hundred: what fails is simulated again with two fresh seeds, and fails only if it fails in both again.
 */
import { build } from '../../../models/build.ts';
import { replicate } from '../../replicate.ts';
import { Passage } from '../../../models/probes/passage.ts';
import type { Run } from '../../../models/run.ts';
import type { Interruption } from '../../replicate.ts';
import { Interrupted } from '../suite.ts';
import type { Experiment } from './experiment.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import { ShortRuns, observe, pool } from './observed.ts';
import type { Observed } from './observed.ts';
import { remembered } from './quantity.ts';
import type { Quantities } from './quantity.ts';
import type { TheoryCase, TheoryFile } from './theory-file.ts';
import { ResponseCounts } from './watches.ts';

export interface ValidateOptions {
  readonly seed: string;
  /** How much wider than the tolerance classes say an interval may be; 1 = as they say, 2 = a quarter of the events. */
  readonly widthMax: number;
  /** Most events of one attempt; its intervals are then as wide as they are. */
  readonly eventsMax: number;
  readonly interruption?: Interruption;
  /** Quantities that are not judged. */
  readonly except?: readonly string[];
}

export interface CaseVerdict {
  readonly id: string;
  readonly family: string;
  readonly passed: boolean;
  /** The last judgement of every quantity that the case names. */
  readonly judgements: readonly Judgement[];
  /** Of the first attempt. */
  readonly replications: number;
  /** Quantities that failed at first, and were simulated again. */
  readonly repeated: readonly string[];
  /** Of all attempts. */
  readonly events: number;
}

const REPLICATIONS_MIN = 20;
const REPLICATIONS_MAX = 2000;
/** Replications into which the suggested number of completions is divided. */
const SHARES = 60;
const COMPLETIONS_MIN = 10_000;
const COMPLETIONS_DEFAULT = 1_000_000;
/** Warm-up of a replication, as a share of its window. */
const WARMUP = 0.1;
/** Events from which the time scale of a case is taken, in a replication that is used for nothing else. */
const PILOT_EVENTS = 20_000;
const PILOT = 1_000_000;
/** An interval shrinks as 1 / sqrt(n), but its width is itself an estimate: the number is raised in steps. */
const GROWTH_MIN = 1.15;
const GROWTH_MAX = 1.5;
const FRESH_SEEDS = 2;
const NO_WINDOW = { warmup: 0, duration: 0 };
/** Events of a batch of short runs, and the least and the most of them. */
const BATCH_EVENTS = 60_000;
const BATCH_MIN = 5;
const BATCH_MAX = 250;

/** @throws RangeError where the experiment does not know one of the case's quantities. */
export async function validate(
  theoryCase: TheoryCase,
  experiment: Experiment,
  tolerances: TheoryFile['tolerance_classes'],
  options: ValidateOptions,
): Promise<CaseVerdict> {
  const campaign = new Campaign(theoryCase, experiment, tolerances, options);
  const judged = Object.keys(theoryCase.expect).filter((name) => options.except?.includes(name) !== true);
  const first = await campaign.attempt(options.seed, judged);
  const judgements = new Map(first.judgements.map((judgement) => [judgement.quantity, judgement]));
  const repeated = failures(first.judgements);
  let events = first.events;
  for (let fresh = 1, left = repeated; fresh <= FRESH_SEEDS && left.length > 0; fresh++) {
    const again = await campaign.attempt(`${options.seed} ${fresh}`, left);
    events += again.events;
    for (const judgement of again.judgements) judgements.set(judgement.quantity, judgement);
    left = failures(again.judgements);
  }
  const last = [...judgements.values()];
  const { id, family } = theoryCase;
  const passed = last.every((judgement) => judgement.passed);
  return { id, family, passed, judgements: last, replications: first.replications, repeated, events };
}

function failures(judgements: readonly Judgement[]): string[] {
  return judgements.filter(({ passed }) => !passed).map(({ quantity }) => quantity);
}

interface Attempt {
  readonly judgements: readonly Judgement[];
  readonly replications: number;
  readonly events: number;
}

class Campaign {
  private readonly quantities: Quantities;
  /** Names and values of the percentiles of the response time, which are counted one by one. */
  private readonly percentiles: readonly (readonly [string, number])[];

  constructor(
    private readonly theoryCase: TheoryCase,
    private readonly experiment: Experiment,
    private readonly tolerances: TheoryFile['tolerance_classes'],
    private readonly options: ValidateOptions,
  ) {
    this.quantities = remembered(experiment.quantities);
    this.percentiles = Object.entries(theoryCase.expect).flatMap(([name, { value }]) =>
      name.startsWith('response_p') && typeof value === 'number' ? [[name, value] as const] : [],
    );
  }

  /** @param names of the quantities that are judged, and must become narrow. */
  async attempt(seed: string, names: readonly string[]): Promise<Attempt> {
    const { window, transient } = this.experiment;
    const { widthMax, eventsMax } = this.options;
    const batch = transient === undefined ? 0 : this.batch(seed);
    const { warmup, duration } = transient !== undefined ? NO_WINDOW : (window ?? this.window(seed));
    const each: Observed[] = [];
    let events = 0;
    let target = this.first(window?.replications ?? 1, window === undefined);
    for (;;) {
      while (each.length < target) {
        const one =
          batch > 0
            ? await this.shortRuns(seed, each.length * batch, batch)
            : await this.replicate(seed, each.length, warmup, duration);
        each.push(one.observed);
        events += one.events;
      }
      const judgements = this.judge(names, { pooled: pool(each), each });
      const width = Math.max(...judgements.map((judgement) => judgement.width));
      const affordable = Math.floor((eventsMax / events) * target);
      const most = Math.min(REPLICATIONS_MAX, affordable);
      if (window !== undefined || !(width > widthMax) || target >= most) {
        return { judgements, replications: target, events };
      }
      const short = width / widthMax;
      const growth = Math.min(GROWTH_MAX, Math.max(GROWTH_MIN, short * short));
      target = Math.min(most, Math.ceil(target * growth));
    }
  }

  /** Replications at first: of an experiment that says how many it takes, fewer where intervals may be wider. */
  private first(said: number, isPlanned: boolean): number {
    if (isPlanned) return REPLICATIONS_MIN;
    return said <= REPLICATIONS_MIN ? said : Math.max(REPLICATIONS_MIN, Math.ceil(said / this.options.widthMax));
  }

  /** Seconds of a warm-up and of a window, from what a pilot completes in a second. */
  private window(seed: string): { readonly warmup: number; readonly duration: number } {
    const suggested = (this.theoryCase.suggested_completions ?? COMPLETIONS_DEFAULT) / SHARES;
    const completions = this.experiment.completions ?? Math.max(COMPLETIONS_MIN, suggested);
    const pilot = this.experiment.prepare({ seed, number: PILOT, seconds: Infinity });
    const run = build(pilot.cluster, { seed, replication: PILOT });
    run.advance({ events: PILOT_EVENTS });
    const ended = Object.values(run.reading().clients).reduce((sum, client) => sum + client.ended, 0);
    const asked = (completions * run.now) / ended;
    const { settles = 0 } = this.experiment;
    // a window shorter than its warm-up would be bought with more than its own events
    const duration = Math.max(asked, settles);
    return { warmup: Math.max(WARMUP * duration, settles), duration };
  }

  /** Short runs that are looked at together: so many that a batch is some work. */
  private batch(seed: string): number {
    const { events } = this.shortRun(seed, PILOT, new ShortRuns(1));
    return Math.min(BATCH_MAX, Math.max(BATCH_MIN, Math.ceil(BATCH_EVENTS / events)));
  }

  private async shortRuns(
    seed: string,
    first: number,
    runs: number,
  ): Promise<{ readonly observed: Observed; readonly events: number }> {
    if ((await this.options.interruption?.pause()) === true) throw new Interrupted();
    const all = new ShortRuns(this.experiment.transient!.workers);
    let events = 0;
    for (let number = first; number < first + runs; number++) events += this.shortRun(seed, number, all).events;
    return { observed: all.observed(), events };
  }

  private shortRun(seed: string, number: number, all: ShortRuns): { readonly events: number } {
    const { seconds, until } = this.experiment.transient!;
    const { cluster, watches } = this.experiment.prepare({ seed, number, seconds });
    const run = build(cluster, { seed, replication: number });
    for (const { traffic } of run.parts.clients.values()) {
      traffic.onRow = watches.length === 0 ? null : (row) => watches.forEach((watch) => watch.row(row, run));
    }
    const passage = until === undefined ? null : passageOf(run, until);
    const stop = run.advance(
      passage !== null
        ? { when: () => !Number.isNaN(passage.at), checkEvery: 64 }
        : seconds < Infinity
          ? { time: seconds }
          : {},
    );
    run.check();
    all.add(run, stop, watches);
    return { events: run.reading().events };
  }

  private async replicate(
    seed: string,
    number: number,
    warmup: number,
    duration: number,
  ): Promise<{ readonly observed: Observed; readonly events: number }> {
    const seconds = warmup + duration;
    const { cluster, watches: own } = this.experiment.prepare({ seed, number, seconds });
    const counts = this.percentiles.map(([, value]) => value);
    const watches = counts.length > 0 ? [...own, new ResponseCounts(counts)] : own;
    const outcome = await replicate(
      cluster,
      {
        seed,
        replication: number,
        warmup,
        duration,
        bucketSeconds: Math.min(seconds, 1e9),
        eventsMax: Infinity,
        bytesMax: Infinity,
      },
      this.options.interruption ?? null,
      (row, run) => {
        for (const watch of watches) watch.row(row, run);
      },
    );
    if (outcome === null) throw new Interrupted();
    return { observed: observe(outcome, watches), events: outcome.events };
  }

  private judge(
    names: readonly string[],
    evidence: { readonly pooled: Observed; readonly each: readonly Observed[] },
  ): Judgement[] {
    const { theoryCase, tolerances, percentiles, quantities } = this;
    const { widthMax } = this.options;
    return names.map((name) => {
      const quantity = quantities[name];
      if (quantity === undefined) throw new RangeError(`${theoryCase.id}: "${name}" is not computed`);
      const tolerance = tolerances[theoryCase.expect[name].tol];
      const place = percentiles.findIndex(([percentile]) => percentile === name);
      return judge(theoryCase, name, quantity, tolerance, { ...evidence, percentile: place, widthMax });
    });
  }
}

function passageOf(run: Run, name: string): Passage {
  for (const tier of run.parts.tiers.values()) {
    const probe = tier.probes?.get(name);
    if (probe instanceof Passage) return probe;
  }
  throw new RangeError(`no probe is called "${name}"`);
}
