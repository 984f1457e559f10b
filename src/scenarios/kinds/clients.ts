/**
 * Clients: who sends requests, how many, and what each request does. Open (a rate), closed (users), or a trace.
 */
import { z } from 'zod';
import type {
  ClientsDescription,
  ClosedLoad,
  OpenLoad,
  PauseDescription,
  RequestClass,
  Step,
  TimeDescription,
  TraceLoad,
} from '../../models/description.ts';
import { OUTCOMES } from '../../models/outcome.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import type { Path } from '../problem.ts';
import { keysSchema, resolveKeys } from './caches.ts';
import { callFields, plainManner, resolveManner } from './calls.ts';
import type { CallManner } from './calls.ts';
import { count, countOrUnlimited, named, number, reference, share, text, time, word } from './fields.ts';
import { countLaw, meanOf, resolveCount, resolveTime, timeLaw } from './laws.ts';
import { rateSchema, resolveRate, resolveUsers, usersSchema } from './shapes.ts';
import { resolveSteps, stepList } from './steps.ts';
import { resolveTables, tables } from './tables.ts';

const causes = z.enum(OUTCOMES);

const requestFields = {
  to: reference('where a request goes: a director, a service, or one server (web.2)').optional(),
  work: stepList('what a request does, where it is more than one call').optional(),
  priority: number('0 is served first', 0).optional(),
  ...callFields,
};

/** A time, or a multiple of the response time at present. */
const pauseSchema = z.union([
  timeLaw('pause before the next request'),
  z.strictObject({
    timesResponse: number(
      'times the mean response time that these clients have at present from the server that failed',
      0,
    ),
    spread: share('evenly spread by so much to either side; 0 % by default').optional(),
  }),
]);

export const clientsSchema = z
  .strictObject({
    rate: rateSchema.optional(),
    users: usersSchema.optional(),
    trace: z
      .union([
        text('name of a trace given with --trace NAME=file.csv'),
        z.strictObject({
          at: z.array(time('when a request is due')).min(1).max(100_000),
          demand: z.array(time('its demand')).max(100_000).optional(),
          priority: z.array(number('0 is served first')).max(100_000).optional(),
        }),
      ])
      .optional()
      .meta({ description: 'requests at recorded times' }),
    arrivals: z
      .union([
        word(['poisson', 'even'], 'at random, or evenly spaced'),
        timeLaw('time between arrivals; the rate gives the mean'),
      ])
      .optional()
      .meta({
        description: 'how arrivals of a rate are spaced: poisson (default), even, or a law of interarrival times',
      }),
    batch: countLaw('requests that come together; 1 by default').optional(),
    first: time('when the first request is due').optional(),
    requests: count('stop after so many requests').optional(),
    backlog: count('requests that wait already when the run begins, as after an outage; none by default', 0).optional(),
    think: z
      .union([z.literal('none'), timeLaw('pause from a reply to the next request')])
      .optional()
      .meta({
        description: 'pause of a user from a reply to the next request',
      }),
    start: z
      .union([
        z.literal('think'),
        z.strictObject({ rendezvous: timeLaw('all users start within this time; 1 s: evenly over one second') }),
      ])
      .optional()
      .meta({ description: 'first request of a user: after a think time (default), or { rendezvous: 1 s }' }),
    iterations: countOrUnlimited('requests that each user makes; unlimited by default').optional(),
    again: z.partialRecord(causes, pauseSchema).optional().meta({
      description:
        'pause after a failure of this cause, instead of the think time: { refused: { uniform: [1 s, 3 s] } }, or a multiple of the response time at present: { refused: { timesResponse: 3 } }',
    }),
    sources: z
      .union([count('distinct source addresses'), z.literal('many')])
      .optional()
      .meta({ description: 'distinct source addresses; many (default): every user or request its own' }),
    generator: reference(
      'the service that makes these requests, where the test itself can be busy: they go to it, and it calls what is tested; response times count from when a request was due, the time from its send is kept beside',
    ).optional(),
    keys: keysSchema.optional(),
    keep: word(
      ['request', 'connection'],
      'one connection a request (default), or each user keeps its own until it leaves: the server counts it all the while',
    ).optional(),
    mix: named(
      z.strictObject({ share: share('share of the requests'), ...requestFields }),
      'request classes',
    ).optional(),
    tables: tables.optional(),
    ...requestFields,
  })
  .meta({ description: 'who sends requests' });

export type ClientsSurface = z.infer<typeof clientsSchema>;
type RequestSurface = { readonly [Key in keyof typeof requestFields]?: z.infer<(typeof requestFields)[Key]> };

/** Recorded requests, as they come from a file. Seconds. */
export interface GivenTrace {
  readonly at: readonly number[];
  readonly demand?: readonly number[];
  readonly priority?: readonly number[];
}

export interface ClientsScope {
  readonly context: Context;
  readonly traces: Readonly<Record<string, GivenTrace>>;
  /** End of the run in seconds, Infinity where it is not given. */
  readonly until: number;
}

export function resolveClients(surface: ClientsSurface, name: string, scope: ClientsScope): ClientsDescription {
  const path = ['clients', name];
  const { context } = scope;
  const mix = resolveMix(surface, path, context);
  return {
    load: resolveLoad(surface, name, path, scope),
    mix,
    ...resolveGenerator(surface, path, mix, context),
    sources: surface.sources === undefined || surface.sources === 'many' ? Infinity : surface.sources,
    ...(surface.keys === undefined ? {} : { keys: resolveKeys(surface.keys, [...path, 'keys'], context) }),
    keep: surface.keep ?? 'request',
    tables: resolveTables(surface.tables, [...path, 'tables'], context),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

function resolveGenerator(
  { generator }: ClientsSurface,
  path: Path,
  mix: readonly RequestClass[],
  context: Context,
): Pick<ClientsDescription, 'generator'> {
  if (generator === undefined) return {};
  const through = mix.every(({ steps }) => steps.length === 1 && steps[0].do === 'call' && steps[0].to === generator);
  if (!through) {
    context.problem(
      [...path, 'generator'],
      'must be where all of these requests go first',
      `to: ${generator}, and the work of ${generator} calls what is tested: services: { ${generator}: { cores: 1, work: [ { compute: 2 ms }, { call: web } ] } }`,
      generator,
    );
  }
  return { generator };
}

const onlyOpen = ['arrivals', 'batch', 'first', 'requests', 'backlog'] as const;
const onlyClosed = ['think', 'start', 'iterations', 'again'] as const;

function resolveLoad(
  surface: ClientsSurface,
  name: string,
  path: Path,
  scope: ClientsScope,
): ClientsDescription['load'] {
  const { context } = scope;
  const kinds = (['rate', 'users', 'trace'] as const).filter((key) => surface[key] !== undefined);
  if (kinds.length !== 1) {
    const rule = kinds.length === 0 ? `says no load` : `has ${kinds.join(' and ')}`;
    if (kinds.length > 0 || !Object.hasOwn(scope.traces, name)) {
      context.problem(path, rule, 'give one of rate: 800 req/s, users: 100, trace: NAME');
      return { kind: 'trace', at: [], demand: [], priority: [] };
    }
  }
  const [kind] = kinds;
  const foreign = kind === 'rate' ? onlyClosed : kind === 'users' ? onlyOpen : [...onlyOpen, ...onlyClosed];
  for (const key of foreign.filter((one) => surface[one] !== undefined)) {
    const owner = (onlyOpen as readonly string[]).includes(key) ? 'a rate' : 'users';
    context.problem(
      [...path, key],
      `belongs to clients with ${owner}`,
      kind === undefined ? '' : `these have ${kind === 'rate' ? 'a rate' : kind}`,
    );
  }
  if (surface.rate !== undefined) {
    return resolveOpen(surface, path, scope);
  }
  return surface.users !== undefined
    ? resolveClosed(surface, path, context)
    : resolveTrace(surface.trace ?? name, [...path, 'trace'], scope);
}

function resolveOpen(surface: ClientsSurface, path: Path, { context, until }: ClientsScope): OpenLoad {
  const { arrivals, batch, requests, first, backlog = 0 } = surface;
  const spacing =
    arrivals === undefined || arrivals === 'poisson' || arrivals === 'even'
      ? context.fallback([...path, 'arrivals'], arrivals, 'poisson', {
          text: 'arrivals are independent of each other (Poisson)',
        })
      : resolveTime(arrivals, [...path, 'arrivals'], context);
  return {
    kind: 'open',
    rate: resolveRate(surface.rate!, [...path, 'rate'], until, context),
    arrivals: spacing,
    ...(batch === undefined ? {} : { batch: resolveCount(batch, [...path, 'batch'], context) }),
    ...(requests === undefined ? {} : { limit: requests }),
    ...(backlog === 0 ? {} : { backlog }),
    ...(first === undefined ? {} : { firstAt: context.quantity(first, 'time', [...path, 'first']) }),
  };
}

function resolveClosed(surface: ClientsSurface, path: Path, context: Context): ClosedLoad {
  const { think, start, again } = surface;
  const none: TimeDescription = { kind: 'deterministic', value: 0 };
  const pause = think === undefined || think === 'none' ? none : resolveTime(think, [...path, 'think'], context);
  const iterations = unlimited(surface.iterations ?? 'unlimited');
  const once = iterations === 1;
  if (think === undefined && !once) {
    context.assume([...path, 'think'], 'default', 'none', 'windtunnel default', 'users send the next request at once');
    context.doubt(
      path,
      'users without think time: each has a request in progress at all times; `think: 5 s` gives them a pause, `think: none` says that it is meant',
    );
  }
  return {
    kind: 'closed',
    users: resolveUsers(surface.users!, [...path, 'users'], context),
    think: pause,
    start:
      start === undefined || start === 'think'
        ? { kind: 'think' }
        : { kind: 'rendezvous', spread: resolveSpread(start.rendezvous, [...path, 'start', 'rendezvous'], context) },
    iterations,
    again: Object.fromEntries(
      Object.entries(again ?? {}).map(([cause, pause]) => [
        cause,
        resolvePause(pause, [...path, 'again', cause], context),
      ]),
    ),
  };
}

function resolvePause(pause: z.infer<typeof pauseSchema>, path: Path, context: Context): PauseDescription {
  if (typeof pause === 'string' || !('timesResponse' in pause)) return resolveTime(pause, path, context);
  const spread = pause.spread === undefined ? 0 : context.quantity(pause.spread, 'share', [...path, 'spread']);
  if (spread > 1) {
    context.problem(
      [...path, 'spread'],
      'must be at most 100 %: a pause cannot end before it begins',
      '',
      pause.spread,
    );
  }
  return { kind: 'times-response', factor: pause.timesResponse, spread };
}

/** A plain time is the width of an even spread. */
function resolveSpread(law: z.infer<ReturnType<typeof timeLaw>>, path: Path, context: Context) {
  const spread = resolveTime(law, path, context);
  return spread.kind === 'deterministic' ? ({ kind: 'uniform', low: 0, high: meanOf(spread) } as const) : spread;
}

function resolveTrace(
  trace: NonNullable<ClientsSurface['trace']>,
  path: Path,
  { context, traces }: ClientsScope,
): TraceLoad {
  const empty: TraceLoad = { kind: 'trace', at: [], demand: [], priority: [] };
  if (typeof trace === 'string') {
    const given = Object.hasOwn(traces, trace) ? traces[trace] : undefined;
    if (given === undefined) {
      context.problem(path, `the trace "${trace}" is not given`, `run with --trace ${trace}=file.csv`, trace);
      return empty;
    }
    return { kind: 'trace', at: given.at, demand: given.demand ?? [], priority: given.priority ?? [] };
  }
  const seconds = (texts: readonly string[], key: string) =>
    texts.map((one, i) => context.quantity(one, 'time', [...path, key, i]));
  const load: TraceLoad = {
    kind: 'trace',
    at: seconds(trace.at, 'at'),
    demand: seconds(trace.demand ?? [], 'demand'),
    priority: trace.priority ?? [],
  };
  load.at.forEach((when, i) => {
    if (i > 0 && when < load.at[i - 1]) {
      context.problem([...path, 'at', i], `times must not fall, ${when} s comes after ${load.at[i - 1]} s`);
    }
  });
  for (const key of ['demand', 'priority'] as const) {
    if (load[key].length > 0 && load[key].length !== load.at.length) {
      context.problem(
        [...path, key],
        `has ${load[key].length} values for ${load.at.length} requests`,
        'give one for each request, or none',
      );
    }
  }
  return load;
}

function resolveMix(surface: ClientsSurface, path: Path, context: Context): readonly RequestClass[] {
  const manner = resolveManner(surface, plainManner, path, context);
  if (surface.mix === undefined) {
    const steps = resolveRequest(surface, path, manner, context);
    return [{ name: 'request', share: 1, priority: surface.priority ?? 0, steps }];
  }
  if (Object.keys(surface.mix).length === 0) {
    context.problem(
      [...path, 'mix'],
      'has no classes',
      'for example { read: { share: 80 %, to: web }, write: { share: 20 %, to: web } }',
    );
  }
  if (surface.work !== undefined) {
    context.problem([...path, 'work'], 'stands beside `mix`', 'give each class its own `to` or `work`');
  }
  const classes = Object.entries(surface.mix).map(([name, one]) => {
    const at = [...path, 'mix', name];
    const withTarget = one.to === undefined && one.work === undefined ? { ...one, to: surface.to } : one;
    return {
      name,
      share: context.quantity(one.share, 'share', [...at, 'share']),
      priority: one.priority ?? surface.priority ?? 0,
      steps: resolveRequest(withTarget, at, resolveManner(one, manner, at, context), context),
    };
  });
  const sum = classes.reduce((total, one) => total + one.share, 0);
  if (classes.length > 0 && !(sum > 0)) {
    context.problem([...path, 'mix'], 'the shares add up to 0 %');
  } else if (classes.length > 0 && Math.abs(sum - 1) > 1e-6) {
    context.doubt(
      [...path, 'mix'],
      `the shares add up to ${Number((sum * 100).toPrecision(6))} %, they are taken as relative`,
    );
  }
  return classes.filter((one) => one.share > 0);
}

function resolveRequest(surface: RequestSurface, path: Path, manner: CallManner, context: Context): readonly Step[] {
  if (surface.work !== undefined) {
    if (surface.to !== undefined) {
      context.problem(path, 'has `to` and `work`', '`to: web` is short for work: [ { call: web } ]; give one');
    }
    const scope = {
      context,
      from: { kind: 'clients', name: String(path[1]) } as const,
      manner,
      pool: () => null,
      measured: (at: Path) => {
        context.problem(at, 'clients have no measured demand', '`compute: measured` belongs to a service');
        return null;
      },
    };
    return resolveSteps(surface.work, [...path, 'work'], scope);
  }
  if (surface.to === undefined) {
    context.problem(path, '"to" is missing', 'say where requests go: to: NAME of a director or a service');
    return [];
  }
  context.calls.push({ path: [...path, 'to'], to: surface.to, from: { kind: 'clients', name: String(path[1]) } });
  return [{ do: 'call', to: surface.to, ...manner }];
}
