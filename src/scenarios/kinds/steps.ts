/**
 * What a request does, as a list of steps: each a map whose first key says what it is.
 */
import { z } from 'zod';
import type { Step, TimeDescription } from '../../models/description.ts';
import type { Context, FoundCall } from '../context.ts';
import type { Path } from '../problem.ts';
import { callFields, resolveManner } from './calls.ts';
import type { CallManner } from './calls.ts';
import { count, named, number, positive, reference, size, word } from './fields.ts';
import { countLaw, resolveCount, resolveWork, workLaw } from './laws.ts';
import type { CountLaw, WorkLaw } from './laws.ts';

const steps: z.ZodType<StepSurface[]> = z.lazy(() => z.array(step));
const target = 'a service, a director, or one server (web.2)';
const requestClass = reference('class of the work there; the class of this request by default').optional();
const places = { request: size('payload of a request').optional(), class: requestClass };

const callOptions = {
  ...callFields,
  class: requestClass,
  times: countLaw('how often, one after the other').optional(),
  otherwise: steps.optional().meta({ description: 'steps instead of failing' }),
  fallback: steps.optional().meta({ description: 'steps where its breaker is open; `otherwise` by default' }),
};

const step: z.ZodType<StepSurface> = z
  .union([
    z.strictObject({ wait: workLaw('a time that uses nothing') }),
    z.strictObject({
      compute: z.union([z.enum(['measured', 'demand']), workLaw('processor time')]).meta({
        description: 'processor time at speed 1; `measured` takes it from `measured:`, `demand` from the trace',
      }),
    }),
    z.strictObject({ call: reference(target), ...callOptions }),
    z.strictObject({ query: reference(target), ...callOptions }),
    z.strictObject({ send: reference('who gets a message that nobody waits for'), ...places }),
    z.strictObject({
      with: reference('the pool, or what it leads to'),
      do: steps.meta({ description: 'steps that keep one connection' }),
    }),
    z.strictObject({
      lookup: reference('a cache'),
      miss: steps.meta({ description: 'what loads it, where the cache does not have it; then it is kept' }),
    }),
    z.strictObject({ publish: reference('a topic') }),
    z.strictObject({
      when: reference('a rule'),
      do: steps.meta({ description: 'while it is on: the cheaper way' }),
      otherwise: steps.optional().meta({ description: 'while it is not; nothing by default' }),
    }),
    z.strictObject({ acquire: reference('a pool of this service') }),
    z.strictObject({ release: reference('a pool of this service') }),
    z.strictObject({
      parallel: z.array(steps).min(1).meta({ description: 'branches that start together' }),
      need: z
        .union([count('how many must end'), word(['all', 'any'], 'all, or the first')])
        .optional()
        .meta({ description: 'goes on when so many branches have ended: all (default), any, or a number' }),
    }),
    z.strictObject({
      choice: z
        .array(z.strictObject({ weight: positive('relative weight'), do: steps }))
        .min(1)
        .meta({ description: 'one branch, drawn by weight' }),
    }),
    z.strictObject({ loop: countLaw('how often'), do: steps }),
    z.strictObject({
      walk: z.strictObject({
        start: z
          .record(z.string(), number('chance', 0, 1))
          .meta({ description: 'chance of each place to be the first' }),
        places: named(
          z.strictObject({
            do: steps,
            next: z
              .record(z.string(), number('chance', 0, 1))
              .optional()
              .meta({ description: 'chance of each next place; the rest leaves' }),
          }),
          'the places',
        ),
      }),
    }),
  ])
  .meta({ id: 'step', description: 'one thing that a request does, for example { compute: 5 ms } or { call: db }' });

/** A list of steps. */
export const stepList = (description: string) => z.array(step).meta({ description });

export type StepSurface =
  | { wait: WorkLaw }
  | { compute: WorkLaw }
  | ({ call: string } & CallSurface)
  | ({ query: string } & CallSurface)
  | { send: string; request?: string; class?: string }
  | { with: string; do: StepSurface[] }
  | { lookup: string; miss: StepSurface[] }
  | { publish: string }
  | { when: string; do: StepSurface[]; otherwise?: StepSurface[] }
  | { acquire: string }
  | { release: string }
  | { parallel: StepSurface[][]; need?: number | 'all' | 'any' }
  | { choice: { weight: number; do: StepSurface[] }[] }
  | { loop: CountLaw; do: StepSurface[] }
  | { walk: WalkSurface };

type CallSurface = { [Key in keyof typeof callOptions]?: z.infer<(typeof callOptions)[Key]> };
interface WalkSurface {
  start: Record<string, number>;
  places: Record<string, { do: StepSurface[]; next?: Record<string, number> }>;
}

/** What the steps of one class of one service or client may refer to. */
export interface StepScope {
  readonly context: Context;
  readonly from: FoundCall['from'];
  /** Defaults of every call here. */
  readonly manner: CallManner;
  /** Pool by its name or by what it leads to; null where there is none. */
  pool(name: string): string | null;
  /** `compute: measured`: the demand, or null where it cannot be known (the step is then left out). */
  measured(path: Path): TimeDescription | null;
}

export function resolveSteps(surface: readonly StepSurface[], path: Path, scope: StepScope): readonly Step[] {
  return surface.flatMap((one, index) => resolveStep(one, [...path, index], scope));
}

// ------------------------------------------------------------------------------------------------------------ helpers

function resolveStep(surface: StepSurface, path: Path, scope: StepScope): readonly Step[] {
  const { context } = scope;
  if ('wait' in surface) {
    return [{ do: 'wait', time: resolveWork(surface.wait, [...path, 'wait'], context) }];
  }
  if ('compute' in surface) {
    const at = [...path, 'compute'];
    const time = surface.compute === 'measured' ? scope.measured(at) : resolveWork(surface.compute, at, context);
    return time === null ? [] : [{ do: 'compute', time }];
  }
  if ('call' in surface || 'query' in surface) {
    return resolveCall(surface, path, scope);
  }
  if ('send' in surface) {
    const { send, class: requestClass, request } = surface;
    context.calls.push({ path: [...path, 'send'], to: send, from: scope.from });
    const requestBytes =
      request === undefined ? scope.manner.requestBytes : context.quantity(request, 'size', [...path, 'request']);
    return [{ do: 'send', to: send, requestBytes, ...(requestClass === undefined ? {} : { requestClass }) }];
  }
  if ('with' in surface) {
    const pool = poolOf(surface.with, [...path, 'with'], scope);
    const inside = resolveSteps(surface.do, [...path, 'do'], scope);
    return pool === null ? inside : [{ do: 'acquire', pool }, ...inside, { do: 'release', pool }];
  }
  if ('lookup' in surface) {
    context.lookups.push({ path: [...path, 'lookup'], cache: surface.lookup });
    return [{ do: 'lookup', cache: surface.lookup, miss: resolveSteps(surface.miss, [...path, 'miss'], scope) }];
  }
  if ('publish' in surface) {
    const { publish } = surface;
    const at = [...path, 'publish'];
    context.publishes.push({ path: at, topic: publish });
    const steps = context.publishing.get(publish) ?? [];
    for (const inner of steps) {
      if (inner.do === 'call' || inner.do === 'send') context.calls.push({ path: at, to: inner.to, from: scope.from });
    }
    return steps;
  }
  if ('when' in surface) {
    context.whens.push({ path: [...path, 'when'], rule: surface.when });
    return [
      {
        do: 'when',
        rule: surface.when,
        steps: resolveSteps(surface.do, [...path, 'do'], scope),
        otherwise: resolveSteps(surface.otherwise ?? [], [...path, 'otherwise'], scope),
      },
    ];
  }
  if ('acquire' in surface) {
    const pool = poolOf(surface.acquire, [...path, 'acquire'], scope);
    return pool === null ? [] : [{ do: 'acquire', pool }];
  }
  if ('release' in surface) {
    const pool = poolOf(surface.release, [...path, 'release'], scope);
    return pool === null ? [] : [{ do: 'release', pool }];
  }
  if ('parallel' in surface) {
    return [resolveParallel(surface, path, scope)];
  }
  if ('choice' in surface) {
    const branches = surface.choice.map((branch, i) => ({
      weight: branch.weight,
      steps: resolveSteps(branch.do, [...path, 'choice', i, 'do'], scope),
    }));
    return [{ do: 'choice', branches }];
  }
  if ('loop' in surface) {
    const times = resolveCount(surface.loop, [...path, 'loop'], context);
    return [{ do: 'loop', times, steps: resolveSteps(surface.do, [...path, 'do'], scope) }];
  }
  return [resolveWalk(surface.walk, [...path, 'walk'], scope)];
}

function resolveCall(
  surface: { call?: string; query?: string } & CallSurface,
  path: Path,
  scope: StepScope,
): readonly Step[] {
  const { call, query, class: requestClass, times, otherwise, fallback, ...options } = surface;
  scope.context.calls.push({
    path: [...path, call === undefined ? 'query' : 'call'],
    to: (call ?? query)!,
    from: scope.from,
  });
  const manner = resolveManner(options, scope.manner, path, scope.context);
  if (fallback !== undefined && manner.breaker === undefined) {
    const hint = 'for example breaker: 5; `otherwise` is for any failure';
    scope.context.problem([...path, 'fallback'], 'is for a call with a breaker', hint);
  }
  if (fallback !== undefined && manner.hedge !== undefined) {
    scope.context.problem(
      [...path, 'fallback'],
      'does not go with hedge',
      'take `otherwise`: the copies fail together',
    );
  }
  const step: Step = {
    do: 'call',
    to: (call ?? query)!,
    ...manner,
    ...(requestClass === undefined ? {} : { requestClass }),
    ...(otherwise === undefined ? {} : { otherwise: resolveSteps(otherwise, [...path, 'otherwise'], scope) }),
    ...(fallback === undefined ? {} : { fallback: resolveSteps(fallback, [...path, 'fallback'], scope) }),
  };
  return times === undefined || times === 1
    ? [step]
    : [{ do: 'loop', times: resolveCount(times, [...path, 'times'], scope.context), steps: [step] }];
}

function resolveParallel(
  { parallel, need }: { parallel: StepSurface[][]; need?: number | 'all' | 'any' },
  path: Path,
  scope: StepScope,
): Step {
  const branches = parallel.map((branch, i) => resolveSteps(branch, [...path, 'parallel', i], scope));
  if (typeof need === 'number' && need > branches.length) {
    scope.context.problem(
      [...path, 'need'],
      `must be at most ${branches.length}, the number of branches, got ${need}`,
      '',
      need,
    );
  }
  return { do: 'parallel', branches, need: need === 'any' ? 1 : typeof need === 'number' ? need : branches.length };
}

function resolveWalk({ start, places }: WalkSurface, path: Path, scope: StepScope): Step {
  const checkChances = (chances: Readonly<Record<string, number>>, at: Path, whole: boolean) => {
    const sum = Object.values(chances).reduce((a, b) => a + b, 0);
    if (sum > 1 + 1e-9 || (whole && sum < 1 - 1e-9)) {
      scope.context.problem(
        at,
        `the chances must add up to ${whole ? '1' : 'at most 1'}, got ${Number(sum.toPrecision(6))}`,
      );
    }
    for (const place of Object.keys(chances).filter((name) => !Object.hasOwn(places, name))) {
      scope.context.problem(
        [...at, place],
        `there is no place "${place}" in this walk`,
        `places: ${Object.keys(places).join(', ')}`,
      );
    }
  };
  checkChances(start, [...path, 'start'], true);
  return {
    do: 'walk',
    start,
    places: Object.fromEntries(
      Object.entries(places).map(([name, place]) => {
        const at = [...path, 'places', name];
        checkChances(place.next ?? {}, [...at, 'next'], false);
        return [name, { steps: resolveSteps(place.do, [...at, 'do'], scope), next: place.next ?? {} }];
      }),
    ),
  };
}

function poolOf(name: string, path: Path, scope: StepScope): string | null {
  const pool = scope.pool(name);
  if (pool === null) {
    scope.context.problem(
      path,
      `there is no pool "${name}" here`,
      'a service has its own: pool: { to: db, size: 10 }, or pools: { NAME: {...} }',
      name,
    );
  }
  return pool;
}
