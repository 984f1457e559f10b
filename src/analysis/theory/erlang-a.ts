/**
 * M/M/c+M, Erlang A: who waits gives up after an exponential patience; who is served stays.
 * Source: C. Palm 1957; O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center with impatient customers",
 * M&SOM 4 (2002). The wait of those served: first passage of the tagged request.
 */
import { birthDeath, meanOf } from './birth-death.ts';
import type { MmcOptions } from './mmc.ts';
import { requireCount, requirePositive } from './refusal.ts';
import type { StationAnswer } from './station.ts';
import { UniformisedTail } from './time-law.ts';

export interface ErlangAOptions extends MmcOptions {
  /** Mean patience, s. */
  readonly patience: number;
}

export interface ErlangAAnswer extends StationAnswer {
  /** Share of arrivals that give up. */
  readonly renegeShare: number;
  /** Seconds until served or gone, of all who came. */
  readonly meanWaitAll: number;
}

/** Waits and responses of the answer are of those served. */
export function erlangA({ rate, service, servers, patience }: ErlangAOptions): ErlangAAnswer {
  requirePositive('Erlang A', { rate, service, patience });
  requireCount('Erlang A', { servers });
  const speed = 1 / service;
  const leaving = 1 / patience;
  const shares = birthDeath(
    () => rate,
    (k) => Math.min(k, servers) * speed + Math.max(0, k - servers) * leaving,
    Infinity,
  );
  const meanQueue = meanOf(shares, (k) => Math.max(0, k - servers));
  const busy = meanOf(shares, (k) => Math.min(k, servers));
  const renegeShare = (leaving * meanQueue) / rate;

  // with n ahead in the line: P(served), E[wait; served], E[wait²; served]
  const line = Math.max(0, shares.length - servers);
  const served: number[] = [];
  const first: number[] = [];
  const second: number[] = [];
  for (let n = 0; n < line; n++) {
    const out = servers * speed + (n + 1) * leaving;
    const forward = (servers * speed + n * leaving) / out;
    served[n] = forward * (n === 0 ? 1 : served[n - 1]);
    first[n] = served[n] / out + forward * (n === 0 ? 0 : first[n - 1]);
    second[n] = (2 * first[n]) / out + forward * (n === 0 ? 0 : second[n - 1]);
  }
  const found = Array.from({ length: line }, (_, n) => shares[n + servers]);
  const all = 1 - renegeShare;
  const over = (values: readonly number[]): number => found.reduce((sum, share, n) => sum + share * values[n], 0) / all;
  const meanWait = over(first);
  const variance = over(second) - meanWait * meanWait;

  // the clock of the longest line: place n moves forward, gives up, or stays
  const clock = servers * speed + line * leaving;
  const places = Float64Array.from(found);
  let started = false;
  const tail = new UniformisedTail(clock, () => {
    if (started) {
      for (let n = 0; n < line; n++) {
        const gone = (servers * speed + (n + 1) * leaving) / clock;
        places[n] *= 1 - gone;
        if (n + 1 < line) places[n] += places[n + 1] * ((servers * speed + (n + 1) * leaving) / clock);
      }
    }
    started = true;
    return places.reduce((sum, share, n) => sum + share * served[n], 0) / all;
  });
  return {
    utilisation: busy / servers,
    throughput: busy * speed,
    meanNumber: meanOf(shares),
    meanQueue,
    meanWait,
    meanResponse: meanWait + service,
    waitShare: found.reduce((sum, share) => sum + share, 0),
    blockShare: 0,
    wait: { mean: meanWait, stddev: Math.sqrt(variance), tail: (t) => tail.tail(t) },
    response: null,
    numberShare: (k) => shares[k] ?? 0,
    renegeShare,
    meanWaitAll: meanQueue / rate,
  };
}
