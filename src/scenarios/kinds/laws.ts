/**
 * Times that are drawn: `20 ms`, `{ exponential: 20 ms }`, `{ lognormal: { mean: 8 ms, p99: 60 ms } }`. The same laws
 * with plain numbers serve counts. Words and parameters are those of `src/sim/random`.
 */
import { z } from 'zod';
import type { TimeDescription } from '../../models/description.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { count, number, positive, share, time } from './fields.ts';

const timeFields = { value: time('a time'), positive: time('a time above 0', { positive: true }) };
const countFields = { value: number('a number'), positive: positive('a number above 0') };

/** The laws as a map with one key: so editors complete it. */
const lawOfTime = laws(timeFields.value, timeFields.positive).meta({
  id: 'law-of-time',
  description: 'a law of times',
});
const lawOfCount = laws(countFields.value, countFields.positive).meta({
  id: 'law-of-counts',
  description: 'a law of counts',
});

/** A time, or a law of times. */
export const timeLaw = (description: string) => z.union([timeFields.value, lawOfTime]).meta({ description });

/** As `timeLaw`, or the demand that each request of a trace carries. */
export const workLaw = (description: string) =>
  z.union([z.literal('demand'), timeFields.value, lawOfTime]).meta({ description });

/** A number of times, or a law whose samples are rounded to whole numbers. */
export const countLaw = (description: string) => z.union([count('a count', 0), lawOfCount]).meta({ description });

export type TimeLaw = z.infer<ReturnType<typeof timeLaw>>;
export type WorkLaw = z.infer<ReturnType<typeof workLaw>>;
export type CountLaw = z.infer<ReturnType<typeof countLaw>>;
type LawOfTime = z.infer<typeof lawOfTime>;
type LawOfCount = z.infer<typeof lawOfCount>;
type Law = LawOfTime | LawOfCount;
type Value = string | number;

/** Seconds, or a law in seconds. */
export function resolveTime(law: TimeLaw, path: Path, context: Context): DistributionSpec {
  return checked(
    specOf(law, path, (value, at) => context.quantity(String(value), 'time', at), context),
    path,
    context,
  );
}

export function resolveWork(law: WorkLaw, path: Path, context: Context): TimeDescription {
  return law === 'demand' ? { kind: 'demand', scale: 1 } : resolveTime(law, path, context);
}

export function resolveCount(law: CountLaw, path: Path, context: Context): DistributionSpec {
  return checked(
    specOf(law, path, (value) => Number(value), context),
    path,
    context,
  );
}

/** Mean in seconds (or of the count); the demand of a trace is unknown here and counts as NaN. */
export function meanOf(law: TimeDescription): number {
  return law.kind === 'demand' ? NaN : distribution(law).mean;
}

// ------------------------------------------------------------------------------------------------------------ helpers

const lognormalForms = ['mean cv', 'mean p95', 'mean p99', 'p50 p95', 'p50 p99'];

function laws<V extends z.ZodType<Value>, P extends z.ZodType<Value>>(value: V, above: P) {
  const cv = positive('coefficient of variation: standard deviation / mean');
  const shape = positive('shape');
  const phase = z.strictObject({ share: share('share of the samples'), mean: above });
  const law: z.ZodType<OneLaw<V, P>> = z.lazy(() => map);
  const map = z
    .strictObject({
      constant: value.optional(),
      exponential: above.optional().meta({ description: 'memoryless; the mean' }),
      uniform: z.tuple([value, value]).optional().meta({ description: 'from, to' }),
      normal: z
        .strictObject({ mean: above, sd: above, low: value.optional(), high: value.optional() })
        .optional()
        .meta({ description: 'mean and standard deviation; cut off below `low` (0) and above `high`' }),
      lognormal: z
        .strictObject({
          mean: above.optional(),
          cv: cv.optional(),
          p50: above.optional(),
          p95: above.optional(),
          p99: above.optional(),
        })
        .check(({ value: found, issues }) => {
          const given = Object.keys(found).join(' ');
          if (!lognormalForms.some((form) => form === given || form === given.split(' ').reverse().join(' '))) {
            const message = `cannot be made of ${given === '' ? 'nothing' : given.replaceAll(' ', ' and ')}\ngive ${lognormalForms.map((form) => form.replace(' ', ' and ')).join(', or ')}`;
            issues.push({ code: 'custom', message, input: found });
          }
        })
        .optional()
        .meta({ description: 'two of: mean, cv, p50, p95, p99' }),
      gamma: z.strictObject({ mean: above, cv }).optional(),
      erlang: z
        .strictObject({ k: count('phases'), mean: above })
        .optional()
        .meta({ description: 'sum of k exponential phases; the mean of the sum' }),
      weibull: z
        .union([
          z.strictObject({ mean: above, cv }),
          z.strictObject({ mean: above, shape }),
          z.strictObject({ shape, scale: above }),
        ])
        .optional(),
      pareto: z
        .union([z.strictObject({ alpha: shape, minimum: above }), z.strictObject({ alpha: shape, mean: above })])
        .optional(),
      boundedPareto: z.strictObject({ alpha: shape, low: above, high: above }).optional(),
      hyperexponential: z
        .union([z.array(phase).min(1), z.strictObject({ mean: above, cv })])
        .optional()
        .meta({ description: 'a mixture of exponentials: a list of { share, mean }, or mean and cv > 1' }),
      samples: z.array(value).min(1).max(100_000).optional().meta({ description: 'drawn with equal chance' }),
      quantiles: z
        .array(z.strictObject({ share: share('share of the samples below'), value }))
        .min(2)
        .optional()
        .meta({ description: 'points of the distribution function, from 0 % to 100 %' }),
      mixture: z
        .array(z.strictObject({ weight: positive('relative weight'), of: z.union([value, law]) }))
        .min(1)
        .optional(),
      shifted: z
        .strictObject({ by: value, of: z.union([value, law]) })
        .optional()
        .meta({ description: 'a law plus a constant' }),
    })
    .check(({ value: found, issues }) => {
      const keys = Object.keys(found);
      if (keys.length !== 1) {
        const rule = keys.length === 0 ? 'is an empty law' : `has ${keys.length} laws: ${keys.join(', ')}`;
        issues.push({ code: 'custom', message: `${rule}\ngive one, for example { exponential: 20 ms }`, input: found });
      }
    });
  return map;
}

/** A recursive schema needs its type written out once; the parts inside are checked by the schema itself. */
export interface OneLaw<V extends z.ZodType, P extends z.ZodType> {
  constant?: z.infer<V>;
  exponential?: z.infer<P>;
}

function specOf(
  law: Value | Law,
  path: Path,
  read: (value: Value, path: Path) => number,
  context: Context,
): DistributionSpec {
  if (typeof law === 'string' || typeof law === 'number') {
    return { kind: 'deterministic', value: read(law, path) };
  }
  const kind = Object.keys(law)[0] as keyof Law;
  const at = [...path, kind];
  const readAll = <Key extends string>(values: Readonly<Partial<Record<Key, Value>>>): Record<Key, number> =>
    Object.fromEntries(
      Object.entries<Value | undefined>(values).map(([key, value]) => [
        key,
        key === 'cv' || key === 'alpha' || key === 'shape' ? Number(value) : read(value!, [...at, key]),
      ]),
    ) as Record<Key, number>;
  switch (kind) {
    case 'constant':
      return { kind: 'deterministic', value: read(law.constant!, at) };
    case 'exponential':
      return { kind, mean: read(law.exponential!, at) };
    case 'uniform':
      return { kind, low: read(law.uniform![0], [...at, 0]), high: read(law.uniform![1], [...at, 1]) };
    case 'normal': {
      const { mean, sd, ...limits } = readAll(law.normal!);
      return { kind: 'truncated-normal', mu: mean, sigma: sd, ...limits };
    }
    case 'erlang':
      return { kind, phases: law.erlang!.k, mean: read(law.erlang!.mean, [...at, 'mean']) };
    case 'boundedPareto':
      return { kind: 'bounded-pareto', ...readAll(law.boundedPareto!) };
    case 'lognormal':
    case 'gamma':
    case 'weibull':
    case 'pareto':
      return { kind, ...readAll(law[kind]!) } as DistributionSpec;
    case 'hyperexponential': {
      const phases = law.hyperexponential!;
      return Array.isArray(phases)
        ? {
            kind,
            probabilities: phases.map((phase, i) => context.quantity(phase.share, 'share', [...at, i, 'share'])),
            means: phases.map((phase, i) => read(phase.mean, [...at, i, 'mean'])),
          }
        : { kind, ...readAll(phases) };
    }
    case 'samples':
      return { kind: 'empirical', samples: law.samples!.map((value, i) => read(value, [...at, i])) };
    case 'quantiles':
      return {
        kind: 'empirical',
        quantiles: law.quantiles!.map((point, i) => ({
          share: context.quantity(point.share, 'share', [...at, i, 'share']),
          value: read(point.value, [...at, i, 'value']),
        })),
      };
    case 'mixture':
      return {
        kind,
        parts: law.mixture!.map(({ weight, of }, i) => ({
          weight,
          of: specOf(of as Law, [...at, i, 'of'], read, context),
        })),
      };
    case 'shifted':
      return {
        kind,
        by: read(law.shifted!.by, [...at, 'by']),
        of: specOf(law.shifted!.of, [...at, 'of'], read, context),
      };
  }
}

/** The law's own rules (cv > 1 of a hyperexponential, p99 > mean ...) are known to its factory. */
function checked(spec: DistributionSpec, path: Path, context: Context): DistributionSpec {
  try {
    distribution(spec);
    return spec;
  } catch (error) {
    if (error instanceof RangeError) {
      context.problem(path, error.message, 'times are in seconds here');
      return { kind: 'exponential', mean: 1 };
    }
    throw error;
  }
}
