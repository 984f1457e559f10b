/**
 * What zod found, in words: the branch of a short or long form is chosen by its shape, unknown keys get a suggestion,
 * and nothing says "invalid union".
 */
import type { z } from 'zod';
import type { FoundProblem } from './context.ts';
import type { Path } from './problem.ts';
import { shortValue } from './problem.ts';
import { hintFor } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** @param data what was checked. */
export function problemsOf(issues: readonly Issue[], schema: z.ZodType, data: unknown): FoundProblem[] {
  return explainAll(issues, schema, [], data);
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** What a check says of a map counts only where the map has no unknown keys: they are its cause. */
function explainAll(issues: readonly Issue[], schema: Schema, base: Path, root: unknown): FoundProblem[] {
  const strange = new Set(
    issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => issue.path.join('.')),
  );
  return issues
    .filter((issue) => issue.code !== 'custom' || !strange.has(issue.path.join('.')))
    .flatMap((issue) => explain(issue, schema, base, root));
}

function explain(issue: Issue, schema: Schema, base: Path, root: unknown): FoundProblem[] {
  const inside = issue.path as Path;
  const path = [...base, ...inside];
  const value = valueAt(root, path);
  const here = follow([schema], inside);
  const [rule, hint = ''] = issue.message.split('\n');
  switch (issue.code) {
    case 'invalid_union':
      return explainUnion(issue, rule, hint, here, path, root);
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const where = path.length === 0 ? '' : ' here';
        return { path, key, rule: `unknown key "${key}"${where}`, hint: hintFor(key, keysOf(here)), value: key };
      });
    case 'invalid_key':
      return [
        {
          path: path.slice(0, -1),
          key: String(path[path.length - 1]),
          hint: nested(issue)[1] ?? '',
          rule: nested(issue)[0],
        },
      ];
    case 'invalid_value': {
      const words = issue.values.map(String);
      if (value === undefined) {
        return [missing(path, here)];
      }
      return [
        {
          path,
          rule: `must be ${listText(words)}, got ${shortValue(value)}`,
          hint: typeof value === 'string' ? near(value, words) : '',
          value,
        },
      ];
    }
    case 'invalid_type':
      if (value === undefined) {
        return [missing(path, here)];
      }
      return [
        {
          path,
          rule: rule !== '' ? rule : `must be ${typeText(issue.expected)}, got ${shortValue(value)}`,
          hint: hint !== '' || rule !== '' ? hint : descriptionHint(here),
          value,
        },
      ];
    case 'too_small':
    case 'too_big':
      return [{ path, rule: rule !== '' ? rule : sizeText(issue), hint, value }];
    default:
      return [
        {
          path,
          rule: rule !== '' ? rule : 'cannot be understood',
          hint: hint !== '' || rule !== '' ? hint : descriptionHint(here),
          value,
        },
      ];
  }
}

function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  rule: string,
  hint: string,
  here: readonly Schema[],
  path: Path,
  root: unknown,
): FoundProblem[] {
  const value = valueAt(root, path);
  const branches = issue.errors ?? [];
  const options = optionsOf(here, branches.length);
  const fitting = branches
    .map((errors, index) => ({ errors, schema: options[index], misfit: misfit(errors, options[index], value) }))
    .filter((branch) => branch.misfit < Infinity)
    .sort((a, b) => a.misfit - b.misfit);
  if (value === undefined) {
    return [missing(path, here)];
  }
  if (fitting.length > 0) {
    const [best, second] = fitting;
    // An unknown first word of a map: every branch is as wrong as the next, so all their keys are candidates.
    if (
      second?.misfit === best.misfit &&
      isMap(value) &&
      !Object.keys(value).some((key) => keysOf(here).includes(key))
    ) {
      const key = Object.keys(value)[0];
      return key === undefined
        ? [{ path, rule: 'is empty', hint: descriptionHint(here), value }]
        : [{ path, key, rule: `unknown key "${key}" here`, hint: hintFor(key, keysOf(here)), value: key }];
    }
    return explainAll(best.errors, best.schema ?? here[0], path, root);
  }
  const words = branches.flatMap((errors) =>
    errors.flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : [])),
  );
  const told = branches
    .flat()
    .find((error) => error.message !== '' && error.code === 'invalid_type' && error.path.length === 0);
  if (rule === '' && told !== undefined && !isMap(value)) {
    return explain(told, options[0] ?? here[0], path, root).map((found) => ({ ...found, path }));
  }
  const expected = new Set(
    branches.flatMap((errors) =>
      errors.flatMap((error) =>
        error.code === 'invalid_type' && error.path.length === 0 ? [typeText(error.expected)] : [],
      ),
    ),
  );
  const [only] = expected;
  const fallback =
    expected.size === 1 && words.length === 0
      ? `must be ${only}, got ${shortValue(value)}`
      : `cannot be ${shortValue(value)}`;
  const help = (typeof value === 'string' && near(value, words)) || descriptionHint(here);
  return [{ path, rule: rule !== '' ? rule : fallback, hint: hint !== '' || rule !== '' ? hint : help, value }];
}

/** How badly a value fits a branch by its shape; Infinity where it is of another kind altogether. */
function misfit(errors: readonly Issue[], schema: Schema | undefined, value: unknown): number {
  const atRoot = errors.filter((error) => error.path.length === 0);
  if (atRoot.some((error) => error.code === 'invalid_type' || error.code === 'invalid_value')) {
    return Infinity;
  }
  if (atRoot.some((error) => error.code === 'invalid_union')) {
    return 1000;
  }
  if (!isMap(value) || schema === undefined) {
    return errors.length;
  }
  const known = keysOf([schema]);
  const strange = Object.keys(value).filter((key) => known.length > 0 && !known.includes(key)).length;
  const absent = errors.filter(
    (error) => error.path.length === 1 && !Object.hasOwn(value, String(error.path[0])),
  ).length;
  return 100 * (strange + absent) + errors.length;
}

function missing(path: Path, here: readonly Schema[]): FoundProblem {
  const key = path[path.length - 1];
  return { path: path.slice(0, -1), rule: `"${key}" is missing`, hint: descriptionHint(here), value: undefined };
}

function descriptionHint(schemas: readonly Schema[]): string {
  for (const schema of schemas) {
    const description = (schema as { description?: string }).description;
    if (description !== undefined) {
      return description;
    }
  }
  return '';
}

function nested(issue: Extract<Issue, { code: 'invalid_key' }>): string[] {
  return (issue.issues[0]?.message ?? 'cannot be a name').split('\n');
}

function near(value: string, words: readonly string[]): string {
  const hint = hintFor(value, words);
  return hint.startsWith('known here') ? '' : hint;
}

function listText(words: readonly string[]): string {
  return words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`;
}

function typeText(expected: string): string {
  const plain: Readonly<Record<string, string>> = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    tuple: 'a list',
    string: 'a text',
    int: 'a whole number',
  };
  return plain[expected] ?? `a ${expected}`;
}

function sizeText(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const [bound, words] = issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
  return issue.origin === 'array'
    ? `must have ${words} ${bound} ${Number(bound) === 1 ? 'entry' : 'entries'}`
    : `must be ${words} ${bound}`;
}

// ---- schemas: only what is needed to find the keys and the description at a path

type Schema = z.core.$ZodType;

interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly valueType?: Schema;
  readonly element?: Schema;
  readonly items?: readonly Schema[];
  readonly options?: readonly Schema[];
  readonly catchall?: Schema;
  readonly getter?: () => Schema;
}

function definition(schema: Schema): Definition {
  return schema._zod.def;
}

/** The schema behind optional and lazy wrappers, the wrappers' own descriptions aside. */
function unwrap(schema: Schema): Schema {
  const { type, innerType, getter } = definition(schema);
  if (type === 'lazy' && getter !== undefined) {
    return unwrap(getter());
  }
  return innerType === undefined ? schema : unwrap(innerType);
}

function alternatives(schema: Schema): readonly Schema[] {
  const inner = unwrap(schema);
  const { options } = definition(inner);
  return options === undefined ? [inner] : options.flatMap(alternatives);
}

function follow(schemas: readonly Schema[], path: Path): readonly Schema[] {
  return path.reduce<readonly Schema[]>(
    (current, key) => current.flatMap(alternatives).flatMap((schema) => child(schema, key)),
    schemas,
  );
}

function child(schema: Schema, key: string | number): readonly Schema[] {
  const { shape, valueType, element, items, catchall } = definition(schema);
  if (typeof key === 'number') {
    const item = items?.[key] ?? element;
    return item === undefined ? [] : [item];
  }
  const found = shape !== undefined && Object.hasOwn(shape, key) ? shape[key] : (valueType ?? catchall);
  return found === undefined ? [] : [found];
}

function keysOf(schemas: readonly Schema[]): string[] {
  return [...new Set(schemas.flatMap(alternatives).flatMap((schema) => Object.keys(definition(schema).shape ?? {})))];
}

/** The branches of the union here, in zod's order. */
function optionsOf(schemas: readonly Schema[], count: number): readonly Schema[] {
  const unions = schemas.map(unwrap).filter((schema) => definition(schema).options?.length === count);
  return unions.length > 0 ? (definition(unions[0]).options ?? []) : [];
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    root,
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
