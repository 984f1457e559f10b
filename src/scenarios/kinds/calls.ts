/**
 * How a call is made: timeout, retry, sizes, the SYN schedule. Clients give these as defaults of their calls; a call
 * step may say its own; directors retry too.
 */
import { z } from 'zod';
import { OUTCOMES } from '../../models/outcome.ts';
import type { Outcome } from '../../models/outcome.ts';
import type { CallStep, ConnectDescription, HedgeDescription, RetryDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import { connectPreset, connectPresetNames } from '../presets.ts';
import { hintFor } from '../suggest.ts';
import type { Path } from '../problem.ts';
import { breakerSchema, resolveBreaker } from './breakers.ts';
import { count, flag, number, rate, share, size, time, word } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

const failures = OUTCOMES.filter((outcome) => outcome !== 'ok') as [Outcome, ...Outcome[]];

/** @param more keys of the long form. */
const retryForms = <More extends z.ZodRawShape>(more: More) =>
  z.union([
    count('attempts after the first', 0),
    z.strictObject({
      times: z
        .union([count('attempts after the first', 0), z.literal('all')])
        .optional()
        .meta({
          description: 'attempts after the first; `all` (directors): every other member once',
        }),
      backoff: z
        .union([
          z.literal('none'),
          time('pause before each further attempt'),
          z.strictObject({
            base: time('pause before the second attempt'),
            factor: number('factor of each further pause', 1).optional(),
            max: time('longest pause').optional(),
            jitter: word(['none', 'full', 'equal'], 'none, full (0 to pause) or equal (half to full pause)').optional(),
          }),
        ])
        .optional()
        .meta({ description: 'pause between attempts; none by default' }),
      on: z
        .array(z.enum(failures))
        .min(1)
        .optional()
        .meta({ description: 'causes that are tried again; all failures by default' }),
      other: flag('avoid the servers already tried').optional(),
      budget: z
        .union([
          share('of first attempts'),
          z.strictObject({
            share: share('of the first attempts of late; 20 % by default').optional(),
            ttl: time('how long an attempt counts; 10 s by default', { positive: true }).optional(),
            least: rate('retries allowed in any case; 10/s by default').optional(),
          }),
          z.strictObject({
            inProgress: share('of the requests in progress may be tried again at once'),
            least: count('that may in any case; 3 by default', 0).optional(),
          }),
        ])
        .optional()
        .meta({
          description:
            'retries allowed: a share of first attempts; { share, ttl, least } of late, with a rate in any case (Finagle); { inProgress: 20 %, least: 3 } at once (Envoy)',
        }),
      ...more,
    }),
  ]);

export const retrySchema = retryForms({}).meta({
  description: 'attempts after the first, or { times, backoff, on, other, budget }',
});

/** Tries of a director at its servers. */
export const directorRetrySchema = retryForms({
  same: flag('at the server that failed, where the request keeps its place (HAProxy without redispatch)').optional(),
  avoid: word(
    ['tried', 'last', 'always'],
    'with other: the servers tried while there are others (tried, default), the last one only (HAProxy redispatch), or the servers tried, and fail when there is no other (always: nginx)',
  ).optional(),
  elsewhere: count(
    'with same: every so many-th try after the first is at another server, at once (HAProxy `option redispatch N` under a hash rule)',
  ).optional(),
  forgiven: z.array(z.enum(failures)).min(1).optional().meta({
    description: 'causes that are tried again but not held against the server by maxFails (nginx: answers 403 and 404)',
  }),
  within: time('no further try so long after the request came (nginx proxy_next_upstream_timeout)', {
    positive: true,
  }).optional(),
}).meta({
  description:
    'tries after the first, or { times, backoff, on, other, budget, same, avoid, elsewhere, forgiven, within }',
});

const connectSchema = z
  .union([
    z.string().check(({ value, issues }) => {
      if (value !== 'none' && !connectPresetNames.includes(value)) {
        const hint = hintFor(value, ['none', ...connectPresetNames]);
        issues.push({ code: 'custom', message: `unknown connect schedule "${value}"\n${hint}`, input: value });
      }
    }),
    z.strictObject({
      syn: z
        .array(time('seconds after the first SYN'))
        .min(1)
        .meta({ description: 'when SYNs are sent, the first at 0 s' }),
      giveUp: time('when connecting fails, after the first SYN', { positive: true }),
    }),
  ])
  .meta({
    description: `when dropped SYNs are sent again: none, ${connectPresetNames.join(', ')}, or { syn, giveUp }`,
  });

const hedgeSchema = z
  .union([
    time('without an answer until one more copy goes', { positive: true }),
    z.strictObject({
      after: z.union([time('without an answer', { positive: true }), z.enum(['p50', 'p90', 'p95', 'p99'])]).meta({
        description:
          'pause before each further copy: 60 ms, or p95 = the response time of late that one in twenty exceeds',
      }),
      copies: count('copies after the first; 1 by default').optional(),
    }),
  ])
  .meta({
    description: 'sends a copy where no answer has come, and takes the first: 60 ms, or { after: p95, copies: 1 }',
  });

function resolveHedge(surface: z.infer<typeof hedgeSchema>, path: Path, context: Context): HedgeDescription {
  const { after, copies = 1 } = typeof surface === 'string' ? { after: surface } : surface;
  const at = typeof surface === 'string' ? path : [...path, 'after'];
  return {
    copies,
    after: after.startsWith('p')
      ? { level: Number(after.slice(1)) / 100 }
      : { seconds: context.quantity(after, 'time', at) },
  };
}

/** Keys that a call may have, and a client for all its calls. */
export const callFields = {
  timeout: timeLaw('from the attempt to giving up; none by default').optional(),
  abandon: word(
    ['keep', 'cancel'],
    'what happens to work whose caller gave up: goes on (keep) or stops (cancel)',
  ).optional(),
  retry: retrySchema.optional(),
  connect: connectSchema.optional(),
  breaker: breakerSchema.optional(),
  hedge: hedgeSchema.optional(),
  request: size('payload of a request').optional(),
  response: size('payload of a response').optional(),
};

export type CallOptions = { readonly [Key in keyof typeof callFields]?: z.infer<(typeof callFields)[Key]> };
export type RetrySurface = z.infer<typeof retrySchema> | z.infer<typeof directorRetrySchema>;

/** Everything of a call but its target. */
export type CallManner = Pick<
  CallStep,
  'requestBytes' | 'responseBytes' | 'timeout' | 'abandon' | 'retry' | 'connect' | 'breaker' | 'hedge'
>;

/** The manner of a call that says nothing. */
export const plainManner: CallManner = { requestBytes: 0, responseBytes: 0, abandon: 'keep' };

/** @param defaults what the caller's own level says (a client's defaults for its calls). */
export function resolveManner(options: CallOptions, defaults: CallManner, path: Path, context: Context): CallManner {
  const given = <Key extends keyof CallOptions, Made>(
    key: Key,
    read: (value: NonNullable<CallOptions[Key]>, path: Path) => Made,
  ) => (options[key] === undefined ? undefined : read(options[key], [...path, key]));
  const bytes = (text: string, at: Path) => context.quantity(text, 'size', at);
  const manner = {
    requestBytes: given('request', bytes) ?? defaults.requestBytes,
    responseBytes: given('response', bytes) ?? defaults.responseBytes,
    abandon: options.abandon ?? defaults.abandon,
    timeout: given('timeout', (law, at) => resolveTime(law, at, context)) ?? defaults.timeout,
    retry: given('retry', (retry, at) => resolveRetry(retry, at, context)) ?? defaults.retry,
    breaker: given('breaker', (breaker, at) => resolveBreaker(breaker, at, context)) ?? defaults.breaker,
    hedge: given('hedge', (hedge, at) => resolveHedge(hedge, at, context)) ?? defaults.hedge,
    connect:
      options.connect === 'none'
        ? undefined
        : (given('connect', (connect, at) => resolveConnect(connect, at, context)) ?? defaults.connect),
  };
  return withoutUndefined(manner);
}

/** @param others number of other members, for `times: all`; absent where there is no director. */
export function resolveRetry(
  retry: RetrySurface,
  path: Path,
  context: Context,
  others?: number,
): RetryDescription | undefined {
  const long = typeof retry === 'number' ? { times: retry } : retry;
  if (long.times === 'all' && others === undefined) {
    context.problem([...path, 'times'], '"all" is for directors: every other member once', 'give a number', 'all');
  }
  const times = long.times === 'all' ? (others ?? 0) : (long.times ?? 1);
  if (times === 0) {
    return undefined;
  }
  const backoff = long.backoff ?? 'none';
  const pauses =
    backoff === 'none'
      ? { base: 0 }
      : typeof backoff === 'string'
        ? { base: context.quantity(backoff, 'time', [...path, 'backoff']) }
        : {
            base: context.quantity(backoff.base, 'time', [...path, 'backoff', 'base']),
            factor: backoff.factor,
            max: context.limit(backoff.max, 'time', [...path, 'backoff', 'max']),
            jitter: backoff.jitter,
          };
  return {
    times,
    backoff: {
      base: pauses.base,
      factor: pauses.factor ?? 1,
      max: pauses.max ?? Infinity,
      jitter: pauses.jitter ?? 'none',
    },
    on: long.on ?? failures,
    other: long.other ?? false,
    budget: resolveBudget(long.budget, [...path, 'budget'], context),
    ...resolveSame(long, path, context),
  };
}

function resolveBudget(
  budget: Exclude<RetrySurface, number>['budget'],
  path: Path,
  context: Context,
): RetryDescription['budget'] {
  if (budget === undefined) return Infinity;
  if (typeof budget === 'string') return context.quantity(budget, 'share', path);
  if ('inProgress' in budget) {
    const least = context.fallback([...path, 'least'], budget.least, 3, {
      source: 'Envoy 1.30 documentation, retry_budget',
      text: 'retries at once in any case',
    });
    return { kind: 'in-progress', share: context.quantity(budget.inProgress, 'share', [...path, 'inProgress']), least };
  }
  const usual = (key: 'share' | 'ttl' | 'least', otherwise: string, text: string): string =>
    context.fallback([...path, key], budget[key], otherwise, { source: 'Finagle 22, RetryBudget', text });
  return {
    kind: 'recent',
    share: context.quantity(usual('share', '20 %', 'retries as a share of first attempts'), 'share', [
      ...path,
      'share',
    ]),
    ttl: context.quantity(usual('ttl', '10 s', 'an attempt counts for'), 'time', [...path, 'ttl']),
    perSecond: context.quantity(usual('least', '10 req/s', 'retries in any case'), 'rate', [...path, 'least']),
  };
}

/** What only directors' tries have. */
function resolveSame(
  retry: Exclude<z.infer<typeof directorRetrySchema>, number>,
  path: Path,
  context: Context,
): Pick<RetryDescription, 'same' | 'within' | 'avoid' | 'elsewhereEach' | 'forgiven'> {
  if (retry.avoid !== undefined && retry.other !== true) {
    context.problem([...path, 'avoid'], 'says nothing without `other: true`', 'add other: true', retry.avoid);
  }
  if (retry.elsewhere !== undefined && retry.same !== true) {
    context.problem([...path, 'elsewhere'], 'says nothing without `same: true`', 'add same: true', retry.elsewhere);
  }
  if (retry.same === true && (retry.other === true || retry.budget !== undefined)) {
    const key = retry.other === true ? 'other' : 'budget';
    context.problem(
      [...path, 'same'],
      `does not go with ${key}`,
      'same: the next try is at the server that failed',
      true,
    );
  }
  return {
    ...(retry.same === true ? { same: true } : {}),
    ...(retry.avoid === undefined ? {} : { avoid: retry.avoid }),
    ...(retry.elsewhere === undefined ? {} : { elsewhereEach: retry.elsewhere, avoid: 'last' }),
    ...(retry.forgiven === undefined ? {} : { forgiven: retry.forgiven }),
    ...(retry.within === undefined ? {} : { within: context.quantity(retry.within, 'time', [...path, 'within']) }),
  };
}

function resolveConnect(
  connect: NonNullable<CallOptions['connect']>,
  path: Path,
  context: Context,
): ConnectDescription {
  const preset = typeof connect === 'string' ? connectPreset(connect) : null;
  if (preset !== null) {
    context.assume(
      path,
      'preset',
      `SYN at ${preset.syn.join(', ')}, gives up after ${preset.giveUp}`,
      preset.source,
      'when dropped SYNs are sent again',
    );
  }
  const { syn, giveUp } = preset ?? (connect as Exclude<typeof connect, string>);
  const times = syn.map((at, i) => context.quantity(at, 'time', [...path, 'syn', i]));
  const end = context.quantity(giveUp, 'time', [...path, 'giveUp']);
  if (times.some((at, i) => (i === 0 ? at !== 0 : at <= times[i - 1])) || end <= times[times.length - 1]) {
    context.problem(
      path,
      'SYN times must begin with 0 s and rise, and giving up comes last',
      'for example { syn: [0 s, 1 s, 3 s], giveUp: 7 s }',
    );
  }
  return { syn: times, giveUp: end };
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
