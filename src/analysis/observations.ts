/**
 * What the replications observed, by client, service and so on, pooled and one by one: the raw material of every figure.
 */
import { Histogram } from '../sim/stats/histogram.ts';
import { Moments } from '../sim/stats/moments.ts';
import type { ClientReading, DirectorReading, GateReading, ServerReading } from '../models/reading.ts';
import { OUTCOMES } from '../models/outcome.ts';
import type { Outcome } from '../models/outcome.ts';
import type { Estimate } from './figure.ts';
import type { ReplicationOutcome } from './replicate.ts';

/** Requests of some clients in one window. */
export interface TrafficWindow {
  readonly seconds: number;
  readonly sent: number;
  readonly ended: number;
  readonly ok: number;
  readonly failed: Readonly<Partial<Record<Outcome, number>>>;
  readonly inFlight: number;
  readonly response: Histogram;
  readonly responseMoments: Moments;
  /** Successes from when they were sent; null = they are never late. */
  readonly fromSend: Histogram | null;
  readonly fromSendMoments: Moments | null;
  /** Successes and failures together. */
  readonly all: Histogram;
  readonly allMoments: Moments;
}

/** The window of one replication. @param clients whose requests. */
export function trafficWindow(outcome: ReplicationOutcome, clients: readonly string[]): TrafficWindow {
  const response = new Histogram();
  const responseMoments = new Moments();
  const failures = new Histogram();
  const failedMoments = new Moments();
  let sent = 0;
  let ended = 0;
  let inFlight = 0;
  const outcomes = new Array<number>(OUTCOMES.length).fill(0);
  const late = clients.some((name) => outcome.latencies[name].fromSend !== undefined);
  const fromSend = late ? new Histogram() : null;
  const fromSendMoments = late ? new Moments() : null;
  for (const name of clients) {
    const before: ClientReading = outcome.before.clients[name];
    const after: ClientReading = outcome.after.clients[name];
    sent += after.sent - before.sent;
    ended += after.ended - before.ended;
    if (outcome.continues !== true) inFlight += after.sent - after.ended;
    after.outcomes.forEach((count, code) => (outcomes[code] += count - before.outcomes[code]));
    const { ok, okMoments, failed, failedMoments: moments, fromSend: departed } = outcome.latencies[name];
    fromSend?.mergeData(departed?.histogram ?? ok);
    fromSendMoments?.merge(Moments.fromJSON(departed?.moments ?? okMoments));
    response.mergeData(ok);
    responseMoments.merge(Moments.fromJSON(okMoments));
    failures.mergeData(failed);
    failedMoments.merge(Moments.fromJSON(moments));
  }
  return windowOf(
    { seconds: outcome.seconds, sent, ended, inFlight, outcomes, fromSend, fromSendMoments },
    response,
    responseMoments,
    failures,
    failedMoments,
  );
}

function windowOf(
  counts: {
    seconds: number;
    sent: number;
    ended: number;
    inFlight: number;
    outcomes: readonly number[];
    fromSend: Histogram | null;
    fromSendMoments: Moments | null;
  },
  response: Histogram,
  responseMoments: Moments,
  failures: Histogram,
  failedMoments: Moments,
): TrafficWindow {
  const { outcomes } = counts;
  const failed: Partial<Record<Outcome, number>> = {};
  OUTCOMES.forEach((name, code) => {
    if (code > 0 && outcomes[code] > 0) failed[name] = outcomes[code];
  });
  const all = new Histogram();
  all.merge(response);
  all.merge(failures);
  const allMoments = new Moments();
  allMoments.merge(responseMoments);
  allMoments.merge(failedMoments);
  return { ...counts, ok: outcomes[0], failed, response, responseMoments, all, allMoments };
}

/** Several windows as one. */
export function pooledTraffic(windows: readonly TrafficWindow[]): TrafficWindow {
  const response = new Histogram();
  const responseMoments = new Moments();
  const all = new Histogram();
  const allMoments = new Moments();
  const failed: Partial<Record<Outcome, number>> = {};
  const sum = { seconds: 0, sent: 0, ended: 0, ok: 0, inFlight: 0 };
  const late = windows.some((window) => window.fromSend !== null);
  const fromSend = late ? new Histogram() : null;
  const fromSendMoments = late ? new Moments() : null;
  for (const window of windows) {
    fromSend?.merge(window.fromSend ?? window.response);
    fromSendMoments?.merge(window.fromSendMoments ?? window.responseMoments);
    sum.seconds += window.seconds;
    sum.sent += window.sent;
    sum.ended += window.ended;
    sum.ok += window.ok;
    sum.inFlight += window.inFlight;
    response.merge(window.response);
    responseMoments.merge(window.responseMoments);
    all.merge(window.all);
    allMoments.merge(window.allMoments);
    for (const [name, count] of Object.entries(window.failed) as [Outcome, number][]) {
      failed[name] = (failed[name] ?? 0) + count;
    }
  }
  return { ...sum, failed, response, responseMoments, fromSend, fromSendMoments, all, allMoments };
}

/** A statistic of the pooled windows and of each. */
export function estimate<Window>(pooled: Window, each: readonly Window[], of: (window: Window) => number): Estimate {
  return { pooled: of(pooled), each: each.map(of) };
}

/** Sums over the servers of a service (or one of them) in one window. */
export interface ServiceWindow {
  readonly seconds: number;
  readonly servers: number;
  /** Seconds in which they could serve, where servers come and go. */
  readonly servedSeconds: number | null;
  readonly calls: number;
  readonly ended: number;
  readonly outcomes: readonly number[];
  readonly responseSum: number;
  readonly presentArea: number;
  readonly keptArea: number;
  readonly computeArea: number;
  readonly brokenArea: number;
  readonly failures: number;
  readonly offArea: number;
  readonly setupArea: number;
  readonly setups: number;
  readonly orphaned: number;
  readonly wastedSeconds: number;
  readonly gates: Readonly<Record<string, GateWindow>>;
}

export type GateWindow = Omit<GateReading, 'busy' | 'waiting'>;

export function serviceWindow(
  seconds: number,
  before: readonly ServerReading[],
  after: readonly ServerReading[],
): ServiceWindow {
  const gates: Record<string, Mutable<GateWindow>> = {};
  const sum = emptyServer();
  const outcomes = new Array<number>(OUTCOMES.length).fill(0);
  after.forEach((server, k) => {
    const start = before[k];
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += server[key] - start[key];
    server.outcomes.forEach((count, code) => (outcomes[code] += count - start.outcomes[code]));
    for (const [name, gate] of Object.entries(server.gates)) {
      const total = (gates[name] ??= emptyGate());
      for (const key of Object.keys(total) as (keyof GateWindow)[]) total[key] += gate[key] - start.gates[name][key];
    }
  });
  return {
    ...sum,
    seconds,
    servers: after.length,
    servedSeconds: after.some(({ servedSeconds }) => servedSeconds !== undefined)
      ? after.reduce((all, server, k) => all + (server.servedSeconds ?? 0) - (before[k].servedSeconds ?? 0), 0)
      : null,
    outcomes,
    ended: outcomes.reduce((total, count) => total + count, 0),
    gates,
  };
}

export function pooledServices(windows: readonly ServiceWindow[]): ServiceWindow {
  const gates: Record<string, Mutable<GateWindow>> = {};
  const sum = { ...emptyServer(), seconds: 0, ended: 0 };
  const outcomes = new Array<number>(OUTCOMES.length).fill(0);
  for (const window of windows) {
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += window[key];
    window.outcomes.forEach((count, code) => (outcomes[code] += count));
    for (const [name, gate] of Object.entries(window.gates)) {
      const total = (gates[name] ??= emptyGate());
      for (const key of Object.keys(total) as (keyof GateWindow)[]) total[key] += gate[key];
    }
  }
  const servedSeconds = windows.some((window) => window.servedSeconds !== null)
    ? windows.reduce((all, window) => all + (window.servedSeconds ?? 0), 0)
    : null;
  return { ...sum, servers: windows[0].servers, servedSeconds, outcomes, gates };
}

/** The mean over servers and time of what was summed up, as a share of `size`: of those that could serve, where servers come and go. */
export function perServer(area: number, { seconds, servers, servedSeconds }: ServiceWindow, size = 1): number {
  if (servedSeconds === null) return area / (seconds * servers * size);
  return servedSeconds > 0 ? area / (servedSeconds * size) : 0;
}

export interface DirectorWindow extends Omit<DirectorReading, 'active' | 'share' | 'connections'> {
  readonly seconds: number;
  readonly share: readonly number[];
}

export function directorWindow(seconds: number, before: DirectorReading, after: DirectorReading): DirectorWindow {
  return {
    seconds,
    picks: after.picks - before.picks,
    unavailable: after.unavailable - before.unavailable,
    share: after.share.map((count, k) => count - before.share[k]),
    elsewhere: after.elsewhere - before.elsewhere,
    activeArea: after.activeArea - before.activeArea,
    bitsIn: after.bitsIn - before.bitsIn,
    bitsOut: after.bitsOut - before.bitsOut,
    packetsIn: after.packetsIn - before.packetsIn,
    packetsOut: after.packetsOut - before.packetsOut,
  };
}

export function pooledDirectors(windows: readonly DirectorWindow[]): DirectorWindow {
  const [first, ...rest] = windows;
  return rest.reduce<DirectorWindow>(
    (sum, window) => ({
      seconds: sum.seconds + window.seconds,
      picks: sum.picks + window.picks,
      unavailable: sum.unavailable + window.unavailable,
      share: sum.share.map((count, k) => count + window.share[k]),
      elsewhere: sum.elsewhere + window.elsewhere,
      activeArea: sum.activeArea + window.activeArea,
      bitsIn: sum.bitsIn + window.bitsIn,
      bitsOut: sum.bitsOut + window.bitsOut,
      packetsIn: sum.packetsIn + window.packetsIn,
      packetsOut: sum.packetsOut + window.packetsOut,
    }),
    first,
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function emptyServer() {
  return {
    calls: 0,
    responseSum: 0,
    presentArea: 0,
    keptArea: 0,
    computeArea: 0,
    brokenArea: 0,
    failures: 0,
    offArea: 0,
    setupArea: 0,
    setups: 0,
    orphaned: 0,
    wastedSeconds: 0,
  };
}

function emptyGate(): Mutable<GateWindow> {
  return { busyArea: 0, lineArea: 0, arrivals: 0, waits: 0, refusals: 0, withdrawals: 0, waited: 0, returns: 0 };
}
