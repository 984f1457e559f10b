/** Replays a recorded trace through the model, request by request. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { closedCluster, replayCluster } from '../../src/analysis/reference/recorded/cluster.ts';
import type { RecordedCase, ReplayOptions } from '../../src/analysis/reference/recorded/cluster.ts';
import { parseRecordedTrace } from '../../src/analysis/reference/recorded/trace-file.ts';
import type { RecordedRequest } from '../../src/analysis/reference/recorded/trace-file.ts';
import { build } from '../../src/models/build.ts';
import { OUTCOME } from '../../src/models/outcome.ts';

const folder = new URL('../../reference/real/queue/', import.meta.url);

/**
 * Balancer + loopback + client: the middle of the 0.10 to 0.15 ms that the recordings' README gives as their noise. The
 * one parameter of these tests; nothing is fitted.
 */
export const OVERHEAD = 0.000125;

export interface Recording {
  readonly case: RecordedCase;
  readonly runs: readonly Readonly<Record<string, number>>[];
}

/** A request as it was, and as the model has it. */
export interface Replayed {
  readonly recorded: RecordedRequest;
  /** Seconds. */
  readonly response: number;
  readonly ok: boolean;
  /** Empty where no server was asked. */
  readonly backend: string;
}

export function recording(id: string): Recording {
  return JSON.parse(readFileSync(new URL(`${id}.json`, folder), 'utf8')) as Recording;
}

export function recordedRequests(id: string): RecordedRequest[] {
  return parseRecordedTrace(gunzipSync(readFileSync(new URL(`traces/${id}.csv.gz`, folder))).toString('utf8'));
}

/** All requests, those of the warm-up too. */
export function replayAll(id: string, options: ReplayOptions = { overhead: OVERHEAD }): Replayed[] {
  const requests = recordedRequests(id);
  const run = build(replayCluster(recording(id).case, requests, options), { seed: 'replay', replication: 0 });
  const replayed = new Array<Replayed>(requests.length);
  run.parts.clients.get('clients')!.traffic.onRow = ({ request, due, end, outcome, server }) => {
    replayed[request] = {
      recorded: requests[request],
      response: end - due,
      ok: outcome === OUTCOME.ok,
      backend: server < 0 ? '' : run.parts.execution.servers[server].tier.name,
    };
  };
  run.advance({});
  run.check();
  return replayed;
}

/** Requests that came after the warm-up and were answered in the recording. */
export function replay(id: string): Replayed[] {
  const { warm } = recording(id).case;
  return replayAll(id).filter(({ recorded }) => recorded.start >= warm && recorded.status === 200);
}

export interface Latencies {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function latencies(seconds: readonly number[]): Latencies {
  const sorted = Float64Array.from(seconds).sort();
  const at = (level: number): number => sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))];
  return { mean: sorted.reduce((sum, x) => sum + x, 0) / sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Relative differences of the model from the recording, and the median absolute difference of a request in seconds. */
export function differences(replayed: readonly Replayed[]): Latencies & { readonly medianPerRequest: number } {
  const real = latencies(replayed.map(({ recorded }) => recorded.end - recorded.start));
  const model = latencies(replayed.map(({ response }) => response));
  const each = replayed.map(({ recorded, response }) => Math.abs(response - (recorded.end - recorded.start)));
  return {
    mean: model.mean / real.mean - 1,
    p50: model.p50 / real.p50 - 1,
    p95: model.p95 / real.p95 - 1,
    p99: model.p99 / real.p99 - 1,
    medianPerRequest: latencies(each).p50,
  };
}

/** Share of the requests that the model sends to the backend that answered them. */
export function samePicks(replayed: readonly Replayed[]): number {
  return replayed.filter(({ recorded, backend }) => recorded.backend === backend).length / replayed.length;
}

/** Largest difference of a backend's share, in the window. */
export function shareDifference(replayed: readonly Replayed[]): number {
  const names = new Set(replayed.map(({ recorded }) => recorded.backend));
  const share = (name: string, of: (one: Replayed) => string): number =>
    replayed.filter((one) => of(one) === name).length / replayed.length;
  return Math.max(
    ...[...names].map((name) =>
      Math.abs(share(name, (one) => one.backend) - share(name, (one) => one.recorded.backend)),
    ),
  );
}

/** The closed loop run again with random numbers of the model: throughput in requests/s and mean response in seconds. */
export function closedAgain(id: string, replications: number): { readonly throughput: number; readonly mean: number } {
  const { case: recorded } = recording(id);
  const { warm, load } = recorded;
  let ok = 0;
  let sum = 0;
  for (let replication = 0; replication < replications; replication++) {
    const run = build(closedCluster(recorded, { overhead: OVERHEAD }), { seed: 'closed', replication });
    run.advance({ time: warm });
    run.clearLatencies();
    run.advance({ time: load.dur });
    const { responseMoments } = run.parts.clients.get('clients')!.traffic;
    ok += responseMoments.count;
    sum += responseMoments.sum;
  }
  return { throughput: ok / replications / (load.dur - warm), mean: sum / ok };
}
