/**
 * What happened over time: counts, latencies, utilisation and queues in buckets of equal width. When there are too many
 * buckets they are joined in pairs, so that a day costs no more memory than a minute.
 */
import { Histogram } from '../sim/stats/histogram.ts';
import type { HistogramData } from '../sim/stats/histogram.ts';
import type { Run, RunLevel } from '../models/run.ts';
import type { Timeline } from './result.ts';

const BUCKETS_MAX = 240;
const BUCKET_BINS = 16;

/** One bucket of one replication; also the sum of several. */
interface Bucket {
  sent: number;
  ok: number;
  failed: number;
  /** Response seconds of all that ended. */
  seconds: number;
  latency: Histogram;
  /** By service: core- or worker-seconds used, and call-seconds waited. */
  readonly busy: number[];
  readonly queue: number[];
  /** By name of a level: its integral over time. */
  readonly levels: number[];
}

export interface TimelineData {
  readonly bucketSeconds: number;
  readonly services: readonly string[];
  /** Cores or workers of each service, by which its busy seconds are divided; of one server where servers come and go. */
  readonly capacities: readonly number[];
  /** What else is drawn over time, and for each service the level that says how many servers it has; -1 = always the same. */
  readonly levels: readonly string[];
  readonly servers: readonly number[];
  /** Seconds that the last bucket covers. */
  readonly lastSeconds: number;
  readonly buckets: readonly {
    readonly sent: number;
    readonly ok: number;
    readonly failed: number;
    readonly seconds: number;
    readonly latency: HistogramData;
    readonly busy: readonly number[];
    readonly queue: readonly number[];
    readonly levels: readonly number[];
  }[];
}

export class TimelineRecorder {
  bucketSeconds: number;
  /** When the bucket being filled ends. */
  boundary: number;
  private buckets: Bucket[] = [];
  private readonly services: readonly string[];
  private readonly capacities: readonly number[];
  private readonly levels: readonly RunLevel[];
  private readonly servers: readonly number[];
  private totals: Bucket;
  private started = 0;

  constructor(
    private readonly run: Run,
    bucketSeconds: number,
  ) {
    this.bucketSeconds = bucketSeconds;
    this.boundary = bucketSeconds;
    this.services = [...run.parts.tiers.keys()];
    this.levels = run.levels();
    this.servers = this.services.map((name) => this.levels.findIndex(({ serversOf }) => serversOf === name));
    this.capacities = [...run.parts.tiers.values()].map((tier, s) =>
      this.servers[s] < 0 ? tier.capacity : tier.capacity / tier.servers.length,
    );
    for (const { traffic } of run.parts.clients.values()) traffic.nextBucket();
    this.totals = this.read();
  }

  /** The run stands at `time`: closes the bucket if that is its boundary. */
  reached(time: number): void {
    if (time < this.boundary) return;
    this.close();
    this.started = time;
    if (this.buckets.length >= BUCKETS_MAX) this.coarsen();
    this.boundary = (this.buckets.length + 1) * this.bucketSeconds;
  }

  /** The run is over: closes the bucket that it was in. */
  finish(): void {
    if (this.run.now > this.started) this.close();
  }

  data(): TimelineData {
    const end = this.run.now;
    return {
      bucketSeconds: this.bucketSeconds,
      services: this.services,
      capacities: this.capacities,
      levels: this.levels.map(({ name }) => name),
      servers: this.servers,
      lastSeconds: end - Math.max(0, this.buckets.length - 1) * this.bucketSeconds,
      buckets: this.buckets.map(({ sent, ok, failed, seconds, latency, busy, queue, levels }) => ({
        sent,
        ok,
        failed,
        seconds,
        latency: latency.data(),
        busy,
        queue,
        levels,
      })),
    };
  }

  private close(): void {
    const before = this.totals;
    const after = this.read();
    this.totals = after;
    const latency = new Histogram(BUCKET_BINS);
    for (const { traffic } of this.run.parts.clients.values()) {
      const bucket = traffic.nextBucket();
      if (bucket !== null) latency.merge(bucket);
    }
    this.buckets.push({
      sent: after.sent - before.sent,
      ok: after.ok - before.ok,
      failed: after.failed - before.failed,
      seconds: after.seconds - before.seconds,
      latency,
      busy: after.busy.map((sum, k) => sum - before.busy[k]),
      queue: after.queue.map((sum, k) => sum - before.queue[k]),
      levels: after.levels.map((sum, k) => sum - before.levels[k]),
    });
  }

  private coarsen(): void {
    this.buckets = paired(this.buckets);
    this.bucketSeconds *= 2;
  }

  /** Cumulative counts up to now. */
  private read(): Bucket {
    const { parts } = this.run;
    const total: Bucket = {
      sent: 0,
      ok: 0,
      failed: 0,
      seconds: 0,
      latency: new Histogram(BUCKET_BINS),
      busy: [],
      queue: [],
      levels: [],
    };
    for (const { traffic } of parts.clients.values()) {
      total.sent += traffic.sent;
      total.ok += traffic.outcomes[0];
      total.failed += traffic.ended - traffic.outcomes[0];
      total.seconds += traffic.seconds;
    }
    for (const tier of parts.tiers.values()) {
      const { busyArea, lineArea } = tier.areas(this.run.now);
      total.busy.push(busyArea);
      total.queue.push(lineArea);
    }
    for (const { area } of this.levels) total.levels.push(area(this.run.now));
    return total;
  }
}

function paired(buckets: readonly Bucket[]): Bucket[] {
  const pairs: Bucket[] = [];
  for (let k = 0; k < buckets.length; k += 2) {
    const pair = {
      ...buckets[k],
      busy: [...buckets[k].busy],
      queue: [...buckets[k].queue],
      levels: [...buckets[k].levels],
    };
    if (k + 1 < buckets.length) add(pair, buckets[k + 1]);
    pairs.push(pair);
  }
  return pairs;
}

function add(to: Bucket, from: Bucket): void {
  to.sent += from.sent;
  to.ok += from.ok;
  to.failed += from.failed;
  to.seconds += from.seconds;
  to.latency.merge(from.latency);
  from.busy.forEach((sum, k) => (to.busy[k] += sum));
  from.queue.forEach((sum, k) => (to.queue[k] += sum));
  from.levels.forEach((sum, k) => (to.levels[k] += sum));
}

/** Adds up replications, in their order, in the widest of their buckets; rates and levels are means over replications. */
export function mergeTimelines(timelines: readonly TimelineData[]): Timeline {
  const width = timelines.reduce((widest, { bucketSeconds }) => Math.max(widest, bucketSeconds), 0);
  const first = timelines[0];
  const sums: Bucket[] = [];
  const covered: number[] = [];
  for (const timeline of timelines) {
    let buckets: Bucket[] = timeline.buckets.map((bucket) => ({
      ...bucket,
      latency: Histogram.fromData(bucket.latency),
      busy: [...bucket.busy],
      levels: [...bucket.levels],
      queue: [...bucket.queue],
    }));
    let each = timeline.bucketSeconds;
    const end = Math.max(0, timeline.buckets.length - 1) * each + timeline.lastSeconds;
    while (each < width) {
      buckets = paired(buckets);
      each *= 2;
    }
    buckets.forEach((bucket, k) => {
      covered[k] = (covered[k] ?? 0) + Math.min(width, end - k * width);
      if (k < sums.length) add(sums[k], bucket);
      else sums.push(bucket);
    });
  }
  const rate = (of: (bucket: Bucket) => number): number[] => sums.map((bucket, k) => of(bucket) / covered[k]);
  const percentile = (q: number): (number | null)[] =>
    sums.map(({ latency }) => (latency.count > 0 ? latency.quantile(q) : null));
  const utilisation = (s: number): number[] => {
    const capacity = first.capacities[s];
    const level = first.servers[s];
    if (level < 0) return rate(({ busy }) => busy[s]).map((used) => (capacity < Infinity ? used / capacity : 0));
    return sums.map(({ busy, levels }) =>
      capacity < Infinity && levels[level] > 0 ? busy[s] / (levels[level] * capacity) : 0,
    );
  };
  return {
    bucketSeconds: width,
    at: sums.map((_, k) => k * width),
    sent: rate(({ sent }) => sent),
    ok: rate(({ ok }) => ok),
    failed: rate(({ failed }) => failed),
    responseSeconds: rate(({ seconds }) => seconds),
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    services: Object.fromEntries(
      first.services.map((name, s) => [
        name,
        {
          utilisation: utilisation(s),
          queue: rate(({ queue }) => queue[s]),
        },
      ]),
    ),
    ...(first.levels.length === 0
      ? {}
      : { levels: Object.fromEntries(first.levels.map((name, k) => [name, rate(({ levels }) => levels[k])])) }),
  };
}
