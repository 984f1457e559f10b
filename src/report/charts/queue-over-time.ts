import type { Result } from '../../analysis/result.ts';
import { formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { busiest } from './busiest.ts';
import { meanOf, overTime, peak } from './over-time.ts';

/** Requests waiting at each service over time; the longest queues where there are many services; null where nobody waits. */
export function queueOverTime(result: Result): Chart | null {
  const { shown, remark } = busiest(result, 'queue');
  if (shown.length === 0) return null;
  const [first] = shown;
  if (shown.every(({ values }) => values.every((value) => !(value! > 0)))) return null;
  const { value, at } = peak(first.values, result)!;
  const mean = formatValue(meanOf(first.values, result), '1', 2);
  const longest = `Most wait at ${first.name}: ${mean} on average, at most ${formatValue(value, '1', 2)} (${at})`;
  const sentence = `${longest}.${remark} ${seriesNote(result)}`;
  return {
    id: 'queue-over-time',
    title: 'Queue at each service',
    sentence,
    spec: overTime({ ...result, series: shown, yTitle: 'requests waiting', description: sentence }),
  };
}
