/**
 * The exact response time of the machine-repair model (users who think, one worker, first come first served): who comes
 * finds j others with the probability that they would be there without it (arrival theorem), and stays for j + 1
 * exponential services. Source: Sevcik and Mitrani (1981); Kleinrock, Queueing Systems II (1976), 4.
 */
import { exp, ln } from '../../src/sim/random/elementary.ts';

export interface MachineRepair {
  readonly users: number;
  /** Means of exponential times, seconds. */
  readonly think: number;
  readonly service: number;
}

export function machineRepairQuantiles({ users, think, service }: MachineRepair): {
  readonly mean: number;
  readonly p95: number;
  readonly p99: number;
} {
  // the others' chain: (users - 1)! / (users - 1 - j)! (service / think)^j
  const shares = [1];
  for (let j = 1; j < users; j++) shares.push((shares[j - 1] * (users - j) * service) / think);
  const all = shares.reduce((sum, share) => sum + share, 0);
  const mean = shares.reduce((sum, share, j) => sum + (share / all) * (j + 1) * service, 0);
  const tail = (seconds: number): number => {
    // Erlang with j + 1 phases outlives t with the probability of at most j Poisson events
    const events = seconds / service;
    let sum = 0;
    let atMost = 0;
    for (let j = 0, logarithm = -events; j < users; j++) {
      if (j > 0) logarithm += ln(events / j);
      atMost += exp(logarithm);
      sum += (shares[j] / all) * atMost;
    }
    return sum;
  };
  const quantile = (share: number): number => {
    let low = 0;
    let high = 1000 * mean;
    while (high - low > 1e-12 * high) {
      const middle = (low + high) / 2;
      if (tail(middle) > 1 - share) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return { mean, p95: quantile(0.95), p99: quantile(0.99) };
}
