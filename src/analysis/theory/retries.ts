/** What retries do to the load: attempts that fail independently, and layers that each retry. Counting. */
import { pow } from '../../sim/random/elementary.ts';

/** Attempts a request makes on average. @param failing share of attempts that fail, 0..1. */
export function attemptsMean(failing: number, retries: number): number {
  let sum = 0;
  for (let attempt = retries; attempt >= 0; attempt--) sum += pow(failing, attempt);
  return sum;
}

/** Share of requests whose attempts have all failed. */
export function finalFailure(failing: number, retries: number): number {
  return pow(failing, retries + 1);
}

/** Calls at the last of some layers for one request while everything fails. */
export function attemptsThroughLayers(retries: number, layers: number): number {
  return pow(retries + 1, layers);
}
