/**
 * A recorded cluster (`real/queue/*.json`) as a description: a balancer with what its lines say, backends with slots and
 * one FIFO queue each, clients that replay given requests, or think and draw their own, and the events.
 *
 * Backends hold a slot by sleeping: a stopped one does not lose the time. The overheads are those that the README of the
 * recordings states; nothing is fitted.
 */
import type {
  CheckDescription,
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  FaultDescription,
  MemberDescription,
  RetryDescription,
  TimeDescription,
} from '../../../models/description.ts';
import { schedulers } from '../../../models/directors/schedulers/index.ts';
import { plainCall as call, plainCluster as cluster, plainService as service, plainDirector } from '../../../models/plain.ts';
import { closedLoad } from '../theory/parts.ts';
import { hasWord, linesOf, numberAfter, scaledLaw, serviceLaw, timeAfter } from './queue-case.ts';
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

/** Schedulers by balancer and algorithm. */
const SCHEDULERS: Readonly<Record<string, DirectorDescription['scheduler']>> = {
  'nginx rr': { id: 'nginx/rr', options: {} },
  'nginx least_conn': { id: 'nginx/least_conn', options: {} },
  'nginx random': { id: 'nginx/random', options: {} },
  'nginx random2': { id: 'nginx/random', options: { two: 'least_conn' } },
  'nginx random two': { id: 'nginx/random', options: { two: 'least_conn' } },
  'nginx random two least_conn': { id: 'nginx/random', options: { two: 'least_conn' } },
  'haproxy rr': { id: 'haproxy/roundrobin', options: {} },
  'haproxy roundrobin': { id: 'haproxy/roundrobin', options: {} },
  'haproxy static-rr': { id: 'haproxy/static-rr', options: {} },
  'haproxy leastconn': { id: 'haproxy/leastconn', options: {} },
  'haproxy first': { id: 'haproxy/first', options: {} },
};

/** Algorithms whose picks do not hang on how busy servers are: every request goes where it went. */
const STATIC = new Set(['rr', 'roundrobin', 'static-rr', '']);

/** The scheduler of a case; undefined where there is none for it. */
export function schedulerOf({ lb, algo }: RecordedCase): DirectorDescription['scheduler'] | undefined {
  const draws = /^random(?:\((\d+)\)|(\d+))?$/.exec(algo);
  const found =
    lb === 'haproxy' && draws !== null
      ? { id: 'haproxy/random', options: { draws: Number(draws[1] ?? draws[2] ?? 2) } }
      : SCHEDULERS[`${lb} ${algo}`];
  return found !== undefined && schedulers.has(found.id) ? found : undefined;
}

/** Whether requests wait at the balancer, in its queue. */
export function queuesAtBalancer({ lb, backends }: RecordedCase): boolean {
  return lb === 'haproxy' && backends.some(({ maxconn }) => maxconn !== undefined);
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
      ? closedLoad(users, { dist: 'exponential', mean: think / 1e6 })
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

function balancer(recorded: RecordedCase): DirectorDescription {
  const { id, lb, algo, backends } = recorded;
  const scheduler = schedulerOf(recorded);
  if (scheduler === undefined) throw new RangeError(`${id}: "${lb} ${algo}" has no model`);
  const product = lb === 'nginx' ? nginx(recorded) : haproxy(recorded);
  return plainDirector({
    mode: 'proxy',
    scheduler,
    ...product,
    members: backends.map((one) => ({ service: one.name, server: 0, weight: one.weight, ...memberOf(lb, one) })),
  });
}

function memberOf(lb: RecordedCase['lb'], { opts, maxconn }: RecordedBackend): Omit<MemberDescription, 'service' | 'server' | 'weight'> {
  const common = { backup: hasWord(opts, 'backup') };
  if (lb === 'nginx') {
    const limit = maxconn ?? numberAfter(opts, 'max_conns') ?? Infinity;
    const maxFails = numberAfter(opts, 'max_fails') ?? 1;
    return { ...common, limit, down: hasWord(opts, 'down'), maxFails, failTimeout: timeAfter(opts, 'fail_timeout', 's') ?? 10 };
  }
  const slowStart = timeAfter(opts, 'slowstart', 'ms') ?? 0;
  return { ...common, limit: maxconn ?? numberAfter(opts, 'maxconn') ?? Infinity, down: hasWord(opts, 'disabled'), slowStart };
}

/** Causes by the words of `proxy_next_upstream`. */
function nginx(recorded: RecordedCase): Partial<DirectorDescription> {
  const lines = linesOf(recorded);
  const words = /proxy_next_upstream ([^;]*);/.exec(lines)?.[1].split(/\s+/) ?? ['error', 'timeout'];
  const on: RetryDescription['on'] = [
    ...(words.includes('error') ? (['refused', 'reset', 'connect-timeout'] as const) : []),
    ...(words.includes('timeout') ? (['timeout', 'connect-timeout'] as const) : []),
  ];
  const others = recorded.backends.length - 1;
  const tries = numberAfter(lines, 'proxy_next_upstream_tries') ?? 0;
  const within = timeAfter(lines, 'proxy_next_upstream_timeout', 's') ?? 0;
  return {
    tryTimeout: timeAfter(lines, 'proxy_read_timeout', 's') ?? 60,
    ...(on.length === 0 || others === 0
      ? {}
      : {
          retry: {
            times: tries === 0 ? others : tries - 1,
            backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
            on: [...new Set(on)],
            other: true,
            budget: Infinity,
            within: within === 0 ? Infinity : within,
          },
        }),
  };
}

function haproxy(recorded: RecordedCase): Partial<DirectorDescription> {
  const lines = linesOf(recorded);
  const redispatch = hasWord(lines, 'option redispatch');
  const times = numberAfter(lines, 'retries') ?? 3;
  const check = recorded.backends.map(({ opts }) => checkOf(opts)).find((found) => found !== undefined);
  const patience = timeAfter(lines, 'timeout queue', 'ms') ?? Infinity;
  return {
    whenFull: { do: 'wait', room: Infinity, patience },
    backups: hasWord(lines, 'option allbackups') ? 'all' : 'first',
    clientAbort: hasWord(lines, 'option abortonclose') ? 'close' : 'keep',
    ...(check === undefined ? {} : { check }),
    ...(times === 0
      ? {}
      : {
          retry: {
            times,
            backoff: { base: redispatch ? 0 : 1, factor: 1, max: Infinity, jitter: 'none' },
            on: ['refused', 'connect-timeout'],
            other: redispatch,
            same: !redispatch,
            budget: Infinity,
          },
        }),
  };
}

function checkOf(opts: string): CheckDescription | undefined {
  if (!hasWord(opts, 'check')) return undefined;
  const every = timeAfter(opts, 'inter', 'ms') ?? 2;
  return { every, timeout: every, fall: numberAfter(opts, 'fall') ?? 3, rise: numberAfter(opts, 'rise') ?? 2 };
}
