import type { Result } from '../../analysis/result.ts';
import { formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { busiest } from './busiest.ts';
import { meanOf, overTime, peak } from './over-time.ts';

/** How busy each service is over time, in percent; the busiest services where there are many. */
export function utilisationOverTime(result: Result): Chart | null {
  const { shown, remark } = busiest(result, 'utilisation');
  if (shown.length === 0) return null;
  const [first] = shown;
  const mean = formatValue(meanOf(first.values, result), 'share');
  const highest = peak(first.values, result)!;
  const most = `${first.name} is busiest: ${mean} on average, at most ${formatValue(highest.value, 'share')} (${highest.at})`;
  const sentence = `${most}.${remark} ${seriesNote(result)}`;
  const series = shown.map(({ name, values }) => ({
    name,
    values: values.map((value) => (value === null ? null : value * 100)),
  }));
  return {
    id: 'utilisation-over-time',
    title: 'Utilisation of each service',
    sentence,
    spec: overTime({ ...result, series, yTitle: 'busy (%)', description: sentence }),
  };
}
