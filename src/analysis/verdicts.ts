/**
 * SLOs against figures. An SLO holds when the whole interval is on the right side of its limit, is missed when the whole
 * interval is on the wrong side, and is not decided when the interval straddles it or there is none. What straddles its
 * limit is simulated further, until the whole interval lies so near the limit that the difference does not matter.
 */
import type { Slo } from '../scenarios/kinds/slos.ts';
import { figure, meanFigure, quantileFigure, shareFigure } from './figure.ts';
import type { Precision } from './figure.ts';
import { estimate } from './observations.ts';
import type { TrafficWindow } from './observations.ts';
import type { Figure, Result, SloResult, Verdict } from './result.ts';

export interface WindowsOfClient {
  readonly pooled: TrafficWindow;
  readonly each: readonly TrafficWindow[];
}

/** How far from its limit a figure is taken to be at the limit, as a share of the limit. */
export const INDIFFERENCE = 0.01;

/**
 * Whether more replications could still change what is said: not once it holds or is missed, nor once the whole interval
 * lies within the indifference zone. The maximum of a response time grows with every run and is never waited for.
 */
export function isSettled({ verdict, figure: { level }, within }: SloResult, { metric }: Slo): boolean {
  return verdict !== 'not decided' || level === null || (within ?? 0) <= INDIFFERENCE || metric.kind === 'max';
}

/** @param windows of a client, or of all of them (null). */
export function judge(
  slos: readonly Slo[],
  windows: (client: string | null) => WindowsOfClient,
  precision: Precision,
): SloResult[] {
  return slos.map((slo) => {
    const found = sloFigure(slo, windows(slo.client), precision);
    const limit = slo.metric.kind === 'ratio' ? slo.metric.share : slo.limit;
    const operator = slo.metric.kind === 'ratio' ? '>=' : slo.operator;
    const decided = verdict(found, operator, limit);
    const far = Math.max(Math.abs(found.low - limit), Math.abs(found.high - limit)) / limit;
    return {
      slo: slo.text,
      client: slo.client,
      verdict: decided,
      figure: found,
      limit,
      operator,
      ...(decided === 'not decided' && found.level !== null && limit > 0 ? { within: far } : {}),
    };
  });
}

/** The worst of all: missed before not decided before holds. */
export function overall(slos: readonly SloResult[]): Result['verdict'] {
  if (slos.length === 0) return 'none';
  if (slos.some(({ verdict }) => verdict === 'missed')) return 'missed';
  return slos.every(({ verdict }) => verdict === 'holds') ? 'holds' : 'not decided';
}

/** The figure that an SLO is about. */
export function sloFigure({ metric, limit }: Slo, { pooled, each }: WindowsOfClient, precision: Precision): Figure {
  switch (metric.kind) {
    case 'percentile': {
      const responses = each.map(({ response }) => response);
      return quantileFigure(metric.p / 100, pooled.response, responses, 's', precision);
    }
    case 'mean': {
      const moments = each.map(({ responseMoments }) => responseMoments);
      return meanFigure(pooled.responseMoments, moments, 's', precision);
    }
    case 'max':
      return figure(
        estimate(pooled, each, ({ responseMoments }) => largest(responseMoments)),
        's',
        precision,
      );
    case 'throughput':
      return figure(
        estimate(pooled, each, ({ ok, seconds }) => ok / seconds),
        '1/s',
        precision,
      );
    case 'errors':
      return errorShare(pooled, each, { ...precision, relative: Infinity });
    case 'availability':
      return shareFigure(
        estimate(pooled, each, ({ ok, ended }) => ok / ended),
        { successes: pooled.ok, trials: pooled.ended },
        { ...precision, relative: Infinity },
      );
    case 'ratio': {
      const within = ({ response, ended }: TrafficWindow): number => response.countBelow(limit) / ended;
      const counts = { successes: Math.floor(pooled.response.countBelow(limit)), trials: pooled.ended };
      return shareFigure(estimate(pooled, each, within), counts, { ...precision, relative: Infinity });
    }
  }
}

/** Failed requests as a share of those that ended. */
export function errorShare(pooled: TrafficWindow, each: readonly TrafficWindow[], precision: Precision): Figure {
  const share = ({ ok, ended }: TrafficWindow): number => (ended - ok) / ended;
  return shareFigure(
    estimate(pooled, each, share),
    { successes: pooled.ended - pooled.ok, trials: pooled.ended },
    precision,
  );
}

function largest(moments: { readonly count: number; readonly maximum: number }): number {
  return moments.count > 0 ? moments.maximum : NaN;
}

function verdict({ value, low, high, level }: Figure, operator: SloResult['operator'], limit: number): Verdict {
  if (level === null || Number.isNaN(value)) return 'not decided';
  const strict = operator === '<' || operator === '>';
  const below = operator === '<' || operator === '<=';
  const holds = (bound: number): boolean => {
    if (bound === limit) return !strict;
    return below ? bound < limit : bound > limit;
  };
  const [worst, best] = below ? [high, low] : [low, high];
  if (holds(worst)) return 'holds';
  return holds(best) ? 'not decided' : 'missed';
}
