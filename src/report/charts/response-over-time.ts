import type { Result } from '../../analysis/result.ts';
import { formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { measuredBuckets, overTime, peak } from './over-time.ts';

/** Percentiles of the response time in each bucket of time; gaps where nothing succeeded. */
export function responseOverTime(result: Result): Chart | null {
  const { p50, p95, p99 } = result.timeline;
  const highest = peak(p95, result);
  if (highest === null) return null;
  const buckets = measuredBuckets(result);
  const seen = buckets.map((bucket) => p95[bucket]).filter((value) => value !== null);
  const lowest = Math.min(...seen);
  const empty = buckets.length - seen.length;
  const gaps = empty === 0 ? '' : ` Gaps: nothing succeeded in ${empty} of ${buckets.length} buckets.`;
  const [least, most] = [lowest, highest.value].map((value) => formatValue(value, 's'));
  const range = least === most ? `stays at ${most}` : `lies between ${least} and ${most}, highest at ${highest.at}`;
  const sentence = `p95 ${range}.${gaps} ${seriesNote(result)}`;
  const scale = highest.value < 1 ? { unit: 'ms', factor: 1e3 } : { unit: 's', factor: 1 };
  const series = Object.entries({ p50, p95, p99 }).map(([name, values]) => ({
    name,
    values: values.map((value) => (value === null ? null : value * scale.factor)),
  }));
  return {
    id: 'response-over-time',
    title: 'Response time over time',
    sentence,
    spec: overTime({ ...result, series, yTitle: `response time (${scale.unit})`, description: sentence }),
  };
}
