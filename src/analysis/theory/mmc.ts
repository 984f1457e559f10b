/**
 * M/M/c: Poisson arrivals, exponential service, c servers, one endless first-come-first-served line.
 * Source: L. Kleinrock, Queueing Systems I (1975), 3.5; the response time: D. Gross and others, Fundamentals of Queueing
 * Theory (2008), 2.4.
 */
import { exp, expm1, ln } from '../../sim/random/elementary.ts';
import { lnGamma } from '../../sim/random/special.ts';
import { erlangC } from './erlang.ts';
import { requireCount, requirePositive, requireStable } from './refusal.ts';
import type { StationAnswer } from './station.ts';

export interface MmcOptions {
  /** Arrivals, 1/s. */
  readonly rate: number;
  /** Mean service time, s. */
  readonly service: number;
  readonly servers: number;
}

/** @throws NoAnswer where no steady state exists. */
export function mmc({ rate, service, servers }: MmcOptions): StationAnswer {
  requirePositive('M/M/c', { rate, service });
  requireCount('M/M/c', { servers });
  const load = rate * service;
  const utilisation = load / servers;
  requireStable('M/M/c', utilisation);
  const waiting = erlangC(servers, load);
  const speed = 1 / service;
  /** Rate at which the wait of those who wait ends. */
  const spare = servers * speed - rate;
  const meanWait = waiting / spare;
  const meanResponse = meanWait + service;
  const waitVariance = (waiting * (2 - waiting)) / (spare * spare);
  return {
    utilisation,
    throughput: rate,
    meanNumber: rate * meanResponse,
    meanQueue: rate * meanWait,
    meanWait,
    meanResponse,
    waitShare: waiting,
    blockShare: 0,
    wait: { mean: meanWait, stddev: Math.sqrt(waitVariance), tail: (t) => waiting * exp(-spare * t) },
    response: {
      mean: meanResponse,
      stddev: Math.sqrt(waitVariance + service * service),
      // e^(-speed t) + waiting * speed * (e^(-spare t) - e^(-speed t)) / (speed - spare), whole where the two rates meet
      tail: (t) => exp(-speed * t) + waiting * speed * between(speed, spare, t),
    },
    numberShare: (k) => {
      const top = Math.min(k, servers);
      // P(c - 1 + j) = C (1 - rho) rho^(j - 1): everything from the probability of waiting, going down from c
      const atServers = ln(waiting * (1 - utilisation));
      if (k >= servers) return exp(atServers + (k - servers) * ln(utilisation));
      return exp(atServers + (top - servers) * ln(load) + lnGamma(servers + 1) - lnGamma(top + 1));
    },
  };
}

/** (e^(-b t) - e^(-a t)) / (a - b), t e^(-a t) where they are equal. */
function between(a: number, b: number, t: number): number {
  const apart = Math.abs(a - b);
  return exp(-Math.min(a, b) * t) * (apart === 0 ? t : -expm1(-apart * t) / apart);
}
