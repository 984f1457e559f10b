/**
 * SLOs in k6's threshold spelling: `p(95) < 200 ms`, `avg < 80 ms`, `errors < 0.1 %`, `throughput > 500 req/s`, and the
 * ratio `99.9% < 300 ms`; for one client as `visitors: p(95) < 200 ms`, or as a map from clients to lists.
 */
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { hintFor } from '../suggest.ts';
import { parseQuantity } from '../units.ts';
import type { Dimension } from '../units.ts';

export interface Slo {
  /** As written, without the client. */
  readonly text: string;
  /** null = all clients together. */
  readonly client: string | null;
  readonly metric: SloMetric;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** Seconds, share 0..1, or requests/s. */
  readonly limit: number;
}

export type SloMetric =
  /** Of the response times of successes; p in percent, 0 < p < 100. */
  | { readonly kind: 'percentile'; readonly p: number }
  | { readonly kind: 'mean' }
  | { readonly kind: 'max' }
  /** Failed requests as a share of those that ended. */
  | { readonly kind: 'errors' }
  /** Successful requests as a share of those that ended; the failover section sets it against a budget of 30 days. */
  | { readonly kind: 'availability' }
  /** Successes a second. */
  | { readonly kind: 'throughput' }
  /** At least this share (0..1) of all requests succeeds within the limit; the limit is a time. */
  | { readonly kind: 'ratio'; readonly share: number };

const sloText = z
  .string()
  .check(({ value, issues }) => {
    const read = parseSlo(value);
    if ('rule' in read) {
      issues.push({ code: 'custom', message: `${read.rule}\n${read.hint}`, input: value });
    }
  })
  .meta({
    description: 'a promise',
    examples: [
      'p(95) < 200 ms',
      'errors < 0.1 %',
      'availability > 99.95 %',
      '99.9% < 300 ms',
      'throughput > 500 req/s',
      'visitors: p(95) < 200 ms',
    ],
  });

const list = z.union([sloText, z.array(sloText)]);

export const slosSchema = z
  .union([list, z.record(z.string(), list)])
  .meta({ description: 'promises: a list, or a map from clients to lists' });

export function resolveSlos(
  surface: z.infer<typeof slosSchema> | undefined,
  clients: readonly string[],
  context: Context,
): readonly Slo[] {
  if (surface === undefined) {
    return [];
  }
  const path = ['slos'];
  const isMap = typeof surface === 'object' && !Array.isArray(surface);
  const groups: readonly (readonly [string | null, string | readonly string[], Path])[] = isMap
    ? Object.entries(surface).map(([client, one]) => [client, one, [...path, client]] as const)
    : [[null, surface, path]];
  return groups.flatMap(([client, texts, at]) => {
    if (client !== null) {
      checkClient(client, at, clients, context);
    }
    const isList = typeof texts !== 'string';
    return (isList ? texts : [texts]).flatMap((text, i) => {
      const place = isList ? [...at, i] : at;
      const read = parseSlo(text);
      if ('rule' in read) {
        context.problem(place, read.rule, read.hint, text);
        return [];
      }
      if (read.client !== null) {
        checkClient(read.client, place, clients, context);
      }
      return [{ ...read, client: read.client ?? client }];
    });
  });
}

/** Reads one SLO, or says what is wrong with it. */
export function parseSlo(text: string): Slo | { readonly rule: string; readonly hint: string } {
  const match = /^\s*(?:([\p{L}][\p{L}\p{N}_-]*)\s*:\s*)?([^<>=:]+?)\s*(<=|>=|<|>|={1,3}|!=)\s*(.+?)\s*$/u.exec(text);
  if (match === null) {
    return {
      rule: `is no promise: ${JSON.stringify(text.slice(0, 60))}`,
      hint: 'for example "p(95) < 200 ms" or "errors < 0.1 %"',
    };
  }
  const [, client, word, operator, value] = match;
  if (!(operator === '<' || operator === '<=' || operator === '>' || operator === '>=')) {
    return { rule: `the operator ${operator} is not known`, hint: 'use <, <=, > or >=' };
  }
  const metric = metricOf(word);
  if (metric === null) {
    return { rule: `unknown metric "${word}"`, hint: hintFor(word, metricWords) };
  }
  const dimension = dimensions[metric.kind];
  const read = parseQuantity(value, dimension);
  if (!read.ok) {
    return { rule: `${word}: the limit ${read.rule}`, hint: read.hint };
  }
  if (metric.kind === 'percentile' && !(metric.p > 0 && metric.p < 100)) {
    return { rule: `p(${metric.p}): must be above 0 and below 100`, hint: 'for example p(99.9)' };
  }
  if (metric.kind === 'ratio' && (!(metric.share > 0 && metric.share < 1) || operator.startsWith('>'))) {
    return {
      rule: `"${word} ${operator} ${value}" is no promise`,
      hint: 'a ratio is above 0 % and below 100 %, and uses <: 99.9% < 300 ms',
    };
  }
  const written = text.trim().replace(/^[\p{L}][\p{L}\p{N}_-]*\s*:\s*/u, '');
  return { text: written, client: client ?? null, metric, operator, limit: read.value };
}

// ------------------------------------------------------------------------------------------------------------ helpers

const metricWords = ['p(95)', 'avg', 'mean', 'med', 'max', 'errors', 'availability', 'throughput', 'rate', '99.9%'];

const dimensions: Readonly<Record<SloMetric['kind'], Dimension>> = {
  percentile: 'time',
  mean: 'time',
  max: 'time',
  errors: 'share',
  availability: 'share',
  throughput: 'rate',
  ratio: 'time',
};

function metricOf(word: string): SloMetric | null {
  const percentile = /^p\s*(?:\(\s*(\d+(?:\.\d+)?)\s*\)|(\d+(?:\.\d+)?))$/i.exec(word);
  if (percentile !== null) {
    const digits = percentile[1] ?? percentile[2];
    return { kind: 'percentile', p: percentile[1] === undefined && digits === '999' ? 99.9 : Number(digits) };
  }
  const ratio = /^(\d+(?:\.\d+)?)\s*%$/.exec(word);
  if (ratio !== null) {
    return { kind: 'ratio', share: Number(`${ratio[1]}e-2`) };
  }
  switch (word.toLowerCase()) {
    case 'avg':
    case 'mean':
      return { kind: 'mean' };
    case 'med':
    case 'median':
      return { kind: 'percentile', p: 50 };
    case 'max':
      return { kind: 'max' };
    case 'errors':
    case 'error rate':
      return { kind: 'errors' };
    case 'availability':
      return { kind: 'availability' };
    case 'rate':
    case 'throughput':
      return { kind: 'throughput' };
    default:
      return null;
  }
}

function checkClient(client: string, path: Path, clients: readonly string[], context: Context): void {
  if (!clients.includes(client)) {
    context.problem(path, `there are no clients "${client}"`, hintFor(client, clients), client);
  }
}
