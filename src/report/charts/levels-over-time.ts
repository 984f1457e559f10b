import type { Result } from '../../analysis/result.ts';
import { formatValue } from '../format.ts';
import { seriesNote } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { meanOf, overTime, peak } from './over-time.ts';
import { seriesColors } from './theme.ts';

/** The number of servers of each service that scales. */
export function serversOverTime(result: Result): Chart | null {
  return levels(result, ' servers', 'servers-over-time', 'Servers', 'servers that can serve');
}

/** Records that consumers have not processed yet, by topic. */
export function lagOverTime(result: Result): Chart | null {
  return levels(result, null, 'lag-over-time', 'Lag of consumers', 'records not processed');
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** @param ending of the names that are drawn; null = all that end in no other. */
function levels(result: Result, ending: string | null, id: string, title: string, yTitle: string): Chart | null {
  const series = Object.entries(result.timeline.levels ?? {})
    .filter(([name]) => (ending === null ? !name.endsWith(' servers') : name.endsWith(ending)))
    .map(([name, values]) => ({ name, values }))
    .slice(0, seriesColors.length);
  if (series.length === 0) return null;
  const words = series.map(({ name, values }) => {
    const most = peak(values, result);
    const highest = most === null ? '' : `, at most ${formatValue(most.value, '1', 3)} (${most.at})`;
    return `${name}: ${formatValue(meanOf(values, result), '1', 3)} on average${highest}`;
  });
  const sentence = `${words.join('. ')}. ${seriesNote(result)}`;
  return { id, title, sentence, spec: overTime({ ...result, series, yTitle, description: sentence }) };
}
