/**
 * G/M/1: renewal arrivals, exponential service, in order of arrival. An arrival finds k with probability
 * (1 - s) s^k, where s is the root of s = A*(mu (1 - s)) in (0, 1).
 * Source: L. Kleinrock, Queueing Systems I (1975), 6.4.
 */
import { bisect } from '../../sim/random/bisect.ts';
import { exp, ln } from '../../sim/random/elementary.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import { lawMoments } from './law-moments.ts';
import { NoAnswer, requirePositive, requireStable } from './refusal.ts';
import type { StationAnswer } from './station.ts';
import { exponentialLaw } from './time-law.ts';
import { realTransform } from './transform.ts';

export interface Gm1Answer extends StationAnswer {
  /** Share of arrivals that find k. */
  readonly foundShare: (k: number) => number;
}

/** @param service mean, s. @throws NoAnswer where no steady state exists or the interarrival law has no transform here. */
export function gm1(interarrival: DistributionSpec, service: number): Gm1Answer {
  const [mean] = lawMoments(interarrival);
  requirePositive('G/M/1', { service, 'mean interarrival time': mean });
  const utilisation = service / mean;
  requireStable('G/M/1', utilisation);
  const transform = realTransform(interarrival);
  if (transform === null) throw new NoAnswer('input', `G/M/1: no transform of ${interarrival.kind} arrivals`);
  const root = bisect(0, 1, (s) => transform((1 - s) / service) <= s);
  const meanResponse = service / (1 - root);
  const meanWait = root * meanResponse;
  const rate = 1 / mean;
  const power = (k: number): number => (k === 0 ? 1 : exp(k * ln(root)));
  return {
    utilisation,
    throughput: rate,
    meanNumber: rate * meanResponse,
    meanQueue: rate * meanWait,
    meanWait,
    meanResponse,
    waitShare: root,
    blockShare: 0,
    wait: {
      mean: meanWait,
      stddev: meanResponse * Math.sqrt(root * (2 - root)),
      tail: (t) => root * exp(-t / meanResponse),
    },
    response: exponentialLaw(meanResponse),
    numberShare: (k) => (k === 0 ? 1 - utilisation : utilisation * (1 - root) * power(k - 1)),
    foundShare: (k) => (1 - root) * power(k),
  };
}
