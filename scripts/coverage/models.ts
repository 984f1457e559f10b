/** The systems whose truth is known exactly, on which intervals and verdicts are tried. */
import type { SteadyMethod } from '../../src/scenarios/scenario.ts';
import { mmc } from '../../src/analysis/theory/mmc.ts';
import { machineRepairQuantiles } from './machine-repair.ts';
import { layered } from './layered.ts';

export interface CoverageModel {
  readonly name: string;
  /** Default: independent replications. */
  readonly method?: SteadyMethod;
  /** The scenario without SLOs. */
  readonly file: string;
  /** Response times, seconds. */
  readonly truth: { readonly mean: number; readonly p95: number; readonly p99: number };
}

function openStation(name: string, rate: number, service: number, workers: number): CoverageModel {
  const answer = mmc({ rate, service, servers: workers });
  const response = answer.response!;
  const quantile = (share: number): number => bisect((seconds) => response.tail(seconds) - (1 - share), response.mean);
  return {
    name,
    file: `clients: { all: { rate: ${rate} req/s, to: s } }
services: { s: { workers: ${workers}, queue: unlimited, work: [ { compute: { exponential: ${1000 * service} ms } } ] } }`,
    truth: { mean: response.mean, p95: quantile(0.95), p99: quantile(0.99) },
  };
}

/** Where a falling function crosses 0. */
function bisect(of: (x: number) => number, scale: number): number {
  let low = 0;
  let high = 200 * scale;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (of(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function machineRepair(users: number, think: number, service: number): CoverageModel {
  return {
    name: `machine repair, ${users} users`,
    file: `clients: { all: { users: ${users}, think: { exponential: ${1000 * think} ms }, to: s } }
services: { s: { workers: 1, queue: unlimited, work: [ { compute: { exponential: ${1000 * service} ms } } ] } }`,
    truth: machineRepairQuantiles({ users, think, service }),
  };
}

function twoTiers(): CoverageModel {
  const model = { users: 12, think: 0.3, compute: 0.02, query: 0.03, threads: 6, databaseWorkers: 3 };
  const { mean, quantile } = layered(model);
  return {
    name: 'two tiers, layered',
    file: `clients: { all: { users: 12, think: { exponential: 300 ms }, to: app } }
services:
  app: { workers: 6, queue: unlimited, work: [ { compute: { exponential: 20 ms } }, { call: db } ] }
  db: { workers: 3, queue: unlimited, work: [ { compute: { exponential: 30 ms } } ] }`,
    truth: { mean, p95: quantile(0.95), p99: quantile(0.99) },
  };
}

export function coverageModels(): readonly CoverageModel[] {
  return [
    openStation('M/M/1, rho 0.5', 50, 0.01, 1),
    openStation('M/M/1, rho 0.9', 90, 0.01, 1),
    openStation('M/M/4, rho 0.8', 320, 0.01, 4),
    machineRepair(10, 1, 0.1),
    twoTiers(),
    { ...openStation('M/M/1, rho 0.5, batch means', 50, 0.01, 1), method: 'batch-means' },
    { ...openStation('M/M/1, rho 0.9, batch means', 90, 0.01, 1), method: 'batch-means' },
  ];
}
