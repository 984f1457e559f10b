/**
 * Operational bounds: what holds without simulating. By the utilisation law a resource of capacity C of which a request
 * needs D is full at C / D requests/s; a table of E entries at E / (life + linger). Where a demand is a time that
 * queueing can only lengthen, the bound is optimistic: no load above it can be carried. Retries and failures are left
 * out, packet headers too.
 *
 * Source: Denning and Buzen, "The operational analysis of queueing network models", Computing Surveys 10 (1978).
 */
import type {
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  ServiceDescription,
  Step,
} from '../models/description.ts';
import { distribution } from '../sim/random/index.ts';
import { flowOf } from './flow.ts';
import type { Flow } from './flow.ts';
import { LeastTimes } from './least-time.ts';

export interface Bound {
  /** `app CPU`, `app workers`, `app pool db`, `nginx worker-connections`, `vip network out`. */
  readonly name: string;
  /** What a request needs of it: seconds, bits or entry seconds. */
  readonly demand: number;
  readonly unit: 's' | 'bit' | 'entry s';
  /** What there is of it in a second. */
  readonly capacity: number;
  /** Requests/s at which it is full at the latest. */
  readonly fullAt: number;
  /** True where waiting can lengthen the demand, so that it is full earlier. */
  readonly optimistic: boolean;
}

export interface ClosedBound {
  /** Least time of a request without any waiting, think time not in it. Seconds. */
  readonly response: number;
  readonly think: number;
  readonly users: number;
  /** Requests/s: at most users / (response + think), and never more than the first bound. */
  readonly throughput: number;
  /** Users at which the two bounds meet; beyond it they wait for each other. Infinity where nothing is limited. */
  readonly knee: number;
}

/** Bounds of the load of these clients alone, the first to be full first. */
export function boundsOf(cluster: ClusterDescription, clients: ClientsDescription): readonly Bound[] {
  const flow = flowOf(cluster, clients);
  const life = leastTimeOf(cluster, clients);
  const bounds = [
    ...Object.entries(cluster.services).flatMap(([name, service]) => serviceBounds(name, service, flow)),
    ...Object.entries(cluster.directors).flatMap(([name, director]) => directorBounds(name, director, clients, flow)),
    ...clients.tables.map((table) => tableBound(`source ${table.name}`, table, 1, life)),
  ];
  return bounds.filter(({ fullAt }) => fullAt < Infinity && fullAt >= 0).sort((a, b) => a.fullAt - b.fullAt);
}

/** Asymptotic bounds of closed clients; null for others. */
export function closedBound(cluster: ClusterDescription, clients: ClientsDescription): ClosedBound | null {
  const { load } = clients;
  if (load.kind !== 'closed') {
    return null;
  }
  const users =
    load.users.kind === 'constant' ? load.users.users : Math.max(...load.users.points.map((point) => point.users));
  const think = load.think.kind === 'demand' ? 0 : distribution(load.think).mean;
  const response = leastTimeOf(cluster, clients);
  const most = boundsOf(cluster, clients)[0]?.fullAt ?? Infinity;
  return {
    response,
    think,
    users,
    throughput: Math.min(users / (response + think), most),
    knee: most * (response + think),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Mean over the classes of a request. */
export function leastTimeOf(cluster: ClusterDescription, clients: ClientsDescription): number {
  const least = new LeastTimes(cluster);
  const total = clients.mix.reduce((sum, one) => sum + one.share, 0);
  return clients.mix.reduce((sum, one) => sum + (one.share / total) * least.ofSteps(one.steps, one.name), 0);
}

function serviceBounds(name: string, service: ServiceDescription, flow: Flow): readonly Bound[] {
  const visits = flow.visits.get(name) ?? 0;
  if (!(visits > 0)) {
    return [];
  }
  const compute = flow.compute.get(name) ?? 0;
  const speed = service.speeds.reduce((sum, one) => sum + one, 0);
  const stay = flow.stay.get(name) ?? 0;
  const held = service.holds === 'compute' ? compute : stay;
  return [
    bound(`${name} CPU`, compute, 's', service.cores * speed, false),
    bound(
      `${name} workers`,
      held,
      's',
      service.workers * service.count,
      service.holds === 'request' || service.cores < Infinity,
    ),
    bound(`${name} connections`, stay, 's', service.connections * service.count, true),
    ...Object.entries(service.pools).map(([pool, { size }]) =>
      bound(`${name} pool ${pool}`, flow.held.get(`${name}.${pool}`) ?? 0, 's', size * service.count, true),
    ),
    ...service.tables.map((table) => tableBound(`${name} ${table.name}`, table, service.count, stay / visits, visits)),
  ];
}

function directorBounds(
  name: string,
  director: DirectorDescription,
  clients: ClientsDescription,
  flow: Flow,
): readonly Bound[] {
  const visits = flow.visits.get(name) ?? 0;
  if (!(visits > 0)) {
    return [];
  }
  const relay =
    director.relay === undefined || director.relay.kind === 'demand' ? 0 : distribution(director.relay).mean;
  const stay = flow.stay.get(name) ?? 0;
  const bytes = payload(
    clients.mix.flatMap(({ steps }) => steps),
    name,
  );
  const both = director.mode === 'proxy' || director.mode === 'nat' || director.mode === 'fullnat';
  const bits = visits * 8 * (bytes.request + (both ? bytes.response : 0));
  return [
    bound(`${name} CPU`, visits * relay, 's', director.cores, false),
    bound(`${name} workers`, stay, 's', director.mode === 'proxy' ? director.workers : Infinity, true),
    bound(`${name} network out`, director.mode === 'client-side' ? 0 : bits, 'bit', director.sendBitsPerSecond, false),
    bound(
      `${name} network in`,
      director.mode === 'client-side' ? 0 : bits,
      'bit',
      director.receiveBitsPerSecond,
      false,
    ),
    ...director.tables.map((table) => tableBound(`${name} ${table.name}`, table, 1, stay / visits, visits)),
  ];
}

function bound(name: string, demand: number, unit: Bound['unit'], capacity: number, optimistic: boolean): Bound {
  return { name, demand, unit, capacity, fullAt: demand > 0 ? capacity / demand : Infinity, optimistic };
}

interface Table {
  readonly size: number;
  readonly perConnection: number;
  readonly linger: number;
}

function tableBound(name: string, table: Table, count: number, life: number, visits = 1): Bound {
  return bound(name, visits * table.perConnection * (life + table.linger), 'entry s', table.size * count, true);
}

/** Bytes of the first call to a target. */
function payload(steps: readonly Step[], to: string): { request: number; response: number } {
  const call = steps.find((step) => step.do === 'call' && step.to === to);
  return call?.do === 'call'
    ? { request: call.requestBytes, response: call.responseBytes }
    : { request: 0, response: 0 };
}
