/** Small clusters whose every moment can be worked out on paper: requests at given times with given demands. */
import { expect } from 'vitest';
import { build } from '../../src/models/build.ts';
import type { BuildOptions } from '../../src/models/build.ts';
import type { RequestRow } from '../../src/models/clients/traffic.ts';
import type {
  ClientsDescription,
  ClosedLoad,
  ClusterDescription,
  OpenLoad,
  ServiceDescription,
  Step,
  TimeDescription,
} from '../../src/models/description.ts';
import { OUTCOMES } from '../../src/models/outcome.ts';
import type { Outcome } from '../../src/models/outcome.ts';
import type { Run } from '../../src/models/run.ts';
import {
  plainCall as call,
  plainClients,
  plainCluster as cluster,
  plainService as service,
} from '../../src/models/plain.ts';

/** Work of the length that the request brings along. */
export const demanded: TimeDescription = { kind: 'demand', scale: 1 };
/** Steps of a service that computes what the request demands. */
export const computeDemand: Readonly<Record<string, readonly Step[]>> = { '*': [{ do: 'compute', time: demanded }] };

export function exactly(value: number): TimeDescription & { readonly kind: 'deterministic' } {
  return { kind: 'deterministic', value };
}

export function compute(value: number): Step {
  return { do: 'compute', time: exactly(value) };
}

export function wait(value: number): Step {
  return { do: 'wait', time: exactly(value) };
}

export { cluster };

export interface TraceOptions extends Partial<Omit<ClientsDescription, 'load'>> {
  readonly demand?: readonly number[];
  readonly priority?: readonly number[];
}

/** Clients of one class whose requests come at these times. */
export function trace(
  at: readonly number[],
  steps: readonly Step[],
  { demand = [], priority = [], ...rest }: TraceOptions = {},
): ClientsDescription {
  return clients({ kind: 'trace', at, demand, priority }, steps, rest);
}

export function clients(
  load: ClientsDescription['load'],
  steps: readonly Step[],
  { mix, ...rest }: Partial<Omit<ClientsDescription, 'load'>> = {},
): ClientsDescription {
  const plain = plainClients(load, steps, rest);
  return mix === undefined ? plain : { ...plain, mix };
}

export function open(load: Partial<OpenLoad> & Pick<OpenLoad, 'rate'>): OpenLoad {
  return { kind: 'open', arrivals: 'poisson', ...load };
}

export function closed(load: Partial<ClosedLoad> & Pick<ClosedLoad, 'users'>): ClosedLoad {
  return { kind: 'closed', think: exactly(0), start: { kind: 'think' }, iterations: Infinity, again: {}, ...load };
}

/** One service named `s` that is called by a trace; the shortest cluster there is. */
export function single(
  at: readonly number[],
  demand: readonly number[],
  options: Partial<ServiceDescription>,
  site: Parameters<typeof call>[1] = {},
): ClusterDescription {
  return cluster({
    clients: { c: trace(at, [call('s', site)], { demand }) },
    services: { s: service({ work: computeDemand, ...options }) },
  });
}

export interface Played {
  readonly run: Run;
  /** In the order in which they ended. */
  readonly rows: readonly RequestRow[];
  /** By number of the request of the first client: end in seconds, outcome. */
  readonly ends: readonly number[];
  readonly outcomes: readonly Outcome[];
}

export interface PlayOptions extends Partial<BuildOptions> {
  /** Simulated seconds; 1,000 by default. */
  readonly until?: number;
}

/** Runs a cluster, checks the invariants, and says how each request ended. */
export function play(description: ClusterDescription, { until = 1000, ...options }: PlayOptions = {}): Played {
  const run = build(description, { seed: 1, replication: 0, eventsMax: 2_000_000, ...options });
  const rows: RequestRow[] = [];
  for (const { traffic } of run.parts.clients.values()) traffic.onRow = (row) => rows.push(row);
  expect(run.advance({ time: until })).not.toBe('budget');
  run.check();
  const first = [...run.parts.clients.keys()][0];
  const ends: number[] = [];
  const outcomes: Outcome[] = [];
  for (const row of rows) {
    if (row.client !== first) continue;
    ends[row.request] = row.end;
    outcomes[row.request] = OUTCOMES[row.outcome];
  }
  return { run, rows, ends, outcomes };
}

/** Names of the servers that answered, by number of the request; `-` = none. */
export function serversOf({ run, rows }: Played): string[] {
  const names: string[] = [];
  for (const { request, server } of rows) names[request] = run.parts.execution.servers[server]?.name ?? '-';
  return names;
}

/** Equal up to rounding. */
export function expectTimes(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((time, index) => {
    if (Math.abs(time - expected[index]) > 1e-9 * Math.max(1, Math.abs(expected[index]))) {
      expect(actual).toEqual(expected);
    }
  });
}
