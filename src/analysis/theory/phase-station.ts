/**
 * G/G/1 with phases on both sides, and G/M/c with phases of arrivals: the Markov chain of number and phases.
 * Source: M. Neuts, Matrix-Geometric Solutions in Stochastic Models (1981); solved here level by level in one band.
 */
import { fifoLaws } from './fifo-law.ts';
import { stationaryLevels, sum } from './markov.ts';
import type { PhaseType } from './phase-type.ts';
import { NoAnswer, requireCount, requireStable } from './refusal.ts';
import type { StationAnswer } from './station.ts';

/** @throws NoAnswer where no steady state exists, or several servers have more than one phase. */
export function phaseStation(arrivals: PhaseType, service: PhaseType, servers: number): StationAnswer {
  requireCount('phase station', { servers });
  const serving = service.rates.length;
  if (servers > 1 && serving > 1) {
    throw new NoAnswer('input', 'several servers with other than exponential service are not worked out');
  }
  const gap = meanOf(arrivals);
  const time = meanOf(service);
  requireStable('phase station', time / gap / servers);
  const levels = stationaryLevels({
    phases: arrivals.rates.length * serving,
    // at level 0 the phase of service is the one that the next request begins with
    transitions: (level, phase, emit) => {
      const inService = phase % serving;
      const coming = (phase - inService) / serving;
      const rate = arrivals.rates[coming];
      const after = arrivals.next[coming];
      if (after >= 0) emit(level, after * serving + inService, rate);
      else arrivals.initial.forEach((p, i) => p > 0 && emit(level + 1, i * serving + inService, rate * p));
      if (level === 0) return;
      const out = service.rates[inService] * Math.min(level, servers);
      const then = service.next[inService];
      if (then >= 0) emit(level, coming * serving + then, out);
      else service.initial.forEach((p, i) => p > 0 && emit(level - 1, coming * serving + i, out * p));
    },
  });
  const shares = levels.map(sum);
  const rate = 1 / gap;
  const found = levels.map(
    (level) =>
      level.reduce((total, share, phase) => {
        const coming = (phase - (phase % serving)) / serving;
        return total + (arrivals.next[coming] < 0 ? share * arrivals.rates[coming] : 0);
      }, 0) / rate,
  );
  const meanNumber = shares.reduce((total, share, k) => total + share * k, 0);
  const meanQueue = shares.reduce((total, share, k) => total + share * Math.max(0, k - servers), 0);
  const exact = serving === 1 ? fifoLaws(found, servers, time) : null;
  return {
    utilisation: time / gap / servers,
    throughput: rate,
    meanNumber,
    meanQueue,
    meanWait: meanQueue / rate,
    meanResponse: meanNumber / rate,
    waitShare: sum(found.slice(servers)),
    blockShare: 0,
    wait: exact?.wait ?? null,
    response: exact?.response ?? null,
    numberShare: (k) => shares[k] ?? 0,
  };
}

function meanOf({ initial, rates, next }: PhaseType): number {
  const visits = [...initial];
  let mean = 0;
  rates.forEach((rate, i) => {
    mean += visits[i] / rate;
    if (next[i] >= 0) visits[next[i]] += visits[i];
  });
  return mean;
}
