/**
 * M/G/1 in which whoever finds nobody waits for something first: a set-up, the rest of a repair. The response is that of an
 * M/G/1 plus an independent delay.
 * Source: P. Welch, "On a generalized M/G/1 queuing process in which the first customer of each busy period receives
 * exceptional service", Operations Research 12 (1964); as a decomposition B. Doshi, Queueing Systems 1 (1986).
 */
import type { DistributionSpec } from '../../sim/random/index.ts';
import { ONE, RESOLUTION, lawTransform, minus, over, plus, scaled, tailFromTransform, times } from './transform.ts';
import type { Transform } from './transform.ts';
import type { TimeLaw } from './time-law.ts';

export interface DelayedStart {
  /** Arrivals, 1/s. */
  readonly rate: number;
  /** Mean of a service, seconds, and its transform; a law without an atom, or its tail is not smooth. */
  readonly service: { readonly mean: number; readonly transform: Transform };
  /** D of who finds nobody (0 where there is nothing to wait for): its mean, and rate - (rate - s) E[e^(-sD)]. */
  readonly delay: { readonly mean: number; readonly late: Transform };
}

/** The law of the response, with this mean. Percentiles to some 8 digits. */
export function delayedResponse({ rate, service, delay }: DelayedStart, mean: number): TimeLaw {
  const load = rate * service.mean;
  const scale = (1 - load) / (1 + rate * delay.mean);
  const response: Transform = (s) => {
    const served = service.transform(s);
    const busy = plus(s, scaled(minus(served, ONE), rate));
    return times(over(scaled(delay.late(s), scale), busy), served);
  };
  return {
    mean,
    stddev: NaN,
    resolution: RESOLUTION,
    tail: (t) => (t > 0 ? tailFromTransform(response, 1, t) : 1),
  };
}

/**
 * The transform of a delay; null where it is not worked out, or is an integral of its own: a delay is long beside a service,
 * and its transform is then asked for where that integral takes thousands of points.
 */
export function delayTransform(law: DistributionSpec): Transform | null {
  switch (law.kind) {
    case 'lognormal':
    case 'pareto':
    case 'bounded-pareto':
      return null;
    case 'mixture':
      return law.parts.every(({ of }) => delayTransform(of) !== null) ? lawTransform(law) : null;
    case 'shifted':
      return delayTransform(law.of) === null ? null : lawTransform(law);
    default:
      return lawTransform(law);
  }
}
