/**
 * Waits and responses where c exponential servers serve one line in order of arrival: whoever finds k waits for
 * k - c + 1 departures. Exact for any law of what is found. Source: elementary; the sums by uniformisation.
 */
import { UniformisedTail } from './time-law.ts';
import type { TimeLaw } from './time-law.ts';

export interface FifoLaws {
  readonly wait: TimeLaw;
  readonly response: TimeLaw;
  readonly waitShare: number;
}

/** @param found share of those let in who find k. @param service mean, s. */
export function fifoLaws(found: readonly number[], servers: number, service: number): FifoLaws {
  const rate = servers / service;
  /** P(exactly j departures, j >= 0, before service). */
  const departures = [0];
  found.forEach((share, k) => {
    const place = Math.max(0, k - servers + 1);
    departures[place] = (departures[place] ?? 0) + share;
  });
  /** P(more than j departures). */
  const beyond: number[] = new Array<number>(departures.length).fill(0);
  for (let j = departures.length - 1; j > 0; j--) beyond[j - 1] = beyond[j] + departures[j];
  const above = (j: number): number => beyond[j] ?? 0;

  const mean = departures.reduce((sum, share, j) => sum + share * j, 0) / rate;
  const square = departures.reduce((sum, share, j) => sum + share * j * (j + 1), 0) / (rate * rate);
  const variance = Math.max(0, square - mean * mean);
  const wait = new UniformisedTail(rate, counter(above));
  let serving = departures[0];
  const response = new UniformisedTail(
    rate,
    counter((j) => {
      // of the departures seen by the uniformised clock one in c is the request's own, while it is in service
      if (j > 0) serving = serving * (1 - 1 / servers) + (departures[j] ?? 0);
      return above(j) + serving;
    }),
  );
  return {
    wait: { mean, stddev: Math.sqrt(variance), tail: (t) => (t > 0 ? wait.tail(t) : above(0)) },
    response: {
      mean: mean + service,
      stddev: Math.sqrt(variance + service * service),
      tail: (t) => (t > 0 ? response.tail(t) : 1),
    },
    waitShare: above(0),
  };
}

function counter(of: (j: number) => number): () => number {
  let next = 0;
  return () => of(next++);
}
