/** Autoscaling: how the number of servers of a service follows a metric. */
import { z } from 'zod';
import type { Direction, Policy } from '../../models/autoscalers/behaviour.ts';
import type { ThresholdRule } from '../../models/autoscalers/thresholds.ts';
import type { AutoscalerDescription, HeapDescription, MetricDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { shortValue } from '../problem.ts';
import { parseQuantity } from '../units.ts';
import { count, number, positive, rate, reference, share, size, time, word } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

const metricFields = {
  cpu: share('processor time used, of the cores of a server').optional(),
  memory: share('memory used: of the heap, or of `memory`').optional(),
  rate: rate('requests a second that come to a server').optional(),
  queue: number('requests that wait at a server').optional(),
  present: number('requests at a server, waiting or served').optional(),
  lag: positive('records that a group of consumers has not processed, for each server').optional(),
  topic: reference('the topic of `lag`').optional(),
};

const metricSchema = z
  .strictObject(metricFields)
  .meta({ description: 'a metric and its value: { cpu: 70 % }, { rate: 100 req/s }, { lag: 1000, topic: orders }' });

const policySchema = z
  .strictObject({
    servers: count('servers').optional(),
    share: share('of the servers there are').optional(),
    per: time('period', { positive: true }),
  })
  .meta({ description: 'how many servers may come or go within a period: { servers: 4, per: 15 s }' });

const directionSchema = z.strictObject({
  window: time('recommendations of so long are looked at: the least that moves is taken').optional(),
  policies: z.array(policySchema).optional(),
  select: word(
    ['most', 'least', 'none'],
    'the policy that allows most (default), or least; none = never in this direction',
  ).optional(),
});

const ruleSchema = z
  .strictObject({
    above: metricSchema.optional(),
    below: metricSchema.optional(),
    out: z.union([count('servers more'), share('of the servers there are')]).optional(),
    in: z.union([count('servers fewer'), share('of the servers there are')]).optional(),
  })
  .meta({ description: 'a threshold: { above: { cpu: 70 % }, out: 1 }, { below: { cpu: 30 % }, in: 20 % }' });

export const autoscaleSchema = z
  .strictObject({
    from: count('servers at the beginning; `count` by default', 0).optional(),
    min: count('least servers; 1 by default', 0).optional(),
    max: count('most servers').optional(),
    target: z
      .union([metricSchema, z.array(metricSchema).min(1)])
      .optional()
      .meta({ description: 'Kubernetes HPA: the value that each server is to have, { cpu: 70 % }; or several' }),
    rules: z
      .array(ruleSchema)
      .min(1)
      .optional()
      .meta({ description: 'thresholds instead of a target; the first that holds decides' }),
    every: time('between two looks; 15 s by default', { positive: true }).optional(),
    window: time('before each look, over which CPU and requests are averaged; 15 s by default', {
      positive: true,
    }).optional(),
    tolerance: share('difference from the target that changes nothing; 10 % by default').optional(),
    out: directionSchema
      .optional()
      .meta({ description: 'how fast servers may come: { window: 0 s, policies: [ ... ] }' }),
    in: directionSchema
      .optional()
      .meta({ description: 'how fast servers may go: { window: 5 min, policies: [ ... ] }' }),
    start: timeLaw('from having a machine to being ready (container start, readiness)').optional(),
    warm: z
      .strictObject({ speed: share('at first'), over: time('until it is full', { positive: true }) })
      .optional()
      .meta({ description: 'a new server is slower at first: { speed: 50 %, over: 30 s }' }),
    drain: time('most that a server which goes may take to finish what it has; 30 s by default').optional(),
    nodes: z
      .strictObject({
        room: count('servers on one machine').optional(),
        start: timeLaw('until a new machine is there'),
        idle: z.union([time('after which a machine that is not needed goes'), z.literal('unlimited')]).optional(),
      })
      .optional()
      .meta({ description: 'machines that must be there first: { room: 2, start: 90 s }' }),
    memory: z
      .strictObject({
        size: size('of one server'),
        idle: size('used without requests').optional(),
        request: size('used by each request present').optional(),
      })
      .optional()
      .meta({ description: 'what the metric `memory` is measured by, where there is no heap' }),
  })
  .meta({
    description:
      'the number of servers follows a metric: { max: 20, target: { cpu: 70 % } }; without target and rules the servers must start first',
  });

export type AutoscaleSurface = z.infer<typeof autoscaleSchema>;
type MetricSurface = z.infer<typeof metricSchema>;

/** Kubernetes 1.30 documentation, "Horizontal Pod Autoscaling", default behaviour. */
const OUT: Direction = {
  window: 0,
  policies: [
    { kind: 'servers', value: 4, period: 15 },
    { kind: 'share', value: 1, period: 15 },
  ],
  select: 'most',
};
const IN: Direction = { window: 300, policies: [{ kind: 'share', value: 1, period: 15 }], select: 'most' };
const HPA = 'Kubernetes 1.30 documentation, Horizontal Pod Autoscaling';

interface Around {
  /** The service's own name and number of servers. */
  readonly name: string;
  readonly count: number;
  readonly measurable: boolean;
  readonly heap: HeapDescription | null;
}

export function resolveAutoscale(
  surface: AutoscaleSurface,
  around: Around,
  path: Path,
  context: Context,
): AutoscalerDescription {
  const { target, rules } = surface;
  if (target !== undefined && rules !== undefined) {
    context.problem([...path, 'rules'], 'cannot go with `target`', 'give one of them');
  }
  const kind = target !== undefined ? 'target' : rules !== undefined ? 'thresholds' : 'fixed';
  const { min, max } = resolveRange(surface, around, kind, path, context);
  const from = surface.from ?? (kind === 'fixed' ? around.count : Math.min(max, Math.max(min, around.count)));
  if (from > max) context.problem([...path, 'from'], `must be at most max, which is ${max}`, '', surface.from);
  const every = read(surface.every, 15, 'every', kind === 'fixed' ? null : 'how often the autoscaler looks');
  function read(given: string | undefined, value: number, key: string, text: string | null): number {
    if (given !== undefined) return context.quantity(given, 'time', [...path, key]);
    if (text !== null) context.assume([...path, key], 'default', `${value} s`, HPA, text);
    return value;
  }
  const metrics: MetricDescription[] = [];
  const place = (metric: MetricSurface, at: Path): { readonly metric: number; readonly value: number } => {
    const { description, value } = resolveMetric(metric, surface.memory, around, at, context);
    const same = metrics.findIndex((one) => JSON.stringify(one) === JSON.stringify(description));
    return { metric: same >= 0 ? same : metrics.push(description) - 1, value };
  };
  return {
    from: Math.min(from, max),
    min,
    max,
    every,
    window: read(surface.window, 15, 'window', null),
    rule: resolveRule(),
    metrics,
    start: resolveStart(surface, path, context),
    ...(surface.warm === undefined
      ? {}
      : {
          warm: {
            factor: speedOf(surface.warm.speed, [...path, 'warm', 'speed'], context),
            over: context.quantity(surface.warm.over, 'time', [...path, 'warm', 'over']),
          },
        }),
    drain: surface.drain === undefined ? 30 : context.quantity(surface.drain, 'time', [...path, 'drain']),
    ...(surface.nodes === undefined ? {} : { nodes: resolveNodes(surface.nodes, [...path, 'nodes'], context) }),
  };

  function resolveRule(): AutoscalerDescription['rule'] {
    if (target !== undefined) {
      const all = Array.isArray(target) ? target : [target];
      const targets = all.map((one, k) => {
        const at = Array.isArray(target) ? [...path, 'target', k] : [...path, 'target'];
        const { metric, value } = place(one, at);
        if (!(value > 0)) context.problem(at, 'a target must be more than 0', '', one);
        if (metric !== k) context.problem(at, 'stands there twice', 'one target for each metric');
        return value;
      });
      const tolerance =
        surface.tolerance === undefined ? 0.1 : context.quantity(surface.tolerance, 'share', [...path, 'tolerance']);
      const behaviour = {
        out: resolveDirection(surface.out, OUT, [...path, 'out'], context),
        in: resolveDirection(surface.in, IN, [...path, 'in'], context),
      };
      if (surface.in?.window === undefined) {
        context.assume(
          [...path, 'in', 'window'],
          'default',
          '5 min',
          HPA,
          `${around.name} scales in by the highest recommendation of so long`,
        );
      }
      return { kind: 'target', targets, tolerance, behaviour };
    }
    if (rules !== undefined) {
      for (const key of ['tolerance', 'out', 'in'] as const) {
        if (surface[key] !== undefined) context.problem([...path, key], 'belongs to `target`', 'leave it out');
      }
      return { kind: 'thresholds', rules: rules.map((rule, k) => resolveThreshold(rule, [...path, 'rules', k])) };
    }
    for (const key of ['every', 'window', 'tolerance', 'out', 'in', 'memory'] as const) {
      if (surface[key] !== undefined) {
        context.problem([...path, key], 'needs a target or rules', 'for example target: { cpu: 70 % }');
      }
    }
    return { kind: 'fixed' };
  }

  function resolveThreshold(rule: z.infer<typeof ruleSchema>, at: Path): ThresholdRule {
    const { above, below, out, in: into } = rule;
    if ((above === undefined) === (below === undefined) || (out === undefined) === (into === undefined)) {
      context.problem(at, 'must say when and what', 'for example { above: { cpu: 70 % }, out: 1 }', rule);
    }
    const when = above === undefined ? 'below' : 'above';
    const { metric, value } = place(above ?? below ?? { cpu: '100 %' }, [...at, when]);
    const direction = out === undefined ? 'in' : 'out';
    const by = out ?? into ?? 1;
    return {
      metric,
      when,
      limit: value,
      do: direction,
      by:
        typeof by === 'number'
          ? { kind: 'servers', value: by }
          : { kind: 'share', value: context.quantity(by, 'share', [...at, direction]) },
    };
  }
}

// ------------------------------------------------------------------------------------------------------------ helpers

function resolveRange(
  { min: least, max: most }: AutoscaleSurface,
  { count: servers }: Around,
  kind: AutoscalerDescription['rule']['kind'],
  path: Path,
  context: Context,
): { readonly min: number; readonly max: number } {
  if (kind === 'fixed') {
    for (const [key, value] of [
      ['min', least],
      ['max', most],
    ] as const) {
      if (value !== undefined) context.problem([...path, key], 'needs a target or rules', 'count says how many', value);
    }
    return { min: servers, max: servers };
  }
  if (most === undefined) {
    context.problem(path, '"max" is missing', 'say how many servers there may be: max: 20');
  }
  const max = most ?? servers;
  const min = least ?? 1;
  if (min > max) context.problem([...path, 'min'], `must be at most max, which is ${max}`, '', least);
  return { min: Math.min(min, max), max };
}

const kinds = ['cpu', 'memory', 'rate', 'queue', 'present', 'lag'] as const;

function resolveMetric(
  surface: MetricSurface,
  memory: AutoscaleSurface['memory'],
  { name, measurable, heap }: Around,
  path: Path,
  context: Context,
): { readonly description: MetricDescription; readonly value: number } {
  const given = kinds.filter((kind) => surface[kind] !== undefined);
  const [kind] = given;
  if (given.length !== 1) {
    context.problem(path, 'must name one metric', `one of ${kinds.join(', ')}, for example { cpu: 70 % }`, surface);
    return { description: { kind: 'present' }, value: 1 };
  }
  const written = surface[kind]!;
  const dimension = kind === 'rate' ? 'rate' : 'share';
  const value = typeof written === 'number' ? written : context.quantity(written, dimension, [...path, kind]);
  if ((kind === 'lag') !== (surface.topic !== undefined)) {
    context.problem(path, '`lag` and `topic` go together', 'for example { lag: 1000, topic: orders }', surface);
  }
  switch (kind) {
    case 'cpu':
      if (!measurable) {
        context.problem([...path, 'cpu'], `${name} has no limit of cores or workers to measure by`, 'give it cores');
      }
      return { description: { kind }, value };
    case 'lag':
      context.lags.push({ path, topic: surface.topic ?? '', group: name });
      return { description: { kind, topic: surface.topic ?? '', group: name }, value };
    case 'memory': {
      if (memory === undefined) {
        if (heap === null) {
          const hint = 'give the service a heap, or memory: { size: 16 GB, idle: 6 GB, request: 20 MB } here';
          context.problem([...path, 'memory'], 'nothing says what memory holds', hint);
        }
        return { description: { kind }, value };
      }
      const bytes = (key: 'size' | 'idle' | 'request'): number =>
        memory[key] === undefined ? 0 : parsedSize(memory[key]);
      const [total, idle, request] = [bytes('size'), bytes('idle'), bytes('request')];
      if (!(total > 0)) context.problem(path, 'memory must have a size above 0', '', shortValue(memory.size));
      return { description: { kind, size: total, idle, request }, value };
    }
    default:
      return { description: { kind }, value };
  }
}

function parsedSize(text: string): number {
  const found = parseQuantity(text, 'size');
  return found.ok ? found.value : 1;
}

function resolveDirection(
  surface: z.infer<typeof directionSchema> | undefined,
  plain: Direction,
  path: Path,
  context: Context,
): Direction {
  if (surface === undefined) return plain;
  const { window, policies, select } = surface;
  return {
    window: window === undefined ? plain.window : context.quantity(window, 'time', [...path, 'window']),
    policies: policies?.map((one, k) => resolvePolicy(one, [...path, 'policies', k], context)) ?? plain.policies,
    select: select ?? 'most',
  };
}

function resolvePolicy(surface: z.infer<typeof policySchema>, path: Path, context: Context): Policy {
  const { servers, share: part, per } = surface;
  if ((servers === undefined) === (part === undefined)) {
    context.problem(path, 'must say servers or share', 'for example { servers: 4, per: 15 s }', surface);
  }
  const period = context.quantity(per, 'time', [...path, 'per']);
  return part === undefined
    ? { kind: 'servers', value: servers ?? 1, period }
    : { kind: 'share', value: context.quantity(part, 'share', [...path, 'share']), period };
}

function resolveStart(
  { start, nodes }: AutoscaleSurface,
  path: Path,
  context: Context,
): AutoscalerDescription['start'] {
  if (start !== undefined) return resolveTime(start, [...path, 'start'], context);
  if (nodes === undefined) {
    context.assume([...path, 'start'], 'default', '0 s', 'windtunnel default', 'a new server is ready at once');
  }
  return { kind: 'deterministic', value: 0 };
}

function speedOf(text: string, path: Path, context: Context): number {
  const factor = context.quantity(text, 'share', path);
  if (factor <= 0 || factor > 1) context.problem(path, 'must be above 0 and at most 100 %', '', text);
  return Math.min(1, factor > 0 ? factor : 1);
}

function resolveNodes(
  { room = 1, start, idle }: NonNullable<AutoscaleSurface['nodes']>,
  path: Path,
  context: Context,
): NonNullable<AutoscalerDescription['nodes']> {
  const given =
    idle ??
    context.fallback([...path, 'idle'], idle, '10 min', {
      source: 'Kubernetes Cluster Autoscaler 1.30: scale-down-unneeded-time',
      text: 'how long a machine stays that is not needed',
    });
  return {
    room,
    start: resolveTime(start, [...path, 'start'], context),
    idle: given === 'unlimited' ? Infinity : context.quantity(given, 'time', [...path, 'idle']),
  };
}
