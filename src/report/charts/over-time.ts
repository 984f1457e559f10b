import type { PositionFieldDef } from 'vega-lite/types_unstable/channeldef.js';
import type { TopLevelSpec } from 'vega-lite';
import type { FaultRecord, Method, Timeline } from '../../analysis/result.ts';
import { formatMoment, lasts } from '../format.ts';
import { frame, type Layer } from './frame.ts';
import { color, seriesColors, seriesDashes } from './theme.ts';

/**
 * The frame of every chart over time: lines, the warm-up in grey, faults as bands and their consequences as numbered
 * rules (the numbers are those of the fault list). A series has no interval; the sentence of each chart says so.
 */

export interface Series {
  readonly name: string;
  /** One value a bucket; null where nothing was observed leaves a gap. */
  readonly values: readonly (number | null)[];
}

export interface OverTime {
  readonly timeline: Timeline;
  readonly method: Method;
  readonly faults: readonly FaultRecord[];
  /** At most as many as there are series colours. */
  readonly series: readonly Series[];
  readonly yTitle: string;
  readonly description: string;
  /** Colours in the order of the series, where they mean something. */
  readonly colors?: readonly string[];
}

const HEIGHT = 220;
/** Numbers of events nearer than this share of the axis are written as one label. */
const LABEL_DISTANCE = 0.05;

export function overTime(options: OverTime): TopLevelSpec {
  const { timeline, method, faults, series, description } = options;
  const { unit, seconds } = axisUnit(spanOf(timeline));
  const end = spanOf(timeline) / seconds;
  const x: PositionFieldDef<string> = {
    field: 'time',
    type: 'quantitative',
    title: `simulated time (${unit})`,
    scale: { domain: [0, end], nice: false },
    axis: { grid: false, tickCount: { expr: 'width < 420 ? 5 : 8' }, labelOverlap: true },
  };
  const scaled = ({ from, to, text }: Band) => ({ from: from / seconds, to: Math.min(to / seconds, end), text });
  const band = (values: readonly Band[], fill: string): Layer => ({
    data: { values: values.map(scaled) },
    mark: { type: 'rect', color: fill, opacity: 0.16 },
    encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, tooltip: { field: 'text', title: 'what' } },
  });
  const moments = labelsOf(faults, spanOf(timeline)).map((label) => ({ ...label, time: label.time / seconds }));
  // The same legend for colour and dash, so that Vega-Lite merges them.
  const narrow = Math.max(...series.map(({ name }) => name.length)) <= 9 ? 3 : 2;
  const legend = { columns: { expr: `width < 420 ? ${narrow} : 6` } };
  const layers: Layer[] = [
    band(warmupOf(method), color.slate),
    band(faultBands(faults), color.orange),
    {
      data: { values: moments },
      layer: [
        { mark: { type: 'rule', color: color.faint, strokeDash: [2, 3] }, encoding: { x } },
        {
          mark: { type: 'text', color: color.ink, baseline: 'bottom', fontSize: 11, fontWeight: 'bold' },
          encoding: {
            x,
            y: { value: -2 },
            text: { field: 'label' },
            tooltip: { field: 'text', title: 'what' },
          },
        },
      ],
    },
    {
      data: { values: rows(options, seconds) },
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: {
        x,
        y: {
          field: 'value',
          type: 'quantitative',
          title: options.yTitle,
          scale: { zero: true },
          axis: { tickCount: 5 },
        },
        color: {
          field: 'series',
          type: 'nominal',
          sort: null,
          scale: { domain: series.map(({ name }) => name), range: [...(options.colors ?? seriesColors)] },
          legend,
        },
        strokeDash: {
          field: 'series',
          type: 'nominal',
          sort: null,
          scale: { domain: series.map(({ name }) => name), range: seriesDashes as number[][] },
          legend,
        },
      },
    },
  ];
  return frame({ description, height: HEIGHT, layers });
}

/** The buckets after the warm-up, for sentences: what is drawn before it is no result. */
export function measuredBuckets({ timeline, method }: { timeline: Timeline; method: Method }): number[] {
  const all = timeline.at.map((_, bucket) => bucket);
  const measured = all.filter((bucket) => timeline.at[bucket] >= method.warmup);
  return measured.length > 0 ? measured : all;
}

/** Where a series is highest after the warm-up: `{ value, at }` with the moment as text; null when it has no value. */
export function peak(
  values: readonly (number | null)[],
  result: { timeline: Timeline; method: Method },
): { readonly value: number; readonly at: string } | null {
  let best = -1;
  for (const bucket of measuredBuckets(result)) {
    const value = values[bucket];
    if (value !== null && (best < 0 || value > values[best]!)) best = bucket;
  }
  return best < 0 ? null : { value: values[best]!, at: formatMoment(result.timeline.at[best]) };
}

/** Mean of a series after the warm-up; NaN when it has no value. */
export function meanOf(values: readonly (number | null)[], result: { timeline: Timeline; method: Method }): number {
  const seen = measuredBuckets(result)
    .map((bucket) => values[bucket])
    .filter((value) => value !== null);
  return seen.reduce((sum, value) => sum + value, 0) / seen.length;
}

function rows({ timeline, series }: OverTime, seconds: number) {
  const middle = timeline.bucketSeconds / 2;
  return series.flatMap(({ name, values }) =>
    timeline.at.map((at, bucket) => ({ time: (at + middle) / seconds, series: name, value: rounded(values[bucket]) })),
  );
}

/** Seven significant digits keep the page small and are more than a screen can show. */
function rounded(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(7));
}

interface Band {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function warmupOf({ warmup }: Method): Band[] {
  return warmup > 0 ? [{ from: 0, to: warmup, text: 'warm-up: not counted' }] : [];
}

function faultBands(faults: readonly FaultRecord[]): Band[] {
  return faults.filter(lasts).map(({ at, until, text }) => ({ from: at, to: until!, text }));
}

/** The numbers of the events, in order of time; several at nearly one moment share a label: `2 to 3`. */
function labelsOf(faults: readonly FaultRecord[], span: number) {
  const labels: { time: number; label: string; text: string; first: number; last: number }[] = [];
  faults.forEach(({ at, text }, index) => {
    const number = index + 1;
    const previous = labels.at(-1);
    if (previous !== undefined && at - previous.time < LABEL_DISTANCE * span) {
      previous.last = number;
      previous.label = `${previous.first}–${number}`;
      previous.text += `; ${text}`;
    } else {
      labels.push({ time: at, label: String(number), text, first: number, last: number });
    }
  });
  return labels.map(({ time, label, text }) => ({ time, label, text }));
}

function spanOf({ at, bucketSeconds }: Timeline): number {
  return (at.at(-1) ?? 0) + bucketSeconds;
}

function axisUnit(span: number): { unit: string; seconds: number } {
  if (span > 3 * 3600) return { unit: 'h', seconds: 3600 };
  return span > 180 ? { unit: 'min', seconds: 60 } : { unit: 's', seconds: 1 };
}
