import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { Result } from '../../analysis/result.ts';
import { formatFigureWithInterval, hasInterval } from '../format.ts';
import { endText, firstLimit, isFull, isUsed, limitSentence } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { frame } from './frame.ts';
import { color } from './theme.ts';

/** How full each limited thing is, most used first, and the load at which it would be full. */
export function limitsChart(result: Result): Chart | null {
  const known = result.limits.filter(isUsed);
  if (known.length === 0) return null;
  const first = firstLimit(result.limits);
  const shown = known.filter((limit, rank) => rank < ROWS || limit === first);
  const rows = shown.map((limit) => ({
    row: limit.name,
    used: Math.min(limit.used.value, 1) * 100,
    low: hasInterval(limit.used) ? limit.used.low * 100 : null,
    high: hasInterval(limit.used) ? Math.min(limit.used.high, 1) * 100 : null,
    end: isFull(limit) ? 'full' : limit.endsAt === null ? '' : `full at ${endText(limit)}`,
    short: limit.endsAt === null ? '' : endText(limit),
    text: formatFigureWithInterval(limit.used),
    color: limit === first ? color.orange : color.blue,
  }));
  const left = known.length > shown.length ? ` ${known.length - shown.length} less used are in the table only.` : '';
  const sentence = limitSentence(result) + left;
  const x: PositionFieldDef<string> = {
    type: 'quantitative',
    title: 'used (%)',
    scale: { domain: [0, 100], nice: false },
    axis: { tickCount: { expr: 'width < 200 ? 3 : 6' } },
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
          mark: { type: 'text', align: 'left', dx: 8, opacity: wide, ...label },
          encoding: { x: { ...x, field: 'used' }, y, text: { field: 'end' } },
        },
        {
          data: { values: rows.filter(({ used }) => used > 50) },
          mark: { type: 'text', align: 'left', dx: 6, opacity: wide, ...label },
          encoding: { x: { value: 0 }, y, text: { field: 'end' } },
        },
        {
          data: { values: rows },
          mark: { type: 'text', align: 'right', dx: -2, opacity: narrow, ...label },
          encoding: { x: { value: 'width' }, y, text: { field: 'short' } },
        },
      ],
    }),
  };
}

const ROWS = 12;

/** On a phone the long names leave no room beside a bar: the short text stands at the right end instead. */
const wide = { expr: 'width < 320 ? 0 : 1' };
const narrow = { expr: 'width < 320 ? 1 : 0' };
