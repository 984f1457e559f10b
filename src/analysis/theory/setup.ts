/**
 * M/G/1 whose server switches off when it is empty and needs a set-up when somebody comes.
 * Source: P. Welch, "On a generalized M/G/1 queuing process ...", Operations Research 12 (1964). Means only.
 */
import type { DistributionSpec } from '../../sim/random/index.ts';
import { lawMoments } from './law-moments.ts';
import { requirePositive, requireStable } from './refusal.ts';

export interface SetupAnswer {
  readonly meanWait: number;
  readonly meanResponse: number;
  readonly meanNumber: number;
  /** Shares of time. */
  readonly off: number;
  readonly settingUp: number;
  readonly busy: number;
}

export function setupStation(rate: number, service: DistributionSpec, setup: DistributionSpec): SetupAnswer {
  const [mean, second] = lawMoments(service);
  const [setupMean, setupSecond] = lawMoments(setup);
  requirePositive('set-up', { rate, 'mean service time': mean, 'mean set-up': setupMean });
  const load = rate * mean;
  requireStable('set-up', load);
  const cycle = 1 + rate * setupMean;
  const meanWait = (rate * second) / (2 * (1 - load)) + (2 * setupMean + rate * setupSecond) / (2 * cycle);
  const meanResponse = meanWait + mean;
  return {
    meanWait,
    meanResponse,
    meanNumber: rate * meanResponse,
    off: (1 - load) / cycle,
    settingUp: ((1 - load) * rate * setupMean) / cycle,
    busy: load,
  };
}
