import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { Figure, Result } from '../../analysis/result.ts';
import { formatFigure, formatFigureWithInterval, formatValue, hasInterval, isObserved } from '../format.ts';
import { sloName } from '../sentences.ts';
import type { Chart } from './chart.ts';
import { frame } from './frame.ts';
import { logTicks } from './log-ticks.ts';
import { color } from './theme.ts';

/** The percentiles of the response time with their intervals, and the limits that SLOs set for them. */
export function latencyPercentiles(result: Result): Chart | null {
  const { mean, p50, p90, p95, p99, p999 } = result.total.response;
  const all: [string, Figure][] = Object.entries({ mean, p50, p90, p95, p99, 'p99.9': p999 });
  const rows = all.filter(([, figure]) => isObserved(figure));
  if (rows.length === 0) return null;
  const values = rows.map(([, figure]) => figure.value);
  const scale = Math.max(...values) < 1 ? { unit: 'ms', factor: 1e3 } : { unit: 's', factor: 1 };
  const label = ([name, figure]: [string, Figure]) => `${name} ${formatFigure(figure, 3)}`;
  const points = rows.map((row) => ({
    row: label(row),
    value: row[1].value * scale.factor,
    low: hasInterval(row[1]) ? row[1].low * scale.factor : null,
    high: hasInterval(row[1]) ? row[1].high * scale.factor : null,
    text: formatFigureWithInterval(row[1]),
  }));
  const limits = result.slos.flatMap((slo) => {
    const row = slo.client === null ? rows.find(([name]) => name === percentileOf(slo.slo)) : undefined;
    return row === undefined ? [] : [{ row: label(row), limit: slo.limit * scale.factor, text: sloName(slo) }];
  });
  const sentence = sentenceOf(rows, limits.length, result.method.replications);
  const wide = Math.max(...values) > 50 * Math.min(...values) && Math.min(...values) > 0;
  const domain = [Math.min(...values) * (scale.factor / 1.5), Math.max(...values) * scale.factor * 1.5];
  const x: PositionFieldDef<string> = {
    type: 'quantitative',
    title: `response time (${scale.unit})${wide ? ', logarithmic' : ''}`,
    scale: wide ? { type: 'log', domain, nice: false } : { zero: true },
    axis: wide ? { values: logTicks(domain), format: '~g' } : { tickCount: 6 },
  };
  const y = { field: 'row', type: 'nominal', sort: points.map(({ row }) => row), title: null } as const;
  return {
    id: 'latency-percentiles',
    title: 'Percentiles and how sure they are',
    sentence,
    spec: frame({
      description: sentence,
      height: points.length * 32,
      layers: [
        {
          data: { values: limits },
          mark: { type: 'tick', color: color.orange, thickness: 3, size: 24 },
          encoding: { x: { ...x, field: 'limit' }, y, tooltip: { field: 'text', title: 'SLO' } },
        },
        {
          data: { values: points.filter(({ low }) => low !== null) },
          mark: { type: 'rule', color: color.blue, strokeWidth: 5, opacity: 0.5 },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
        },
        {
          data: { values: points },
          mark: { type: 'point', filled: true, size: 55, color: color.blue, opacity: 1 },
          encoding: { x: { ...x, field: 'value' }, y, tooltip: { field: 'text', title: 'interval' } },
        },
      ],
    }),
  };
}

/** `p(95) < 200 ms` speaks of `p95`, `med` of `p50`, `avg` and `mean` of `mean`. */
function percentileOf(slo: string): string | null {
  const [, percentile] = /^p\((\d+(?:\.\d+)?)\)/.exec(slo) ?? [];
  if (percentile !== undefined) return `p${percentile}`;
  if (/^med\b/.test(slo)) return 'p50';
  return /^(avg|mean)\b/.test(slo) ? 'mean' : null;
}

function sentenceOf(rows: readonly [string, Figure][], limits: number, replications: number): string {
  const marks = limits === 0 ? '' : ' Orange marks are SLO limits.';
  const estimated = rows.filter(([, figure]) => hasInterval(figure));
  if (estimated.length === 0) {
    return `${replications === 1 ? 'One run: the points have no intervals.' : 'Chance does not move these figures.'}${marks}`;
  }
  const halfShare = ([, figure]: [string, Figure]) => (figure.high - figure.low) / 2 / figure.value;
  const widest = estimated.reduce((worst, row) => (halfShare(row) > halfShare(worst) ? row : worst));
  const level = formatValue(widest[1].level, 'share');
  const doubt = `${widest[0]}, ${formatFigureWithInterval(widest[1])}, ±${formatValue(halfShare(widest), 'share', 2)}`;
  return `Bars are ${level} intervals; least sure is ${doubt}.${marks}`;
}
