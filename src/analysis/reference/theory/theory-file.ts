/**
 * The file of reference cases (`windtunnel-theory/1`): small models with answers computed without simulation. Every kind of
 * model has a schema; a model that does not fit it, or of a kind that nobody knows, makes its case not expressible. SI units.
 */
import { z } from 'zod';
import { lawSchema as law } from '../../theory/given-law.ts';

const positive = z.number().positive();
const atLeastZero = z.number().min(0);
const share = z.number().min(0).max(1);
const whole = z.int().min(1);

const poisson = z.strictObject({ process: z.literal('poisson'), rate: z.number().min(0) });

const arrivals = z.discriminatedUnion('process', [
  poisson,
  z.strictObject({ process: z.literal('renewal'), interarrival: law }),
  z.strictObject({ process: z.literal('batch-poisson'), batch_rate: positive, batch_size: whole }),
  z.strictObject({
    process: z.literal('nonhomogeneous-poisson'),
    rate_mean: positive,
    relative_amplitude: share,
    period: positive,
    phase: z.number(),
  }),
]);
export type Arrivals = z.infer<typeof arrivals>;

const servers = z.union([whole, z.literal('infinite')]).describe('servers: how many, or "infinite"');
export type Servers = z.infer<typeof servers>;
const discipline = z.enum(['fifo', 'ps', 'lifo', 'random']);
export type Discipline = z.infer<typeof discipline>;

const openStation = z.strictObject({
  kind: z.literal('open-station'),
  arrivals,
  service: law,
  servers,
  /** Most requests in the system. */
  capacity: whole.nullish(),
  discipline: discipline.optional(),
  patience: law.optional(),
  /** What a server does before it serves again after idleness. */
  setup: law.optional(),
  breakdowns: z
    .strictObject({
      time_to_failure: law,
      time_to_repair: law,
      crews: whole,
      on_failure: z.literal('requeue-head-resume'),
    })
    .optional(),
  /** Requests present at time 0. */
  initial_number: z.int().min(0).optional(),
  /** Seconds at which the state is asked for. */
  times: z.array(z.number().min(0)).optional(),
  first_arrival: z.number().min(0).optional(),
  /** Arrivals in all. */
  count: whole.optional(),
});
export type OpenStationModel = z.infer<typeof openStation>;

const stationFields = {
  name: z.string(),
  service: law.optional(),
  demand_per_class: z.array(law.nullable()).optional(),
  visits_mean: positive.optional(),
  servers,
  discipline: discipline.optional(),
  external_arrivals: poisson.optional(),
};
const station = z.strictObject(stationFields);
export type StationModel = z.infer<typeof station>;
/** A station at which every request needs the same law. */
const servingStation = z.strictObject({ ...stationFields, service: law });
export type ServingStation = z.infer<typeof servingStation>;

const openNetwork = z
  .strictObject({
    kind: z.literal('open-network'),
    arrivals: poisson.optional(),
    stations: z.array(servingStation).min(1),
    routing: z.literal('in series').optional(),
    routing_probabilities: z.record(z.string(), z.record(z.string(), share)).optional(),
    leftover: z.literal('leaves the system').optional(),
  })
  .superRefine(({ stations, routing_probabilities: routes = {} }, context) => {
    const names = new Set(stations.map(({ name }) => name));
    const known = (name: string, path: string[]): void => {
      if (names.has(name)) return;
      context.addIssue({ code: 'custom', path, message: `there is no station "${name}"\nknown: ${[...names].join(', ')}` });
    };
    for (const [from, next] of Object.entries(routes)) {
      known(from, ['routing_probabilities', from]);
      for (const to of Object.keys(next)) known(to, ['routing_probabilities', from, to]);
    }
  });
export type OpenNetworkModel = z.infer<typeof openNetwork>;

const forkJoin = z.strictObject({
  kind: z.literal('fork-join'),
  arrivals: poisson,
  branches: whole,
  service: law,
  servers_per_branch: whole,
});
export type ForkJoinModel = z.infer<typeof forkJoin>;

/** `acquire POOL`, `release POOL`, `use STATION` with its own law or the given one, `delay`. */
const scriptStep = z.union([z.string(), z.tuple([z.string(), law])]);
export type ScriptStep = z.infer<typeof scriptStep>;

const pools = z.record(z.string(), whole).refine((named) => Object.keys(named).length > 0, 'must have a pool');

const closed = z
  .strictObject({
    kind: z.literal('closed'),
    users: whole.optional(),
    think: law.optional(),
    classes: z.array(z.strictObject({ users: whole, think: law })).min(1).optional(),
    stations: z.array(station).min(1).optional(),
    pools: pools.optional(),
    script: z.array(scriptStep).min(1).optional(),
  })
  .superRefine(({ users, think, classes, stations = [], pools: held, script }, context) => {
    const needs = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (classes === undefined) {
      if (users === undefined) needs(['users'], 'is missing');
      if (think === undefined) needs(['think'], 'is missing');
    }
    if (script === undefined) {
      if (stations.length === 0) needs(['stations'], 'is missing');
      stations.forEach(({ service, demand_per_class: demands }, k) => {
        if (service === undefined && demands?.length !== (classes?.length ?? 0)) {
          needs(['stations', k, 'service'], classes === undefined ? 'is missing' : 'is missing, and so is demand_per_class of each class');
        }
      });
    } else {
      if (classes !== undefined) needs(['script'], 'is that of one class of users');
      checkScript(script, held ?? {}, stations, needs);
    }
  });
export type ClosedModel = z.infer<typeof closed>;

const openScript = z
  .strictObject({
    kind: z.literal('open'),
    arrivals: poisson,
    capacity: whole.nullish(),
    pools,
    stations: z.array(station).min(1).optional(),
    script: z.array(scriptStep).min(1),
  })
  .superRefine(({ pools: held, stations = [], script }, context) => {
    checkScript(script, held, stations, (path, message) => context.addIssue({ code: 'custom', path, message }));
  });
export type OpenScriptModel = z.infer<typeof openScript>;

/** What a script acquires, releases and uses is there. */
function checkScript(
  script: readonly ScriptStep[],
  held: Readonly<Record<string, number>>,
  stations: readonly StationModel[],
  needs: (path: (string | number)[], message: string) => void,
): void {
  script.forEach((step, k) => {
    const [verb, what = ''] = (typeof step === 'string' ? step : step[0]).split(' ');
    const own = typeof step !== 'string';
    switch (verb) {
      case 'acquire':
      case 'release':
        if (!Object.hasOwn(held, what)) needs(['script', k], `there is no pool "${what}"`);
        return;
      case 'use': {
        const used = stations.find(({ name }) => name === what);
        if (used === undefined) needs(['script', k], `there is no station "${what}"`);
        else if (!own && used.service === undefined) needs(['script', k], `needs a law: station "${what}" has none`);
        return;
      }
      case 'delay':
        if (!own) needs(['script', k], 'needs a law: ["delay", { ... }]');
        return;
      default:
        needs(['script', k], `must begin with acquire, release, use or delay`);
    }
  });
}

const priorityStation = z.strictObject({
  kind: z.literal('priority-station'),
  servers: whole,
  /** `resume`: the more urgent interrupts the less urgent, which goes on later where it was. */
  preemption: z.enum(['none', 'resume']),
  classes: z.array(z.strictObject({ priority: z.int().min(0), arrivals: poisson, service: law })).min(1),
});
export type PriorityStationModel = z.infer<typeof priorityStation>;

const trace = z
  .strictObject({
    kind: z.literal('trace'),
    arrivals: z.array(atLeastZero).min(1),
    services: z.array(atLeastZero),
    servers: whole,
    discipline: z.enum(['fifo', 'ps', 'priority']),
    priorities: z.array(z.int().min(0)).optional(),
  })
  .superRefine(({ arrivals: at, services, priorities }, context) => {
    const many = (list: readonly number[] | undefined, path: string): void => {
      if (list !== undefined && list.length !== at.length) {
        context.addIssue({ code: 'custom', path: [path], message: `must have ${at.length} entries, one for each arrival` });
      }
    };
    many(services, 'services');
    many(priorities, 'priorities');
    const early = at.findIndex((time, k) => k > 0 && time < at[k - 1]);
    if (early > 0) context.addIssue({ code: 'custom', path: ['arrivals', early], message: 'is before the one before it' });
  });
export type TraceModel = z.infer<typeof trace>;

const backend = z.strictObject({
  name: z.string(),
  service: law,
  servers: whole,
  discipline: discipline.optional(),
});

const balanced = z
  .strictObject({
  kind: z.literal('balanced'),
  arrivals: z.union([
    poisson,
    z.strictObject({ process: z.literal('poisson'), rate_per_backend: positive }),
  ]),
  policy: z.strictObject({
    name: z.string(),
    probabilities: z.array(share).optional(),
    weights: z.array(z.number().min(0)).optional(),
    d: whole.nullish(),
    replacement: z.boolean().nullish(),
    ties: z.literal('random').optional(),
  }),
  backends: z.array(backend).min(1).optional(),
  /** Very many backends alike, "n >= 500", with their service time. */
  backends_count: z
    .union([whole, z.string().regex(/^n >= \d+$/, 'must be "n >= NUMBER"')])
    .optional(),
  service: law.optional(),
})
  .superRefine(({ backends, backends_count: count, service, policy }, context) => {
    const needs = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (backends === undefined) {
      if (count === undefined) needs(['backends'], 'is missing, and so is backends_count');
      if (service === undefined) needs(['service'], 'is missing');
    }
    for (const key of ['weights', 'probabilities'] as const) {
      const given = policy[key];
      if (given !== undefined && backends !== undefined && given.length !== backends.length) {
        needs(['policy', key], `must have ${backends.length} entries, one for each backend`);
      }
    }
  });
export type BalancedModel = z.infer<typeof balanced>;

const burst = z.strictObject({
  kind: z.literal('burst'),
  requests: whole,
  servers: whole,
  service: law,
  discipline,
});
export type BurstModel = z.infer<typeof burst>;

const pickServer = z.strictObject({
  name: z.string(),
  weight: z.number().min(0),
  active: z.int().min(0).optional(),
  inactive: z.int().min(0).optional(),
  max_fails: z.int().min(0).optional(),
});
const pickModel = {
  algorithm: z.string(),
  servers: z.array(pickServer).min(1).max(26),
};
const pickSequence = z
  .strictObject({
    kind: z.enum(['pick-sequence', 'fill-sequence']),
    ...pickModel,
    picks: whole.optional(),
    outcomes: z.array(z.enum(['ok', 'fail'])).optional(),
  })
  .refine(({ picks, outcomes }) => picks !== undefined || outcomes !== undefined, {
    path: ['picks'],
    message: 'is missing, and so is outcomes',
  });
const pickFromState = z.strictObject({ kind: z.literal('pick-from-state'), ...pickModel });
export type PickModel = z.infer<typeof pickSequence> | z.infer<typeof pickFromState>;

const evictionPolicy = z.enum(['lru', 'fifo', 'random', 'unbounded']);
const popularity = z.union([
  z.array(atLeastZero).min(1),
  z.strictObject({ zipf_exponent: atLeastZero, items: whole }),
]);
export type Popularity = z.infer<typeof popularity>;

const cache = z.strictObject({
  kind: z.literal('cache'),
  policy: z.union([evictionPolicy, z.array(evictionPolicy).min(1)]),
  capacity: whole.nullish(),
  popularity,
  requests: z.literal('irm').optional(),
  /** Of a cache that starts empty: what it holds after so many requests. */
  after_requests: z.array(whole).min(1).optional(),
});
export type CacheModel = z.infer<typeof cache>;

const ttlCache = z
  .strictObject({
    kind: z.literal('ttl-cache'),
    requests: arrivals.optional(),
    arrivals: arrivals.optional(),
    popularity: popularity.optional(),
    ttl: positive,
    fetch_time: law.optional(),
  })
  .refine(({ requests, arrivals: given }) => requests !== undefined || given !== undefined, {
    path: ['requests'],
    message: 'is missing, and so is arrivals',
  });
export type TtlCacheModel = z.infer<typeof ttlCache>;

const cacheAside = z.strictObject({
  kind: z.literal('cache-aside'),
  arrivals,
  hit_ratio: share,
  cache_time: law,
  db: z.strictObject({ service: law, servers: whole }),
});
export type CacheAsideModel = z.infer<typeof cacheAside>;

/** Two nodes, one active: each fails and is repaired; a window without service at each failover. */
const failoverPair = z.strictObject({
  kind: z.literal('failover-pair'),
  time_to_failure: law,
  time_to_repair: law,
  failover: law,
  /** Two: each node has its own; one: the second that fails waits for the first. */
  crews: z.int().min(1).max(2).default(2),
});
export type FailoverPairModel = z.infer<typeof failoverPair>;

const alternatingRenewal = z.strictObject({ kind: z.literal('alternating-renewal'), up: law, down: law });
export type AlternatingRenewalModel = z.infer<typeof alternatingRenewal>;

/** Two copies of a leaf that does not queue; the second goes out `delay` seconds after the first. */
const hedge = z.strictObject({ kind: z.literal('hedge'), leaf: law, delay: atLeastZero });
export type HedgeModel = z.infer<typeof hedge>;

const retries = z.strictObject({ kind: z.literal('retries'), p_fail: share, max_retries: z.int().min(0).max(50) });
export type RetriesModel = z.infer<typeof retries>;

/** Independent leaves without queueing; asked all at once. `tail` is the slowest share of a leaf. */
const fanOut = z.strictObject({ kind: z.literal('fan-out'), leaves: whole, leaf: law, tail: z.number().gt(0).lt(1) });
export type FanOutModel = z.infer<typeof fanOut>;

/** Mean seconds of a read at a replica, of a write at the master, of applying a write at a replica. */
const readWrite = z.strictObject({
  kind: z.literal('rw-split'),
  read_fraction: share,
  replicas: whole,
  read_demand: positive,
  write_demand: positive,
  apply_demand: positive,
});
export type ReadWriteModel = z.infer<typeof readWrite>;

const vrrp = z.strictObject({
  kind: z.literal('vrrp'),
  version: z.union([z.literal(2), z.literal(3)]),
  advert_interval: positive,
  /** Of the backup. */
  priority: z.int().min(1).max(255),
});
export type VrrpModel = z.infer<typeof vrrp>;

const healthCheck = z.strictObject({
  kind: z.literal('health-check'),
  interval: positive,
  timeout: positive,
  fall: whole,
  schedule: z.enum(['fixed-rate', 'fixed-delay']),
});
export type HealthCheckModel = z.infer<typeof healthCheck>;

const usl = z.strictObject({
  kind: z.literal('usl'),
  lambda: positive,
  alpha: share,
  beta: atLeastZero,
  N: z.array(atLeastZero),
});

const bounds = z.strictObject({
  kind: z.literal('bounds'),
  users: whole,
  think: atLeastZero,
  demands: z.array(atLeastZero).min(1),
});

const directorLink = z.strictObject({
  kind: z.literal('director-link'),
  bits_per_second: positive,
  request_bytes: positive,
  response_bytes: positive,
});

const maglev = z
  .strictObject({
    kind: z.literal('maglev'),
    table_size: whole,
    offset_skip: z.array(z.tuple([z.int().min(0), z.int().min(1)])).min(1),
  });

const hashDisruption = z.strictObject({ kind: z.literal('hash-disruption'), n: z.array(whole) });
const hashRing = z.strictObject({ kind: z.literal('hash-ring'), servers: whole, points_per_server: whole });
const key = z.union([z.string().regex(/^\d+$/, 'must be a whole number'), z.int().min(0)]);
const jumpHash = z.strictObject({ kind: z.literal('jump-hash'), inputs: z.array(z.tuple([key, whole])) });

/** Rows of current, metric, target, min, max. */
const hpa = z.strictObject({
  kind: z.literal('hpa'),
  tolerance: atLeastZero,
  rows: z.array(z.tuple([whole, atLeastZero, positive, z.int().min(0), whole])),
});

const sizing = z.strictObject({
  kind: z.literal('sizing'),
  goal: z.string().regex(/^[a-z0-9_]+<=[0-9.e-]+$/, 'must be "FIGURE<=NUMBER"'),
  arrivals: poisson.optional(),
  service: law.optional(),
  offered_erlang: positive.optional(),
});

/** Schemas of the models, by kind. */
export const modelSchemas = {
  'open-station': openStation,
  'open-network': openNetwork,
  'fork-join': forkJoin,
  closed,
  open: openScript,
  'priority-station': priorityStation,
  trace,
  balanced,
  burst,
  'pick-sequence': pickSequence,
  'fill-sequence': pickSequence,
  'pick-from-state': pickFromState,
  cache,
  'ttl-cache': ttlCache,
  'cache-aside': cacheAside,
  'failover-pair': failoverPair,
  'alternating-renewal': alternatingRenewal,
  hedge,
  retries,
  'fan-out': fanOut,
  'rw-split': readWrite,
  vrrp,
  'health-check': healthCheck,
  usl,
  bounds,
  'director-link': directorLink,
  maglev,
  'hash-disruption': hashDisruption,
  'hash-ring': hashRing,
  'jump-hash': jumpHash,
  hpa,
  sizing,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** @returns null for a kind that nobody knows. */
export function schemaOfModel(kind: string): z.ZodType | null {
  return Object.hasOwn(modelSchemas, kind) ? modelSchemas[kind as keyof typeof modelSchemas] : null;
}

const level = z.number().gt(0).lt(1);
const meaning = z.string().optional();
const toleranceClass = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('equal'), meaning }),
  z.strictObject({ rule: z.literal('relative'), rel: positive, meaning }),
  z
    .strictObject({
      rule: z.enum(['ci', 'ci_complement']),
      confidence: level,
      max_rel_half_width: positive.optional(),
      max_abs_half_width: positive.optional(),
      meaning,
    })
    .refine(({ max_rel_half_width: rel, max_abs_half_width: abs }) => rel !== undefined || abs !== undefined, {
      message: 'needs max_rel_half_width or max_abs_half_width',
    }),
  z
    .strictObject({
      rule: z.literal('band'),
      abs: positive.optional(),
      rel: positive.optional(),
      abs_rel_to: z.string().optional(),
      abs_factor: positive.optional(),
      meaning,
    })
    .refine(
      ({ abs, rel, abs_rel_to: to, abs_factor: factor }) =>
        abs !== undefined || rel !== undefined || (to !== undefined && factor !== undefined),
      { message: 'needs abs, or rel, or abs_rel_to and abs_factor' },
    ),
  z.strictObject({ rule: z.literal('distribution'), max_abs_per_entry: positive, meaning }),
]);
export type ToleranceClass = z.infer<typeof toleranceClass>;

const expected = z.looseObject({
  value: z.union([z.number(), z.string(), z.array(z.unknown())]).describe('what is right: a number, a text or a list'),
  unit: z.string(),
  tol: z.string().describe('the name of a tolerance class'),
});

const theoryCase = z.looseObject({
  id: z.string().min(1),
  family: z.string().min(1),
  model: z.looseObject({ kind: z.string() }),
  expect: z.record(z.string(), expected),
  /** Completed requests that the tolerances need, roughly. */
  suggested_completions: positive.optional(),
});

export const theoryFile = z
  .looseObject({
    schema: z.literal('windtunnel-theory/1'),
    tolerance_classes: z.record(z.string(), toleranceClass),
    cases: z.array(theoryCase),
  })
  .superRefine(({ tolerance_classes: classes, cases }, context) => {
    const ids = new Set<string>();
    cases.forEach(({ id, expect }, k) => {
      if (ids.has(id)) context.addIssue({ code: 'custom', path: ['cases', k, 'id'], message: `"${id}" is the id of another case too` });
      ids.add(id);
      for (const [name, { value, tol }] of Object.entries(expect)) {
        const wrong = (key: string, message: string): void =>
          context.addIssue({ code: 'custom', path: ['cases', k, 'expect', name, key], message });
        if (!Object.hasOwn(classes, tol)) {
          wrong('tol', `"${tol}" is no tolerance class of this file\nknown: ${Object.keys(classes).join(', ')}`);
          continue;
        }
        const of = classes[tol];
        if (of.rule !== 'equal' && typeof value === 'string') wrong('value', `must be a number: it is judged by "${tol}"`);
        if (of.rule === 'distribution' && !Array.isArray(value)) wrong('value', `must be a list: it is judged by "${tol}"`);
        const other = of.rule === 'band' ? of.abs_rel_to : undefined;
        if (other !== undefined && typeof expect[other]?.value !== 'number') {
          wrong('tol', `"${tol}" is relative to ${other}, which this case does not expect`);
        }
      }
    });
  });

export interface TheoryFile {
  readonly schema: string;
  readonly tolerance_classes: Readonly<Record<string, ToleranceClass>>;
  readonly cases: readonly TheoryCase[];
}

export interface TheoryCase {
  readonly id: string;
  readonly family: string;
  readonly model: { readonly kind: string };
  readonly expect: Readonly<Record<string, Expected>>;
  readonly suggested_completions?: number;
}

export interface Expected {
  readonly value: number | string | readonly number[];
  readonly unit: string;
  /** Name of a tolerance class. */
  readonly tol: string;
}

/** Models that are simulated. */
export type TheoryModel =
  | OpenStationModel
  | OpenNetworkModel
  | ForkJoinModel
  | ClosedModel
  | OpenScriptModel
  | PriorityStationModel
  | TraceModel
  | BalancedModel
  | BurstModel
  | CacheModel
  | TtlCacheModel
  | CacheAsideModel
  | FailoverPairModel
  | AlternatingRenewalModel
  | HedgeModel
  | RetriesModel
  | FanOutModel
  | ReadWriteModel;
