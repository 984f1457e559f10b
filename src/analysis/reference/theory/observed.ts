/**
 * What one replication of a reference model has shown, or several together: sums, so that any statistic can be computed
 * from a replication's and from everybody's in the same way.
 */
import type { RequestRow } from '../../../models/clients/traffic.ts';
import type { CacheReading } from '../../../models/reading.ts';
import type { Run } from '../../../models/run.ts';
import type { StopReason } from '../../../sim/simulation.ts';
import { Histogram } from '../../../sim/stats/histogram.ts';
import { pooledServices, pooledTraffic, serviceWindow, trafficWindow } from '../../observations.ts';
import type { ServiceWindow, TrafficWindow } from '../../observations.ts';
import { probes } from '../../replicate.ts';
import type { ReplicationOutcome } from '../../replicate.ts';

export interface Observed {
  readonly seconds: number;
  /** Of all clients together. */
  readonly traffic: TrafficWindow;
  readonly clients: Readonly<Record<string, TrafficWindow>>;
  readonly services: Readonly<Record<string, ServiceWindow>>;
  /** Waits of all who were served, by gate: `station`, `app.connections`. */
  readonly waits: Readonly<Record<string, Histogram>>;
  /** Seconds at each level, by probe: `number station`, `in-use app.connections`. */
  readonly levels: Readonly<Record<string, readonly number[]>>;
  /** By cache. */
  readonly caches: Readonly<Record<string, CacheReading>>;
  /** What watches have counted. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
  /** Values one by one, of short runs. */
  readonly samples?: Readonly<Record<string, readonly number[]>>;
}

/** Looks at every request that ends in the window. Its counts are sums: those of several replications are added. */
export interface Watch {
  row(row: RequestRow, run: Run): void;
  readonly counts: Readonly<Record<string, readonly number[]>>;
  /** Values that are kept one by one: those of several short runs are put together. */
  readonly samples?: Readonly<Record<string, readonly number[]>>;
}

export function observe(outcome: ReplicationOutcome, watches: readonly Watch[]): Observed {
  const { seconds, before, after } = outcome;
  const names = Object.keys(after.clients);
  const waits: Record<string, Histogram> = {};
  const levels: Record<string, readonly number[]> = {};
  for (const [name, probe] of Object.entries(outcome.probes)) {
    if (probe.kind === 'waits') waits[name.slice('wait '.length)] = Histogram.fromData(probe.histogram);
    else if (probe.kind === 'levels') levels[name] = probe.seconds;
  }
  return {
    seconds,
    traffic: trafficWindow(outcome, names),
    clients: Object.fromEntries(names.map((name) => [name, trafficWindow(outcome, [name])])),
    services: Object.fromEntries(
      Object.entries(after.services).map(([name, readings]) => [
        name,
        serviceWindow(seconds, before.services[name], readings),
      ]),
    ),
    waits,
    levels,
    caches: Object.fromEntries(
      Object.entries(after.caches).map(([name, end]) => [name, added(end, before.caches[name], -1)]),
    ),
    counts: Object.assign({}, ...watches.map(({ counts }) => counts)) as Observed['counts'],
  };
}

/**
 * What many short runs have shown: what watches counted, and of the probes sums over the runs: at each time the number
 * present, and how often nobody and everybody was busy; of a passage its time, the square of it, and the runs that saw it.
 */
export class ShortRuns {
  private readonly counts: Record<string, number[]> = { runs: [0] };
  private readonly samples: Record<string, number[]> = {};

  /** @param workers that make all of them busy. */
  constructor(private readonly workers: number) {}

  add(run: Run, stop: StopReason, watches: readonly Watch[]): void {
    this.counts.runs[0]++;
    for (const { counts, samples = {} } of watches) {
      for (const [name, values] of Object.entries(counts)) this.sum(name, values);
      for (const [name, values] of Object.entries(samples)) (this.samples[name] ??= []).push(...values);
    }
    for (const [name, probe] of Object.entries(probes(run, stop))) {
      if (probe.kind === 'passage') this.sum(name, Number.isNaN(probe.at) ? [0, 0, 0] : [probe.at, probe.at * probe.at, 1]);
      if (probe.kind !== 'states') continue;
      this.sum('states present', probe.present);
      this.sum('states full', probe.present.map((number) => (number >= this.workers ? 1 : 0)));
      this.sum('states empty', probe.present.map((number) => (number === 0 ? 1 : 0)));
    }
  }

  observed(): Observed {
    const { counts, samples } = this;
    const none = { clients: {}, services: {}, waits: {}, levels: {}, caches: {} };
    return { seconds: 0, traffic: pooledTraffic([]), ...none, counts, samples };
  }

  private sum(name: string, values: readonly number[]): void {
    this.counts[name] = summed([this.counts[name] ?? [], values]);
  }
}

/** Several replications as one. */
export function pool(each: readonly Observed[]): Observed {
  const [first] = each;
  const byName = <Part>(
    of: (one: Observed) => Readonly<Record<string, Part>>,
    join: (parts: readonly Part[]) => Part,
  ) => Object.fromEntries(Object.keys(of(first)).map((name) => [name, join(each.map((one) => of(one)[name]))]));
  return {
    seconds: each.reduce((sum, { seconds }) => sum + seconds, 0),
    traffic: pooledTraffic(each.map(({ traffic }) => traffic)),
    clients: byName((one) => one.clients, pooledTraffic),
    services: byName((one) => one.services, pooledServices),
    waits: byName((one) => one.waits, mergedHistograms),
    levels: byName((one) => one.levels, summed),
    caches: byName(
      (one) => one.caches,
      (parts) => parts.reduce((sum, part) => added(sum, part, 1)),
    ),
    counts: byName((one) => one.counts, summed),
    samples: byName((one) => one.samples ?? {}, (lists) => lists.flat()),
  };
}

function added(one: CacheReading, other: CacheReading, sign: 1 | -1): CacheReading {
  return {
    hits: one.hits + sign * other.hits,
    misses: one.misses + sign * other.misses,
    delayed: one.delayed + sign * other.delayed,
    stores: one.stores + sign * other.stores,
    evictions: one.evictions + sign * other.evictions,
    aliveArea: one.aliveArea + sign * other.aliveArea,
  };
}

function mergedHistograms(parts: readonly Histogram[]): Histogram {
  const all = new Histogram();
  for (const part of parts) all.merge(part);
  return all;
}

/** Place by place; the longest decides the length. */
function summed(lists: readonly (readonly number[])[]): number[] {
  const sums: number[] = [];
  for (const list of lists) list.forEach((value, k) => (sums[k] = (sums[k] ?? 0) + value));
  return sums;
}
