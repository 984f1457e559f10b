/** From what the replications observed to the result: every figure with its interval. */
import { Histogram } from '../sim/stats/histogram.ts';
import type { ReplicationReading } from '../models/databases/replication.ts';
import type { Moments } from '../sim/stats/moments.ts';
import { OUTCOMES } from '../models/outcome.ts';
import type { Outcome } from '../models/outcome.ts';
import type { AutoscalerReading } from '../models/autoscalers/autoscaler.ts';
import type { HeapReading } from '../models/reading.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { errorWidth } from './asked-figures.ts';
import type { AskedFigure } from './asked-figures.ts';
import { connectionsOf } from './connections.ts';
import { protectionsOf } from './protections.ts';
import { digest } from './digest.ts';
import { failoverResult } from './failover.ts';
import { figure, meanFigure, quantileFigure, shareFigure } from './figure.ts';
import type { Precision } from './figure.ts';
import { alertResults } from './alerts.ts';
import { generators } from './generators.ts';
import { limits } from './limits.ts';
import {
  directorWindow,
  estimate,
  perServer,
  pooledDirectors,
  pooledServices,
  pooledTraffic,
  serviceWindow,
  trafficWindow,
} from './observations.ts';
import type { DirectorWindow, ServiceWindow, TrafficWindow } from './observations.ts';
import type { ProbeData, ReplicationOutcome } from './replicate.ts';
import type {
  CacheResult,
  DirectorResult,
  FaultRecord,
  Figure,
  HeapResult,
  ReplicationResult,
  LatencyResult,
  Method,
  PoolResult,
  ProbeResult,
  Result,
  ScalingResult,
  ServiceResult,
  TrafficResult,
} from './result.ts';
import { mergeTimelines } from './timeline.ts';
import { topicResults } from './topics.ts';
import { today } from './today.ts';
import { errorShare, judge, overall } from './verdicts.ts';
import { VERSION } from './version.ts';

/** Bins an octave of the distribution that charts are drawn from. */
const CHART_BINS = 8;

export type Simulated = Omit<Result, 'theory'>;

export interface SummaryInput {
  readonly scenario: Scenario;
  readonly seed: string;
  readonly outcomes: readonly ReplicationOutcome[];
  readonly method: Method;
  readonly warnings: readonly string[];
  /** See `Precision`. */
  readonly guard?: number;
  readonly serial?: boolean;
}

/** All but the theory beside it, which belongs to the scenario as asked, not to each varied one. */
export function summarise({ scenario, seed, outcomes, method, warnings, guard, serial }: SummaryInput): Simulated {
  const names = Object.keys(scenario.cluster.clients);
  const asked: Precision = { level: method.level, relative: method.precision, guard, serial };
  const of = (name: AskedFigure): Precision => (method.figures.includes(name) ? asked : plain);
  const plain: Precision = { level: method.level, relative: Infinity, guard, serial };
  const windows = new Map<string | null, { pooled: TrafficWindow; each: readonly TrafficWindow[] }>();
  const windowsOf = (client: string | null): { pooled: TrafficWindow; each: readonly TrafficWindow[] } => {
    let found = windows.get(client);
    if (found === undefined) {
      const each = outcomes.map((outcome) => trafficWindow(outcome, client === null ? names : [client]));
      found = { each, pooled: pooledTraffic(each) };
      windows.set(client, found);
    }
    return found;
  };
  const services = serviceWindows(outcomes);
  const total = traffic(windowsOf(null), of, plain);
  const slos = judge(scenario.slos, windowsOf, asked);
  const load = loadOf(scenario, total.offered.value);
  const resources = limits({
    cluster: scenario.cluster,
    services,
    readings: outcomes,
    load: load.unit === '1/s' ? load.value : null,
    precision: plain,
  });
  const generating = generators({
    cluster: scenario.cluster,
    limits: resources,
    windows: windowsOf,
    precision: plain,
  });
  // of a run in batches the last has the timeline of all
  const timeline = mergeTimelines(
    outcomes.flatMap((outcome) => (outcome.continues === true ? [] : [outcome.timeline])),
  );
  const failover = failoverResult(scenario, outcomes, total.offered.value, plain);
  return {
    format: 'windtunnel-result/1',
    version: VERSION,
    scenario: {
      name: scenario.name,
      title: scenario.title,
      description: scenario.description,
      digest: digest(scenario.cluster),
    },
    seed,
    method,
    verdict: overall(slos),
    slos,
    load,
    total,
    clients: fromNames(names, (name) => traffic(windowsOf(name), () => plain, plain)),
    services: fromNames(Object.keys(scenario.cluster.services), (name) =>
      service(scenario, name, services[name], outcomes, plain, of('utilisation')),
    ),
    directors: fromNames(Object.keys(scenario.cluster.directors), (name) =>
      director(scenario, name, outcomes, services[name], plain),
    ),
    ...connectionsOf(outcomes, plain),
    ...protectionsOf(outcomes, plain),
    ...cachesOf(scenario, outcomes, plain),
    ...(scenario.cluster.topics === undefined
      ? {}
      : { topics: topicResults(Object.keys(scenario.cluster.topics), outcomes, plain) }),
    limits: resources,
    ...(generating.length === 0 ? {} : { generators: generating }),
    today: today(scenario.measured, {
      total,
      client: (name) => traffic(windowsOf(name), () => plain, plain),
      services,
      plain,
      scenario,
    }),
    assumptions: scenario.assumptions,
    inputDoubts: [],
    warnings,
    faults: faults(outcomes[0], failover),
    failover,
    distribution: distribution(windowsOf(null).pooled.response),
    timeline,
    ...(scenario.alerts === undefined ? {} : { alerts: alertResults(scenario.alerts, timeline, method) }),
    probes: probes(outcomes, plain),
  };
}

/** Requests/s of open clients; most users at a time where any clients are closed. */
function loadOf({ cluster }: Scenario, offered: number): Result['load'] {
  let users = 0;
  for (const { load } of Object.values(cluster.clients)) {
    if (load.kind !== 'closed') continue;
    users +=
      load.users.kind === 'constant'
        ? load.users.users
        : load.users.points.reduce((most, point) => Math.max(most, point.users), 0);
  }
  return users > 0 ? { unit: 'users', value: users } : { unit: '1/s', value: offered };
}

// ---------------------------------------------------------------------------------------------------------- traffic

type Windows<Window> = { readonly pooled: Window; readonly each: readonly Window[] };

type PrecisionOf = (name: AskedFigure) => Precision;

export function traffic({ pooled, each }: Windows<TrafficWindow>, of: PrecisionOf, plain: Precision): TrafficResult {
  const response = latency(
    { pooled, each },
    (window) => window.response,
    (window) => window.responseMoments,
    of,
    plain,
  );
  return {
    sent: pooled.sent,
    ok: pooled.ok,
    failed: inOrder(pooled.failed),
    inFlight: pooled.inFlight,
    throughput: figure(
      estimate(pooled, each, ({ ok, seconds }) => ok / seconds),
      '1/s',
      of('throughput'),
    ),
    offered: figure(
      estimate(pooled, each, ({ sent, seconds }) => sent / seconds),
      '1/s',
      plain,
    ),
    errors: noted(errorShare(pooled, each, plain), of('errors')),
    response,
    // Without a generator nobody is late: a request is sent when it is due.
    fromSend:
      pooled.fromSend === null
        ? response
        : latency(
            { pooled, each },
            (window) => window.fromSend!,
            (window) => window.fromSendMoments!,
            () => plain,
            plain,
          ),
    all: latency(
      { pooled, each },
      (window) => window.all,
      (window) => window.allMoments,
      () => plain,
      plain,
    ),
  };
}

function latency(
  { pooled, each }: Windows<TrafficWindow>,
  histogram: (window: TrafficWindow) => Histogram,
  moments: (window: TrafficWindow) => Moments,
  of: PrecisionOf,
  plain: Precision,
): LatencyResult {
  const seconds = (of: (window: TrafficWindow) => number): Figure => figure(estimate(pooled, each, of), 's', plain);
  const histograms = each.map(histogram);
  const percentile = (q: number, name: AskedFigure): Figure =>
    quantileFigure(q, histogram(pooled), histograms, 's', of(name));
  return {
    mean: meanFigure(moments(pooled), each.map(moments), 's', of('mean')),
    p50: percentile(0.5, 'p50'),
    p90: percentile(0.9, 'p90'),
    p95: percentile(0.95, 'p95'),
    p99: percentile(0.99, 'p99'),
    p999: percentile(0.999, 'p99.9'),
    max: seconds((window) => (moments(window).count > 0 ? moments(window).maximum : NaN)),
    stddev: seconds((window) => moments(window).standardDeviation),
  };
}

/** A share of errors, which may be 0, is as narrow as asked in points of share. */
function noted(errors: Figure, { relative }: Precision): Figure {
  return errorWidth(errors) > relative ? { ...errors, note: 'precision not reached' } : errors;
}

function inOrder(failed: Readonly<Partial<Record<Outcome, number>>>): Partial<Record<Outcome, number>> {
  const sorted: Partial<Record<Outcome, number>> = {};
  for (const name of OUTCOMES) if (failed[name] !== undefined) sorted[name] = failed[name];
  return sorted;
}

// --------------------------------------------------------------------------------------------------------- services

function serviceWindows(outcomes: readonly ReplicationOutcome[]): Record<string, Windows<ServiceWindow>> {
  const names = Object.keys(outcomes[0].after.services);
  return fromNames(names, (name) => {
    const each = outcomes.map(({ seconds, before, after }) =>
      serviceWindow(seconds, before.services[name], after.services[name]),
    );
    return { each, pooled: pooledServices(each) };
  });
}

function service(
  scenario: Scenario,
  name: string,
  { pooled, each }: Windows<ServiceWindow>,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
  ofUtilisation: Precision,
): ServiceResult {
  const { cores, workers, pools, breakdowns, setup } = scenario.cluster.services[name];
  const of = (unit: Figure['unit'], statistic: (window: ServiceWindow) => number): Figure =>
    figure(estimate(pooled, each, statistic), unit, precision);
  const waited = ({ gates }: ServiceWindow): number =>
    gates.workers === undefined ? 0 : gates.workers.waits / gates.workers.arrivals;
  const failed: Partial<Record<Outcome, number>> = {};
  OUTCOMES.forEach((outcome, code) => {
    if (code > 0 && pooled.outcomes[code] > 0) failed[outcome] = pooled.outcomes[code];
  });
  const capacity = Math.min(cores, workers);
  const utilisation = (window: ServiceWindow): number => perServer(window.computeArea, window, capacity);
  return {
    servers: pooled.servers,
    throughput: of('1/s', ({ outcomes: counts, seconds }) => counts[0] / seconds),
    response: of('s', ({ responseSum, ended }) => responseSum / ended),
    utilisation: capacity < Infinity ? figure(estimate(pooled, each, utilisation), 'share', ofUtilisation) : null,
    workersBusy:
      workers < Infinity ? of('share', (window) => perServer(window.gates.workers.busyArea, window, workers)) : null,
    queue: of('1', ({ gates, seconds }) => (gates.workers?.lineArea ?? 0) / seconds),
    wait: of('s', ({ gates }) =>
      gates.workers === undefined ? 0 : gates.workers.waited / (gates.workers.arrivals - gates.workers.refusals),
    ),
    waited: shareFigure(
      estimate(pooled, each, waited),
      { successes: pooled.gates.workers?.waits ?? 0, trials: pooled.gates.workers?.arrivals ?? pooled.calls },
      precision,
    ),
    present: of('1', ({ presentArea, seconds }) => presentArea / seconds),
    calls: pooled.calls,
    failed,
    orphaned: pooled.orphaned,
    wastedSeconds: pooled.wastedSeconds,
    ...(breakdowns === undefined
      ? {}
      : { broken: of('share', (window) => perServer(window.brokenArea, window, workers)) }),
    ...(setup === undefined
      ? {}
      : {
          off: of('share', (window) => perServer(window.offArea, window, 1)),
          settingUp: of('share', (window) => perServer(window.setupArea, window, 1)),
        }),
    ...heapOf(scenario, name, outcomes, precision),
    ...replicationOf(name, outcomes, precision),
    ...scalingOf(scenario, name, outcomes, precision),
    pools: fromNames(Object.keys(pools), (pool) => poolResult(pool, pools[pool].size, { pooled, each }, precision)),
    instances: outcomes[0].after.services[name].map((_, index) => {
      const windows = outcomes.map(({ seconds, before, after }) =>
        serviceWindow(seconds, [before.services[name][index]], [after.services[name][index]]),
      );
      const both: Windows<ServiceWindow> = { each: windows, pooled: pooledServices(windows) };
      const share = {
        pooled: both.pooled.calls / pooled.calls,
        each: windows.map((window, k) => window.calls / each[k].calls),
      };
      return {
        name: `${name}.${index + 1}`,
        share: figure(share, 'share', precision),
        utilisation:
          capacity < Infinity ? figure(estimate(both.pooled, both.each, utilisation), 'share', precision) : null,
      };
    }),
  };
}

/** Bounded memory: the mean over the servers, by replication. */
function replicationOf(
  name: string,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): { readonly replication?: ReplicationResult } {
  const [first] = outcomes;
  if (first.after.replications[name] === undefined) return {};
  const pairs = outcomes.map(({ before, after, seconds }) => ({
    before: before.replications[name],
    after: after.replications[name],
    seconds,
  }));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const over = (unit: Figure['unit'], of: (pair: (typeof pairs)[number]) => number): Figure => {
    const each = pairs.map(of);
    return figure({ pooled: mean(each), each }, unit, precision);
  };
  const share = (of: (pair: (typeof pairs)[number]) => Counts): Figure => {
    const counts = pairs.map(of);
    const each = counts.map(({ successes, trials }) => (trials === 0 ? 0 : successes / trials));
    const sum = (key: keyof Counts): number => counts.reduce((all, one) => all + one[key], 0);
    const all = { successes: sum('successes'), trials: sum('trials') };
    return shareFigure({ pooled: mean(each), each }, all, precision);
  };
  return {
    replication: {
      writes: pairs.reduce((sum, { before, after }) => sum + after.writes - before.writes, 0),
      staleReads: share(({ before, after }) => ({
        successes: after.staleReads - before.staleReads,
        trials: after.reads - before.reads,
      })),
      ...(first.after.replications[name].semiSync === undefined
        ? {}
        : {
            semiSync: {
              wait: over('s', (pair) => acknowledgements(pair).wait),
              alone: share((pair) => acknowledgements(pair).alone),
              lost: over('1', (pair) => acknowledgements(pair).lost),
            },
          }),
      servers: Object.fromEntries(
        first.after.replications[name].servers.map((server, k) => [
          server.name,
          {
            lag: over(
              's',
              ({ before, after, seconds }) => (after.servers[k].lagArea - before.servers[k].lagArea) / seconds,
            ),
            lagMax: over('s', ({ after }) => after.servers[k].lagMax),
            behind: over('1', ({ after }) => after.servers[k].behind),
          },
        ]),
      ),
    },
  };
}

interface Counts {
  readonly successes: number;
  readonly trials: number;
}

/** Of the window: seconds a write waits, the share of writes that went without, writes lost with their server. */
function acknowledgements(pair: { readonly before: ReplicationReading; readonly after: ReplicationReading }): {
  readonly wait: number;
  readonly alone: Counts;
  readonly lost: number;
} {
  const [before, after] = [pair.before.semiSync!, pair.after.semiSync!];
  const alone = after.alone - before.alone;
  const all = after.acknowledged - before.acknowledged + alone;
  return {
    wait: all === 0 ? 0 : (after.waited - before.waited) / all,
    alone: { successes: alone, trials: all },
    lost: after.lost - before.lost,
  };
}

function scalingOf(
  scenario: Scenario,
  name: string,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): { readonly scaling?: ScalingResult } {
  const { autoscaler } = scenario.cluster.services[name];
  if (autoscaler === undefined) return {};
  const over = (of: (before: AutoscalerReading, after: AutoscalerReading, seconds: number) => number): Figure => {
    const each = outcomes.map(({ before, after, seconds }) =>
      of(before.autoscalers[name], after.autoscalers[name], seconds),
    );
    return figure({ pooled: mean(each), each }, '1', precision);
  };
  const hours = 3600;
  return {
    scaling: {
      min: autoscaler.min,
      max: autoscaler.max,
      servers: over((before, after, seconds) => (after.servedSeconds - before.servedSeconds) / seconds),
      atEnd: over((_, { ready }) => ready),
      serverHours: over((before, after) => (after.heldSeconds - before.heldSeconds) / hours),
      nodeHours:
        autoscaler.nodes === undefined
          ? null
          : over((before, after) => (after.nodeSeconds! - before.nodeSeconds!) / hours),
      changes: over((before, after) => after.changes - before.changes),
    },
  };
}

function heapOf(
  scenario: Scenario,
  name: string,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): { readonly heap?: HeapResult } {
  const { heap, sessions } = scenario.cluster.services[name];
  if (heap === undefined || sessions === undefined) return {};
  const over = (unit: Figure['unit'], of: (readings: HeapChange[], seconds: number) => number): Figure => {
    const each = outcomes.map(({ before, after, seconds }) =>
      of(
        after.services[name].map((server, k) => ({ before: before.services[name][k].heap!, after: server.heap! })),
        seconds,
      ),
    );
    return figure({ pooled: mean(each), each }, unit, precision);
  };
  const since = outcomes.map(({ after }) =>
    Math.min(...after.services[name].map((server) => server.heap?.fullSince ?? Infinity)),
  );
  return {
    heap: {
      size: heap.size,
      lifetime: sessions.lifetime,
      filled: over('share', (servers, seconds) =>
        mean(servers.map(({ before, after }) => (after.heldArea - before.heldArea) / (seconds * heap.size))),
      ),
      filledAtEnd: over('share', (servers) => mean(servers.map(({ after }) => after.held / heap.size))),
      speedAtEnd: over('share', (servers) => mean(servers.map(({ after }) => after.speed))),
      fullSince: since.every((at) => at < Infinity)
        ? figure({ pooled: mean(since), each: since }, 's', precision)
        : null,
      turnedAway: outcomes.reduce(
        (sum, { after }) => sum + after.services[name].reduce((all, server) => all + (server.heap?.turnedAway ?? 0), 0),
        0,
      ),
    },
  };
}

interface HeapChange {
  readonly before: HeapReading;
  readonly after: HeapReading;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function poolResult(
  name: string,
  size: number,
  { pooled, each }: Windows<ServiceWindow>,
  precision: Precision,
): PoolResult {
  const of = (unit: Figure['unit'], statistic: (window: ServiceWindow) => number): Figure =>
    figure(estimate(pooled, each, statistic), unit, precision);
  return {
    size,
    inUse: of('share', (window) => perServer(window.gates[name].busyArea, window, size)),
    wait: of('s', ({ gates }) => gates[name].waited / gates[name].arrivals),
    waited: shareFigure(
      estimate(pooled, each, ({ gates }) => gates[name].waits / gates[name].arrivals),
      { successes: pooled.gates[name].waits, trials: pooled.gates[name].arrivals },
      precision,
    ),
    hold: of('s', ({ gates }) => gates[name].busyArea / gates[name].returns),
    timeouts: pooled.gates[name].withdrawals,
  };
}

// -------------------------------------------------------------------------------------------------------- directors

function director(
  scenario: Scenario,
  name: string,
  outcomes: readonly ReplicationOutcome[],
  front: Windows<ServiceWindow> | undefined,
  precision: Precision,
): DirectorResult {
  const { mode, scheduler, members, cores, near } = scenario.cluster.directors[name];
  const each = outcomes.map(({ seconds, before, after }) =>
    directorWindow(seconds, before.directors[name], after.directors[name]),
  );
  const pooled = pooledDirectors(each);
  const rate = (unit: Figure['unit'], of: (window: DirectorWindow) => number): Figure =>
    figure(
      estimate(pooled, each, (window) => of(window) / window.seconds),
      unit,
      precision,
    );
  return {
    mode,
    scheduler: scheduler.id,
    picks: pooled.picks,
    unavailable: pooled.unavailable,
    share: Object.fromEntries(
      members.map(({ service: of, server }, k) => [
        `${of}.${server + 1}`,
        figure(
          estimate(pooled, each, ({ share, picks }) => share[k] / picks),
          'share',
          precision,
        ),
      ]),
    ),
    ...(near === undefined
      ? {}
      : {
          elsewhere: figure(
            estimate(pooled, each, ({ elsewhere, picks }) => elsewhere / picks),
            'share',
            precision,
          ),
        }),
    bitsIn: rate('bit/s', ({ bitsIn }) => bitsIn),
    bitsOut: rate('bit/s', ({ bitsOut }) => bitsOut),
    packetsIn: rate('packets/s', ({ packetsIn }) => packetsIn),
    packetsOut: rate('packets/s', ({ packetsOut }) => packetsOut),
    connections: rate('1', ({ activeArea }) => activeArea),
    utilisation:
      front !== undefined && cores < Infinity
        ? figure(
            estimate(front.pooled, front.each, ({ computeArea, seconds }) => computeArea / (seconds * cores)),
            'share',
            precision,
          )
        : null,
  };
}

// ----------------------------------------------------------------------------------------------------------- caches

function cachesOf(
  { cluster }: Scenario,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): { readonly caches?: Readonly<Record<string, CacheResult>> } {
  const { caches } = cluster;
  if (caches === undefined) return {};
  return {
    caches: fromNames(Object.keys(caches), (name) =>
      cacheResult(caches[name].hit === undefined, name, outcomes, precision),
    ),
  };
}

function cacheResult(
  keyed: boolean,
  name: string,
  outcomes: readonly ReplicationOutcome[],
  precision: Precision,
): CacheResult {
  const each = outcomes.map(({ before, after, seconds }) => {
    const start = before.caches[name];
    const end = after.caches[name];
    return {
      seconds,
      hits: end.hits - start.hits,
      misses: end.misses - start.misses,
      delayed: end.delayed - start.delayed,
      evictions: end.evictions - start.evictions,
      alive: end.aliveArea - start.aliveArea,
    };
  });
  const pooled = each.reduce((sum, one) => ({
    seconds: sum.seconds + one.seconds,
    hits: sum.hits + one.hits,
    misses: sum.misses + one.misses,
    delayed: sum.delayed + one.delayed,
    evictions: sum.evictions + one.evictions,
    alive: sum.alive + one.alive,
  }));
  const of = (unit: Figure['unit'], statistic: (one: typeof pooled) => number): Figure =>
    figure(estimate(pooled, each, statistic), unit, precision);
  return {
    hitRatio: shareFigure(
      estimate(pooled, each, ({ hits, misses }) => hits / (hits + misses)),
      { successes: pooled.hits, trials: pooled.hits + pooled.misses },
      precision,
    ),
    lookups: of('1/s', ({ hits, misses, seconds }) => (hits + misses) / seconds),
    loads: of('1/s', ({ misses, delayed, seconds }) => (misses - delayed) / seconds),
    delayed: of('1/s', ({ delayed, seconds }) => delayed / seconds),
    entries: keyed ? of('1', ({ alive, seconds }) => alive / seconds) : null,
    evictions: pooled.evictions,
  };
}

// ------------------------------------------------------------------------------------------------------------- rest

/** As in the first replication; and when goodput was back, from all of them. */
function faults(first: ReplicationOutcome, failover: Result['failover']): FaultRecord[] {
  const records: FaultRecord[] = first.log.map(({ at, until, text, kind }) => ({ at, until, text, kind }));
  for (const { at, recovered, text } of failover?.faults ?? []) {
    if (at === null || recovered === null) continue;
    const back = at + recovered.value;
    records.push({
      at: back,
      until: back,
      text: `goodput is back after ${text} (all runs together)`,
      kind: 'recovery',
    });
  }
  return records.sort((a, b) => a.at - b.at);
}

/** The pooled response times in bins that a chart can draw: coarse ones, each the sum of the fine ones inside it. */
function distribution(response: Histogram): Result['distribution'] {
  const fine = [...response.bins()];
  const coarse = new Histogram(CHART_BINS);
  for (const { low, high } of fine) coarse.record((low + high) / 2);
  let next = 0;
  return [...coarse.bins()].map(({ low, high }) => {
    let count = 0;
    while (next < fine.length && (fine[next].low + fine[next].high) / 2 < high) count += fine[next++].count;
    return { from: low, to: high, count };
  });
}

/** Of runs that end before a time, nothing is known at it. */
function states(
  found: readonly ProbeData[],
  { at, workers }: Extract<ProbeData, { kind: 'states' }>,
  precision: Precision,
): ProbeResult {
  const present = at.map((_, k) =>
    found.flatMap((probe) => (probe.kind === 'states' && k < probe.present.length ? [probe.present[k]] : [])),
  );
  const shares = (holds: (number: number) => boolean) => present.map((each) => trials(each.map(holds), precision));
  return {
    kind: 'states',
    at,
    mean: present.map((each) => figure({ pooled: meanOf(each), each }, '1', precision)),
    empty: shares((number) => number === 0),
    full: workers < Infinity ? shares((number) => number >= workers) : [],
  };
}

function passage(found: readonly ProbeData[], precision: Precision): ProbeResult {
  const all = found.flatMap((probe) => (probe.kind === 'passage' ? [probe.at] : []));
  const each = all.filter((at) => !Number.isNaN(at));
  const mean = meanOf(each);
  const squares = each.reduce((sum, at) => sum + (at - mean) * (at - mean), 0);
  return {
    kind: 'passage',
    mean: figure({ pooled: mean, each }, 's', precision),
    standardDeviation: Math.sqrt(squares / (each.length - 1)),
    earliest: each.reduce((least, at) => Math.min(least, at), Infinity),
    latest: each.reduce((most, at) => Math.max(most, at), -Infinity),
    happened: trials(
      all.map((at) => !Number.isNaN(at)),
      precision,
    ),
  };
}

function meanOf(each: readonly number[]): number {
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

/** The share of runs in which something held, with its exact interval. */
function trials(held: readonly boolean[], precision: Precision): Figure {
  const successes = held.filter(Boolean).length;
  const each = held.map(Number);
  return shareFigure({ pooled: meanOf(each), each }, { successes, trials: held.length }, precision);
}

function probes(outcomes: readonly ReplicationOutcome[], precision: Precision): Record<string, ProbeResult> {
  return fromNames(Object.keys(outcomes[0].probes), (name): ProbeResult => {
    const found = outcomes.map((outcome) => outcome.probes[name]);
    const first = found[0];
    if (first.kind === 'levels') {
      const sums: number[] = [];
      for (const probe of found) {
        if (probe.kind === 'levels') probe.seconds.forEach((seconds, k) => (sums[k] = (sums[k] ?? 0) + seconds));
      }
      const total = sums.reduce((sum, seconds) => sum + seconds, 0);
      return { kind: 'distribution', shares: sums.map((seconds) => seconds / total) };
    }
    if (first.kind === 'states') return states(found, first, precision);
    if (first.kind === 'passage') return passage(found, precision);
    const each = found.flatMap((probe) => (probe.kind === 'waits' ? [Histogram.fromData(probe.histogram)] : []));
    const pooled = new Histogram();
    for (const histogram of each) pooled.merge(histogram);
    const percentile = (q: number): Figure => quantileFigure(q, pooled, each, 's', precision);
    return {
      kind: 'waits',
      p50: percentile(0.5),
      p90: percentile(0.9),
      p95: percentile(0.95),
      p99: percentile(0.99),
      p999: percentile(0.999),
    };
  });
}

function fromNames<To>(names: readonly string[], make: (name: string) => To): Record<string, To> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}
