import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { Result } from '../../analysis/result.ts';
import { formatFigureWithInterval, hasInterval, isObserved } from '../format.ts';
import { firstLimit, limitSentence, loadText } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { frame } from './frame.ts';
import { color } from './theme.ts';

/** How full each limited thing is, most used first, and the load at which it would be full. */
export function limitsChart(result: Result): Chart | null {
  const known = result.limits.filter(({ used }) => isObserved(used));
  if (known.length === 0) return null;
  const first = firstLimit(result.limits);
  const shown = known.filter((limit, rank) => rank < ROWS || limit === first);
  const rows = shown.map((limit) => ({
    row: limit.name,
    used: Math.min(limit.used.value, 1) * 100,
    low: hasInterval(limit.used) ? limit.used.low * 100 : null,
    high: hasInterval(limit.used) ? Math.min(limit.used.high, 1) * 100 : null,
    end: limit.endsAt === null ? '' : `full at ${loadText(limit.endsAt)}`,
    text: formatFigureWithInterval(limit.used),
    color: limit === first ? color.orange : color.blue,
  }));
  const left = known.length > shown.length ? ` ${known.length - shown.length} less used are in the table only.` : '';
  const sentence = limitSentence(result) + left;
  const x: PositionFieldDef<string> = {
    type: 'quantitative',
    title: 'used (%)',
    scale: { domain: [0, 100], nice: false },
    axis: { tickCount: 6 },
  };
  const y = { field: 'row', type: 'nominal', sort: rows.map(({ row }) => row), title: null } as const;
  const label = { baseline: 'middle', fontSize: 12, color: color.ink } as const;
  return {
    id: 'limits',
    title: 'What is used, and where each would end',
    sentence,
    spec: frame({
      description: sentence,
      height: rows.length * 30,
      layers: [
        {
          data: { values: rows },
          mark: { type: 'bar', opacity: 0.55, height: { band: 0.72 } },
          encoding: {
            x: { ...x, field: 'used' },
            y,
            color: { field: 'color', type: 'nominal', scale: null },
            tooltip: [
              { field: 'text', title: 'used' },
              { field: 'end', title: 'end' },
            ],
          },
        },
        {
          data: { values: rows.filter(({ low }) => low !== null) },
          mark: { type: 'rule', color: color.ink, strokeWidth: 2 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
        },
        {
          data: { values: rows.filter(({ used }) => used <= 50) },
          mark: { type: 'text', align: 'left', dx: 8, ...label },
          encoding: { x: { ...x, field: 'used' }, y, text: { field: 'end' } },
        },
        {
          data: { values: rows.filter(({ used }) => used > 50) },
          mark: { type: 'text', align: 'left', dx: 6, ...label },
          encoding: { x: { value: 0 }, y, text: { field: 'end' } },
        },
      ],
    }),
  };
}

const ROWS = 12;
