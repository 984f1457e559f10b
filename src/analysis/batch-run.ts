/**
 * One long run of a steady state, cut into batches that are looked at as if they were replications: one warm-up in all, where
 * replications have one each.
 * Left out: everything that needs independent runs from a start (`time.kind` terminating has no batches), and what is
 * slower than the whole run.
 */
import { build } from '../models/build.ts';
import type { ClusterDescription } from '../models/description.ts';
import type { Run } from '../models/run.ts';
import { Histogram } from '../sim/stats/histogram.ts';
import type { HistogramData } from '../sim/stats/histogram.ts';
import { Moments } from '../sim/stats/moments.ts';
import type { MomentsData } from '../sim/stats/moments.ts';
import { latencies, passTime, probes, records } from './replicate.ts';
import type { Interruption, LatencyData, ProbeData, ReplicationOutcome } from './replicate.ts';
import type { ReplicateAnswer } from './replicate-job.ts';
import type { PlanOfAll } from './replication-plan.ts';
import { RequestRows } from './request-rows.ts';
import { TimelineRecorder } from './timeline.ts';
import type { TimelineData } from './timeline.ts';

export class BatchRun {
  private readonly run: Run;
  private readonly timeline: TimelineRecorder;
  private rows: RequestRows | null = null;
  private batches = 0;
  private end: number;

  /**
   * @param batchSeconds of each batch.
   * @param rows whether every request that ends after the warm-up is wanted.
   */
  constructor(
    cluster: ClusterDescription,
    plan: PlanOfAll,
    private readonly batchSeconds: number,
    rows: boolean,
    private readonly interruption: Interruption | null,
  ) {
    const { seed, eventsMax, bytesMax, list } = plan;
    this.run = build(cluster, { seed, replication: 0, eventsMax, bytesMax, list });
    this.timeline = new TimelineRecorder(this.run, plan.bucketSeconds);
    this.end = plan.warmup;
    if (!rows) return;
    for (const { traffic } of this.run.parts.clients.values()) {
      traffic.onRow = (row) => this.rows?.add(row, this.run);
    }
    this.rows = new RequestRows();
  }

  /**
   * The next batch, the first after the warm-up; its timeline is empty (see `finish`).
   * @returns null when it was interrupted before its end.
   */
  async next(): Promise<ReplicateAnswer | null> {
    const { run, timeline, interruption } = this;
    const first = this.batches === 0;
    if (first && this.end > 0) {
      if ((await passTime(run, this.end, timeline, interruption)) === 'when') return null;
      if (this.rows !== null) this.rows = new RequestRows();
    }
    run.clearLatencies();
    const before = run.reading();
    this.end += this.batchSeconds;
    const stop = await passTime(run, this.end, timeline, interruption);
    if (stop === 'when') return null;
    run.checkNowAndThen();
    const after = run.reading();
    const rows = this.rows?.data() ?? null;
    if (rows !== null) this.rows = new RequestRows();
    const outcome: ReplicationOutcome = {
      replication: this.batches++,
      stop,
      events: after.events - (first ? 0 : before.events),
      seconds: after.time - before.time,
      continues: true,
      before,
      after,
      latencies: latencies(run),
      probes: probes(run, stop),
      records: records(run),
      timeline: { ...timeline.data(), buckets: [], lastSeconds: 0 },
      log: run.log,
      faults: null,
    };
    return { outcome, rows };
  }

  /** Checks the whole run. @returns the timeline of all of it, warm-up included. */
  finish(): TimelineData {
    this.timeline.finish();
    this.run.check();
    return this.timeline.data();
  }
}

/** Neighbours joined, two and two; an odd last one is left out until its neighbour has come. */
export function pairs(batches: readonly ReplicationOutcome[]): ReplicationOutcome[] {
  const joined: ReplicationOutcome[] = [];
  for (let k = 0; k + 1 < batches.length; k += 2) joined.push(join(batches[k], batches[k + 1], k / 2));
  return joined;
}

function join(first: ReplicationOutcome, second: ReplicationOutcome, replication: number): ReplicationOutcome {
  return {
    ...second,
    replication,
    events: first.events + second.events,
    seconds: first.seconds + second.seconds,
    before: first.before,
    latencies: mapped(first.latencies, (latency, name) => joinLatencies(latency, second.latencies[name])),
    probes: mapped(first.probes, (probe, name) => joinProbes(probe, second.probes[name])),
    records: mapped(first.records, (groups, topic) =>
      mapped(groups, (one, group) => histograms(one, second.records[topic][group])),
    ),
  };
}

function joinLatencies(first: LatencyData, second: LatencyData): LatencyData {
  const { fromSend } = first;
  return {
    ok: histograms(first.ok, second.ok),
    okMoments: moments(first.okMoments, second.okMoments),
    failed: histograms(first.failed, second.failed),
    failedMoments: moments(first.failedMoments, second.failedMoments),
    ...(fromSend === undefined || second.fromSend === undefined
      ? {}
      : {
          fromSend: {
            histogram: histograms(fromSend.histogram, second.fromSend.histogram),
            moments: moments(fromSend.moments, second.fromSend.moments),
          },
        }),
  };
}

function joinProbes(first: ProbeData, second: ProbeData): ProbeData {
  if (first.kind === 'levels' && second.kind === 'levels') {
    const length = Math.max(first.seconds.length, second.seconds.length);
    const seconds = Array.from({ length }, (_, k) => (first.seconds[k] ?? 0) + (second.seconds[k] ?? 0));
    return { kind: 'levels', seconds };
  }
  if (first.kind === 'waits' && second.kind === 'waits') {
    return { kind: 'waits', histogram: histograms(first.histogram, second.histogram) };
  }
  return second;
}

function histograms(first: HistogramData, second: HistogramData): HistogramData {
  const sum = Histogram.fromData(first);
  sum.mergeData(second);
  return sum.data();
}

function moments(first: MomentsData, second: MomentsData): MomentsData {
  const sum = Moments.fromJSON(first);
  sum.merge(Moments.fromJSON(second));
  return sum.toJSON();
}

function mapped<Part>(
  parts: Readonly<Record<string, Part>>,
  joined: (part: Part, name: string) => Part,
): Record<string, Part> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, joined(part, name)]));
}
