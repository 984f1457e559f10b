/**
 * How long to run for a steady state: a pilot run finds the warm-up and what a second costs in events; the windows follow
 * from both.
 *
 * The warm-up is that of the slowest of all watched figures: MSER-5 finds where its beginning sinks into its noise, and from
 * there it has some relaxation times more, in which what is left decays. A pilot is long enough when it is many relaxation
 * times of its slowest figure; where it does not become so, no steady state was seen.
 * Left out: what is slower than the pilot and small beside the noise of one pilot (`drift.ts` looks at all windows).
 */
import { build } from '../models/build.ts';
import type { ClusterDescription } from '../models/description.ts';
import { BYTES_MAX } from './replicate.ts';
import type { Interruption } from './replicate.ts';
import { mser5, relaxation } from './statistics/index.ts';
import { watchedFigures } from './watched-figures.ts';
import type { WatchedFigure } from './watched-figures.ts';

export interface SteadyOptions {
  readonly seed: string;
  /** Seconds to leave out, where that is given. */
  readonly warmup: number | null;
  /** Events that a replication should cost. */
  readonly eventsPerReplication: number;
}

export interface SteadyPlan {
  /** Seconds. */
  readonly warmup: number;
  /** Seconds of a window. */
  readonly duration: number;
  /** The figure that had no steady state; null = all had. */
  readonly moving: MovingFigure | null;
  /** Events that the pilot cost. */
  readonly events: number;
}

/** Means over the halves of the pilot. */
export interface MovingFigure {
  readonly name: string;
  readonly unit: 's' | '1';
  readonly first: number;
  readonly second: number;
  /** Of the pilot, in seconds; and how long the figure seems to remember. */
  readonly seconds: number;
  readonly relaxation: number;
}

/** Number of the pilot's replication: its streams are used by no other. */
const PILOT = 1_000_000;

/**
 * The time scale of the pilot is taken from its first events: 10,000 or this share of what a replication may cost, 1,000 at
 * least; it is so many times that long.
 */
const FIRST_EVENTS = 10_000;
const FIRST_EVENTS_MIN = 1000;
const FIRST_SHARE = 1 / 20;
const PILOT_TIMES = 20;
const BINS = 400;
/** A pilot without a steady state is doubled until it has cost so many replications or events, whichever is more. */
const PILOT_REPLICATIONS = 16;
const PILOT_EVENTS = 320_000;
/** Replications that the budget is divided into: no pilot costs more than the budget. */
const BUDGET_REPLICATIONS = 100;
/** A pilot is long enough at so many relaxation times of its slowest figure. */
const ENOUGH = 50;
/** What MSER-5 may be above its least, and the relaxation times that follow its cut: a tenth of a hundredth is left. */
const SLACK = 0.1;
const RELAXATIONS = 5;
/** At least this share of a pilot is left out: it resolves no shorter time. */
const SHARE_MIN = 0.02;
/** A window is at least this many warm-ups long, unless a replication would cost more than so many times its share. */
const WINDOW_WARMUPS = 8;
const SHARES_MAX = 10;

/** @returns null where it was interrupted, or where nothing happens in the cluster. */
export async function planSteady(
  cluster: ClusterDescription,
  options: SteadyOptions,
  interruption: Interruption | null,
): Promise<SteadyPlan | null> {
  const { eventsPerReplication } = options;
  const run = build(cluster, { seed: options.seed, replication: PILOT, bytesMax: BYTES_MAX });
  const watched = watchedFigures(run);
  const least = Math.min(FIRST_EVENTS_MIN, (eventsPerReplication * BUDGET_REPLICATIONS) / PILOT_TIMES);
  const events = Math.min(FIRST_EVENTS, Math.ceil(Math.max(least, FIRST_SHARE * eventsPerReplication)));
  if (run.advance({ events }) === 'empty' || run.now === 0) return null;
  const most = Math.max(
    PILOT_REPLICATIONS * eventsPerReplication,
    Math.min(PILOT_EVENTS, BUDGET_REPLICATIONS * eventsPerReplication),
  );
  const series = watched.map((): number[] => []);
  let length = run.now * PILOT_TIMES;
  let spent: number;
  let settling: Settling;
  for (;;) {
    const width = length / BINS;
    let stop = 'time';
    for (let k = series[0].length; k < BINS && stop === 'time'; k++) {
      if ((k + 1) * width > run.now) stop = run.advance({ time: (k + 1) * width });
      watched.forEach(({ next }, figure) => series[figure].push(next()));
      if (interruption !== null && k % 50 === 0 && (await interruption.pause())) return null;
    }
    settling = slowest(watched, series, length);
    spent = run.reading().events;
    if (settling.moving === null || stop !== 'time' || 2 * spent > 1.05 * most) break;
    length *= 2;
    series.forEach(halve);
  }
  const eventsPerSecond = spent / run.now;
  const affordable = eventsPerReplication / eventsPerSecond;
  const warmup = options.warmup ?? Math.min(settling.warmup, (SHARES_MAX / 2) * affordable);
  const cutShort = warmup < settling.warmup && options.warmup === null;
  return {
    warmup,
    duration: Math.max(affordable - warmup, Math.min(WINDOW_WARMUPS * warmup, SHARES_MAX * affordable - warmup)),
    moving: settling.moving ?? (cutShort ? settling.figure : null),
    events: spent,
  };
}

interface Settling {
  /** Seconds until all figures have settled. */
  readonly warmup: number;
  /** The slowest figure; `moving` where it has not settled. */
  readonly figure: MovingFigure;
  readonly moving: MovingFigure | null;
}

/** @param length of the series, in seconds. */
function slowest(watched: readonly WatchedFigure[], series: readonly (readonly number[])[], length: number): Settling {
  let warmup = SHARE_MIN * length;
  let slow = { figure: 0, discard: -1, relaxation: -1, settled: true };
  series.forEach((values, figure) => {
    const { discard, settled } = mser5(values, SLACK);
    const memory = relaxation(values, discard);
    const one = { figure, discard, relaxation: memory, settled: settled && values.length - discard >= ENOUGH * memory };
    const width = length / values.length;
    warmup = Math.max(warmup, (discard + RELAXATIONS * memory) * width);
    const slower = discard + RELAXATIONS * memory > slow.discard + RELAXATIONS * slow.relaxation;
    if (one.settled === slow.settled ? slower : slow.settled) slow = one;
  });
  const values = series[slow.figure];
  const half = Math.floor(values.length / 2);
  const { name, unit } = watched[slow.figure];
  const figure: MovingFigure = {
    name,
    unit,
    first: mean(values.slice(0, half)),
    second: mean(values.slice(half)),
    seconds: length,
    relaxation: (slow.relaxation * length) / values.length,
  };
  return { warmup, figure, moving: slow.settled ? null : figure };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The pilot goes on for as long again: its values become those of bins twice as wide. */
function halve(values: number[]): void {
  const wide = Array.from({ length: Math.floor(values.length / 2) }, (_, k) => (values[2 * k] + values[2 * k + 1]) / 2);
  values.length = 0;
  values.push(...wide);
}
