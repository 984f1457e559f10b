/**
 * Descriptions with every limit, cost and delay off, to say only what differs: for reference models, tests and fuzzing.
 * What people write has its defaults from products (`scenarios`), not from here.
 */
import type {
  CacheDescription,
  CallStep,
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  ServiceDescription,
  Step,
} from './description.ts';

/** One server that takes everything at once; nothing to do. */
export function plainService(options: Partial<ServiceDescription>): ServiceDescription {
  const { count = 1 } = options;
  return {
    count,
    speeds: new Array<number>(count).fill(1),
    workers: Infinity,
    holds: 'request',
    queue: Infinity,
    order: 'fifo',
    full: 'refuse',
    connections: Infinity,
    cores: Infinity,
    sharing: 'processor',
    sharingLimit: Infinity,
    pools: {},
    work: {},
    sendBitsPerSecond: Infinity,
    receiveBitsPerSecond: Infinity,
    tables: [],
    ...options,
  };
}

/** Requests go round its members, which they reach by themselves; one node. */
export function plainDirector(options: Partial<DirectorDescription>): DirectorDescription {
  return {
    mode: 'client-side',
    scheduler: { id: 'lvs/rr', options: {} },
    members: [],
    persistence: 0,
    workers: Infinity,
    queue: Infinity,
    full: 'refuse',
    cores: Infinity,
    packetCost: 0,
    sendBitsPerSecond: Infinity,
    receiveBitsPerSecond: Infinity,
    whenFull: { do: 'refuse' },
    nodes: [{ name: '1', priority: 100 }],
    tables: [],
    linger: 0,
    ...options,
  };
}

/** A call without bytes that waits as long as it takes. */
export function plainCall(to: string, options: Partial<CallStep> = {}): CallStep {
  return { do: 'call', to, requestBytes: 0, responseBytes: 0, abandon: 'keep', ...options };
}

/** Clients with one class of request, each from a source address of its own. */
export function plainClients(
  load: ClientsDescription['load'],
  steps: readonly Step[],
  { name = 'request', ...options }: { readonly name?: string } & Partial<Omit<ClientsDescription, 'load' | 'mix'>> = {},
): ClientsDescription {
  return {
    load,
    mix: [{ name, share: 1, priority: 0, steps }],
    sources: Infinity,
    keep: 'request',
    tables: [],
    ...options,
  };
}

export function plainCluster(parts: Partial<ClusterDescription>): ClusterDescription {
  return { clients: {}, directors: {}, services: {}, links: {}, faults: [], probes: [], ...parts };
}

/** A cache without bounds that keeps what it has been given for ever, cold at first. */
export function plainCache(options: Partial<CacheDescription>): CacheDescription {
  return {
    size: Infinity,
    evict: 'lru',
    ttl: Infinity,
    jitter: 0,
    renew: false,
    singleFlight: false,
    start: 'cold',
    absent: 'loaded',
    absentTtl: 0,
    ...options,
  };
}
