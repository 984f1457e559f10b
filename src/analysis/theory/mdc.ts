/**
 * M/D/c: Poisson arrivals, constant service, one line in order of arrival.
 * Source: C. Crommelin 1932 (the number present, seen every service time); the wait: G. Franx, "A simple solution for the
 * M/D/c waiting time distribution", Operations Research Letters 29 (2001).
 */
import { exp, ln } from '../../sim/random/elementary.ts';
import { lnGamma } from '../../sim/random/special.ts';
import { stationary, sum } from './markov.ts';
import type { MmcOptions } from './mmc.ts';
import { requireCount, requirePositive, requireStable } from './refusal.ts';
import type { StationAnswer } from './station.ts';
import type { TimeLaw } from './time-law.ts';

const CUT = 1e-18;

/** @throws NoAnswer where no steady state exists. */
export function mdc({ rate, service, servers }: MmcOptions): StationAnswer {
  requirePositive('M/D/c', { rate, service });
  requireCount('M/D/c', { servers });
  const load = rate * service;
  requireStable('M/D/c', load / servers);
  const shares = numberShares(load, servers);
  const meanNumber = shares.reduce((total, share, k) => total + share * k, 0);
  const meanWait = meanNumber / rate - service;
  const waitShare = 1 - sum(shares.slice(0, servers));
  /** P(at most m wait). */
  const atMost: number[] = [];
  let all = sum(shares.slice(0, servers));
  for (let m = 0; m + servers < shares.length; m++) atMost.push((all += shares[m + servers]));
  const tail = (t: number): number => {
    const k = Math.floor(t / service) + 1;
    const left = rate * (k * service - t);
    let inside = 0;
    // terms of the Poisson law of mean `left`; it is at most the load
    let term = exp(-left);
    for (let j = 0; j < k * servers; j++) {
      inside += (atMost[k * servers - 1 - j] ?? 1) * term;
      term *= left / (j + 1);
      if (j > left && term < CUT) break;
    }
    return Math.max(0, 1 - inside);
  };
  const stddev = servers === 1 ? singleServerDeviation(rate, service) : NaN;
  const wait: TimeLaw = { mean: meanWait, stddev, tail };
  return {
    utilisation: load / servers,
    throughput: rate,
    meanNumber,
    meanQueue: meanNumber - load,
    meanWait,
    meanResponse: meanWait + service,
    waitShare,
    blockShare: 0,
    wait,
    response: { mean: meanWait + service, stddev, tail: (t) => (t < service ? 1 : tail(t - service)) },
    numberShare: (k) => shares[k] ?? 0,
  };
}

/** Of the wait by Pollaczek and Khinchine. */
function singleServerDeviation(rate: number, service: number): number {
  const spare = 1 - rate * service;
  const mean = (rate * service * service) / (2 * spare);
  return Math.sqrt((rate * service * service * service) / (3 * spare) + mean * mean);
}

/** The number present: after one service time all who were in service have gone, and a Poisson number has come. */
function numberShares(load: number, servers: number): number[] {
  const arrivals: number[] = [];
  for (let k = 0; k < load || arrivals[k - 1] > CUT; k++) arrivals.push(exp(k * ln(load) - load - lnGamma(k + 1)));
  for (let states = 4 * (servers + arrivals.length); ; states *= 2) {
    const law = stationary(states, (from, emit) => {
      const staying = Math.max(0, from - servers);
      arrivals.forEach((probability, k) => emit(Math.min(states - 1, staying + k), probability));
    });
    if (law[states - 1 - arrivals.length] < CUT) return [...law];
  }
}
