/**
 * M/M/c/K: at most K requests in the system, who comes to a full one is turned away; K = c is Erlang's loss system.
 * Source: D. Gross and others, Fundamentals of Queueing Theory (2008), 2.5. Times are of those let in.
 */
import { birthDeath, meanOf } from './birth-death.ts';
import { fifoLaws } from './fifo-law.ts';
import type { MmcOptions } from './mmc.ts';
import { NoAnswer, requireCount, requirePositive } from './refusal.ts';
import type { StationAnswer } from './station.ts';

export interface MmckOptions extends MmcOptions {
  /** K, service and line together; at least c. */
  readonly capacity: number;
}

export function mmck({ rate, service, servers, capacity }: MmckOptions): StationAnswer {
  requirePositive('M/M/c/K', { rate, service });
  requireCount('M/M/c/K', { servers, capacity });
  if (capacity < servers) throw new NoAnswer('input', `M/M/c/K: K >= c, got ${capacity} < ${servers}`);
  const speed = 1 / service;
  const shares = birthDeath(
    () => rate,
    (k) => Math.min(k, servers) * speed,
    capacity,
  );
  const blockShare = shares[capacity] ?? 0;
  const found = shares.slice(0, capacity).map((share) => share / (1 - blockShare));
  const { wait, response, waitShare } = fifoLaws(found, servers, service);
  const throughput = rate * (1 - blockShare);
  return {
    utilisation: (throughput * service) / servers,
    throughput,
    meanNumber: meanOf(shares),
    meanQueue: meanOf(shares, (k) => Math.max(0, k - servers)),
    meanWait: wait.mean,
    meanResponse: response.mean,
    waitShare,
    blockShare,
    wait,
    response,
    numberShare: (k) => shares[k] ?? 0,
  };
}
