/**
 * One replication: builds the cluster, leaves out the warm-up, measures a window, and gives back plain data that can
 * cross a thread. Nothing here is estimated; that is done over many replications.
 */
import { Histogram } from '../sim/stats/histogram.ts';
import type { HistogramData } from '../sim/stats/histogram.ts';
import type { MomentsData } from '../sim/stats/moments.ts';
import type { StopReason } from '../sim/simulation.ts';
import { build } from '../models/build.ts';
import type { RequestRow } from '../models/clients/traffic.ts';
import type { ClusterDescription } from '../models/description.ts';
import type { LogEntry } from '../models/faults/log.ts';
import { States } from '../models/probes/states.ts';
import type { Reading } from '../models/reading.ts';
import type { Run } from '../models/run.ts';
import { FaultRecorder } from './fault-record.ts';
import type { FaultData } from './fault-record.ts';
import { TimelineRecorder } from './timeline.ts';
import type { TimelineData } from './timeline.ts';

export interface ReplicationPlan {
  readonly seed: string;
  /** From 0. */
  readonly replication: number;
  /** Seconds left out at the start. */
  readonly warmup: number;
  /** Seconds measured after that; Infinity = until nothing is left to do. */
  readonly duration: number;
  /** Width of a time bucket in seconds, warm-up included. */
  readonly bucketSeconds: number;
  readonly eventsMax: number;
  readonly bytesMax: number;
  readonly list?: 'calendar' | 'heap';
  readonly shuffleTies?: boolean;
}

export interface ReplicationOutcome {
  readonly replication: number;
  /** `budget`: its window is shorter than planned. */
  readonly stop: StopReason;
  readonly events: number;
  /** Seconds of the window. */
  readonly seconds: number;
  /** It is a batch of a run, and the next one begins with what is in flight at its end. */
  readonly continues?: boolean;
  /** Counts at the beginning and the end of the window. */
  readonly before: Reading;
  readonly after: Reading;
  readonly latencies: Readonly<Record<string, LatencyData>>;
  /** From when a record was due to when it was processed, by topic and group. */
  readonly records: Readonly<Record<string, Readonly<Record<string, HistogramData>>>>;
  readonly probes: Readonly<Record<string, ProbeData>>;
  readonly timeline: TimelineData;
  readonly log: readonly LogEntry[];
  /** What requests felt of the faults; null where there are none. */
  readonly faults: FaultData | null;
}

/** Response times of one client in the window, in seconds. */
export interface LatencyData {
  readonly ok: HistogramData;
  readonly okMoments: MomentsData;
  readonly failed: HistogramData;
  readonly failedMoments: MomentsData;
  /** Of successes from when they were sent, where their generator may send them late. */
  readonly fromSend?: { readonly histogram: HistogramData; readonly moments: MomentsData };
}

export type ProbeData =
  /** Seconds at each level, summed over the servers. */
  | { readonly kind: 'levels'; readonly seconds: readonly number[] }
  | { readonly kind: 'waits'; readonly histogram: HistogramData }
  /** The number present at each time; `workers`: how many make all of them busy. */
  | {
      readonly kind: 'states';
      readonly at: readonly number[];
      readonly present: readonly number[];
      readonly workers: number;
    }
  /** When it happened, in seconds; NaN = not in this run. */
  | { readonly kind: 'passage'; readonly at: number };

/** Asked between slices of a run; simulated time does not notice. */
export interface Interruption {
  /** Whether to stop now; may let other work of the host happen. */
  pause(): Promise<boolean>;
}

/** Most bytes that the stores of a run may hold: some 6 million requests in flight. */
export const BYTES_MAX = 2 ** 30;

/** Slices in which a replication is simulated, so that it can be interrupted. */
const SLICES = 64;

/** @returns null when it was interrupted before its end. */
export async function replicate(
  cluster: ClusterDescription,
  plan: ReplicationPlan,
  interruption: Interruption | null,
  onRow: ((row: RequestRow, run: Run) => void) | null = null,
): Promise<ReplicationOutcome | null> {
  const { seed, replication, warmup, duration, eventsMax, bytesMax, list, shuffleTies } = plan;
  const run = build(cluster, { seed, replication, eventsMax, bytesMax, list, shuffleTies });
  if (onRow !== null) {
    for (const { traffic } of run.parts.clients.values()) {
      traffic.onRow = (row) => {
        if (run.now >= warmup) onRow(row, run);
      };
    }
  }
  const felt = run.parts.failover === null ? null : new FaultRecorder(run, warmup + duration);
  const timeline = new TimelineRecorder(run, plan.bucketSeconds);
  let stop: StopReason = 'time';
  let before = run.reading();
  if (warmup > 0) {
    stop = await passTime(run, warmup, timeline, interruption);
    run.clearLatencies();
    before = run.reading();
  }
  if (stop === 'time') stop = await passTime(run, warmup + duration, timeline, interruption);
  if (stop === 'when') return null;
  timeline.finish();
  run.check();
  const after = run.reading();
  return {
    replication,
    stop,
    events: after.events,
    seconds: after.time - before.time,
    before,
    after,
    latencies: latencies(run),
    records: records(run),
    probes: probes(run, stop),
    timeline: timeline.data(),
    log: run.log,
    faults: felt?.data() ?? null,
  };
}

/** Lets simulated time pass to `end`, bucket by bucket. `when` = interrupted. */
export async function passTime(
  run: Run,
  end: number,
  timeline: TimelineRecorder,
  interruption: Interruption | null,
): Promise<StopReason> {
  const slice = Math.max(1, Math.ceil((end - run.now) / timeline.bucketSeconds / SLICES));
  for (let k = 1; run.now < end; k++) {
    const stop = run.advance({ time: Math.min(end, timeline.boundary) });
    if (stop !== 'time') return stop;
    timeline.reached(run.now);
    run.checkNowAndThen();
    if (interruption !== null && (k % slice === 0 || end === Infinity) && (await interruption.pause())) return 'when';
  }
  return 'time';
}

/** What is said of a replication that its budget ended; null = it ran as planned. @param eventsMax of one replication. */
export function cutShortWarning(
  { replication, stop, after }: Pick<ReplicationOutcome, 'replication' | 'stop' | 'after'>,
  eventsMax: number,
): string | null {
  return stop === 'budget'
    ? `replication ${replication + 1} was ended early, at ${after.time.toPrecision(3)} s: it would have cost more than ${eventsMax} events or 1 GiB`
    : null;
}

/** Response times of all clients since they were last cleared. */
export function latencies(run: Run): Record<string, LatencyData> {
  const data: Record<string, LatencyData> = {};
  for (const [name, { traffic }] of run.parts.clients) {
    data[name] = {
      ok: traffic.response.data(),
      okMoments: traffic.responseMoments.toJSON(),
      failed: traffic.failed.data(),
      failedMoments: traffic.failedMoments.toJSON(),
      ...(traffic.fromSend === null
        ? {}
        : {
            fromSend: {
              histogram: traffic.fromSend.histogram.data(),
              moments: traffic.fromSend.moments.toJSON(),
            },
          }),
    };
  }
  return data;
}

/** Latencies of records since they were last cleared, by topic and group. */
export function records(run: Run): ReplicationOutcome['records'] {
  return Object.fromEntries(
    [...run.parts.topics].map(([name, { groups }]) => [
      name,
      Object.fromEntries(groups.map((group) => [group.name, group.latency.data()])),
    ]),
  );
}

/** What the probes of a run have seen up to now, by their names. @param stop `empty`: nothing changes any more. */
export function probes(run: Run, stop: StopReason): Record<string, ProbeData> {
  const data: Record<string, ProbeData> = {};
  const now = run.now;
  for (const [name, { traffic }] of run.parts.clients) {
    if (traffic.timed) data[`makespan ${name}`] = { kind: 'passage', at: traffic.lastEnd };
  }
  for (const [name, tier] of run.parts.tiers) {
    for (const [probeName, probe] of tier.probes ?? []) {
      data[probeName] =
        probe instanceof States
          ? {
              kind: 'states',
              at: probe.at,
              present: probe.present(stop === 'empty' ? Infinity : now),
              workers: tier.capacity,
            }
          : { kind: 'passage', at: probe.at };
    }
    if (tier.levels !== null)
      data[`number ${name}`] = { kind: 'levels', seconds: Array.from(tier.levels.seconds(now)) };
    const up = tier.breakdowns?.levels ?? null;
    if (up !== null) data[`up ${name}`] = { kind: 'levels', seconds: Array.from(up.seconds(now)) };
    const gates = new Map<string, { waits: Histogram | null; seconds: number[] | null }>();
    for (const server of tier.servers) {
      for (const gate of server.gates) {
        const sum = gates.get(gate.name) ?? { waits: null, seconds: null };
        gates.set(gate.name, sum);
        if (gate.waitHistogram !== null) (sum.waits ??= new Histogram()).merge(gate.waitHistogram);
        gate.levels?.seconds(now).forEach((seconds, level) => {
          sum.seconds ??= [];
          sum.seconds[level] = (sum.seconds[level] ?? 0) + seconds;
        });
      }
    }
    for (const [gate, { waits, seconds }] of gates) {
      const of = gate === 'workers' ? name : `${name}.${gate}`;
      if (waits !== null) data[`wait ${of}`] = { kind: 'waits', histogram: waits.data() };
      if (seconds !== null) data[`in-use ${of}`] = { kind: 'levels', seconds };
    }
  }
  return data;
}
