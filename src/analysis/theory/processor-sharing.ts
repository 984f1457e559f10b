/**
 * M/G/c processor sharing: n requests run at speed min(1, c/n) each. The number present, and so the mean response, depend
 * on the service law through its mean only; the law of the response is worked out for exponential service.
 * Source: L. Kleinrock, Queueing Systems II (1976), 4.4; F. Kelly, Reversibility and Stochastic Networks (1979), 3.3; the
 * response by the absorbing chain of the tagged request (E. Coffman, R. Muntz and H. Trotter, JACM 17 (1970)).
 */
import { birthDeath } from './birth-death.ts';
import { mmc } from './mmc.ts';
import type { MmcOptions } from './mmc.ts';
import type { StationAnswer } from './station.ts';
import { UniformisedTail } from './time-law.ts';
import type { TimeLaw } from './time-law.ts';

export interface SharingOptions extends MmcOptions {
  /** True where the service law is exponential. */
  readonly exponential: boolean;
}

/** Nobody waits; `servers` are cores. @throws NoAnswer where no steady state exists. */
export function processorSharing({ exponential, ...options }: SharingOptions): StationAnswer {
  const same = mmc(options);
  return {
    ...same,
    meanQueue: 0,
    meanWait: 0,
    waitShare: 0,
    wait: null,
    response: exponential ? taggedResponse(options) : null,
  };
}

/** Shares below this are left out of the chain. */
const CUT = 1e-18;

function taggedResponse({ rate, service, servers }: MmcOptions): TimeLaw {
  const speed = 1 / service;
  const shares = birthDeath(
    () => rate,
    (k) => Math.min(k, servers) * speed,
    Infinity,
  );
  const found = shares.slice(0, 1 + shares.findLastIndex((share) => share > CUT));
  const others = found.length;
  /** With n others present: the tagged request ends, another ends, another comes. */
  const ends = (n: number): number => speed * Math.min(1, servers / (n + 1));
  const leaves = (n: number): number => n * ends(n);
  const comes = (n: number): number => (n + 1 < others ? rate : 0);

  // E[T | n] and E[T² | n]: out(n) m(n) = 1 + leaves(n) m(n - 1) + comes(n) m(n + 1), twice, by elimination
  const solve = (right: (n: number) => number): number[] => {
    const factor: number[] = [];
    const value: number[] = [];
    for (let n = 0; n < others; n++) {
      const out = ends(n) + leaves(n) + comes(n) - (n > 0 ? leaves(n) * factor[n - 1] : 0);
      factor[n] = comes(n) / out;
      value[n] = (right(n) + (n > 0 ? leaves(n) * value[n - 1] : 0)) / out;
    }
    for (let n = others - 2; n >= 0; n--) value[n] += factor[n] * value[n + 1];
    return value;
  };
  const first = solve(() => 1);
  const second = solve((n) => 2 * first[n]);
  const mean = found.reduce((sum, share, n) => sum + share * first[n], 0);
  const square = found.reduce((sum, share, n) => sum + share * second[n], 0);

  const clock = rate + servers * speed;
  let now = Float64Array.from(found);
  let next = new Float64Array(others);
  let started = false;
  const law = new UniformisedTail(clock, () => {
    if (started) {
      next.fill(0);
      for (let n = 0; n < others; n++) {
        const away = comes(n) + leaves(n);
        if (n + 1 < others) next[n + 1] += (now[n] * comes(n)) / clock;
        if (n > 0) next[n - 1] += (now[n] * leaves(n)) / clock;
        next[n] += now[n] * (1 - (away + ends(n)) / clock);
      }
      [now, next] = [next, now];
    }
    started = true;
    return now.reduce((sum, share) => sum + share, 0);
  });
  return { mean, stddev: Math.sqrt(square - mean * mean), tail: (t) => (t > 0 ? law.tail(t) : 1) };
}
