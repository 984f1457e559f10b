/**
 * A recorded cluster (`real/queue/*.json`) as a description: a balancer with what its lines say, backends with slots and
 * one FIFO queue each, clients that replay given requests, or think and draw their own, and the events.
 *
 * Backends hold a slot by sleeping: a stopped one does not lose the time. The overheads are those that the README of the
 * recordings states; nothing is fitted.
 */
import type {
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  FaultDescription,
  TimeDescription,
} from '../../../models/description.ts';
import { plainCall as call, plainCluster as cluster, plainService as service, plainDirector } from '../../../models/plain.ts';
import { closedLoad } from '../theory/parts.ts';
import { haproxyBackend, haproxyRetry, haproxyScheduler, TIED } from './haproxy-lines.ts';
import { nginxRetry, nginxScheduler, nginxServer, nginxTryTimeout, nginxUpstream } from './nginx-lines.ts';
import { linesOf, scaledLaw, serviceLaw } from './queue-case.ts';
import type { RecordedBackend, RecordedCase, RecordedEvent } from './queue-case.ts';
import type { RecordedRequest } from './trace-file.ts';

/** Balancer + loopback + client: the middle of the 0.10 to 0.15 ms that the README gives, seconds. */
export const OVERHEAD = 0.000125;
/** Seconds that a slot is idle between two requests, by itself and where the balancer hands out the work. */
const SLOT_IDLE = 20e-6;
const SLOT_IDLE_QUEUED = 50e-6;
/** Seconds to accept each of many connections that come at once: the middle of 15 to 25 us. */
const ACCEPT = 20e-6;

/** Name of the clients, and of the balancer. */
export const CLIENTS = 'clients';
export const BALANCER = 'balancer';

/** Short words for algorithms, by what configurations call them. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  'nginx random2': 'random two least_conn',
  'haproxy rr': 'roundrobin',
  'haproxy random2': 'random(2)',
};

/** Algorithms whose picks do not hang on how busy servers are: every request goes where it went. */
const STATIC = new Set(['rr', 'roundrobin', 'static-rr', '']);

/** @throws RangeError where there is none for the algorithm, or which server is a key's was not recorded. */
function schedulerOf({ lb, algo }: RecordedCase): DirectorDescription['scheduler'] {
  const words = ALGORITHMS[`${lb} ${algo}`] ?? algo;
  if (lb === 'haproxy') {
    const { scheduler } = haproxyScheduler(words);
    if (TIED.has(scheduler.id)) throw new RangeError(`the keys that "balance ${words}" hashes were not recorded`);
    return scheduler;
  }
  const found = words === 'rr' ? { id: 'nginx/rr', options: {} } : nginxScheduler(words);
  if (found === undefined || found.id === 'nginx/ip_hash') throw new RangeError(`there is no scheduler for "${algo}" of ${lb}`);
  return found;
}

/** Whether requests wait at the balancer, in its queue. */
export function queuesAtBalancer({ lb, backends }: RecordedCase): boolean {
  return lb === 'haproxy' && backends.some(({ maxconn }) => maxconn !== undefined);
}

/** Whether picks are drawn: every replay has others. */
export function picksAreDrawn({ algo }: RecordedCase): boolean {
  return algo.startsWith('random');
}

export function picksAreStatic(recorded: RecordedCase): boolean {
  return recorded.lb === 'none' || (STATIC.has(recorded.algo) && !queuesAtBalancer(recorded));
}

/** Seconds that a burst of connections costs each of its requests: all are accepted first, at each hop. */
function burstCost(recorded: RecordedCase, requests: number): number {
  if (recorded.load.mode !== 'burst') return 0;
  const hops = recorded.lb === 'none' || queuesAtBalancer(recorded) ? 1 : 2;
  return hops * requests * ACCEPT;
}

/** The recorded requests, each at its time with its own service time. */
export function replayCluster(
  recorded: RecordedCase,
  requests: readonly RecordedRequest[],
  events: readonly RecordedEvent[],
): ClusterDescription {
  const load: ClientsDescription['load'] = {
    kind: 'trace',
    at: requests.map(({ start }) => start),
    demand: requests.map(({ service: seconds }) => seconds),
    priority: [],
  };
  return described(recorded, load, events, burstCost(recorded, requests.length), ({ scale }) => ({
    kind: 'demand',
    scale,
  }));
}

/** The same users, arrivals or burst, with times of the model's own. @throws RangeError for a law that is not known. */
export function ownCluster(recorded: RecordedCase): ClusterDescription {
  const { mode, rate = 0, users = 0, think = 0, n = 0, svc } = recorded.load;
  const law = serviceLaw(svc);
  const load: ClientsDescription['load'] =
    mode === 'closed'
      ? closedLoad(users, think > 0 ? { dist: 'exponential', mean: think / 1e6 } : { dist: 'deterministic', value: 0 })
      : mode === 'burst'
        ? { kind: 'trace', at: new Array<number>(n).fill(0), demand: [], priority: [] }
        : { kind: 'open', rate: { kind: 'constant', rate }, arrivals: 'poisson' };
  return described(recorded, load, recorded.events, burstCost(recorded, n), ({ scale }) => scaledLaw(law, scale));
}

function described(
  recorded: RecordedCase,
  clientsLoad: ClientsDescription['load'],
  events: readonly RecordedEvent[],
  burst: number,
  timeOf: (backend: RecordedBackend) => TimeDescription,
): ClusterDescription {
  const { lb, backends, load } = recorded;
  const target = lb === 'none' ? backends[0].name : BALANCER;
  const idle = queuesAtBalancer(recorded) ? SLOT_IDLE_QUEUED : SLOT_IDLE;
  const request = call(target, {
    timeout: load.timeout === undefined ? undefined : { kind: 'deterministic', value: load.timeout / 1e6 },
    retry: {
      times: load.retries,
      backoff: { base: load.backoff / 1e6, factor: 2, max: Infinity, jitter: 'none' },
      on: ['timeout', 'refused', 'reset', 'unavailable', 'rejected', 'queue-timeout', 'connect-timeout'],
      other: false,
      budget: Infinity,
    },
  });
  return cluster({
    clients: {
      [CLIENTS]: {
        load: clientsLoad,
        mix: [{ name: 'request', share: 1, priority: 0, steps: [request] }],
        sources: Infinity,
        // the measured overhead already has its connection in it
        keep: 'connection',
        tables: [],
      },
    },
    directors: lb === 'none' ? {} : { [BALANCER]: balancer(recorded) },
    services: Object.fromEntries(
      backends.map((one) => [
        one.name,
        service({
          workers: one.c,
          work: {
            '*': [
              { do: 'wait', time: { kind: 'deterministic', value: idle } },
              { do: 'wait', time: timeOf(one) },
            ],
          },
        }),
      ]),
    ),
    links: {
      loopback: {
        between: [CLIENTS, target],
        latency: { kind: 'deterministic', value: (OVERHEAD + burst) / 2 },
        bitsPerSecond: Infinity,
      },
    },
    faults: faultsOf(events),
  });
}

/** kill and start, stop and cont, at the times at which they were done. */
function faultsOf(events: readonly RecordedEvent[]): FaultDescription[] {
  return events.flatMap((one): FaultDescription[] => {
    const at = one.actual_s ?? one.t;
    const fault = (kind: FaultDescription['do'], target: string | undefined): FaultDescription[] =>
      target === undefined ? [] : [{ at, do: kind, target, for: Infinity, factor: 1 }];
    return [
      ...fault('crash', one.kill),
      ...fault('restore', one.start),
      ...fault('hang', one.stop),
      ...fault('restore', one.cont),
    ];
  });
}

/** @throws RangeError for a word or line that it does not know. */
export function balancer(recorded: RecordedCase): DirectorDescription {
  return recorded.lb === 'nginx' ? nginx(recorded) : haproxy(recorded);
}

function nginx(recorded: RecordedCase): DirectorDescription {
  const { backends } = recorded;
  const lines = linesOf(recorded, 'location');
  const members = backends.map(({ name: service, weight, maxconn, opts }) => ({
    service,
    server: 0,
    ...nginxServer(opts.split(/\s+/).filter((word) => word !== '')),
    ...(weight === undefined ? {} : { weight }),
    ...(maxconn === undefined ? {} : { limit: maxconn }),
  }));
  const upstream = nginxUpstream(linesOf(recorded, 'upstream'));
  const retry = nginxRetry(lines, members.filter(({ down = false }) => !down).length);
  return plainDirector({
    mode: 'proxy',
    scheduler: schedulerOf(recorded),
    members,
    ...(upstream.keepalive === undefined ? {} : { keepalive: upstream.keepalive }),
    tryTimeout: nginxTryTimeout(lines),
    ...(retry === undefined ? {} : { retry }),
  });
}

function haproxy(recorded: RecordedCase): DirectorDescription {
  const servers = recorded.backends.map(({ name, weight, maxconn, opts }) =>
    ['server', name, '-', opts, ...(weight === undefined ? [] : ['weight', weight]), ...(maxconn === undefined ? [] : ['maxconn', maxconn])]
      .join(' ')
      .replace(/\s+/g, ' '),
  );
  const read = haproxyBackend([...linesOf(recorded, 'defaults'), ...linesOf(recorded, 'backend'), ...servers]);
  const { check, tryTimeout } = read;
  const scheduler = schedulerOf(recorded);
  return plainDirector({
    mode: 'proxy',
    scheduler,
    members: read.servers.map(({ name: service, member }) => ({ service, server: 0, ...member })),
    whenFull: { do: 'wait', room: Infinity, patience: read.patience },
    backups: read.allBackups ? 'all' : 'first',
    clientAbort: read.abortOnClose ? 'close' : 'keep',
    ...(tryTimeout === undefined ? {} : { tryTimeout }),
    ...(check === undefined ? {} : { check }),
    ...haproxyRetry({ ...read, scheduler }),
  });
}
