/**
 * How long to run for a steady state: a pilot run finds the warm-up (MSER-5 on the number of requests in the system, by
 * Little's law the slowest figure) and what a second costs in events; the windows follow from both.
 * Left out: a pilot that is itself too short for the slowest modes of a system very near its limit; the warning says so.
 */
import { build } from '../models/build.ts';
import type { ClusterDescription } from '../models/description.ts';
import type { Run } from '../models/run.ts';
import { BYTES_MAX } from './replicate.ts';
import type { Interruption } from './replicate.ts';
import { mser5 } from './statistics/index.ts';

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
  readonly settled: boolean;
  /** Events that the pilot cost. */
  readonly events: number;
}

/** Number of the pilot's replication: its streams are used by no other. */
const PILOT = 1_000_000;

/**
 * The time scale of the pilot is taken from its first events: so many at most, and at most this share of what a replication
 * may cost; it is so many times that long.
 */
const FIRST_EVENTS = 10_000;
const FIRST_SHARE = 1 / 20;
const PILOT_TIMES = 20;
const BINS = 400;
/** A pilot without a steady state is made longer, so many times, by this factor. */
const LENGTHENINGS = 2;
const LENGTHENING = 4;
/** The cut of one pilot is itself uncertain: it is doubled, and at least this share of a pilot. */
const SAFETY = 2;
const SHARE_MIN = 0.02;
/** A window is at least this many warm-ups long. */
const WINDOW_WARMUPS = 8;

/** @returns null where it was interrupted, or where nothing happens in the cluster. */
export async function planSteady(
  cluster: ClusterDescription,
  options: SteadyOptions,
  interruption: Interruption | null,
): Promise<SteadyPlan | null> {
  const run = build(cluster, { seed: options.seed, replication: PILOT, bytesMax: BYTES_MAX });
  if (
    run.advance({ events: Math.min(FIRST_EVENTS, Math.ceil(FIRST_SHARE * options.eventsPerReplication)) }) ===
      'empty' ||
    run.now === 0
  )
    return null;
  let length = run.now * PILOT_TIMES;
  const numbers: number[] = [];
  let settled = false;
  let warmup = 0;
  for (let attempt = 0; attempt <= LENGTHENINGS && !settled; attempt++) {
    if (attempt > 0) length *= LENGTHENING;
    const width = length / BINS;
    const kept = numbers.length;
    for (let k = kept; k < BINS; k++) {
      run.advance({ time: Math.max(run.now, (k + 1) * width) });
      numbers.push(inSystem(run));
      if (interruption !== null && k % 50 === 0 && (await interruption.pause())) return null;
    }
    const cut = mser5(numbers);
    settled = cut.settled;
    warmup = Math.max(SAFETY * cut.discard * width, SHARE_MIN * length);
    if (!settled) thin(numbers);
  }
  const eventsPerSecond = run.reading().events / run.now;
  const given = options.warmup ?? warmup;
  const affordable = options.eventsPerReplication / eventsPerSecond;
  return {
    warmup: given,
    duration: Math.max(affordable - given, WINDOW_WARMUPS * given),
    settled,
    events: run.reading().events,
  };
}

function inSystem(run: Run): number {
  let number = 0;
  for (const { traffic } of run.parts.clients.values()) number += traffic.sent - traffic.ended;
  return number;
}

/** The pilot goes on for longer: keeps every LENGTHENING-th value, so that the series has one value a new bin. */
function thin(numbers: number[]): void {
  const kept = numbers.filter((_, k) => k % LENGTHENING === LENGTHENING - 1);
  numbers.length = 0;
  numbers.push(...kept);
}
