/**
 * What each fault cost: detection, takeover, the way back to 95 % of the former goodput, requests lost by cause, the share
 * of an error budget, availability over a year; and why, in a sentence read from the run.
 *
 * Times and counts are means over occurrences, their intervals over replications. The time to recovery is read from the
 * successes of all replications together (one alone is too ragged to tell 95 % from 100 %), in windows of some 400 of them;
 * its interval comes from resampling the replications (Efron 1979). Requests lost are those that failed and were due
 * between the fault and the recovery, or in progress when it came.
 */
import { OUTCOMES } from '../models/outcome.ts';
import type { Outcome } from '../models/outcome.ts';
import type { ClientsDescription, FaultDescription } from '../models/description.ts';
import type { Episode } from '../models/faults/episodes.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Slo } from '../scenarios/kinds/slos.ts';
import { Streams } from '../sim/random/stream.ts';
import type { FaultData } from './fault-record.ts';
import { figure } from './figure.ts';
import type { Precision } from './figure.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { FailoverResult, FaultResult, Figure } from './result.ts';
import { whyText } from './failover-why.ts';

/** Of the former goodput, at which a system counts as recovered. */
const RECOVERED = 0.95;
/** Successes in a window, all replications together: its rate is known to some 5 %. */
const WINDOW_COUNT = 400;
/** Standard errors of a window below the recovered rate from which it counts as a fall. */
const FALL_ERRORS = 3;
const RESAMPLES = 100;
const DAY = 86_400;
const BUDGET_DAYS = 30;
const YEAR_MINUTES = 365 * 24 * 60;

/** @returns null where nothing fails. */
export function failoverResult(
  scenario: Scenario,
  outcomes: readonly ReplicationOutcome[],
  offered: number,
  precision: Precision,
): FailoverResult | null {
  const data = outcomes.map(({ faults }) => faults).filter((one) => one !== null);
  if (data.length === 0) return null;
  const end = Math.max(...outcomes.map(({ after }) => after.time));
  const { faults, clients } = scenario.cluster;
  const turns = Object.values(clients).flatMap(({ load }) => turnsOf(load));
  const found = faults.flatMap((fault, index) => {
    if (!data.some(({ episodes }) => episodes.some((episode) => episode.fault === index))) return [];
    return [faultResult({ fault, index, faults, turns, data, end, slos: scenario.slos, offered, precision })];
  });
  if (found.length === 0) return null;
  const yearly = found.filter(({ unavailable }) => unavailable !== null);
  return {
    faults: found.map(({ result }) => result),
    year: yearOf(
      yearly.map((one) => one.unavailable!),
      precision,
    ),
  };
}

interface Asked {
  readonly fault: FaultDescription;
  readonly index: number;
  readonly faults: readonly FaultDescription[];
  /** When the load changes, seconds. */
  readonly turns: readonly number[];
  readonly data: readonly FaultData[];
  /** Of the run, seconds. */
  readonly end: number;
  readonly slos: readonly Slo[];
  /** Requests/s. */
  readonly offered: number;
  readonly precision: Precision;
}

function faultResult(asked: Asked): { readonly result: FaultResult; readonly unavailable: readonly number[] | null } {
  const { fault, index, data, precision, offered, slos } = asked;
  const occurrences = data.map((one) =>
    one.episodes.flatMap((episode, place) => (episode.fault === index ? [{ episode, place }] : [])),
  );
  const all = occurrences.flat().map(({ episode }) => episode);
  const seconds = (of: (episode: Episode, place: number, one: FaultData) => number | null): Figure | null => {
    const each = occurrences.map((list, k) => meanOf(list.map(({ episode, place }) => of(episode, place, data[k]))));
    const pooled = meanOf(
      occurrences.flatMap((list, k) => list.map(({ episode, place }) => of(episode, place, data[k]))),
    );
    return Number.isNaN(pooled) ? null : figure({ pooled, each }, 's', precision);
  };
  const noticed = all.find(({ detected }) => detected !== null)?.detected ?? null;
  const felt = seconds(({ at }, place, { firstFailures }) =>
    firstFailures[place] === null ? null : firstFailures[place] - at,
  );
  const detected = seconds(({ at, detected: by }) => (by === null ? null : by.at - at));
  const window = fault.again === undefined ? windowOf(asked, all[0].at) : null;
  const recovery = window === null ? null : recoveryOf(asked, window);
  const lostUntil =
    window === null ? null : Math.max(recovery?.seconds ?? 0, untilOf(all, window.until) - window.at) + window.at;
  const lost = occurrences.map((list, k) =>
    window === null
      ? lostOf(
          data[k],
          list.map(({ episode }) => [episode.at, episode.until ?? asked.end]),
        )
      : lostOf(data[k], [[window.at, recovery?.never === true ? window.until : lostUntil!]]),
  );
  const lostEach = lost.map((causes, k) => sum(Object.values(causes)) / Math.max(1, occurrences[k].length));
  const count = figure({ pooled: meanOf(lostEach), each: lostEach }, '1', precision);
  const slo = slos.find(({ metric }) => metric.kind === 'errors' || metric.kind === 'availability');
  const unavailable =
    fault.mtbf === undefined || offered === 0
      ? null
      : lostEach.map((one) => unavailability(asked, one, window, recovery?.never === true));
  const causes = causesOf(
    lost,
    occurrences.map((list) => list.length),
  );
  const writes = seconds(({ data: gone }) => gone?.writes ?? null);
  const rpo = seconds(({ data: gone }) => gone?.age ?? null);
  const rto = seconds(({ data: gone, at, until }) => (gone === null || until === null ? null : until - at));
  const result: FaultResult = {
    text: `${fault.do} ${fault.target}`,
    at: fault.again === undefined ? fault.at : null,
    occurrences: all.length / data.length,
    detected: detected ?? felt,
    detectedBy: noticed?.by ?? (felt === null ? null : 'clients'),
    felt,
    takeover: seconds(({ at, takeover }) => (takeover === null ? null : takeover - at)),
    recovered: recovery?.figure ?? null,
    recovers: recovery === null ? 'never fell' : recovery.never ? 'never' : 'recovered',
    lost: count,
    causes,
    ...(writes === null || rpo === null || rto === null
      ? {}
      : { restore: { rto, writes: { ...writes, unit: '1' }, rpo } }),
    ...reopenedOf(occurrences, precision),
    budget: slo === undefined ? null : { slo: slo.text, share: budgetShare(slo, lostEach, offered, precision) },
    year: unavailable === null ? null : yearOf([unavailable], precision),
    why: '',
  };
  return { result: { ...result, why: whyText(fault, all, result, offered) }, unavailable };
}

/** Where connections are kept. */
function reopenedOf(
  occurrences: readonly (readonly { readonly episode: Episode }[])[],
  precision: Precision,
): Pick<FaultResult, 'reopened' | 'reopenedPeak'> {
  const mean = (of: 'reopened' | 'reopenedPeak', unit: '1' | '1/s'): Figure => {
    const each = occurrences.map((list) => meanOf(list.map(({ episode }) => episode[of])));
    const pooled = meanOf(occurrences.flatMap((list) => list.map(({ episode }) => episode[of])));
    return figure({ pooled, each }, unit, precision);
  };
  const reopened = mean('reopened', '1');
  return Number.isNaN(reopened.value) ? {} : { reopened, reopenedPeak: mean('reopenedPeak', '1/s') };
}

// ------------------------------------------------------------------------------------------------------------ recovery

interface Window {
  readonly from: number;
  readonly at: number;
  readonly until: number;
}

/** From the last thing that happened before a fault, or the last change of the load, to the next thing after it. */
function windowOf({ faults, turns, end, index }: Asked, at: number): Window {
  const moments = faults.flatMap((fault, k) => {
    const lasts = fault.at + fault.for;
    return [...(k === index ? [] : [fault.at]), ...(lasts < Infinity && k !== index ? [lasts] : [])];
  });
  const from = Math.max(0, ...[...moments, ...turns].filter((moment) => moment < at));
  const until = Math.min(end, ...moments.filter((moment) => moment > at));
  return { from: Math.max(from, at / 10), at, until };
}

/** When a load is another than just before: it begins, or turns at a point of its shape. An expression is not looked into. */
function turnsOf(load: ClientsDescription['load']): number[] {
  if (load.kind === 'trace') return [];
  const shape = load.kind === 'open' ? load.rate : load.users;
  const begins = load.kind === 'open' && load.firstAt !== undefined ? [load.firstAt] : [];
  if (shape.kind !== 'points') return begins;
  const points = shape.points.map((point) => ({ at: point.at, value: 'rate' in point ? point.rate : point.users }));
  const flat = (k: number): boolean => (points[k - 1] ?? points[k]).value === points[k].value;
  return [
    ...begins,
    ...points.filter((_, k) => !flat(k) || (k + 1 < points.length && !flat(k + 1))).map(({ at }) => at),
  ];
}

interface Recovery {
  /** Mean seconds from the fault. */
  readonly seconds: number;
  readonly never: boolean;
  readonly figure: Figure | null;
}

/** @returns null where goodput never fell. */
function recoveryOf({ data, index, precision }: Asked, window: Window): Recovery | null {
  const pooled = returnOf(data, window);
  if (pooled === null) return null;
  if (pooled === Infinity) return { seconds: window.until - window.at, never: true, figure: null };
  if (data.length < 2) {
    return { seconds: pooled, never: false, figure: figure({ pooled, each: [pooled] }, 's', precision) };
  }
  const stream = new Streams('failover', 0).stream(String(index));
  const found = Array.from({ length: RESAMPLES }, () => {
    const drawn = data.map(() => data[Math.floor(stream.uniform() * data.length)]);
    return Math.min(returnOf(drawn, window) ?? 0, window.until - window.at);
  }).sort((a, b) => a - b);
  const tail = Math.floor(((1 - precision.level) / 2) * RESAMPLES);
  const [low, high] = [Math.min(found[tail], pooled), Math.max(found[RESAMPLES - 1 - tail], pooled)];
  return { seconds: pooled, never: false, figure: { value: pooled, low, high, level: precision.level, unit: 's' } };
}

/** Seconds from the fault to the first window at 95 % of the former rate after one that was below; Infinity = none, null = it never fell. */
function returnOf(data: readonly FaultData[], { from, at, until }: Window): number | null {
  const width = data[0].bucketSeconds;
  const rows = Math.max(Math.floor(until / width), ...data.map(({ ok }) => ok.length));
  const cumulative = new Float64Array(rows + 1);
  for (let k = 0; k < rows; k++) cumulative[k + 1] = cumulative[k] + sum(data.map(({ ok }) => ok[k] ?? 0));
  const [first, begin, end] = [
    Math.ceil(from / width),
    Math.floor(at / width),
    Math.min(rows, Math.floor(until / width)),
  ];
  const former = (cumulative[Math.min(begin, rows)] - cumulative[Math.min(first, rows)]) / Math.max(1, begin - first);
  if (!(former > 0)) return null;
  const length = Math.max(1, Math.ceil(WINDOW_COUNT / former));
  const error = 1 / Math.sqrt(former * length);
  let fell = false;
  for (let k = begin + 1; k + length <= end; k++) {
    const share = (cumulative[k + length] - cumulative[k]) / (length * former);
    if (!fell && share < RECOVERED - FALL_ERRORS * error) fell = true;
    else if (fell && share >= RECOVERED) return Math.max(0, k * width - at);
  }
  return fell ? Infinity : null;
}

// ------------------------------------------------------------------------------------------------------------ requests

/** When a fault that happens once was over, in the last of its replications; `until` of the window where it never was. */
function untilOf(episodes: readonly Episode[], until: number): number {
  return Math.min(until, Math.max(...episodes.map((episode) => episode.until ?? until)));
}

type Causes = Partial<Record<Outcome, number>>;

function lostOf({ failed, bucketSeconds }: FaultData, windows: readonly (readonly [number, number])[]): Causes {
  const causes: Causes = {};
  for (const [name, counts] of Object.entries(failed) as [Outcome, readonly number[]][]) {
    let lost = 0;
    for (const [from, to] of windows) {
      for (let k = Math.floor(from / bucketSeconds); k <= Math.floor(to / bucketSeconds); k++) lost += counts[k] ?? 0;
    }
    if (lost > 0) causes[name] = lost;
  }
  return causes;
}

/** Mean an occurrence, largest first. */
function causesOf(lost: readonly Causes[], occurrences: readonly number[]): Causes {
  const all = Math.max(1, sum(occurrences));
  const means = OUTCOMES.map((name) => [name, sum(lost.map((causes) => causes[name] ?? 0)) / all] as const);
  return Object.fromEntries(means.filter(([, mean]) => mean > 0).sort(([, a], [, b]) => b - a));
}

/** Share of the errors that an SLO allows in 30 days at the offered rate. */
function budgetShare({ metric, limit }: Slo, lost: readonly number[], offered: number, precision: Precision): Figure {
  const allowed = (metric.kind === 'availability' ? 1 - limit : limit) * offered * BUDGET_DAYS * DAY;
  const each = lost.map((one) => one / allowed);
  const { note: _, ...found } = figure({ pooled: meanOf(each), each }, '1', precision);
  return { ...found, unit: 'share' };
}

/** Share of requests that fail because of a fault that happens every `mtbf` seconds. */
function unavailability({ fault, data, offered }: Asked, lost: number, window: Window | null, never: boolean): number {
  const { mtbf = Infinity, mttr = 0 } = fault;
  if (!never || window === null) return lost / offered / mtbf;
  // what was still failing at the end of the window goes on until the repair
  const seconds = window.until - window.at;
  const rate = lost / seconds / offered;
  return data.length === 0 ? 0 : (lost / offered + rate * Math.max(0, mttr - seconds)) / mtbf;
}

/** @param each shares of failing requests, by fault and replication. */
function yearOf(each: readonly (readonly number[])[], precision: Precision): FailoverResult['year'] {
  if (each.length === 0) return null;
  const sums = each[0].map((_, k) => sum(each.map((one) => one[k])));
  const { value, low, high, level } = figure({ pooled: meanOf(sums), each: sums }, 'share', precision);
  return {
    availability: { value: 1 - value, low: 1 - high, high: 1 - low, level, unit: 'share' },
    minutes: value * YEAR_MINUTES,
  };
}

function meanOf(values: readonly (number | null)[]): number {
  const seen = values.filter((value) => value !== null && !Number.isNaN(value)) as number[];
  return seen.length === 0 ? NaN : sum(seen) / seen.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
