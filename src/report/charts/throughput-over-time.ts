import type { Result } from '../../analysis/result.ts';
import { formatFigure, formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { overTime, peak } from './over-time.ts';
import { color } from './theme.ts';

/** Requests sent, answered and failed a second, with the faults that explain them. */
export function throughputOverTime(result: Result): Chart | null {
  const { timeline, total } = result;
  if (timeline.at.length === 0) return null;
  const worst = peak(timeline.failed, result);
  const failures =
    worst === null || worst.value === 0
      ? 'no request failed'
      : `${formatFigure(total.errors, 2)} failed, most at ${worst.at} (${formatValue(worst.value, '1/s')})`;
  const offered = formatFigure(total.offered, 3);
  const sentence = `Of ${offered} offered, ${formatFigure(total.throughput, 3)} succeeded; ${failures}. ${seriesNote(result)}`;
  const series = [
    { name: 'sent', values: timeline.sent },
    { name: 'succeeded', values: timeline.ok },
    { name: 'failed', values: timeline.failed },
  ];
  const colors = [color.slate, color.blue, color.orange];
  return {
    id: 'throughput-over-time',
    title: 'Throughput and errors',
    sentence,
    spec: overTime({ ...result, series, colors, yTitle: 'requests a second', description: sentence }),
  };
}
