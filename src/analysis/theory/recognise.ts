/**
 * Which textbook model a cluster is, if it is one exactly. Strict: a description is taken apart by a white list of fields
 * and of their values, and whatever is not on it makes this decline; so does a field that is added to descriptions later,
 * unless it is empty.
 */
import type {
  BreakdownsDescription,
  CallStep,
  ClientsDescription,
  ClusterDescription,
  ServiceDescription,
  SetupDescription,
  Step,
  TimeDescription,
} from '../../models/description.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';

export interface PlainStation {
  readonly name: string;
  /** Visits of a request. */
  readonly visits: number;
  /** Service time of a visit. */
  readonly law: DistributionSpec;
  /** Infinity = a delay. */
  readonly servers: number;
  /** In order of arrival by its servers, or all at once on its cores. */
  readonly discipline: 'fifo' | 'sharing';
  /** Most that may wait. */
  readonly room: number;
  readonly patience: DistributionSpec | null;
  /** True where the servers are its workers (else its cores). */
  readonly byWorkers: boolean;
  /** Of its workers, which then serve in order of arrival; at most one of the two. */
  readonly breakdowns: BreakdownsDescription | null;
  readonly setup: SetupDescription | null;
}

export interface PlainCluster {
  readonly client: string;
  readonly load:
    | { readonly kind: 'poisson'; readonly rate: number }
    | { readonly kind: 'renewal'; readonly interarrival: DistributionSpec }
    | { readonly kind: 'closed'; readonly users: number; readonly think: DistributionSpec };
  readonly stations: readonly PlainStation[];
  /** Plain waits of the client's own steps. */
  readonly delays: readonly DistributionSpec[];
}

/** null where the cluster is anything more than a textbook's. */
export function recognise(cluster: ClusterDescription): PlainCluster | null {
  const names = Object.keys(cluster.clients);
  const usual = has(cluster, {
    clients: any,
    services: any,
    directors: empty,
    links: empty,
    faults: empty,
    probes: any,
  });
  if (!usual || names.length !== 1) return null;
  const [client] = names;
  const clients = cluster.clients[client];
  const load = loadOf(clients);
  if (load === null) return null;
  const visits = new Map<string, number>();
  const delays: DistributionSpec[] = [];
  for (const step of clients.mix[0].steps) {
    if (isPlainCall(step)) visits.set(step.to, (visits.get(step.to) ?? 0) + 1);
    else if (isPlainWait(step)) delays.push(step.time);
    else return null;
  }
  const stations: PlainStation[] = [];
  for (const [name, times] of visits) {
    const service = Object.hasOwn(cluster.services, name) ? cluster.services[name] : null;
    const station = service === null ? null : stationOf(name, times, service, clients.mix[0].name);
    if (station === null) return null;
    stations.push(station);
  }
  return stations.length === 0 ? null : { client, load, stations, delays };
}

// ------------------------------------------------------------------------------------------------------------ helpers

type Allowed = Readonly<Record<string, (value: never) => boolean>>;

const any = (): boolean => true;
const never = (): boolean => false;
const unlimited = (value: number): boolean => value === Infinity;
const empty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

/** True if every field is allowed with its value; a field that is not in the table must be empty. */
function has(thing: object, allowed: Allowed): boolean {
  return Object.entries(thing).every(([name, value]) => {
    const test = Object.hasOwn(allowed, name) ? (allowed[name] as (value: unknown) => boolean) : empty;
    return value === undefined || test(value);
  });
}

function loadOf(clients: ClientsDescription): PlainCluster['load'] | null {
  const usual = has(clients, { load: any, mix: any, sources: any, keep: any, tables: empty });
  const one = clients.mix.length === 1 && has(clients.mix[0], { name: any, share: any, priority: any, steps: any });
  if (!usual || !one) return null;
  const { load } = clients;
  if (load.kind === 'open') {
    if (!has(load, { kind: any, rate: any, arrivals: any }) || load.rate.kind !== 'constant') return null;
    const { rate } = load.rate;
    if (!(rate > 0)) return null;
    if (load.arrivals === 'poisson') return { kind: 'poisson', rate };
    if (load.arrivals === 'even') return { kind: 'renewal', interarrival: { kind: 'deterministic', value: 1 / rate } };
    return { kind: 'renewal', interarrival: load.arrivals };
  }
  if (load.kind !== 'closed') return null;
  const steady = has(load, {
    kind: any,
    users: any,
    think: any,
    start: ({ kind }: { kind: string }) => kind === 'think',
    iterations: unlimited,
    again: empty,
  });
  if (!steady || load.users.kind !== 'constant' || load.think.kind === 'demand') return null;
  return { kind: 'closed', users: load.users.users, think: load.think };
}

/** Bytes cost nothing where no link and no card is limited. */
function isPlainCall(step: Step): step is CallStep {
  return step.do === 'call' && has(step, { do: any, to: any, requestBytes: any, responseBytes: any, abandon: any });
}

function isPlainWait(step: Step): step is { readonly do: 'wait'; readonly time: DistributionSpec } {
  return step.do === 'wait' && has(step, { do: any, time: any }) && step.time.kind !== 'demand';
}

function stationOf(
  name: string,
  visits: number,
  service: ServiceDescription,
  requestClass: string,
): PlainStation | null {
  const usual = has(service, {
    count: (count: number) => count === 1,
    speeds: (speeds: readonly number[]) => speeds.length === 1 && speeds[0] === 1,
    workers: any,
    holds: (holds: string) => holds === 'request',
    queue: any,
    order: any,
    full: any,
    patience: any,
    connections: unlimited,
    refusalCost: never,
    cores: any,
    sharing: any,
    sharingLimit: unlimited,
    slowdown: never,
    breakdowns: areExponential,
    setup: isSetup,
    pools: empty,
    work: any,
    sendBitsPerSecond: unlimited,
    receiveBitsPerSecond: unlimited,
    tables: empty,
  });
  const law = usual ? singleCompute(service, requestClass) : null;
  if (law === null) return null;
  const { workers, cores, sharing, order, queue, full, patience } = service;
  const { breakdowns = null, setup = null } = service;
  const common = { name, visits, law, room: Infinity, patience: null, byWorkers: false, breakdowns, setup };
  if (workers === Infinity) {
    if (cores === Infinity) return { ...common, servers: Infinity, discipline: 'sharing' };
    if (!Number.isInteger(cores)) return null;
    if (sharing === 'processor') return { ...common, servers: cores, discipline: 'sharing' };
    return sharing === 'fifo' ? { ...common, servers: cores, discipline: 'fifo' } : null;
  }
  // fewer workers than cores: nobody shares
  if (cores < workers || order !== 'fifo' || (queue < Infinity && full !== 'refuse')) return null;
  if (patience !== undefined && (patience.kind === 'demand' || queue < Infinity)) return null;
  return {
    ...common,
    servers: workers,
    discipline: 'fifo',
    room: queue,
    patience: patience === undefined ? null : patience,
    byWorkers: true,
  };
}

/** Whoever is interrupted resumes; times up are exponential. */
function areExponential(breakdowns: BreakdownsDescription): boolean {
  return has(breakdowns, {
    every: ({ kind }: DistributionSpec) => kind === 'exponential',
    repair: any,
    crews: any,
    interrupted: (interrupted: string) => interrupted === 'resume',
  });
}

function isSetup(setup: SetupDescription): boolean {
  return has(setup, { time: any, offAfter: any });
}

function singleCompute({ work }: ServiceDescription, requestClass: string): DistributionSpec | null {
  const steps = Object.hasOwn(work, requestClass) ? work[requestClass] : work['*'];
  if (steps?.length !== 1) return null;
  const [step] = steps;
  if (step.do !== 'compute' || !has(step, { do: any, time: any })) return null;
  const time: TimeDescription = step.time;
  return time.kind === 'demand' ? null : time;
}
