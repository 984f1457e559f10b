/** Runs a recorded cluster and keeps each request, and takes from requests the figures that the recordings give. */
import { build } from '../../../models/build.ts';
import type { ClusterDescription } from '../../../models/description.ts';
import { OUTCOMES } from '../../../models/outcome.ts';
import type { Outcome } from '../../../models/outcome.ts';
import { CLIENTS } from './cluster.ts';

/** A request as it was recorded, or as the model has it. Times in seconds. */
export interface Request {
  readonly start: number;
  readonly end: number;
  readonly ok: boolean;
  /** Why it failed; `ok` where it did not, absent where a recording does not say. */
  readonly outcome?: Outcome;
  /** Empty where no backend answered. */
  readonly backend: string;
}

export interface Played {
  /** Of a trace by number, those that have not ended are missing; else in the order in which they ended. */
  readonly requests: readonly Request[];
  readonly events: number;
}

/** Simulated seconds after the last request that a run may take: a hung backend holds its requests for ever. */
const REST = 60;

/** @param until seconds after which nothing more is sent. */
export function play(cluster: ClusterDescription, seed: string, replication: number, until: number): Played {
  const run = build(cluster, { seed, replication });
  const requests: Request[] = [];
  const { servers } = run.parts.execution;
  const numbered = cluster.clients[CLIENTS].load.kind === 'trace';
  const { traffic } = run.parts.clients.get(CLIENTS)!;
  traffic.onRow = ({ request, due, end, outcome, server }) => {
    const ok = outcome === 0;
    requests[numbered ? request : requests.length] = {
      start: due,
      end,
      ok,
      outcome: OUTCOMES[outcome],
      backend: ok && server >= 0 ? servers[server].tier.name : '',
    };
  };
  run.advance({ time: until });
  run.end();
  run.advance({ time: until + REST, when: () => traffic.ended === traffic.sent });
  run.check();
  return { requests, events: run.parts.simulation.events };
}

export interface Latencies {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Of the requests that were answered, in seconds; NaN where there are none. */
export function latencies(requests: readonly Request[]): Latencies {
  const seconds = requests.filter(({ ok }) => ok).map(({ start, end }) => end - start);
  const sorted = Float64Array.from(seconds).sort();
  const at = (level: number): number => sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))] ?? NaN;
  return { mean: mean(seconds), p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Middle of the absolute differences, request by request, of those that both answered. */
export function medianDifference(recorded: readonly Request[], model: readonly Request[]): number {
  const differences: number[] = [];
  recorded.forEach((one, index) => {
    const other = model[index];
    if (one.ok && other?.ok === true) differences.push(Math.abs(other.end - other.start - (one.end - one.start)));
  });
  return Float64Array.from(differences).sort()[Math.floor(differences.length / 2)];
}

/** Share of the answers that each backend gave. */
export function sharesOf(requests: readonly Request[], backends: readonly string[]): number[] {
  const answered = requests.filter(({ ok }) => ok);
  return backends.map((name) => answered.filter(({ backend }) => backend === name).length / answered.length);
}

/** Share of the requests of a window of time that were answered; NaN where there were none. */
export function goodShare(requests: readonly Request[], from: number, to: number): number {
  const window = requests.filter((one) => one !== undefined && one.start >= from && one.start < to);
  return window.filter(({ ok }) => ok).length / window.length;
}
