/**
 * The part of JSON Schema 2020-12 that our schema uses, to check data against it. An unknown keyword throws, so that
 * nothing passes because it was not looked at.
 */
type Schema = Readonly<Record<string, unknown>>;

const notes = new Set(['$schema', '$defs', 'id', 'title', 'description', 'examples', 'default', 'format']);

/** Where and how `value` breaks the schema; empty where it conforms. */
export function conformsTo(schema: Schema, value: unknown, root: Schema = schema, path = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (notes.has(keyword)) {
      return [];
    }
    const check = keywords[keyword];
    if (check === undefined) {
      throw new Error(`unknown keyword ${keyword} at ${path}`);
    }
    return check(rule as never, value, root, path, schema);
  });
}

type Check = (rule: never, value: unknown, root: Schema, path: string, schema: Schema) => string[];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const entries = (value: unknown) => (isMap(value) ? Object.entries(value) : []);
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fail = (broken: boolean, path: string, words: string) => (broken ? [`${path}: ${words}`] : []);

const keywords: Readonly<Record<string, Check>> = {
  $ref: (reference: string, value, root, path) =>
    conformsTo(
      reference === '#' ? root : (root.$defs as Record<string, Schema>)[reference.replace('#/$defs/', '')],
      value,
      root,
      path,
    ),
  type: (type: string, value, _, path) => {
    const is: Record<string, boolean> = {
      object: isMap(value),
      array: Array.isArray(value),
      string: typeof value === 'string',
      number: typeof value === 'number',
      integer: Number.isInteger(value),
      boolean: typeof value === 'boolean',
    };
    return fail(!is[type], path, `is no ${type}`);
  },
  const: (one: unknown, value, _, path) => fail(value !== one, path, `is not ${String(one)}`),
  enum: (words: readonly unknown[], value, _, path) =>
    fail(!words.includes(value), path, `is none of ${words.join(', ')}`),
  pattern: (pattern: string, value, _, path) =>
    fail(typeof value === 'string' && !new RegExp(pattern, 'u').test(value), path, `does not match ${pattern}`),
  minimum: (least: number, value, _, path) => fail((value as number) < least, path, `is below ${least}`),
  maximum: (most: number, value, _, path) => fail((value as number) > most, path, `is above ${most}`),
  exclusiveMinimum: (least: number, value, _, path) => fail((value as number) <= least, path, `is not above ${least}`),
  minItems: (least: number, value, _, path) => fail(items(value).length < least, path, 'has too few items'),
  maxItems: (most: number, value, _, path) => fail(items(value).length > most, path, 'has too many items'),
  items: (schema: Schema, value, root, path, { prefixItems }) =>
    items(value)
      .slice(items(prefixItems).length)
      .flatMap((item, i) => conformsTo(schema, item, root, `${path}[${i}]`)),
  prefixItems: (schemas: readonly Schema[], value, root, path) =>
    schemas.flatMap((schema, i) =>
      i in items(value) ? conformsTo(schema, items(value)[i], root, `${path}[${i}]`) : [],
    ),
  required: (names: readonly string[], value, _, path) =>
    names.flatMap((name) => fail(isMap(value) && !Object.hasOwn(value, name), path, `has no ${name}`)),
  properties: (schemas: Record<string, Schema>, value, root, path) =>
    entries(value).flatMap(([name, part]) =>
      Object.hasOwn(schemas, name) ? conformsTo(schemas[name], part, root, `${path}.${name}`) : [],
    ),
  propertyNames: (schema: Schema, value, root, path) =>
    entries(value).flatMap(([name]) => conformsTo(schema, name, root, `${path}.${name}`)),
  additionalProperties: (rule: boolean | Schema, value, root, path, { properties = {} }) =>
    entries(value)
      .filter(([name]) => !Object.hasOwn(properties as object, name))
      .flatMap(([name, part]) =>
        rule === false
          ? [`${path}: unknown key ${name}`]
          : rule === true
            ? []
            : conformsTo(rule, part, root, `${path}.${name}`),
      ),
  anyOf: (schemas: readonly Schema[], value, root, path) => {
    const tries = schemas.map((schema) => conformsTo(schema, value, root, path));
    return tries.some((problems) => problems.length === 0)
      ? []
      : [`${path}: fits no alternative (${tries.flat().slice(0, 3).join('; ')})`];
  },
};
