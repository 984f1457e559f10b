/** The figures whose precision can be asked for, beside those of the SLOs, and how narrow each is. */
import type { ClusterDescription } from '../models/description.ts';
import { figure, meanFigure, quantileFigure, relativeWidth } from './figure.ts';
import type { Precision } from './figure.ts';
import { estimate, pooledServices, serviceWindow } from './observations.ts';
import type { ServiceWindow, TrafficWindow } from './observations.ts';
import type { ReplicationOutcome } from './replicate.ts';
import type { Figure } from './result.ts';
import { errorShare } from './verdicts.ts';

const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, 'p99.9': 0.999 };

export type AskedFigure = 'mean' | keyof typeof PERCENTILES | 'throughput' | 'errors' | 'utilisation';

/** Of all clients together; `utilisation` is that of every service with cores or workers. */
export const ASKED_FIGURES: readonly AskedFigure[] = [
  'mean',
  'p50',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'throughput',
  'errors',
  'utilisation',
];

/** What is asked where nothing is said. */
export const ASKED_DEFAULT: readonly AskedFigure[] = ['mean'];

export interface Observed {
  readonly cluster: ClusterDescription;
  readonly outcomes: readonly ReplicationOutcome[];
  /** All clients together. */
  readonly pooled: TrafficWindow;
  readonly each: readonly TrafficWindow[];
}

/**
 * Half of the widest interval of that name as a share of its value; of `errors`, which may be 0, as it is (0.01 = one
 * percentage point). 0 where nothing was observed: there is nothing to wait for.
 */
export function widthOf(name: AskedFigure, observed: Observed, plain: Precision): number {
  const { pooled, each } = observed;
  switch (name) {
    case 'mean':
      return narrowness(
        meanFigure(
          pooled.responseMoments,
          each.map(({ responseMoments }) => responseMoments),
          's',
          plain,
        ),
      );
    case 'throughput':
      return narrowness(
        figure(
          estimate(pooled, each, ({ ok, seconds }) => ok / seconds),
          '1/s',
          plain,
        ),
      );
    case 'errors':
      return errorWidth(errorShare(pooled, each, plain));
    case 'utilisation':
      return utilisations(observed, plain).reduce((widest, one) => Math.max(widest, narrowness(one)), 0);
    default: {
      const responses = each.map(({ response }) => response);
      return narrowness(quantileFigure(PERCENTILES[name], pooled.response, responses, 's', plain));
    }
  }
}

/** Relative; 0 where there is no interval, or no value it could be relative to. */
export function narrowness(one: Figure): number {
  return one.level !== null && one.value > 0 ? relativeWidth(one) : 0;
}

export function errorWidth({ level, low, high }: Figure): number {
  return level === null ? 0 : (high - low) / 2;
}

function utilisations({ cluster, outcomes }: Observed, plain: Precision): Figure[] {
  return Object.entries(cluster.services).flatMap(([name, { cores, workers }]) => {
    const size = Math.min(cores, workers);
    if (!(size < Infinity)) return [];
    const windows = outcomes.map(({ seconds, before, after }) =>
      serviceWindow(seconds, before.services[name], after.services[name]),
    );
    const used = ({ computeArea, seconds, servers }: ServiceWindow): number => computeArea / (seconds * servers * size);
    return [figure(estimate(pooledServices(windows), windows, used), 'share', plain)];
  });
}
