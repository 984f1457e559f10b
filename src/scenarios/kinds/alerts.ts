/**
 * Alerts in the manner of Prometheus: an expression that is looked at over a window and must hold `for` a while before it
 * fires. `{ when: mean > 500 ms, over: 1 min, for: 5 min }`.
 *
 * Left out: percentiles (a window's are not kept), single clients, alerts on servers. The mean is of all requests that ended, failures
 * too, as `rate(..._sum) / rate(..._count)` has it; `in progress` is `rate(..._sum)` alone, their response seconds a second.
 */
import { z } from 'zod';
import type { Context } from '../context.ts';
import { hintFor } from '../suggest.ts';
import { parseQuantity } from '../units.ts';
import { time } from './fields.ts';

export interface Alert {
  readonly name: string;
  /** As written: `mean > 500 ms`. */
  readonly text: string;
  readonly metric: AlertMetric;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** Seconds, share 0..1, requests/s, or requests in progress. */
  readonly limit: number;
  /** Seconds over which the metric is taken. */
  readonly over: number;
  /** Seconds for which it must hold before the alert fires. */
  readonly for: number;
}

export type AlertMetric = 'mean' | 'in progress' | 'errors' | 'throughput';

const DIMENSIONS = { mean: 'time', 'in progress': null, errors: 'share', throughput: 'rate' } as const;

/** Prometheus' usual window, and its `for` where none is given. */
const OVER = 60;

export const alertsSchema = z
  .record(
    z.string(),
    z.strictObject({
      when: z
        .string()
        .check(({ value, issues }) => {
          const read = parseAlert(value);
          if ('rule' in read) issues.push({ code: 'custom', message: `${read.rule}\n${read.hint}`, input: value });
        })
        .meta({
          description: 'what must hold: a metric, an operator, a limit',
          examples: ['mean > 500 ms', 'errors > 5 %', 'throughput < 100 req/s', 'in progress > 200'],
        }),
      over: time('window over which the metric is taken; 1 min by default').optional(),
      for: time('how long it must hold before the alert fires; at once by default').optional(),
    }),
  )
  .meta({ description: 'alerts: { HighResponseTime: { when: mean > 500 ms, for: 5 min } }' });

type AlertsSurface = z.infer<typeof alertsSchema>;

export function resolveAlerts(surface: AlertsSurface | undefined, context: Context): readonly Alert[] {
  return Object.entries(surface ?? {}).flatMap(([name, { when, over, for: lasting }]) => {
    const path = ['alerts', name];
    const read = parseAlert(when);
    if ('rule' in read) {
      context.problem([...path, 'when'], read.rule, read.hint, when);
      return [];
    }
    const window = over === undefined ? OVER : context.quantity(over, 'time', [...path, 'over']);
    if (!(window > 0)) context.problem([...path, 'over'], 'must be longer than 0', 'for example 1 min', over);
    const held = lasting === undefined ? 0 : context.quantity(lasting, 'time', [...path, 'for']);
    return [{ name, text: when.trim(), ...read, over: window, for: held }];
  });
}

function parseAlert(
  text: string,
): Pick<Alert, 'metric' | 'operator' | 'limit'> | { readonly rule: string; readonly hint: string } {
  const match = /^\s*([^<>=]+?)\s*(<=|>=|<|>)\s*(.+?)\s*$/.exec(text);
  if (match === null) {
    return {
      rule: `is no alert: ${JSON.stringify(text.slice(0, 60))}`,
      hint: 'for example "mean > 500 ms" or "errors > 5 %"',
    };
  }
  const [, word, operator, value] = match;
  const metric = METRICS[word.toLowerCase()];
  if (metric === undefined) return { rule: `unknown metric "${word}"`, hint: hintFor(word, Object.keys(METRICS)) };
  const dimension = DIMENSIONS[metric];
  if (dimension === null) {
    const limit = Number(value);
    if (!(limit >= 0 && limit < Infinity)) {
      return { rule: `${word}: the limit must be a number >= 0, got ${value}`, hint: 'requests, without a unit' };
    }
    return { metric, operator: operator as Alert['operator'], limit };
  }
  const read = parseQuantity(value, dimension);
  if (!read.ok) return { rule: `${word}: the limit ${read.rule}`, hint: read.hint };
  return { metric, operator: operator as Alert['operator'], limit: read.value };
}

const METRICS: Readonly<Record<string, AlertMetric | undefined>> = {
  mean: 'mean',
  avg: 'mean',
  'in progress': 'in progress',
  errors: 'errors',
  throughput: 'throughput',
};

/** Windows longer than the run, and what is true whatever happens. */
export function doubtAlerts(
  alerts: readonly Alert[],
  { until, inProgress }: { readonly until: number; readonly inProgress: number },
  context: Context,
): void {
  for (const { name, text, metric, operator, limit, for: held } of alerts) {
    const path = ['alerts', name, 'when'];
    if (metric === 'in progress' && operator.startsWith('>') && inProgress > limit) {
      context.doubt(
        path,
        `"${text}" holds at all times: this load keeps at least ${Number(inProgress.toPrecision(3))} requests in progress (Little's law); a mean response is meant? mean > 500 ms`,
      );
    }
    if (held >= until) context.doubt(['alerts', name, 'for'], 'is as long as the run: it cannot fire');
  }
}
