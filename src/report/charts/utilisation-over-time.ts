import type { Result } from '../../analysis/result.ts';
import { formatFigure, formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { busiest } from './busiest.ts';
import { meanOf, overTime, peak } from './over-time.ts';

/** How busy each service is over time, in percent; the busiest services where there are many. */
export function utilisationOverTime(result: Result): Chart | null {
  const { shown, remark } = busiest(result, 'utilisation');
  if (shown.length === 0) return null;
  const [first] = shown;
  // The figure weighs servers that come and go; the mean of the series, equal pieces of time.
  const figure = result.services[first.name]?.utilisation ?? null;
  const mean = figure === null ? formatValue(meanOf(first.values, result), 'share') : formatFigure(figure, 3);
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
