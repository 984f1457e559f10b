/**
 * Users who think, ask one station and think again (M/M/c//N, machine repair). An arrival finds what a system with one user
 * fewer shows (arrival theorem), so the law of the response is known too.
 * Source: D. Gross and others, Fundamentals of Queueing Theory (2008), 2.8; S. Lavenberg and M. Reiser, J. Appl. Prob. 17
 * (1980). Throughput and mean response hold for any think-time law.
 */
import { birthDeath, meanOf } from './birth-death.ts';
import { fifoLaws } from './fifo-law.ts';
import { requireCount, requirePositive } from './refusal.ts';
import type { StationAnswer } from './station.ts';

export interface MachineRepairOptions {
  readonly users: number;
  /** Means, s. */
  readonly think: number;
  readonly service: number;
  readonly servers: number;
}

export function machineRepair({ users, think, service, servers }: MachineRepairOptions): StationAnswer {
  requireCount('machine repair', { users, servers });
  requirePositive('machine repair', { think, service });
  const sharesOf = (present: number): number[] =>
    birthDeath(
      (k) => (present - k) / think,
      (k) => Math.min(k, servers) / service,
      present,
    );
  const shares = sharesOf(users);
  const { wait, response, waitShare } = fifoLaws(sharesOf(users - 1), servers, service);
  const meanNumber = meanOf(shares);
  const throughput = meanOf(shares, (k) => Math.min(k, servers)) / service;
  return {
    utilisation: (throughput * service) / servers,
    throughput,
    meanNumber,
    meanQueue: meanOf(shares, (k) => Math.max(0, k - servers)),
    meanWait: wait.mean,
    meanResponse: response.mean,
    waitShare,
    blockShare: 0,
    wait,
    response,
    numberShare: (k) => shares[k] ?? 0,
  };
}
