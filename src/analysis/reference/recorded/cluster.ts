/**
 * A recorded cluster (`real/queue/*.json`) as a description: a balancer, backends with slots and one FIFO queue each,
 * and clients that replay given requests or think and draw their own. Left out: passive and active health checks.
 */
import type {
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  FaultDescription,
  TimeDescription,
} from '../../../models/description.ts';
import { call, closedLoad, cluster, service } from '../theory/parts.ts';
import type { RecordedRequest } from './trace-file.ts';

/** What of a recorded case decides the model. */
export interface RecordedCase {
  readonly id: string;
  readonly lb: 'none' | 'nginx' | 'haproxy';
  readonly algo: string;
  readonly backends: readonly RecordedBackend[];
  readonly load: {
    readonly mode: 'open' | 'closed' | 'burst';
    readonly users?: number;
    /** Microseconds. */
    readonly think?: number;
    readonly svc: string;
    readonly dur: number;
    /** Of the client, microseconds. */
    readonly timeout?: number;
    readonly retries?: number;
  };
  /** Seconds left out. */
  readonly warm: number;
}

export interface RecordedBackend {
  readonly name: string;
  /** Slots. */
  readonly c: number;
  /** Multiplies service times. */
  readonly scale?: number;
  readonly weight?: number;
  readonly maxconn?: number;
}

export interface ReplayOptions {
  /** Seconds that balancer, loopback and client add to every request. */
  readonly overhead: number;
  readonly faults?: readonly FaultDescription[];
}

const BALANCER = 'balancer';

/** Schedulers by balancer and algorithm. HAProxy's maxconn cases share one queue, where the order of turns is all. */
const SCHEDULERS: Readonly<Record<string, DirectorDescription['scheduler']>> = {
  'nginx rr': { id: 'nginx/rr', options: {} },
  'nginx least_conn': { id: 'nginx/least_conn', options: {} },
  'nginx random2': { id: 'nginx/random', options: { two: 'least_conn' } },
  'haproxy rr': { id: 'nginx/rr', options: {} },
  'haproxy leastconn': { id: 'nginx/least_conn', options: {} },
};

/** The recorded requests, each at its time with its own service time. */
export function replayCluster(
  recorded: RecordedCase,
  requests: readonly RecordedRequest[],
  options: ReplayOptions,
): ClusterDescription {
  const load: ClientsDescription['load'] = {
    kind: 'trace',
    at: requests.map(({ start }) => start),
    demand: requests.map(({ service: seconds }) => seconds),
    priority: [],
  };
  return described(recorded, load, { kind: 'demand', scale: 1 }, options);
}

/** The same users, with times of their own. @throws RangeError unless service is exponential (`exp:MEAN`). */
export function closedCluster(recorded: RecordedCase, options: ReplayOptions): ClusterDescription {
  const { users = 0, think = 0, svc } = recorded.load;
  const [law, mean] = svc.split(':');
  if (law !== 'exp') throw new RangeError(`${recorded.id}: service "${svc}" is not exponential`);
  const load = closedLoad(users, { dist: 'exponential', mean: think / 1e6 });
  return described(recorded, load, { kind: 'exponential', mean: Number(mean) / 1e6 }, options);
}

/** @throws RangeError for a balancer or an algorithm that has no model. */
function described(
  { id, lb, algo, backends, load }: RecordedCase,
  clientsLoad: ClientsDescription['load'],
  time: TimeDescription,
  { overhead, faults = [] }: ReplayOptions,
): ClusterDescription {
  const target = lb === 'none' ? backends[0].name : BALANCER;
  const { timeout, retries = 0 } = load;
  const request = call(target, {
    timeout: timeout === undefined ? undefined : { kind: 'deterministic', value: timeout / 1e6 },
    retry: {
      times: retries,
      backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
      on: ['timeout', 'refused', 'reset'],
      other: false,
      budget: Infinity,
    },
  });
  return cluster({
    clients: {
      clients: {
        load: clientsLoad,
        mix: [{ name: 'request', share: 1, priority: 0, steps: [request] }],
        sources: Infinity,
        // the measured overhead already has its connection in it
        keep: 'connection',
        tables: [],
      },
    },
    directors: lb === 'none' ? {} : { [BALANCER]: balancer(id, `${lb} ${algo}`, backends) },
    services: Object.fromEntries(
      backends.map(({ name, c, scale = 1 }) => [
        name,
        service({ workers: c, speeds: [1 / scale], work: { '*': [{ do: 'compute', time }] } }),
      ]),
    ),
    links: {
      loopback: {
        between: ['clients', target],
        latency: { kind: 'deterministic', value: overhead / 2 },
        bitsPerSecond: Infinity,
      },
    },
    faults,
  });
}

function balancer(id: string, algorithm: string, backends: readonly RecordedBackend[]): DirectorDescription {
  const scheduler = SCHEDULERS[algorithm];
  if (scheduler === undefined) throw new RangeError(`${id}: "${algorithm}" has no model`);
  return {
    mode: 'proxy',
    scheduler,
    members: backends.map(({ name, weight = 1, maxconn = Infinity }) => ({
      service: name,
      server: 0,
      weight,
      limit: maxconn,
    })),
    persistence: 0,
    workers: Infinity,
    queue: Infinity,
    full: 'refuse',
    cores: Infinity,
    packetCost: 0,
    sendBitsPerSecond: Infinity,
    receiveBitsPerSecond: Infinity,
    whenFull: { do: 'wait', room: Infinity, patience: Infinity },
    nodes: [{ name: '1', priority: 100 }],
    tables: [],
    linger: 0,
  };
}
