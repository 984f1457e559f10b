/**
 * How a load changes over time: a rate, or a number of users, constant or as stages, points, steps, a ramp, a spike or
 * an expression of t.
 */
import { z } from 'zod';
import { compileExpression, ExpressionError, expressionBounds } from '../../models/clients/shapes/expression.ts';
import type { RateShape, UserShape } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { parseQuantity } from '../units.ts';
import { count, rate, time } from './fields.ts';

const over = time('how long it takes to get there');
const at = time('when, from the start');

export const rateSchema = z
  .union([
    z
      .string({
        error: ({ input }) =>
          typeof input === 'number' ? `needs a unit, got ${input}\nwrite "${input} req/s"` : undefined,
      })
      .check(({ value, issues }) => {
        const wrong = rateProblem(value);
        if (wrong !== null) {
          issues.push({ code: 'custom', message: wrong, input: value });
        }
      })
      .meta({
        description: 'requests a second, or an expression of t in seconds',
        examples: ['800 req/s', '300 * (1 + 0.5 * sin(2 * pi * t / 86400)) req/s'],
      }),
    z.strictObject({
      stages: z
        .array(z.strictObject({ to: rate('rate at its end'), over }))
        .min(1)
        .meta({ description: 'one after the other, linear' }),
      from: rate('rate at the start; 0 by default').optional(),
    }),
    z.strictObject({
      points: z
        .array(z.strictObject({ at, rate: rate('rate at that time') }))
        .min(1)
        .meta({ description: 'linear between them' }),
    }),
    z.strictObject({ ramp: z.strictObject({ from: rate('rate at the start'), to: rate('rate at its end'), over }) }),
    z.strictObject({
      spike: z.strictObject({
        from: rate('rate before and after'),
        to: rate('rate during the spike'),
        at,
        for: time('how long'),
      }),
    }),
    z.strictObject({
      expression: z.string().meta({ description: 'of t in seconds, in req/s' }),
      max: rate('its largest value').optional(),
    }),
  ])
  .meta({ description: 'arrivals: 800 req/s, or { stages }, { points }, { ramp }, { spike }, or an expression of t' });

export const usersSchema = z
  .union([
    count('users', 0),
    z.strictObject({
      stages: z
        .array(z.strictObject({ to: count('users at its end', 0), over }))
        .min(1)
        .meta({ description: 'one after the other, linear' }),
      from: count('users at the start; 0 by default', 0).optional(),
    }),
    z.strictObject({ points: z.array(z.strictObject({ at, users: count('users at that time', 0) })).min(1) }),
    z.strictObject({
      steps: z
        .strictObject({
          add: count('users added by a step'),
          every: time('between the starts of steps', { positive: true }),
          ramp: time('how long the adding takes; 0 by default').optional(),
          to: count('users at the top'),
          hold: time('how long the top lasts').optional(),
          drop: count('users taken away by a step').optional(),
          dropEvery: time('between the steps down', { positive: true }).optional(),
        })
        .meta({ description: 'as the Stepping Thread Group of JMeter' }),
    }),
  ])
  .meta({ description: 'users present: a number, or { stages }, { points }, { steps }' });

export type RateSurface = z.infer<typeof rateSchema>;
export type UsersSurface = z.infer<typeof usersSchema>;

/** @param until end of the run in seconds, to bound an expression; Infinity where it is not known. */
export function resolveRate(surface: RateSurface, path: Path, until: number, context: Context): RateShape {
  const read = (text: string, ...where: (string | number)[]) => context.quantity(text, 'rate', [...path, ...where]);
  const seconds = (text: string, ...where: (string | number)[]) => context.quantity(text, 'time', [...path, ...where]);
  if (typeof surface === 'string') {
    return parseQuantity(surface, 'rate').ok
      ? { kind: 'constant', rate: read(surface) }
      : resolveExpression(splitExpression(surface), undefined, path, until, context);
  }
  if ('expression' in surface) {
    const max = surface.max === undefined ? undefined : read(surface.max, 'max');
    return resolveExpression({ formula: surface.expression, factor: 1 }, max, path, until, context);
  }
  if ('stages' in surface) {
    const levels = surface.stages.map((stage, i) => ({
      level: read(stage.to, 'stages', i, 'to'),
      over: seconds(stage.over, 'stages', i, 'over'),
    }));
    const points = pointsOfStages(surface.from === undefined ? 0 : read(surface.from, 'from'), levels);
    return { kind: 'points', points: points.map(({ at: when, level }) => ({ at: when, rate: level })) };
  }
  if ('points' in surface) {
    const points = surface.points.map((point, i) => ({
      at: seconds(point.at, 'points', i, 'at'),
      rate: read(point.rate, 'points', i, 'rate'),
    }));
    checkRising(points, [...path, 'points'], context);
    return { kind: 'points', points };
  }
  if ('ramp' in surface) {
    const { from, to, over: length } = surface.ramp;
    return {
      kind: 'points',
      points: [
        { at: 0, rate: read(from, 'ramp', 'from') },
        { at: seconds(length, 'ramp', 'over'), rate: read(to, 'ramp', 'to') },
      ],
    };
  }
  const { from, to, at: start, for: length } = surface.spike;
  const [low, high] = [read(from, 'spike', 'from'), read(to, 'spike', 'to')];
  const begin = seconds(start, 'spike', 'at');
  const end = begin + seconds(length, 'spike', 'for');
  return {
    kind: 'points',
    points: [
      { at: 0, rate: low },
      { at: begin, rate: low },
      { at: begin, rate: high },
      { at: end, rate: high },
      { at: end, rate: low },
    ],
  };
}

export function resolveUsers(surface: UsersSurface, path: Path, context: Context): UserShape {
  const seconds = (text: string, ...where: (string | number)[]) => context.quantity(text, 'time', [...path, ...where]);
  if (typeof surface === 'number') {
    return { kind: 'constant', users: surface };
  }
  if ('stages' in surface) {
    const levels = surface.stages.map((stage, i) => ({
      level: stage.to,
      over: seconds(stage.over, 'stages', i, 'over'),
    }));
    return {
      kind: 'points',
      points: pointsOfStages(surface.from ?? 0, levels).map(({ at: when, level }) => ({ at: when, users: level })),
    };
  }
  if ('points' in surface) {
    const points = surface.points.map((point, i) => ({ at: seconds(point.at, 'points', i, 'at'), users: point.users }));
    checkRising(points, [...path, 'points'], context);
    return { kind: 'points', points };
  }
  return { kind: 'points', points: pointsOfSteps(surface.steps, (text, key) => seconds(text, 'steps', key)) };
}

/** When a shape has reached its last value; 0 for a constant, null where it never ends (an expression). */
export function endOfShape(shape: RateShape | UserShape): number | null {
  switch (shape.kind) {
    case 'constant':
      return 0;
    case 'points':
      return shape.points.length > 1 ? shape.points[shape.points.length - 1].at : 0;
    case 'expression':
      return null;
  }
}

// ------------------------------------------------------------------------------------------------------------ helpers

function pointsOfStages(
  from: number,
  stages: readonly { level: number; over: number }[],
): { at: number; level: number }[] {
  const points = [{ at: 0, level: from }];
  for (const { level, over: length } of stages) {
    points.push({ at: points[points.length - 1].at + length, level });
  }
  return points;
}

type Steps = Extract<UsersSurface, { steps: unknown }>['steps'];

function pointsOfSteps(
  steps: Steps,
  seconds: (text: string, key: keyof Steps) => number,
): { at: number; users: number }[] {
  const every = seconds(steps.every, 'every');
  const ramp = steps.ramp === undefined ? 0 : Math.min(seconds(steps.ramp, 'ramp'), every);
  const points = [{ at: 0, users: 0 }];
  let now = 0;
  let users = 0;
  while (users < steps.to && points.length < POINTS_LIMIT) {
    users = Math.min(steps.to, users + steps.add);
    points.push({ at: now + ramp, users });
    if (users < steps.to) {
      now += every;
      points.push({ at: now, users });
    }
  }
  now += Math.max(ramp, steps.hold === undefined ? 0 : seconds(steps.hold, 'hold') + ramp);
  if (steps.drop === undefined) {
    points.push({ at: now, users });
    return points;
  }
  const pause = steps.dropEvery === undefined ? every : seconds(steps.dropEvery, 'dropEvery');
  while (users > 0 && points.length < POINTS_LIMIT) {
    points.push({ at: now, users });
    users = Math.max(0, users - steps.drop);
    points.push({ at: now, users });
    now += pause;
  }
  return points;
}

const POINTS_LIMIT = 100_000;

function checkRising(points: readonly { at: number }[], path: Path, context: Context): void {
  points.forEach((point, i) => {
    if (i > 0 && point.at < points[i - 1].at) {
      context.problem(
        [...path, i, 'at'],
        `points must be in order of time, ${point.at} s comes after ${points[i - 1].at} s`,
      );
    }
  });
}

/** `300 * (1 + t) req/min` as a formula and its unit's factor. */
function splitExpression(text: string): { formula: string; factor: number } {
  const match = /^(.*?)\s*((?:req|reqs|requests|query|queries)?\s*\/\s*[a-z]+|[rqt]ps|rpm)\s*$/.exec(text);
  const unit = match === null ? null : parseQuantity(`1 ${match[2]}`, 'rate');
  return match !== null && unit?.ok === true ? { formula: match[1], factor: unit.value } : { formula: text, factor: 1 };
}

/** null where the text is a rate or an expression with its unit. */
function rateProblem(text: string): string | null {
  const read = parseQuantity(text, 'rate');
  if (read.ok) {
    return null;
  }
  const { formula } = splitExpression(text);
  if (!/[*()^]|\bt\b/.test(formula)) {
    return `${read.rule}\n${read.hint}`;
  }
  try {
    compileExpression(formula);
  } catch (error) {
    if (error instanceof ExpressionError) {
      return `${error.message}\nan expression of t in seconds, for example 300 * (1 + 0.5 * sin(2 * pi * t / 86400)) req/s`;
    }
    throw error;
  }
  return formula === text ? `needs a unit after the expression\nwrite "${text} req/s"` : null;
}

function resolveExpression(
  { formula, factor }: { formula: string; factor: number },
  given: number | undefined,
  path: Path,
  until: number,
  context: Context,
): RateShape {
  const expression = factor === 1 ? formula.trim() : `(${formula.trim()}) * ${factor}`;
  let bounds;
  try {
    bounds = expressionBounds(expression, 0, until);
  } catch (error) {
    if (error instanceof ExpressionError) {
      context.problem(
        path,
        error.message,
        'an expression of t in seconds, for example 300 * (1 + 0.5 * sin(2 * pi * t / 86400))',
        formula,
      );
      return { kind: 'constant', rate: 1 };
    }
    throw error;
  }
  const max = given ?? bounds.high;
  if (!(max > 0 && max < Infinity)) {
    const hint =
      until < Infinity
        ? 'give its largest value: rate: { expression: ..., max: 500 req/s }'
        : 'give time: { duration: ... }, or its largest value: rate: { expression: ..., max: 500 req/s }';
    context.problem(path, max <= 0 ? 'the rate is never above 0' : 'grows without bound', hint, formula);
  }
  if (bounds.high < Infinity && bounds.low < 0) {
    context.doubt(
      path,
      `the expression may fall to ${Number(bounds.low.toPrecision(4))} req/s; below 0 nothing arrives`,
    );
  }
  return { kind: 'expression', expression, max };
}
