/**
 * The file of reference cases (`windtunnel-theory/1`): small models with answers computed without simulation. The kinds of
 * model that are simulated have a schema each; others pass as they are, and are listed as not expressible. SI units.
 */
import { z } from 'zod';
import { lawSchema as law } from '../../theory/given-law.ts';
import type { Law } from '../../theory/given-law.ts';

const positive = z.number().positive();
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
const discipline = z.enum(['fifo', 'ps']);
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

const station = z.strictObject({
  name: z.string(),
  service: law.optional(),
  demand_per_class: z.array(law.nullable()).optional(),
  visits_mean: positive.optional(),
  servers,
  discipline: discipline.optional(),
  external_arrivals: poisson.optional(),
});
export type StationModel = z.infer<typeof station>;

const openNetwork = z.strictObject({
  kind: z.literal('open-network'),
  arrivals: poisson.optional(),
  stations: z.array(station).min(1),
  routing: z.literal('in series').optional(),
  routing_probabilities: z.record(z.string(), z.record(z.string(), share)).optional(),
  leftover: z.literal('leaves the system').optional(),
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

const closed = z.strictObject({
  kind: z.literal('closed'),
  users: whole.optional(),
  think: law.optional(),
  classes: z.array(z.strictObject({ users: whole, think: law })).optional(),
  stations: z.array(station).optional(),
  pools: z.record(z.string(), whole).optional(),
  script: z.array(scriptStep).optional(),
});
export type ClosedModel = z.infer<typeof closed>;

const openScript = z.strictObject({
  kind: z.literal('open'),
  arrivals: poisson,
  capacity: whole,
  pools: z.record(z.string(), whole),
  script: z.array(scriptStep),
});
export type OpenScriptModel = z.infer<typeof openScript>;

const priorityStation = z.strictObject({
  kind: z.literal('priority-station'),
  servers: whole,
  preemption: z.literal('none'),
  classes: z.array(z.strictObject({ priority: z.int().min(0), arrivals: poisson, service: law })),
});
export type PriorityStationModel = z.infer<typeof priorityStation>;

const trace = z.strictObject({
  kind: z.literal('trace'),
  arrivals: z.array(z.number().min(0)),
  services: z.array(z.number().min(0)),
  servers: whole,
  discipline: z.enum(['fifo', 'ps', 'priority']),
  priorities: z.array(z.int().min(0)).optional(),
});
export type TraceModel = z.infer<typeof trace>;

const backend = z.strictObject({
  name: z.string(),
  service: law,
  servers: whole,
  discipline: discipline.optional(),
});

const balanced = z.strictObject({
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
    .string()
    .regex(/^n >= \d+$/, 'must be "n >= NUMBER"')
    .optional(),
  service: law.optional(),
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
const pickSequence = z.strictObject({
  kind: z.enum(['pick-sequence', 'fill-sequence']),
  ...pickModel,
  picks: whole.optional(),
  outcomes: z.array(z.enum(['ok', 'fail'])).optional(),
});
const pickFromState = z.strictObject({ kind: z.literal('pick-from-state'), ...pickModel });
export type PickModel = z.infer<typeof pickSequence> | z.infer<typeof pickFromState>;

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
} as const satisfies Readonly<Record<string, z.ZodType>>;

const level = z.number().gt(0).lt(1);
const meaning = z.string().optional();
const toleranceClass = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('equal'), meaning }),
  z.strictObject({ rule: z.literal('relative'), rel: positive, meaning }),
  z.strictObject({
    rule: z.enum(['ci', 'ci_complement']),
    confidence: level,
    max_rel_half_width: positive.optional(),
    max_abs_half_width: positive.optional(),
    meaning,
  }),
  z.strictObject({
    rule: z.literal('band'),
    abs: positive.optional(),
    rel: positive.optional(),
    abs_rel_to: z.string().optional(),
    abs_factor: positive.optional(),
    meaning,
  }),
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
      for (const [name, { tol }] of Object.entries(expect)) {
        if (Object.hasOwn(classes, tol)) continue;
        const known = Object.keys(classes).join(', ');
        context.addIssue({
          code: 'custom',
          path: ['cases', k, 'expect', name, 'tol'],
          message: `"${tol}" is no tolerance class of this file\nknown: ${known}`,
        });
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

/** Two copies of a leaf that does not queue; the second goes out `delay` seconds after the first. */
export interface HedgeModel {
  readonly kind: 'hedge';
  readonly leaf: Law;
  readonly delay: number;
}

export interface RetriesModel {
  readonly kind: 'retries';
  readonly p_fail: number;
  readonly max_retries: number;
}

export type Popularity = readonly number[] | { readonly zipf_exponent: number; readonly items: number };
export type EvictionPolicy = 'lru' | 'fifo' | 'random' | 'unbounded';

export interface CacheModel {
  readonly kind: 'cache';
  readonly policy: EvictionPolicy | readonly EvictionPolicy[];
  readonly capacity?: number;
  readonly popularity: Popularity;
  /** Of a cache that starts empty: what it holds after so many requests. */
  readonly after_requests?: readonly number[];
}

export interface TtlCacheModel {
  readonly kind: 'ttl-cache';
  readonly requests?: Arrivals;
  readonly arrivals?: Arrivals;
  readonly popularity?: Popularity;
  readonly ttl: number;
  readonly fetch_time?: Law;
}

export interface CacheAsideModel {
  readonly kind: 'cache-aside';
  readonly arrivals: Arrivals;
  readonly hit_ratio: number;
  readonly cache_time: Law;
  readonly db: { readonly service: Law; readonly servers: number };
}

/** Two nodes, one active: each fails and is repaired by a crew of its own; a window without service at each failover. */
export interface FailoverPairModel {
  readonly kind: 'failover-pair';
  readonly time_to_failure: Law;
  readonly time_to_repair: Law;
  readonly failover: Law;
}

export interface AlternatingRenewalModel {
  readonly kind: 'alternating-renewal';
  readonly up: Law;
  readonly down: Law;
}

/** Independent leaves without queueing; asked all at once. `tail` is the slowest share of a leaf. */
export interface FanOutModel {
  readonly kind: 'fan-out';
  readonly leaves: number;
  readonly leaf: Law;
  readonly tail: number;
}

/** Mean seconds of a read at a replica, of a write at the master, of applying a write at a replica. */
export interface ReadWriteModel {
  readonly kind: 'rw-split';
  readonly read_fraction: number;
  readonly replicas: number;
  readonly read_demand: number;
  readonly write_demand: number;
  readonly apply_demand: number;
}
