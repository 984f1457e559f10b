import type { Result } from '../../analysis/result.ts';
import { meanOf, type Series } from './over-time.ts';
import { seriesColors } from './theme.ts';

/**
 * The services with the highest mean of a series, highest first, as many as can be told apart by colour, and a remark
 * on how many were left out.
 */
export function busiest(
  result: Pick<Result, 'timeline' | 'method'>,
  what: 'utilisation' | 'queue',
): { readonly shown: readonly Series[]; readonly remark: string } {
  const all = Object.entries(result.timeline.services)
    .map(([name, values]) => ({ name, values: values[what] }))
    .map((series) => ({ ...series, mean: meanOf(series.values, result) }))
    .filter(({ mean }) => Number.isFinite(mean))
    .sort((a, b) => b.mean - a.mean);
  const shown = all.slice(0, seriesColors.length).map(({ name, values }) => ({ name, values }));
  const remark = all.length > shown.length ? ` The first ${shown.length} of ${all.length} services are shown.` : '';
  return { shown, remark };
}
