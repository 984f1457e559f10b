/**
 * Reads a reference folder: what is wrong with its files is said as it is of scenarios, with file, line and path. What a
 * case means is the suites' affair; here its shape is checked.
 */
import { z } from 'zod';
import { placeOf, readDocument } from '../../scenarios/document.ts';
import { problemsOf } from '../../scenarios/issues.ts';
import { pathText, shortValue } from '../../scenarios/problem.ts';
import type { FoundProblem } from '../../scenarios/context.ts';
import type { Problem } from '../../scenarios/problem.ts';
import type { ReferenceFiles } from './suite.ts';
import { schemaOfModel, theoryFile } from './theory/theory-file.ts';
import type { TheoryFile } from './theory/theory-file.ts';

const THEORY_SCHEMA = 'windtunnel-theory/1';
const PUBLISHED_SCHEMA = 'windtunnel-published/1';

const printed = z.union([z.number(), z.string()]);

/** What the verdict of a claim rests on; the rest is for the reader. */
const publishedFile = z.looseObject({
  schema: z.literal(PUBLISHED_SCHEMA),
  records: z.array(
    z.looseObject({
      id: z.string().min(1),
      system: z.string().min(1),
      claim: z.string(),
      claimed: z.union([printed, z.boolean(), z.array(printed).min(1), z.null()]),
      unit: z.string(),
      role: z.enum(['calibration', 'holdout', 'context']),
      tolerance: z.discriminatedUnion('kind', [
        z.looseObject({ kind: z.enum(['absolute', 'relative']), value: z.number().min(0) }),
        z.looseObject({ kind: z.literal('range'), low: z.number(), high: z.number() }),
        z.looseObject({ kind: z.enum(['exact', 'none']) }),
      ]),
    }),
  ),
});

const mapOfRecordings = z.record(z.string(), z.looseObject({}));

/** Schemas of the JSON files, by path; files of a folder by its name with a slash. */
const SCHEMAS: readonly (readonly [string, z.ZodType])[] = [
  ['theory.json', theoryFile],
  ['published.json', publishedFile],
  ['real/picks.json', mapOfRecordings],
  ['real/haproxy-health.json', mapOfRecordings],
  ['real/db.json', mapOfRecordings],
  ['real/natdr.json', mapOfRecordings],
  ['real/vrrp.json', z.array(z.looseObject({ case: z.looseObject({ id: z.string() }) }))],
  ['real/queue/', z.looseObject({ case: z.looseObject({ id: z.string() }), runs: z.array(z.looseObject({})).min(1) })],
];

/** A file by itself is the theory or the published one, by what it says of itself. @returns its path, or null. */
export function pathOfFile(text: string): 'theory.json' | 'published.json' | null {
  const schema = /"schema"\s*:\s*"([^"]*)"/.exec(text)?.[1];
  if (schema === THEORY_SCHEMA) return 'theory.json';
  return schema === PUBLISHED_SCHEMA ? 'published.json' : null;
}

/** @param nameOf what people call the file. @returns all that is wrong with the files that have a known shape. */
export function problemsOfReference(files: ReferenceFiles, nameOf: (path: string) => string): Problem[] {
  return [...files].flatMap(([path, text]) => {
    const known = SCHEMAS.find(([own]) => (own.endsWith('/') ? path.startsWith(own) && path.endsWith('.json') : path === own));
    return known === undefined ? [] : problemsOfFile(text, nameOf(path), known[1]);
  });
}

function problemsOfFile(text: string, file: string, schema: z.ZodType): Problem[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return [notJson(text, file, error as Error)];
  }
  const parsed = schema.safeParse(data);
  return parsed.success ? [] : placed(problemsOf(parsed.error.issues, schema, data), text, file);
}

/** With line and column. */
function placed(found: readonly FoundProblem[], text: string, file: string): Problem[] {
  if (found.length === 0) return [];
  const { document } = readDocument(text, file);
  return found.map(({ path, key, rule, hint, value }) => ({
    ...(document === null ? { file, line: null, column: null, path: pathText(path) } : placeOf(document, path, key)),
    rule,
    value: value === undefined ? '' : shortValue(value),
    hint,
  }));
}

/**
 * What is wrong with models of the theory file. They must be whole, and have nothing in them that would be left out in
 * silence; the cases of those that are not are not expressible, and the others can be judged.
 *
 * @param files without problems of their own.
 */
export function malformedModels(files: ReferenceFiles, nameOf: (path: string) => string): Problem[] {
  const text = files.get('theory.json');
  if (text === undefined) return [];
  const { cases } = JSON.parse(text) as TheoryFile;
  const found = cases.flatMap(({ model }, k) => {
    const schema = schemaOfModel(model.kind);
    const parsed = schema?.safeParse(model);
    if (schema === null || parsed?.success !== false) return [];
    return problemsOf(parsed.error.issues, schema, model).map((one) => ({ ...one, path: ['cases', k, 'model', ...one.path] }));
  });
  return placed(found, text, nameOf('theory.json'));
}

/** Where the text stops being JSON, as far as the engine says. */
function notJson(text: string, file: string, error: Error): Problem {
  const position = Number(/at position (\d+)/.exec(error.message)?.[1] ?? text.length);
  const before = text.slice(0, position).split('\n');
  return {
    file,
    line: before.length,
    column: before[before.length - 1].length + 1,
    path: '',
    rule: 'is not JSON here',
    value: '',
    hint: 'a comma, a quote or a bracket is missing or too many, here or just before',
  };
}
