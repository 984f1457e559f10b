import type { Result } from '../../analysis/result.ts';
import { formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { busiest } from './busiest.ts';
import { meanOf, overTime, peak } from './over-time.ts';

/** Requests waiting at each service over time; the longest queues where there are many services. */
export function queueOverTime(result: Result): Chart | null {
  const { shown, remark } = busiest(result, 'queue');
  if (shown.length === 0) return null;
  const [first] = shown;
  const mean = formatValue(meanOf(first.values, result), '1', 2);
  const highest = peak(first.values, result)!;
  const longest =
    highest.value === 0
      ? 'No request ever waits for a worker or a core'
      : `Most wait at ${first.name}: ${mean} on average, at most ${formatValue(highest.value, '1', 2)} (${highest.at})`;
  const sentence = `${longest}.${remark} ${seriesNote(result)}`;
  return {
    id: 'queue-over-time',
    title: 'Queue at each service',
    sentence,
    spec: overTime({ ...result, series: shown, yTitle: 'requests waiting', description: sentence }),
  };
}
