/**
 * The plain fields of a scenario as zod schemas: quantities, counts, words, names. A message is `rule` or
 * `rule\nhint`; what zod says itself is put into words by `issues.ts`. Values stay as written: `Context` reads them.
 */
import { z } from 'zod';
import { article, bareNumberHint, examples, parseQuantity, quantityPattern } from '../units.ts';
import type { Dimension } from '../units.ts';
import { shortValue } from '../problem.ts';

/** A value with a unit, or a range of them. `positive` refuses 0. */
export function quantity(dimension: Dimension, description: string, { positive = false } = {}) {
  return z
    .string({
      error: ({ input }) =>
        typeof input === 'number'
          ? `needs a unit, got ${input}\n${bareNumberHint(input, dimension)}`
          : input === undefined
            ? undefined
            : `must be ${article[dimension]}, got ${shortValue(input)}\nfor example ${examples[dimension][0]}`,
    })
    .check(({ value, issues }) => {
      const read = parseQuantity(value, dimension);
      if (!read.ok) {
        issues.push({ code: 'custom', message: `${read.rule}\n${read.hint}`, input: value });
      } else if (positive && !((read.range?.low ?? read.value) > 0)) {
        issues.push({ code: 'custom', message: `must be more than 0, got ${shortValue(value)}`, input: value });
      }
    })
    .meta({ description, pattern: quantityPattern, examples: [...examples[dimension]] });
}

export const time = (description: string, options?: { positive?: boolean }) => quantity('time', description, options);
export const size = (description: string) => quantity('size', description);
export const bandwidth = (description: string) => quantity('bandwidth', description, { positive: true });
export const rate = (description: string) => quantity('rate', description);
export const share = (description: string) => quantity('share', description);

/** A whole number. */
export function count(description: string, least = 1) {
  return z
    .number({ error: ({ input }) => countError(input, least, '') })
    .int({ error: ({ input }) => countError(input, least, '') })
    .min(least, { error: ({ input }) => countError(input, least, '') })
    .meta({ description });
}

/** A whole number, or the word `unlimited`. */
export function countOrUnlimited(description: string, least = 1) {
  return z
    .union([count(description, least), z.literal('unlimited')], {
      error: ({ input }) => countError(input, least, ' or "unlimited"'),
    })
    .meta({ description });
}

/** A plain number in [least, most]. */
export function number(description: string, least = 0, most = Infinity) {
  const error = ({ input }: { input?: unknown }) =>
    input === undefined ? undefined : `must be a number ${rangeText(least, most)}, got ${shortValue(input)}`;
  const schema = z.number({ error }).min(least, { error });
  return (most < Infinity ? schema.max(most, { error }) : schema).meta({ description });
}

/** A number above 0: a weight, a relative speed. */
export function positive(description: string) {
  const error = ({ input }: { input?: unknown }) =>
    input === undefined ? undefined : `must be a number above 0, got ${shortValue(input)}`;
  return z.number({ error }).positive({ error }).meta({ description });
}

export function text(description: string) {
  return z
    .string({ error: ({ input }) => (input === undefined ? undefined : `must be a text, got ${shortValue(input)}`) })
    .meta({ description });
}

/** The name of another thing in the scenario; checked when all things are known. */
export function reference(description: string) {
  return z
    .string({
      error: ({ input }) => (input === undefined ? undefined : `must be a name, got ${shortValue(input)}`),
    })
    .meta({ description });
}

export function flag(description: string) {
  return z
    .boolean({
      error: ({ input }) =>
        input === undefined
          ? undefined
          : `must be true or false, got ${shortValue(input)}\nyes, no, on and off are words here`,
    })
    .meta({ description });
}

/** One word of a fixed set. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return z.enum(words).meta({ description });
}

/** A map from names to things. Names are letters, digits, - and _, and begin with a letter. */
export function named<Schema extends z.ZodType>(schema: Schema, description: string) {
  return z
    .record(
      z.string().check(({ value, issues }) => {
        if (!NAME.test(value)) {
          const message = `"${value}" cannot be a name\nletters, digits, - and _, a letter first; points are for references`;
          issues.push({ code: 'custom', message, input: value });
        }
      }),
      schema,
    )
    .meta({ description });
}

/** A map from request classes, `*` for those not named. */
export function classes<Schema extends z.ZodType>(schema: Schema) {
  return z.record(
    z.string().check(({ value, issues }) => {
      if (value !== '*' && !NAME.test(value)) {
        issues.push({
          code: 'custom',
          message: `"${value}" cannot be a class\nthe name of a class of a client's mix, or "*"`,
          input: value,
        });
      }
    }),
    schema,
  );
}

// ------------------------------------------------------------------------------------------------------------ helpers

const NAME = /^\p{L}[\p{L}\p{N}_-]{0,99}$/u;

function countError(input: unknown, least: number, or: string): string | undefined {
  if (input === undefined) {
    return undefined;
  }
  const unit = typeof input === 'string' && /^[\d.]+\s*[a-z%]/i.test(input) ? '\na count has no unit' : '';
  return `must be a whole number >= ${least}${or}, got ${shortValue(input)}${unit}`;
}

function rangeText(least: number, most: number): string {
  return most < Infinity ? `from ${least} to ${most}` : `>= ${least}`;
}
