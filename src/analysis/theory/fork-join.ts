/**
 * A request forks into two tasks for two separate exponential servers and is done when both are.
 * Source: L. Flatto and S. Hahn, SIAM J. Appl. Math. 44 (1984); R. Nelson and A. Tantawi, IEEE ToC 37 (1988).
 */
import { mmc } from './mmc.ts';

/** @returns seconds: the mean of the request, and of a task. @throws NoAnswer where no steady state exists. */
export function forkJoinPair(rate: number, service: number): { readonly request: number; readonly task: number } {
  const { utilisation, meanResponse } = mmc({ rate, service, servers: 1 });
  return { request: ((12 - utilisation) / 8) * meanResponse, task: meanResponse };
}
