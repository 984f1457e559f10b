import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { Result, SloResult } from '../../analysis/result.ts';
import { formatCount, formatValue, isObserved } from '../format.ts';
import type { Chart } from './chart.ts';
import { frame } from './frame.ts';
import { logTicks } from './log-ticks.ts';
import { color } from './theme.ts';

/**
 * How response times of successes are spread: share of requests in bins of equal ratio (logarithmic axis), with
 * percentiles and the limits of latency SLOs as rules; null where all take the same time.
 */
export function latencyDistribution(result: Result): Chart | null {
  const { distribution, total, slos } = result;
  const { p50, p95, p99, p999 } = total.response;
  if (!isObserved(p50) || distribution.filter(({ count }) => count > 0).length < 2) return null;
  const scale = p50.value < 1 ? { unit: 'ms', factor: 1e3 } : { unit: 's', factor: 1 };
  const bins = rebin(distribution).map(({ from, to, share }) => ({
    from: from * scale.factor,
    to: to * scale.factor,
    share: Number((share * 100).toPrecision(5)),
  }));
  const percentiles = Object.entries({ p50, p95, p99, 'p99.9': p999 }).filter(([, figure]) => isObserved(figure));
  const ends = percentiles.map(([, { value }]) => value * scale.factor);
  const domain = [Math.min(bins[0].from, ...ends), Math.max(bins[bins.length - 1].to, ...ends)];
  const marks = stagger(
    percentiles.map(([label, figure]) => ({
      label,
      time: figure.value * scale.factor,
      text: formatValue(figure.value, 's'),
    })),
    domain,
  );
  const limits = [...new Set(slos.filter(isOnResponse).map(({ limit }) => limit))].map((limit) => ({
    time: limit * scale.factor,
    text: `SLO limit ${formatValue(limit, 's')}`,
  }));
  const within = limits.filter(({ time }) => time >= domain[0] && time <= domain[1]);
  const sentence = sentenceOf(result);
  const x: PositionFieldDef<string> = {
    type: 'quantitative',
    title: `response time (${scale.unit}), logarithmic`,
    scale: { type: 'log', domain, nice: false },
    axis: { values: logTicks(domain), grid: false, format: '~g', labelOverlap: true },
  };
  return {
    id: 'latency-distribution',
    title: 'How response times are spread',
    sentence,
    spec: frame({
      description: sentence,
      height: HEIGHT,
      layers: [
        {
          data: { values: bins },
          mark: { type: 'rect', color: color.blue, opacity: 0.75, tooltip: true },
          encoding: {
            x: { ...x, field: 'from' },
            x2: { field: 'to' },
            y: {
              field: 'share',
              type: 'quantitative',
              title: 'share of successes in each bin (%)',
              scale: { domain: [0, HEADROOM * Math.max(...bins.map(({ share }) => share))] },
              axis: { tickCount: 4 },
            },
            y2: { datum: 0 },
          },
        },
        {
          data: { values: within },
          mark: { type: 'rule', color: color.orange, strokeWidth: 2, tooltip: true },
          encoding: { x: { ...x, field: 'time' }, tooltip: { field: 'text', title: 'limit' } },
        },
        {
          data: { values: marks },
          layer: [
            // A rule begins below the labels to its left, so that it crosses none.
            ...[0, 1, 2, 3].map((row) => ({
              transform: [{ filter: `datum.row === ${row}` }],
              layer: [
                {
                  mark: { type: 'rule' as const, color: color.ink, strokeDash: [3, 3] },
                  encoding: { x: { ...x, field: 'time' }, y: { value: 13 * row }, y2: { value: HEIGHT } },
                },
                {
                  mark: { type: 'text' as const, color: color.ink, align: 'left' as const, dx: 3, fontSize: 11 },
                  encoding: { x: { ...x, field: 'time' }, y: { value: 6 + 13 * row }, text: { field: 'label' } },
                },
              ],
            })),
          ],
        },
      ],
    }),
  };
}

/** True for a latency SLO on all clients together, which are what is drawn. */
function isOnResponse({ figure, client }: SloResult): boolean {
  return figure.unit === 's' && client === null;
}

const HEIGHT = 220;
/** Room for the labels above the highest bin, as a factor. */
const HEADROOM = 1.3;
const BINS = 72;
/** The fastest of so many requests may lie left of the axis: they stand in its first bin. */
const FASTEST = 1 / 2000;

/** Bins of equal ratio over the whole range; a bucket is spread evenly over the bins that it touches. */
function rebin(distribution: Result['distribution']): { from: number; to: number; share: number }[] {
  const total = distribution.reduce((sum, { count }) => sum + count, 0);
  const start = fastestOf(distribution, total);
  const positive = distribution.map(({ from, to, count }) =>
    to <= start ? { from: start, to: start * 1.01, count } : { from: Math.max(from, start), to, count },
  );
  const low = Math.min(...positive.map(({ from }) => from)) / 1.05;
  const high = Math.max(...positive.map(({ to }) => to)) * 1.05;
  const ratio = Math.pow(high / low, 1 / BINS);
  const bins = Array.from({ length: BINS }, (_, bin) => ({
    from: low * ratio ** bin,
    to: low * ratio ** (bin + 1),
    share: 0,
  }));
  for (const { from, to, count } of positive) {
    for (const bin of bins) {
      const overlap = Math.min(to, bin.to) - Math.max(from, bin.from);
      if (overlap > 0) bin.share += (count / total) * (overlap / (to - from));
    }
  }
  return bins;
}

/** Where the axis begins: the bucket that all but the very fastest are beyond. */
function fastestOf(distribution: Result['distribution'], total: number): number {
  let below = 0;
  for (const { from, to, count } of distribution) {
    below += count;
    if (below > FASTEST * total) return from > 0 ? from : to / 2;
  }
  return distribution[distribution.length - 1].from;
}

/** Puts a label one row below the one before where it is near, so that no label stands right of the rule of another. */
function stagger<Mark extends { readonly time: number }>(marks: readonly Mark[], [low, high]: number[]) {
  let end = -Infinity;
  let row = 0;
  return marks.map((mark) => {
    const position = Math.log(mark.time / low) / Math.log(high / low);
    row = position - end > NEAR ? 0 : Math.min(3, row + 1);
    end = position;
    return { ...mark, row };
  });
}

/** Width of a label, as a share of the axis. */
const NEAR = 0.14;

function sentenceOf({ total, slos, distribution }: Result): string {
  const { p50, p95, p999 } = total.response;
  const times = formatValue(p999.value / p50.value, '1', 2);
  const spread = `1 in 1,000 takes over ${formatValue(p999.value, 's')}, ${times} times the median`;
  const start =
    p999.value < 1.05 * p50.value
      ? `Nearly all of ${formatCount(total.ok)} successes take ${formatValue(p50.value, 's')}.`
      : `Half of ${formatCount(total.ok)} successes take under ${formatValue(p50.value, 's')}, 1 in 20 over ${formatValue(p95.value, 's')}; ${spread}.`;
  const slo = slos.find(isOnResponse);
  if (slo === undefined) return start;
  return `${start} ${shareWithin(distribution, slo.limit)} stay within the SLO's ${formatValue(slo.limit, 's')}.`;
}

/** Share of the distribution up to a limit in seconds, never rounded up to all of it. */
function shareWithin(distribution: Result['distribution'], limit: number): string {
  let within = 0;
  let total = 0;
  for (const { from, to, count } of distribution) {
    total += count;
    within += count * Math.min(1, Math.max(0, (limit - from) / (to - from)));
  }
  const share = within / total;
  if (share >= 1) return 'All';
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}
