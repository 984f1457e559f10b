/**
 * What happens over time: a burst that is worked off, a backlog that drains, an M/M/c seen at given times, a rate that
 * swings with unlimited servers, workers that break down.
 * Source: order statistics of exponentials; first passage of birth-death processes (S. Karlin and H. Taylor 1975);
 * uniformisation (A. Jensen 1953); S. Eick, W. Massey and W. Whitt, Operations Research 41 (1993).
 */
import { cos, exp, sin } from '../../sim/random/elementary.ts';
import { stationaryLevels, sum } from './markov.ts';
import { requireCount, requirePositive, requireStable } from './refusal.ts';
import { UniformisedTail } from './time-law.ts';
import type { TimeLaw } from './time-law.ts';
import { arctangent } from './transform.ts';

export interface BurstAnswer {
  readonly firstCompletion: number;
  /** Mean time at which request k (from 1) of all is done. */
  completion(k: number): number;
  readonly makespan: TimeLaw;
  /** Of a request picked at random. */
  readonly response: TimeLaw;
}

/** n requests at once at c exponential servers in one line. */
export function burst(requests: number, servers: number, service: number): BurstAnswer {
  requireCount('burst', { requests, servers });
  requirePositive('burst', { service });
  const speed = (done: number): number => Math.min(servers, requests - done) / service;
  const means: number[] = [];
  let variance = 0;
  let second = 0;
  for (let done = 0, mean = 0; done < requests; done++) {
    mean += 1 / speed(done);
    variance += 1 / (speed(done) * speed(done));
    second += (variance + mean * mean) / requests;
    means.push(mean);
  }
  const meanResponse = sum(means) / requests;
  const clock = servers / service;
  /** P(j done) after so many instants, as a generator of a weighed sum. */
  const after = (weight: (done: number) => number): UniformisedTail => {
    const law = new Float64Array(requests + 1);
    law[0] = 1;
    let started = false;
    return new UniformisedTail(clock, () => {
      if (started) {
        for (let done = requests - 1; done >= 0; done--) {
          const moved = law[done] * (speed(done) / clock);
          law[done] -= moved;
          law[done + 1] += moved;
        }
      }
      started = true;
      return law.reduce((total, share, done) => total + share * weight(done), 0);
    });
  };
  const makespan = after((done) => Number(done < requests));
  const response = after((done) => (requests - done) / requests);
  return {
    firstCompletion: means[0],
    completion: (k) => means[k - 1],
    makespan: { mean: means[requests - 1], stddev: Math.sqrt(variance), tail: (t) => (t > 0 ? makespan.tail(t) : 1) },
    response: {
      mean: meanResponse,
      stddev: Math.sqrt(second - meanResponse * meanResponse),
      tail: (t) => (t > 0 ? response.tail(t) : 1),
    },
  };
}

export interface Passage {
  readonly mean: number;
  readonly stddev: number;
}

/** Time from `from` present to `to` present of an M/M/c with arrivals going on. @throws NoAnswer where it never drains. */
export function drain(
  { rate, service, servers }: { readonly rate: number; readonly service: number; readonly servers: number },
  from: number,
  to: number,
): Passage {
  requirePositive('drain', { rate, service });
  requireStable('drain', (rate * service) / servers);
  // one step down with all servers busy is the busy period of an M/M/1
  const spare = servers / service - rate;
  const load = (rate * service) / servers;
  let first = 1 / spare;
  let second = ((1 + load) / (1 - load) + 1) * first * first;
  let mean = Math.max(0, from - Math.max(to, servers - 1)) * first;
  let variance = Math.max(0, from - Math.max(to, servers - 1)) * (second - first * first);
  for (let k = servers - 1; k > to; k--) {
    const down = k / service;
    // up with probability rate / out, and then two steps down
    const below = (1 + rate * first) / down;
    const square = (2 * below + rate * (second + 2 * first * below)) / down;
    first = below;
    second = square;
    if (k <= from) {
      mean += first;
      variance += second - first * first;
    }
  }
  return { mean, stddev: Math.sqrt(variance) };
}

export interface StateAt {
  readonly meanNumber: number;
  readonly allBusy: number;
  readonly empty: number;
}

const POISSON_CUT = 1e-19;

/** An M/M/c at given times, ascending, from `initial` present at 0. */
export function stateAt(
  { rate, service, servers }: { readonly rate: number; readonly service: number; readonly servers: number },
  initial: number,
  times: readonly number[],
): readonly StateAt[] {
  requirePositive('M/M/c at a time', { rate, service });
  requireCount('M/M/c at a time', { servers });
  const clock = rate + servers / service;
  const end = Math.max(...times);
  const states = Math.ceil(initial + rate * end + 12 * Math.sqrt(rate * end) + 60);
  let now = new Float64Array(states);
  now[initial] = 1;
  let before = 0;
  return times.map((time) => {
    now = later(now, clock * (time - before), (law, next) => {
      for (let k = 0; k < states; k++) {
        const up = k + 1 < states ? rate / clock : 0;
        const down = Math.min(k, servers) / service / clock;
        if (up > 0) next[k + 1] += law[k] * up;
        if (k > 0) next[k - 1] += law[k] * down;
        next[k] += law[k] * (1 - up - down);
      }
    });
    before = time;
    return {
      meanNumber: now.reduce((total, share, k) => total + share * k, 0),
      allBusy: now.slice(servers).reduce((total, share) => total + share, 0),
      empty: now[0],
    };
  });
}

/** The law after a Poisson number of steps of this mean. */
function later(
  law: Float64Array,
  mean: number,
  step: (law: Float64Array, next: Float64Array) => void,
): Float64Array<ArrayBuffer> {
  const mode = Math.floor(mean);
  const weights = [1];
  for (let j = mode, weight = 1; j > 0 && weight > POISSON_CUT; j--) weights.unshift((weight *= j / mean));
  const first = mode - weights.length + 1;
  for (let j = mode + 1, weight = 1; weight > POISSON_CUT; j++) weights.push((weight *= mean / j));
  const total = sum(weights);
  const result = new Float64Array(law.length);
  let now = new Float64Array(law);
  let next = new Float64Array(law.length);
  for (let j = 0; j < first + weights.length; j++) {
    if (j > 0) {
      next.fill(0);
      step(now, next);
      [now, next] = [next, now];
    }
    if (j >= first) now.forEach((share, k) => (result[k] += (share * weights[j - first]) / total));
  }
  return result;
}

export interface SwingOptions {
  /** Arrivals at mean (1 + amplitude sin(2 pi t / period)), 1/s. */
  readonly mean: number;
  readonly amplitude: number;
  readonly period: number;
  readonly service: number;
  readonly constant: boolean;
}

export interface SwingAnswer {
  fromEmpty(t: number): number;
  periodic(t: number): number;
  /** Of exponential service: the highest mean number, and by how much it lags behind the rate. */
  readonly highest: number;
  readonly lag: number;
}

/** Mean number present of M_t/G/infinity, exponential or constant service. */
export function swing({ mean, amplitude, period, service, constant }: SwingOptions): SwingAnswer {
  requirePositive('M_t/G/infinity', { mean, period, service });
  const turn = (2 * Math.PI) / period;
  if (constant) {
    const between = (from: number, to: number): number =>
      mean * (to - from + (amplitude * (cos(turn * from) - cos(turn * to))) / turn);
    const half = (turn * service) / 2;
    return {
      fromEmpty: (t) => between(Math.max(0, t - service), t),
      periodic: (t) => between(t - service, t),
      highest: mean * service * (1 + (amplitude * Math.abs(sin(half))) / half),
      lag: service / 2,
    };
  }
  const speed = 1 / service;
  const size = speed * speed + turn * turn;
  const wave = (t: number): number => (speed * sin(turn * t) - turn * cos(turn * t)) / size;
  return {
    fromEmpty: (t) =>
      mean * service * (1 - exp(-speed * t)) + mean * amplitude * (wave(t) + (turn * exp(-speed * t)) / size),
    periodic: (t) => mean * service + mean * amplitude * wave(t),
    highest: mean * service * (1 + amplitude / Math.sqrt(1 + turn * turn * service * service)),
    lag: arctangent(turn * service) / turn,
  };
}

export interface BreakdownOptions {
  readonly rate: number;
  readonly service: number;
  readonly servers: number;
  /** Means of a server, busy or idle, exponential, s. */
  readonly toFailure: number;
  readonly toRepair: number;
  readonly crews: number;
}

export interface BreakdownAnswer {
  readonly meanNumber: number;
  readonly meanUp: number;
  readonly upShares: readonly number[];
  readonly numberShares: readonly number[];
}

/** M/M/c whose servers break down; who is interrupted goes back to the head of the line and resumes. */
export function breakdowns({ rate, service, servers, toFailure, toRepair, crews }: BreakdownOptions): BreakdownAnswer {
  requirePositive('breakdowns', { rate, service, toFailure, toRepair });
  requireCount('breakdowns', { servers, crews });
  const levels = stationaryLevels({
    phases: servers + 1,
    transitions: (level, up, emit) => {
      emit(level + 1, up, rate);
      if (level > 0 && up > 0) emit(level - 1, up, Math.min(level, up) / service);
      if (up > 0) emit(level, up - 1, up / toFailure);
      if (up < servers) emit(level, up + 1, Math.min(crews, servers - up) / toRepair);
    },
  });
  const upShares = Array.from({ length: servers + 1 }, (_, up) => sum(levels.map((level) => level[up])));
  const meanUp = upShares.reduce((total, share, up) => total + share * up, 0);
  const numberShares = levels.map(sum);
  return {
    meanNumber: numberShares.reduce((total, share, k) => total + share * k, 0),
    meanUp,
    upShares,
    numberShares,
  };
}
