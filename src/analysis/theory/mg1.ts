/**
 * M/G/1 in order of arrival: Pollaczek and Khinchine's formulas; the law of the wait where the service law allows.
 * Source: L. Kleinrock, Queueing Systems I (1975), 5.6 and 5.7. Constant service by `mdc.ts`, phases by uniformisation,
 * the rest from the transform; without one (Weibull, truncated normal) means only.
 */
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import { lawMoments } from './law-moments.ts';
import { mdc } from './mdc.ts';
import { mmc } from './mmc.ts';
import { equilibrium, phaseType } from './phase-type.ts';
import type { PhaseType } from './phase-type.ts';
import { NoAnswer, requirePositive, requireStable } from './refusal.ts';
import type { StationAnswer } from './station.ts';
import { UniformisedTail } from './time-law.ts';
import type { TimeLaw } from './time-law.ts';
import { ONE, RESOLUTION, lawTransform, minus, over, plus, scaled, tailFromTransform, times } from './transform.ts';
import type { Transform } from './transform.ts';

/** @param rate 1/s. @throws NoAnswer where no steady state exists or the service law has no variance. */
export function mg1(rate: number, service: DistributionSpec): StationAnswer {
  const [mean, second, third] = lawMoments(service);
  requirePositive('M/G/1', { rate, 'mean service time': mean });
  const load = rate * mean;
  requireStable('M/G/1', load);
  if (!(second < Infinity)) throw new NoAnswer('input', 'M/G/1: a service time without variance has no mean wait');
  if (service.kind === 'exponential') return mmc({ rate, service: mean, servers: 1 });
  const meanWait = (rate * second) / (2 * (1 - load));
  const waitVariance = (rate * third) / (3 * (1 - load)) + meanWait * meanWait;
  const meanResponse = meanWait + mean;
  const moments = {
    wait: { mean: meanWait, stddev: Math.sqrt(waitVariance) },
    response: { mean: meanResponse, stddev: Math.sqrt(waitVariance + second - mean * mean) },
  };
  const tails = tailsOf(rate, load, service);
  return {
    utilisation: load,
    throughput: rate,
    meanNumber: rate * meanResponse,
    meanQueue: rate * meanWait,
    meanWait,
    meanResponse,
    waitShare: load,
    blockShare: 0,
    wait: tails === null ? null : { ...tails.wait, ...moments.wait },
    response: tails === null ? null : { ...tails.response, ...moments.response },
    numberShare: service.kind === 'deterministic' ? mdc({ rate, service: mean, servers: 1 }).numberShare : null,
  };
}

interface Tails {
  readonly wait: Pick<TimeLaw, 'tail' | 'resolution'>;
  readonly response: Pick<TimeLaw, 'tail' | 'resolution'>;
}

function tailsOf(rate: number, load: number, service: DistributionSpec): Tails | null {
  if (service.kind === 'deterministic') {
    const { wait, response } = mdc({ rate, service: service.value, servers: 1 });
    return { wait: wait!, response: response! };
  }
  const phases = phaseType(service);
  if (phases !== null) return phaseTails(load, phases);
  const transform = lawTransform(service);
  if (transform === null) return null;
  // the wait is (1 - load) s / (s - rate (1 - f(s))); what does not wait is left out, since it is known, and less smooth
  const law = distribution(service);
  const waiting: Transform = (s) => {
    const all = over(scaled(s, 1 - load), plus(s, scaled(minus(transform(s), ONE), rate)));
    return minus(all, { re: 1 - load, im: 0 });
  };
  const served: Transform = (s) => times(waiting(s), transform(s));
  return {
    wait: { resolution: RESOLUTION, tail: (t) => (t > 0 ? tailFromTransform(waiting, load, t) : load) },
    response: {
      resolution: RESOLUTION,
      tail: (t) => (t > 0 ? (1 - load) * (1 - law.cdf(t)) + tailFromTransform(served, load, t) : 1),
    },
  };
}

/** The wait is a geometric number of rests of service (each met with the load's probability), so it has phases too. */
function phaseTails(load: number, service: PhaseType): Tails {
  const rest = equilibrium(service);
  const count = service.rates.length;
  const clock = Math.max(...service.rates);
  const survivors = (served: boolean): (() => number) => {
    // 0 .. count - 1 waiting, count .. 2 count - 1 in service
    let now = new Float64Array(2 * count);
    let next = new Float64Array(2 * count);
    const finish = (into: Float64Array, weight: number): void => {
      for (let i = 0; i < count; i++) {
        into[i] += weight * load * rest.initial[i];
        if (served) into[count + i] += weight * (1 - load) * service.initial[i];
      }
    };
    finish(now, 1);
    let started = false;
    return () => {
      if (started) {
        next.fill(0);
        for (let i = 0; i < count; i++) {
          const leaves = service.rates[i] / clock;
          const to = service.next[i];
          next[i] += now[i] * (1 - leaves);
          next[count + i] += now[count + i] * (1 - leaves);
          if (to >= 0) {
            next[to] += now[i] * leaves;
            next[count + to] += now[count + i] * leaves;
          } else {
            finish(next, now[i] * leaves);
          }
        }
        [now, next] = [next, now];
      }
      started = true;
      return now.reduce((sum, share) => sum + share, 0);
    };
  };
  const wait = new UniformisedTail(clock, survivors(false));
  const response = new UniformisedTail(clock, survivors(true));
  return {
    wait: { tail: (t) => (t > 0 ? wait.tail(t) : load) },
    response: { tail: (t) => (t > 0 ? response.tail(t) : 1) },
  };
}
