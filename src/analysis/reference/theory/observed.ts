/**
 * What one replication of a reference model has shown, or several together: sums, so that any statistic can be computed
 * from a replication's and from everybody's in the same way.
 */
import type { RequestRow } from '../../../models/clients/traffic.ts';
import type { Run } from '../../../models/run.ts';
import { Histogram } from '../../../sim/stats/histogram.ts';
import { pooledServices, pooledTraffic, serviceWindow, trafficWindow } from '../../observations.ts';
import type { ServiceWindow, TrafficWindow } from '../../observations.ts';
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
  /** What watches have counted. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

/** Looks at every request that ends in the window. Its counts are sums: those of several replications are added. */
export interface Watch {
  row(row: RequestRow, run: Run): void;
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

export function observe(outcome: ReplicationOutcome, watches: readonly Watch[]): Observed {
  const { seconds, before, after } = outcome;
  const names = Object.keys(after.clients);
  const waits: Record<string, Histogram> = {};
  const levels: Record<string, readonly number[]> = {};
  for (const [name, probe] of Object.entries(outcome.probes)) {
    if (probe.kind === 'waits') waits[name.slice('wait '.length)] = Histogram.fromJSON(probe.histogram);
    else levels[name] = probe.seconds;
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
    counts: Object.assign({}, ...watches.map(({ counts }) => counts)) as Observed['counts'],
  };
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
    counts: byName((one) => one.counts, summed),
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
