/**
 * A service: a named tier and its servers; workers, cores, queue, pools and the work of each request class.
 */
import { z } from 'zod';
import type {
  PoolDescription,
  ServiceDescription,
  SlowdownDescription,
  TimeDescription,
} from '../../models/description.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import { withPreset } from '../presets.ts';
import type { Path } from '../problem.ts';
import { autoscaleSchema, resolveAutoscale } from './autoscale.ts';
import { backlogSchema, resolveBacklog } from './backlog.ts';
import { plainManner } from './calls.ts';
import { breakdownsSchema, orderSchema, resolveDoors, setupSchema, shedSchema } from './doors.ts';
import { classes, count, countOrUnlimited, named, number, positive, reference, text, time, word } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';
import { network, resolveNetwork } from './network.ts';
import { replicationSchema, resolveReplication } from './replication.ts';
import { heapSchema, resolveSessions, sessionsSchema } from './sessions.ts';
import { resolveSteps, stepList } from './steps.ts';
import type { StepScope } from './steps.ts';
import { resolveTables, tables } from './tables.ts';
import { resolveTls, tlsSchema } from './tls.ts';

const poolSchema = z.strictObject({
  preset: text('a pool library: hikaricp ...').optional(),
  to: reference('what its connections lead to; calls there take one').optional(),
  size: count('connections of one server').optional(),
  patience: z
    .union([time('longest wait for a connection'), z.literal('unlimited')])
    .optional()
    .meta({
      description: 'longest wait for a connection, then pool-timeout; unlimited by default',
    }),
  minimumIdle: count(
    'idle connections that it keeps open, and opens again after a crash, one after the other; it grows to `size` when they are used up; all by default',
    0,
  ).optional(),
  connect: timeLaw('with minimumIdle: what opening a connection takes').optional(),
  idleTimeout: z
    .union([time('idle for so long, a connection is closed', { positive: true }), z.literal('unlimited')])
    .optional()
    .meta({
      description: 'with minimumIdle: an idle connection above it is closed after this time; 10 min by default',
    }),
});

const orders = ['fifo', 'lifo', 'random', 'priority'] as const;

export const serviceSchema = z
  .strictObject({
    preset: text('a product whose defaults stand below: tomcat, mysql, redis ...').optional(),
    count: count('servers').optional(),
    speed: z
      .union([positive('relative speed of every server'), z.array(positive('relative speed')).min(1)])
      .optional()
      .meta({ description: 'relative speed: one number, or one a server; 1 by default' }),
    workers: countOrUnlimited(
      'requests in service at once at one server (threads, processes); unlimited by default',
    ).optional(),
    holds: word(
      ['request', 'compute'],
      'a worker is held for the whole request (threads), or only while it computes (event loop)',
    ).optional(),
    queue: countOrUnlimited('requests that may wait for a worker; unlimited by default', 0).optional(),
    order: orderSchema.optional(),
    shed: shedSchema.optional(),
    full: word(['refuse', 'drop'], 'a full queue answers with a refusal (default), or drops the SYN').optional(),
    patience: timeLaw('how long a request waits for a worker before it leaves').optional(),
    breakdowns: breakdownsSchema.optional(),
    setup: setupSchema.optional(),
    connections: countOrUnlimited('connections open at once at one server; refused beyond').optional(),
    tls: tlsSchema.optional(),
    refusal: timeLaw('processor time that refusing costs').optional(),
    cores: countOrUnlimited('processor cores of one server; without them each worker is its own core').optional(),
    sharing: word(
      ['processor', ...orders, 'preemptive'],
      'how requests share the cores: processor sharing (default), or in line',
    ).optional(),
    limit: countOrUnlimited('most requests on the processor at once, the rest in line').optional(),
    slowdown: z
      .union([
        z.strictObject({ usl: z.strictObject({ contention: number('sigma', 0), coherency: number('kappa', 0) }) }),
        z.strictObject({ perActive: number('speed is divided by 1 + this * active requests', 0) }),
        z.strictObject({
          table: z
            .array(z.strictObject({ active: number('active requests', 0), speed: positive('relative speed') }))
            .min(1),
        }),
      ])
      .optional()
      .meta({ description: 'how speed falls with active requests: usl, perActive or a table' }),
    pool: poolSchema.optional().meta({
      description:
        'connections that its calls take: { to: db, size: 10 }; a crash of what they lead to closes them, and they are opened anew when they are needed, with minimumIdle one after the other',
    }),
    pools: named(poolSchema, 'several pools by name').optional(),
    work: z
      .union([
        stepList('what every request does'),
        classes(stepList('a list of steps by class; where all requests do the same, write work: [ ... ]')),
      ])
      .optional()
      .meta({ description: 'steps of a request; or steps by request class, * for the rest' }),
    sessions: sessionsSchema.optional(),
    replication: replicationSchema.optional(),
    heap: heapSchema.optional(),
    autoscale: autoscaleSchema.optional(),
    backlog: backlogSchema.optional(),
    network: network.optional(),
    tables: tables.optional(),
  })
  .meta({ description: 'a named tier and its servers' });

export type ServiceSurface = z.infer<typeof serviceSchema>;
export type PoolSurface = z.infer<typeof poolSchema>;

/** What services take from `measured:`. */
export interface MeasuredDemands {
  /** Whether the service's utilisation was measured: a service without work is then `compute: measured`. */
  has(service: string): boolean;
  /** Demand of one `compute: measured`, in seconds; null where it is missing. */
  of(service: string, path: Path): number | null;
}

export function resolveService(
  surface: ServiceSurface,
  name: string,
  measured: MeasuredDemands,
  context: Context,
): ServiceDescription {
  const path = ['services', name];
  const full = withPreset(surface, 'service', path, context);
  const servers = context.fallback([...path, 'count'], full.count, 1, { text: 'one server' });
  const cores = unlimited(full.cores ?? 'unlimited');
  const workers = context.fallback([...path, 'workers'], full.workers, 'unlimited', {
    text: `${name} takes every request at once`,
  });
  const pools = resolvePools(full, path, context);
  refuseWhatCannotBe(full, cores, path, context);
  const work = resolveWork(full.work, name, pools, measured, context);
  const { sessions, heap, before } = resolveSessions(full.sessions, full.heap, work, path, context);
  const sharing =
    cores === Infinity
      ? 'processor'
      : context.fallback([...path, 'sharing'], full.sharing, 'processor', {
          text: `requests share the cores of ${name} evenly`,
        });
  const sharingLimit = unlimited(full.limit ?? 'unlimited');
  const around = {
    name,
    count: servers,
    measurable: Math.min(cores, unlimited(workers)) < Infinity,
    heap: sessions === null ? null : heap,
  };
  const autoscaler =
    full.autoscale === undefined ? null : resolveAutoscale(full.autoscale, around, [...path, 'autoscale'], context);
  const most = autoscaler?.max ?? servers;
  const speeds = resolveSpeeds(full.speed, most, [...path, 'speed'], context);
  const queue =
    workers === 'unlimited'
      ? Infinity
      : unlimited(
          context.fallback([...path, 'queue'], full.queue, 'unlimited', { text: `the line at ${name} has no end` }),
        );
  const connections = unlimited(full.connections ?? 'unlimited');
  const room = { workers: unlimited(workers), queue, connections, count: autoscaler?.from ?? servers };
  return {
    count: most,
    speeds,
    ...(autoscaler === null ? {} : { autoscaler }),
    workers: unlimited(workers),
    holds: full.holds ?? 'request',
    queue,
    full: full.full ?? 'refuse',
    ...(full.patience === undefined ? {} : { patience: resolveTime(full.patience, [...path, 'patience'], context) }),
    connections,
    ...resolveTls(full.tls, [...path, 'tls'], context),
    ...(full.refusal === undefined ? {} : { refusalCost: resolveTime(full.refusal, [...path, 'refusal'], context) }),
    cores,
    ...resolveDoors(full, { workers: unlimited(workers), work, sharing, sharingLimit, cores }, path, context),
    sharing,
    sharingLimit,
    ...(full.slowdown === undefined
      ? {}
      : { slowdown: resolveSlowdown(full.slowdown, [...path, 'slowdown'], context) }),
    pools,
    ...(sessions === null ? {} : { sessions }),
    ...(full.replication === undefined
      ? {}
      : { replication: resolveReplication(full.replication, most, [...path, 'replication'], context) }),
    ...(sessions === null || heap === null ? {} : { heap }),
    work:
      before.length === 0
        ? work
        : Object.fromEntries(Object.entries(work).map(([one, steps]) => [one, [...before, ...steps]])),
    ...resolveNetwork(full.network, [...path, 'network'], context),
    ...resolveBacklog(full.backlog, { ...room, work }, [...path, 'backlog'], context),
    tables: resolveTables(full.tables, [...path, 'tables'], context),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Settings that the models cannot honour together. */
function refuseWhatCannotBe(full: ServiceSurface, cores: number, path: Path, context: Context): void {
  const shared = cores === Infinity || full.sharing === undefined || full.sharing === 'processor';
  const needsSharing = 'needs "sharing: processor"';
  for (const key of ['slowdown', 'refusal', 'limit'] as const) {
    if (full[key] === undefined || shared) continue;
    context.problem([...path, key], needsSharing, `leave out "sharing: ${full.sharing}", or ${key}`, full[key]);
  }
  if (full.sessions?.replication !== undefined && !(cores < Infinity && shared)) {
    context.problem(
      [...path, 'sessions', 'replication'],
      'needs cores that requests share',
      'give the service cores, and leave out sharing',
    );
  }
  if (full.sharing === 'preemptive' && cores === Infinity) {
    context.problem([...path, 'sharing'], 'preemptive sharing needs a number of cores', 'add cores', full.sharing);
  }
  if (full.patience !== undefined && full.holds === 'compute') {
    const hint =
      'a worker that is held only while computing is not waited for at the door; leave out patience or holds';
    context.problem([...path, 'patience'], 'cannot go with "holds: compute"', hint, full.patience);
  }
}

function resolveSpeeds(
  speed: number | number[] | undefined,
  servers: number,
  path: Path,
  context: Context,
): readonly number[] {
  if (Array.isArray(speed) && speed.length !== servers) {
    context.problem(path, `must give one speed for each of ${servers} servers, got ${speed.length}`, '', speed);
  }
  return Array.from({ length: Math.min(servers, SERVERS_LIMIT) }, (_, i) =>
    Array.isArray(speed) ? (speed[i] ?? 1) : (speed ?? 1),
  );
}

/** A run with more servers would not fit in memory; `count` is checked against it in `references.ts`. */
export const SERVERS_LIMIT = 100_000;

function resolveSlowdown(
  surface: NonNullable<ServiceSurface['slowdown']>,
  path: Path,
  context: Context,
): SlowdownDescription {
  if ('usl' in surface) {
    return { kind: 'usl', ...surface.usl };
  }
  if ('perActive' in surface) {
    return { kind: 'per-active', coefficient: surface.perActive };
  }
  if (surface.table.some(({ active }, i) => i > 0 && active <= surface.table[i - 1].active)) {
    context.problem([...path, 'table'], 'the numbers of active requests must rise', '');
  }
  return { kind: 'table', points: surface.table };
}

/** `pool` is the pool named like what it leads to. */
function resolvePools(
  { pool, pools }: ServiceSurface,
  path: Path,
  context: Context,
): Readonly<Record<string, PoolDescription>> {
  const all = Object.entries(pools ?? {}).map(([name, one]) => ({ name, one, at: [...path, 'pools', name] }));
  if (pool !== undefined) {
    const at = [...path, 'pool'];
    if (pool.to === undefined) {
      context.problem(at, '"to" is missing', 'say what the connections lead to: pool: { to: db, size: 10 }');
    }
    all.unshift({ name: pool.to ?? 'pool', one: pool, at });
  }
  if (new Set(all.map(({ name }) => name)).size < all.length) {
    context.problem(
      [...path, 'pools'],
      `has a pool "${all[0].name}", and \`pool\` makes one of that name`,
      'name it otherwise',
    );
  }
  return Object.fromEntries(all.map(({ name, one, at }) => [name, resolvePool(one, at, context)]));
}

function resolvePool(surface: PoolSurface, path: Path, context: Context): PoolDescription {
  const full = withPreset(surface, 'pool', path, context);
  const { to, patience } = full;
  const size = context.fallback([...path, 'size'], full.size, 10, {
    source: 'HikariCP README: maximumPoolSize 10',
    text: 'connections of a pool',
  });
  const grows = resolveGrowth(full, size, path, context);
  return {
    ...(to === undefined ? {} : { to }),
    size,
    ...(grows === null ? {} : { grows }),
    patience:
      patience === undefined || patience === 'unlimited'
        ? Infinity
        : context.quantity(patience, 'time', [...path, 'patience']),
  };
}

function resolveGrowth(
  { minimumIdle, connect, idleTimeout }: PoolSurface,
  size: number,
  path: Path,
  context: Context,
): PoolDescription['grows'] | null {
  if (minimumIdle === undefined) {
    for (const [key, value] of Object.entries({ connect, idleTimeout })) {
      if (value !== undefined) context.problem([...path, key], 'needs minimumIdle', 'for example minimumIdle: 5');
    }
    return null;
  }
  if (minimumIdle > size) {
    context.problem([...path, 'minimumIdle'], `must be at most the size, ${size}`, '', minimumIdle);
  }
  if (minimumIdle >= size) return null;
  if (connect === undefined) {
    context.problem(
      [...path, 'minimumIdle'],
      'a pool that grows opens connections',
      'say what one takes: connect: 20 ms',
    );
  }
  const timeout = context.fallback([...path, 'idleTimeout'], idleTimeout, '10 min', {
    source: 'HikariCP README: idleTimeout 600000 ms',
    text: 'an idle connection is closed after this time',
  });
  return {
    least: minimumIdle,
    connect: resolveTime(connect ?? '0 s', [...path, 'connect'], context),
    idleTimeout: timeout === 'unlimited' ? Infinity : context.quantity(timeout, 'time', [...path, 'idleTimeout']),
  };
}

function resolveWork(
  work: ServiceSurface['work'],
  name: string,
  pools: Readonly<Record<string, PoolDescription>>,
  measured: MeasuredDemands,
  context: Context,
): ServiceDescription['work'] {
  const path = ['services', name, 'work'];
  const scope: StepScope = {
    context,
    from: { kind: 'service', name },
    manner: plainManner,
    pool: (wanted) =>
      Object.hasOwn(pools, wanted) ? wanted : (Object.keys(pools).find((pool) => pools[pool].to === wanted) ?? null),
    measured: (at) => asLaw(measured.of(name, at)),
  };
  if (work === undefined) {
    return { '*': defaultWork(name, path, measured, scope) };
  }
  if (Array.isArray(work)) {
    return { '*': resolveSteps(work, path, scope) };
  }
  if (Object.keys(work).length === 0) {
    context.problem(path, 'has no classes', 'give a list of steps, or steps by request class');
  }
  return Object.fromEntries(
    Object.entries(work).map(([one, steps]) => [one, resolveSteps(steps, [...path, one], scope)]),
  );
}

function defaultWork(
  name: string,
  path: Path,
  measured: MeasuredDemands,
  { context, ...scope }: StepScope,
): ReturnType<typeof resolveSteps> {
  if (measured.has(name)) {
    context.assume(path, 'default', 'compute: measured', 'windtunnel default', `${name} only computes`);
    return resolveSteps([{ compute: 'measured' }], path, { context, ...scope });
  }
  context.missing.push({
    path: path.join('.'),
    what: `what a request does at ${name}`,
    certain: [],
    how: `its work, for example work: [ { compute: { exponential: 10 ms } } ]; or measured: { ${name}.cpu: ... } with its cores`,
  });
  return [];
}

function asLaw(demand: number | null): TimeDescription | null {
  return demand === null
    ? null
    : demand > 0
      ? { kind: 'exponential', mean: demand }
      : { kind: 'deterministic', value: 0 };
}
