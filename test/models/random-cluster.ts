/**
 * Random clusters for the conservation fuzz: tiers that call each other, pools with patience, parallel branches, loops,
 * messages, retries at two tiers, kills, hangs and restores. Everything that may be left over must end by itself.
 */
import type { DistributionSpec } from '../../src/sim/random/index.ts';
import { plainCall as call, plainClients, plainDirector, plainService as service } from '../../src/models/plain.ts';
import { resumes } from '../../src/models/services/breakdown.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import type {
  CacheDescription,
  CallStep,
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  FaultDescription,
  PoolDescription,
  RetryDescription,
  RuleDescription,
  ServiceDescription,
  Step,
  TimeDescription,
} from '../../src/models/description.ts';

export { call, service };

/** Seconds during which clients make requests and faults happen. */
export const BUSY_SECONDS = 8;

export function director(options: Partial<DirectorDescription>): DirectorDescription {
  return plainDirector({ mode: 'proxy', scheduler: { id: 'nginx/rr', options: {} }, ...options });
}

export function openClients(rate: number, steps: readonly Step[], limit?: number): ClientsDescription {
  return plainClients({ kind: 'open', rate: { kind: 'constant', rate }, arrivals: 'poisson', limit }, steps);
}

/** A cluster that depends on the seed alone. */
export function randomCluster(seed: number): ClusterDescription {
  return withTls(
    withPools(withZones(withDoors(withMemory(new Generator(seed).cluster(), seed), seed), seed), seed),
    seed,
  );
}

/** Ends the connections of clients in TLS at some services, and at some proxies. Draws of its own. */
function withTls(plain: ClusterDescription, seed: number): ClusterDescription {
  const random = new Streams(seed, 0).stream('tls');
  const tls = (share: number): Pick<ServiceDescription, 'tls'> => {
    if (random.uniform() >= share) return {};
    const cpu = { kind: 'exponential' as const, mean: 0.01 * random.uniform() };
    return { tls: { roundTrips: random.uniform() < 0.5 ? 1 : 2, ...(random.uniform() < 0.7 ? { cpu } : {}) } };
  };
  const services = Object.entries(plain.services).map(([name, one]): [string, ServiceDescription] => {
    const resumed = one.breakdowns?.interrupted === 'resume'; // what a worker of it does is fixed
    return [name, { ...one, ...tls(resumed ? 0 : 0.4) }];
  });
  const directors = Object.entries(plain.directors).map(([name, one]): [string, DirectorDescription] => [
    name,
    { ...one, ...tls(one.mode === 'proxy' ? 0.5 : 0) },
  ]);
  return { ...plain, services: Object.fromEntries(services), directors: Object.fromEntries(directors) };
}

/** Lets some pools grow, and has some lead to the director before their tier. Draws of its own. */
function withPools(plain: ClusterDescription, seed: number): ClusterDescription {
  const random = new Streams(seed, 0).stream('pools');
  const chance = (share: number): boolean => random.uniform() < share;
  const pool = (one: PoolDescription): PoolDescription => {
    const least = Math.floor((one.size + 1) * random.uniform());
    const connect = { kind: 'exponential' as const, mean: 0.05 * random.uniform() };
    const grows = { least, connect, idleTimeout: chance(0.5) ? 5 : Infinity };
    const before = `d${one.to!.slice(1)}`;
    const to = chance(0.5) && Object.hasOwn(plain.directors, before) ? before : one.to;
    return { ...one, to, ...(chance(0.6) ? { grows } : {}) };
  };
  const services = Object.fromEntries(
    Object.entries(plain.services).map(([name, one]): [string, ServiceDescription] => [
      name,
      { ...one, pools: Object.fromEntries(Object.entries(one.pools).map(([key, each]) => [key, pool(each)])) },
    ]),
  );
  return { ...plain, services };
}

/** Has some directors prefer the caller's zone; one of two nodes is in one. Draws of its own. */
function withZones(plain: ClusterDescription, seed: number): ClusterDescription {
  const random = new Streams(seed, 0).stream('zones');
  const [client] = Object.keys(plain.clients);
  const directors = Object.fromEntries(
    Object.entries(plain.directors).map(([name, one]): [string, DirectorDescription] => {
      if (one.processes === 2 || random.uniform() < 0.6) return [name, one];
      const [first, second = first] = one.members.map(({ service, server }) => `${service}.${server + 1}`);
      const own = random.uniform() < 0.5 ? [`${name}.a`] : [];
      return [
        name,
        {
          ...one,
          near: [
            [first, client],
            [second, ...own],
          ],
        },
      ];
    }),
  );
  return { ...plain, directors };
}

/** Makes the workers of some tiers break, and has some servers switch off. Draws of its own. */
function withDoors(plain: ClusterDescription, seed: number): ClusterDescription {
  const random = new Streams(seed, 0).stream('doors');
  const chance = (share: number): boolean => random.uniform() < share;
  const services = Object.fromEntries(
    Object.entries(plain.services).map(([name, plainOne]): [string, ServiceDescription] => {
      if (plainOne.workers === Infinity || plainOne.holds === 'compute') return [name, plainOne];
      const one = underOverload(plainOne, random);
      if (chance(0.2)) {
        const plainly = { cores: Infinity, sharing: 'processor' as const, sharingLimit: Infinity };
        const work = { '*': [{ do: 'compute' as const, time: { kind: 'exponential' as const, mean: 0.03 } }] };
        const of = chance(0.3) ? { ...one, ...plainly, work } : one;
        const interrupted = resumes(of) ? ('resume' as const) : chance(0.5) ? ('restart' as const) : ('lost' as const);
        const every = { kind: 'exponential' as const, mean: 0.3 + random.uniform() };
        const repair = { kind: 'exponential' as const, mean: 0.2 * random.uniform() };
        return [name, { ...of, breakdowns: { every, repair, crews: chance(0.5) ? 1 : 2, interrupted } }];
      }
      if (!chance(0.2)) return [name, one];
      const offAfter = chance(0.5) ? 0 : 0.05;
      return [name, { ...one, setup: { time: { kind: 'exponential', mean: 0.05 }, offAfter } }];
    }),
  );
  return { ...plain, services };
}

/** Gives some tiers sessions in a bounded heap, and has some look up in caches what they would do. Draws of its own. */
function withMemory(plain: ClusterDescription, seed: number): ClusterDescription {
  const random = new Streams(seed, 0).stream('memory');
  const chance = (share: number): boolean => random.uniform() < share;
  const services = Object.fromEntries(
    Object.entries(plain.services).map(([name, one]): [string, ServiceDescription] => {
      const cache = `${name}-cache`; // one a tier: who waits for a load holds nothing that the load needs
      const work = chance(0.4)
        ? Object.fromEntries(
            Object.entries(one.work).map(([key, miss]) => [key, [{ do: 'lookup', cache, miss } as const]]),
          )
        : one.work;
      if (!chance(0.4)) return [name, { ...one, work }];
      const sessions = {
        keep: chance(0.5) ? ('own' as const) : ('replicated' as const),
        per: chance(0.5) ? ('user' as const) : ('request' as const),
        lifetime: 0.1 + random.uniform(),
        ...(chance(0.5) ? { replication: { kind: 'deterministic' as const, value: 0.001 } } : {}),
      };
      const gc = [
        { full: 0.5, speed: 1 },
        { full: 1, speed: 0.3 },
      ];
      return [name, { ...one, work, sessions, heap: { size: 5 + Math.floor(30 * random.uniform()), gc } }];
    }),
  );
  const cache = (): CacheDescription => ({
    size: chance(0.5) ? 8 : Infinity,
    evict: (['lru', 'fifo', 'random'] as const)[Math.floor(3 * random.uniform())],
    ttl: chance(0.7) ? 0.2 + random.uniform() : Infinity,
    jitter: chance(0.5) ? 0.5 : 0,
    renew: chance(0.3),
    singleFlight: chance(0.7),
    start: (['cold', 'warm', 'together'] as const)[Math.floor(3 * random.uniform())],
    absent: (['loaded', 'kept', 'filtered'] as const)[Math.floor(3 * random.uniform())],
    absentTtl: 0.2,
  });
  const keys = { items: 30, popularity: { zipf: 0.8 }, absent: chance(0.5) ? 0.1 : 0 };
  const fault: FaultDescription = {
    at: BUSY_SECONDS * random.uniform(),
    do: 'crash',
    target: 't0-cache',
    for: 0.5,
    factor: 1,
  };
  const rule: RuleDescription = {
    watch: { figure: 'errors', of: chance(0.5) ? 'open' : 't0', level: 0 },
    over: 1,
    every: 0.25,
    above: 0.3,
    back: chance(0.8) ? 0.2 : null,
    holds: 0,
    rests: 0.5,
    countsShed: chance(0.2),
    admit: { t0: 0.7 },
    servers: { t1: 0.5 },
  };
  return {
    ...plain,
    services,
    rules: { rule },
    clients: Object.fromEntries(Object.entries(plain.clients).map(([name, one]) => [name, { ...one, keys }])),
    caches: Object.fromEntries(Object.keys(services).map((name) => [`${name}-cache`, cache()])),
    faults: [...plain.faults, fault],
  };
}

/** Gives some a line that knows the time, and has some turn requests away. */
function underOverload(plain: ServiceDescription, random: { uniform(): number }): ServiceDescription {
  const orders: readonly ServiceDescription['order'][] = [
    { kind: 'adaptive-lifo', after: 0.02 },
    { kind: 'controlled-delay', target: 0.005, interval: 0.02, drop: 'late' },
    { kind: 'controlled-delay', target: 0.005, interval: 0.02, drop: 'spaced' },
  ];
  const sheds: readonly ServiceDescription['shed'][] = [
    { sign: 'always', share: 0.2, spare: 1 },
    { sign: 'wait', share: 1, above: 0.02, window: 0.1, spare: 0 },
    { sign: 'utilisation', share: 0.5, above: 0.8, window: 0.1, spare: 0 },
  ];
  const order = orders[Math.floor(9 * random.uniform())] ?? plain.order;
  return { ...plain, order, shed: sheds[Math.floor(12 * random.uniform())] };
}

class Generator {
  private readonly random: { uniform(): number };
  private tiers: readonly string[] = [];

  constructor(seed: number) {
    this.random = new Streams(seed, 0).stream('cluster');
  }

  cluster(): ClusterDescription {
    const depth = 2 + this.whole(3);
    this.tiers = Array.from({ length: depth }, (_, k) => `t${k}`);
    const services: Record<string, ServiceDescription> = {};
    const directors: Record<string, DirectorDescription> = {};
    this.tiers.forEach((name, k) => {
      services[name] = this.service(k);
      if (this.chance(0.5)) directors[`d${k}`] = this.director(name, services[name].count);
    });
    const entry = directors.d0 === undefined ? 't0' : 'd0';
    return {
      clients: {
        open: {
          load: { kind: 'open', rate: { kind: 'constant', rate: 5 + 25 * this.u() }, arrivals: 'poisson' },
          mix: [
            { name: 'read', share: 3, priority: 0, steps: [this.callTo(entry, 0.7)] },
            {
              name: 'write',
              share: 1,
              priority: 1,
              steps: [this.callTo(entry, 0.3), { do: 'wait', time: this.time() }],
            },
          ],
          sources: this.chance(0.5) ? Infinity : 3,
          keep: 'request',
          tables: this.chance(0.3)
            ? [{ name: 'ports', size: 60, perConnection: 1, linger: 0.5, full: this.chance(0.5) ? 'drop' : 'refuse' }]
            : [],
        },
        closed: {
          load: {
            kind: 'closed',
            users: { kind: 'constant', users: 1 + this.whole(6) },
            think: this.chance(0.2) ? { kind: 'deterministic', value: 0.01 } : this.time(),
            start: { kind: 'think' },
            iterations: Infinity,
            again: {},
          },
          mix: [{ name: 'read', share: 1, priority: 0, steps: this.steps(0, 2, true) }],
          sources: Infinity,
          keep: 'connection',
          tables: [{ name: 'ports', size: 9, perConnection: 1, linger: 0.2, full: 'refuse' }],
        },
      },
      directors,
      services,
      links: this.chance(0.3)
        ? {
            wan: {
              between: ['open', entry],
              latency: { kind: 'deterministic', value: 0.002 },
              bitsPerSecond: this.chance(0.5) ? Infinity : 1e6,
            },
          }
        : {},
      faults: this.faults(services, directors),
      probes: [],
    };
  }

  private service(tier: number): ServiceDescription {
    const workers = this.chance(0.8) ? 1 + this.whole(6) : Infinity;
    const sharing = this.pick(['processor', 'fifo', 'lifo', 'random', 'priority', 'preemptive'] as const);
    const next = this.tiers[tier + 1];
    const pools: Record<string, PoolDescription> =
      next !== undefined && this.chance(0.6)
        ? { db: { to: next, size: 1 + this.whole(4), patience: this.chance(0.7) ? 0.05 + 0.2 * this.u() : Infinity } }
        : {};
    const count = 1 + this.whole(3);
    return service({
      count,
      ...(count > 1 && tier % 2 === 1
        ? { replication: { writes: ['write'], apply: { kind: 'exponential', mean: 0.02 }, workers: count - 1 } }
        : {}),
      speeds: [1, 0.7, 1.5].slice(0, 3),
      workers,
      holds: this.chance(0.2) ? 'compute' : 'request',
      queue: this.chance(0.5) ? this.whole(20) : Infinity,
      order: this.pick(['fifo', 'lifo', 'random', 'priority'] as const),
      full: this.chance(0.3) ? 'drop' : 'refuse',
      patience: this.chance(0.4) ? this.time() : undefined,
      connections: this.chance(0.2) ? 10 : Infinity,
      cores: sharing === 'preemptive' || this.chance(0.7) ? 1 + this.whole(3) : Infinity,
      sharing,
      sharingLimit: sharing === 'processor' && this.chance(0.3) ? 3 : Infinity,
      pools,
      work: { '*': this.steps(tier, tier === 0 ? 2 : 1, false, Object.keys(pools)) },
      tables: this.chance(0.2) ? [{ name: 'descriptors', size: 8, perConnection: 1, linger: 0.1, full: 'refuse' }] : [],
    });
  }

  private director(upstream: string, count: number): DirectorDescription {
    const front = this.chance(0.4);
    return director({
      mode: this.pick(['proxy', 'nat', 'dr'] as const),
      scheduler: {
        id: this.pick(['lvs/rr', 'lvs/wrr', 'lvs/wlc', 'lvs/sed', 'nginx/rr', 'nginx/least_conn', 'random'] as const),
        options: {},
      },
      members: Array.from({ length: count }, (_, server) => ({
        service: upstream,
        server,
        weight: 1 + this.whole(3),
        limit: this.chance(0.3) ? 1 + this.whole(6) : Infinity,
        ...this.aroundMember(server),
      })),
      ...this.around(),
      persistence: this.chance(0.2) ? 1 : 0,
      workers: front ? 4 + this.whole(8) : Infinity,
      queue: front ? this.whole(10) : Infinity,
      full: this.chance(0.5) ? 'drop' : 'refuse',
      relay: front && this.chance(0.5) ? { kind: 'exponential', mean: 0.001 } : undefined,
      retry: this.chance(0.4) ? this.directorRetry() : undefined,
      whenFull: this.chance(0.5)
        ? { do: 'refuse' }
        : { do: 'wait', room: 10, roomEach: 3, patience: this.chance(0.5) ? 0.2 : Infinity },
      check: { every: 0.5, timeout: 0.5, fall: 2, rise: 2, ...(this.chance(0.3) ? { failing: 0.1, kind: 'tcp' } : {}) },
      nodes: [
        { name: 'a', priority: 100 },
        { name: 'b', priority: 99 },
      ],
      vrrp: {
        version: 2,
        advert: 0.2,
        preempt: this.chance(0.7),
        preemptDelay: 0,
        track: { every: 0.3, fall: 1, rise: 1, ...(this.chance(0.5) ? { weight: -20 } : {}) },
      },
      sync: this.chance(0.5),
      linger: this.chance(0.3) ? 0.3 : 0,
      packetCost: this.chance(0.2) ? 1e-5 : 0,
    });
  }

  /** What stands around the pick. */
  private around(): Partial<DirectorDescription> {
    return {
      backups: this.pick(['overflow', 'first', 'all'] as const),
      clientAbort: this.pick(['close', 'keep'] as const),
      panic: this.chance(0.2) ? 0.5 : 0,
      removal: this.pick(['remove', 'quiesce'] as const),
      processes: this.chance(0.3) ? 2 : 1,
      keepalive: this.chance(0.3) ? 2 : undefined,
      tryTimeout: this.chance(0.2) ? 0.1 : undefined,
      outlier: this.chance(0.3)
        ? { consecutive: 2, interval: 0.5, baseEjectionTime: 0.4, maxEjectionTime: 2, maxEjectionPercent: 50 }
        : undefined,
    };
  }

  private aroundMember(server: number): Partial<DirectorDescription['members'][number]> {
    return {
      backup: server > 0 && this.chance(0.25),
      down: server > 0 && this.chance(0.1),
      ...(this.chance(0.4) ? { maxFails: 1 + this.whole(3), failTimeout: this.whole(3) } : {}),
      slowStart: this.chance(0.2) ? 2 : 0,
    };
  }

  /** As of a call, or at the same server, where the try keeps its place; for a while only. */
  private directorRetry(): RetryDescription {
    const retry = { ...this.retry(), within: this.chance(0.3) ? 0.2 : undefined };
    return this.chance(0.3) ? { ...retry, same: true, other: false, budget: Infinity } : retry;
  }

  /** @param pools that these steps may hold. */
  private steps(tier: number, nesting: number, client: boolean, pools: readonly string[] = []): Step[] {
    const steps: Step[] = [];
    const targets = client ? this.tiers : this.tiers.slice(tier + 1);
    for (let k = 1 + this.whole(2); k > 0; k--) steps.push(this.step(tier, nesting, client, targets, pools));
    if (!client) steps.push({ do: 'compute', time: this.time() });
    return steps;
  }

  private step(
    tier: number,
    nesting: number,
    client: boolean,
    targets: readonly string[],
    pools: readonly string[],
  ): Step {
    const u = this.u();
    const inner = (): Step[] => this.steps(tier, nesting - 1, client, []);
    if (targets.length > 0 && u < 0.45) return this.callTo(this.pick(targets), 0.3);
    if (targets.length > 0 && u < 0.52) return { do: 'send', to: this.pick(targets), requestBytes: 100 };
    if (nesting > 0 && u < 0.62) {
      const branches = [inner(), inner(), inner()];
      return { do: 'parallel', branches, need: 1 + this.whole(3) };
    }
    if (nesting > 0 && u < 0.7) return { do: 'loop', times: { kind: 'uniform', low: 0, high: 2.4 }, steps: inner() };
    if (nesting > 0 && u < 0.78) {
      return {
        do: 'choice',
        branches: [
          { weight: 1, steps: inner() },
          { weight: 2, steps: [] },
        ],
      };
    }
    if (pools.length > 0 && u < 0.84) {
      return {
        do: 'choice',
        branches: [
          { weight: 1, steps: [{ do: 'acquire', pool: pools[0] }, ...inner(), { do: 'release', pool: pools[0] }] },
        ],
      };
    }
    if (nesting > 0 && u < 0.88) {
      return {
        do: 'walk',
        start: { a: 0.7 },
        places: {
          a: { steps: inner(), next: { b: 0.5 } },
          b: { steps: [{ do: 'wait', time: this.time() }], next: { a: 0.3 } },
        },
      };
    }
    return { do: u < 0.94 ? 'compute' : 'wait', time: this.time() };
  }

  private callTo(to: string, timeout: number): CallStep {
    return call(to, {
      requestBytes: 200,
      responseBytes: 2000,
      timeout: this.chance(timeout)
        ? this.chance(0.7)
          ? { kind: 'deterministic', value: 0.05 + 0.2 * this.u() }
          : this.time()
        : undefined,
      abandon: this.chance(0.4) ? 'cancel' : 'keep',
      retry: this.chance(0.5) ? this.retry() : undefined,
      connect: { syn: [0.1, 0.3], giveUp: 0.7 },
      otherwise: this.chance(0.2) ? [{ do: 'wait', time: this.time() }] : undefined,
      ...(this.chance(0.3) ? this.guarded() : {}),
      ...(this.chance(0.2) ? { hedge: this.hedge() } : {}),
    });
  }

  private hedge(): CallStep['hedge'] {
    return { copies: 1 + this.whole(2), after: this.chance(0.7) ? { seconds: 0.02 } : { level: 0.9 } };
  }

  /** A breaker that trips now and then. */
  private guarded(): Partial<CallStep> {
    return {
      breaker: {
        consecutive: this.whole(3),
        share: this.chance(0.5) ? 0.5 : Infinity,
        slowShare: Infinity,
        slow: Infinity,
        over: this.chance(0.5) ? { calls: 10 } : { seconds: 2 },
        minimum: 3,
        open: 0.1 + this.u(),
        trials: 1 + this.whole(3),
        on: ['timeout', 'refused', 'reset', 'unavailable', 'connect-timeout', 'rejected'],
      },
      fallback: this.chance(0.5) ? [{ do: 'wait', time: this.time() }] : undefined,
    };
  }

  private retry(): RetryDescription {
    return {
      times: 1 + this.whole(2),
      backoff: this.chance(0.5)
        ? { base: 0, factor: 1, max: 0, jitter: 'none' }
        : { base: 0.01, factor: 2, max: 0.1, jitter: this.pick(['none', 'full', 'equal'] as const) },
      on: [
        'timeout',
        'refused',
        'reset',
        'unavailable',
        'queue-timeout',
        'pool-timeout',
        'connect-timeout',
        'rejected',
      ],
      other: this.chance(0.5),
      budget: this.chance(0.3) ? 0.2 : Infinity,
    };
  }

  private faults(
    services: Record<string, ServiceDescription>,
    directors: Record<string, DirectorDescription>,
  ): FaultDescription[] {
    const faults: FaultDescription[] = [];
    const targets = Object.entries(services).flatMap(([name, { count }]) =>
      Array.from({ length: count }, (_, k) => `${name}.${k + 1}`),
    );
    for (let k = 0; k < 12; k++) {
      const target = this.chance(0.2) ? this.pick(this.tiers) : this.pick(targets);
      const at = BUSY_SECONDS * this.u();
      faults.push({
        at,
        do: this.pick(['crash', 'crash', 'hang', 'slow', 'drain', 'sick', 'refuse', 'unplug'] as const),
        target,
        for: 0.2 + 2 * this.u(),
        factor: 0.3,
        ...(this.chance(0.3) ? { share: 0.5, answer: this.time() as DistributionSpec } : {}),
        ...(this.chance(0.2) ? { cold: { factor: 0.4, over: 0.5 } } : {}),
      });
    }
    faults.push(...this.wideFaults(targets, Object.keys(directors)));
    for (const name of Object.keys(directors)) {
      if (this.chance(0.5)) {
        faults.push({
          at: BUSY_SECONDS * this.u(),
          do: this.pick(['crash', 'stop', 'unplug', 'kill9', 'script'] as const),
          target: `${name}.a`,
          for: 2,
          factor: 1,
        });
      }
    }
    for (const target of targets)
      faults.push({ at: BUSY_SECONDS + 3, do: 'restore', target, for: Infinity, factor: 1 });
    return faults;
  }

  /** A zone that crashes, a partition of anything, and failures at random that never end. */
  private wideFaults(targets: readonly string[], directors: readonly string[]): FaultDescription[] {
    const ends = [...targets, ...directors, 'open', 'closed'];
    const zone = [this.pick(targets), this.pick(targets)];
    const [one, other] = [this.pick(ends), this.pick(ends)];
    const random = { kind: 'exponential', mean: 1 } as const;
    const base = { at: BUSY_SECONDS * this.u(), for: 0.2 + this.u(), factor: 1 };
    return [
      { ...base, do: 'crash', target: 'zone', targets: zone[0] === zone[1] ? [zone[0]] : zone },
      ...(one === other ? [] : [{ ...base, do: 'partition', target: 'sides', sides: [[one], [other]] } as const]),
      ...(this.chance(0.3)
        ? [
            {
              ...base,
              do: this.pick(['crash', 'hang', 'unplug', 'sick'] as const),
              target: this.pick(this.tiers),
              again: {
                every: { ...random, mean: 3 },
                for: { ...random, mean: 0.2 },
                together: this.chance(0.5),
                repairFrom: 'fault',
              },
            } as const,
          ]
        : []),
    ];
  }

  private time(): TimeDescription {
    const mean = 0.002 + 0.03 * this.u() * this.u();
    return this.pick<TimeDescription>([
      { kind: 'exponential', mean },
      { kind: 'deterministic', value: mean },
      { kind: 'uniform', low: 0, high: 2 * mean },
      { kind: 'lognormal', mean, cv: 1.5 },
    ]);
  }

  private u(): number {
    return this.random.uniform();
  }

  private whole(below: number): number {
    return Math.floor(this.u() * below);
  }

  private chance(share: number): boolean {
    return this.u() < share;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.whole(from.length)];
  }
}
