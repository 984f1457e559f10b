/**
 * Servers that switch off when nobody is left, at once or some time after, and need a set-up when somebody comes.
 * Source: P. Welch, "On a generalized M/G/1 queuing process ...", Operations Research 12 (1964); switching off later makes
 * the set-up one of who comes after that: the time without anybody is exponential. Several workers that are set up together:
 * the Markov chain of number and state.
 */
import { exp } from '../../sim/random/elementary.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import { delayTransform, delayedResponse } from './delayed-start.ts';
import { lawMoments } from './law-moments.ts';
import { stationaryLevels, sum } from './markov.ts';
import { phaseType } from './phase-type.ts';
import { requireCount, requirePositive, requireStable } from './refusal.ts';
import type { TimeLaw } from './time-law.ts';
import { lawTransform, minus, plus, scaled, times } from './transform.ts';
import type { Transform } from './transform.ts';

export interface SetupAnswer {
  readonly meanWait: number;
  readonly meanResponse: number;
  readonly meanNumber: number;
  /** null where it is not worked out. */
  readonly response: TimeLaw | null;
  /** Shares of time. */
  readonly off: number;
  readonly settingUp: number;
  readonly busy: number;
}

/**
 * One server. The law of the response where the service has phases and the set-up a plain transform.
 * @param offAfter seconds without anybody until it switches off.
 */
export function setupStation(
  rate: number,
  service: DistributionSpec,
  setup: DistributionSpec,
  offAfter = 0,
): SetupAnswer {
  const [mean, second] = lawMoments(service);
  const [setupMean, setupSecond] = lawMoments(setup);
  requirePositive('set-up', { rate, 'mean service time': mean, 'mean set-up': setupMean });
  const load = rate * mean;
  requireStable('set-up', load);
  /** P(it is off by the time that somebody comes). */
  const cold = exp(-rate * offAfter);
  const delay = cold * setupMean;
  const cycle = 1 + rate * delay;
  const meanWait = (rate * second) / (2 * (1 - load)) + (2 * delay + rate * cold * setupSecond) / (2 * cycle);
  const meanResponse = meanWait + mean;
  const waiting = delayTransform(setup);
  const serving = phaseType(service) === null ? null : lawTransform(service);
  return {
    meanWait,
    meanResponse,
    meanNumber: rate * meanResponse,
    response:
      waiting === null || serving === null
        ? null
        : delayedResponse(
            { rate, service: { mean, transform: serving }, delay: { mean: delay, late: lateOf(rate, cold, waiting) } },
            meanResponse,
          ),
    off: (cold * (1 - load)) / cycle,
    settingUp: ((1 - load) * rate * delay) / cycle,
    busy: load,
  };
}

/** rate - (rate - s) E[e^(-sD)] for D = the set-up with probability `cold`, else 0. */
function lateOf(rate: number, cold: number, setup: Transform): Transform {
  return (s) => {
    const delay = plus(scaled(setup(s), cold), { re: 1 - cold, im: 0 });
    return minus({ re: rate, im: 0 }, times(minus({ re: rate, im: 0 }, s), delay));
  };
}

export interface ManySetupAnswer {
  readonly meanResponse: number;
  readonly meanNumber: number;
  /** Shares of time. */
  readonly off: number;
  readonly settingUp: number;
}

/** M/M/c whose workers are switched off together as soon as nobody is there; an exponential set-up brings them all back. */
export function setupOfMany({
  rate,
  service,
  servers,
  setup,
}: {
  readonly rate: number;
  /** Means, seconds. */
  readonly service: number;
  readonly servers: number;
  readonly setup: number;
}): ManySetupAnswer {
  requirePositive('set-up', { rate, 'mean service time': service, 'mean set-up': setup });
  requireCount('set-up', { servers });
  requireStable('set-up', (rate * service) / servers);
  // phase 0: off or in set-up, 1: on; nobody and on is never met
  const levels = stationaryLevels({
    phases: 2,
    transitions: (level, on, emit) => {
      if (level === 0 && on === 1) {
        emit(0, 0, 1 / setup);
        return;
      }
      emit(level + 1, on, rate);
      if (level === 0) return;
      if (on === 0) emit(level, 1, 1 / setup);
      else emit(level - 1, level === 1 ? 0 : 1, Math.min(level, servers) / service);
    },
  });
  const meanNumber = levels.reduce((total, shares, level) => total + level * sum(shares), 0);
  return {
    meanResponse: meanNumber / rate,
    meanNumber,
    off: levels[0][0],
    settingUp: sum(levels.slice(1).map(([settingUp]) => settingUp)),
  };
}
