/** Batches of a constant size at one exponential server (M^[X]/M/1). Source: D. Gross and others (2008), 3.1. Means only. */
import { requireCount, requirePositive, requireStable } from './refusal.ts';
import type { StationAnswer } from './station.ts';

/** @param rate of batches, 1/s. @param service mean of a request, s. */
export function batchStation(rate: number, size: number, service: number): StationAnswer {
  requirePositive('batch arrivals', { rate, service });
  requireCount('batch arrivals', { size });
  const throughput = rate * size;
  const load = throughput * service;
  requireStable('batch arrivals', load);
  const meanNumber = (load * (1 + size)) / (2 * (1 - load));
  const meanResponse = meanNumber / throughput;
  return {
    utilisation: load,
    throughput,
    meanNumber,
    meanQueue: meanNumber - load,
    meanWait: meanResponse - service,
    meanResponse,
    // the first of a batch that finds nobody is the only one who does not wait
    waitShare: 1 - (1 - load) / size,
    blockShare: 0,
    wait: null,
    response: null,
    numberShare: null,
  };
}
