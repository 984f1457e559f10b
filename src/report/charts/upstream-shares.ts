import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { DirectorResult, Result } from '../../analysis/result.ts';
import { formatFigureWithInterval, formatValue, hasInterval, isObserved } from '../format.ts';
import type { Chart } from './chart.ts';
import { frame } from './frame.ts';
import { color } from './theme.ts';

/** What share of its picks each director gives to each real server. */
export function upstreamShares({ directors }: Result): Chart | null {
  const names = Object.keys(directors).filter((name) => Object.values(directors[name].share).some(isObserved));
  if (names.length === 0) return null;
  const all = names.flatMap((director) =>
    Object.entries(directors[director].share)
      .filter(([, figure]) => isObserved(figure))
      .map(([server, figure]) => ({
        row: names.length === 1 ? server : `${director} → ${server}`,
        share: figure.value * 100,
        low: hasInterval(figure) ? figure.low * 100 : null,
        high: hasInterval(figure) ? figure.high * 100 : null,
        text: formatFigureWithInterval(figure),
      })),
  );
  const rows = all.slice(0, ROWS);
  const left = all.length > rows.length ? ` The first ${rows.length} of ${all.length} servers are shown.` : '';
  const sentence = names.map((name) => shares(name, directors[name])).join(' ') + left;
  const x: PositionFieldDef<string> = {
    type: 'quantitative',
    title: 'share of picks (%)',
    scale: { zero: true },
    axis: { tickCount: 6 },
  };
  const y = { field: 'row', type: 'nominal', sort: rows.map(({ row }) => row), title: null } as const;
  return {
    id: 'upstream-shares',
    title: 'Share of each real server',
    sentence,
    spec: frame({
      description: sentence,
      height: rows.length * 28,
      layers: [
        {
          data: { values: rows },
          mark: { type: 'bar', color: color.blue, opacity: 0.75, height: { band: 0.7 } },
          encoding: { x: { ...x, field: 'share' }, y, tooltip: { field: 'text', title: 'share' } },
        },
        {
          data: { values: rows.filter(({ low }) => low !== null) },
          mark: { type: 'rule', color: color.ink, strokeWidth: 2 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
        },
      ],
    }),
  };
}

const ROWS = 40;

function shares(name: string, { scheduler, share }: DirectorResult): string {
  const values = Object.values(share)
    .filter(isObserved)
    .map(({ value }) => value);
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (values.length === 1) return `${name} has one server.`;
  const start = `${name} (${scheduler}) spreads over ${values.length} servers`;
  const range = `from ${formatValue(least, 'share')} to ${formatValue(most, 'share')}`;
  if (most - least < 0.0005) return `${start} evenly, ${formatValue(most, 'share')} each.`;
  return least > 0
    ? `${start} ${range}: the most is ${formatValue(most / least, '1')} times the least.`
    : `${start} ${range}.`;
}
