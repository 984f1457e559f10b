/**
 * Caches under independent requests: exact hit ratios of LRU, FIFO and random replacement, Che's approximation for large
 * ones, caches with a time to live, and a cold start.
 * Source: W. King 1971 (the LRU stack); E. Gelenbe, IEEE ToC 22 (1973) (FIFO and RANDOM, product form); H. Che, Y. Tung and
 * Z. Wang, IEEE JSAC 20 (2002); V. Martina, M. Garetto and E. Leonardi, INFOCOM 2014 (FIFO by the same method).
 */
import { bisect } from '../../sim/random/bisect.ts';
import { exp, expm1, log1p, pow } from '../../sim/random/elementary.ts';
import { gammaP } from '../../sim/random/special.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import { NoAnswer, requireCount, requirePositive } from './refusal.ts';

/** Popularities that add up to 1, the most popular first. */
export function zipfShares(items: number, exponent: number): number[] {
  requireCount('Zipf', { items });
  const weights = Array.from({ length: items }, (_, k) => pow(k + 1, -exponent));
  const total = weights.reduceRight((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const SUBSETS_MAX = 20;

/** P(item i is cached) by LRU with room for `capacity`; sums over subsets, so for up to 20 items. */
export function lruShares(popularity: readonly number[], capacity: number): number[] {
  requireCount('LRU', { capacity });
  const items = popularity.length;
  if (items > SUBSETS_MAX) throw new NoAnswer('size', `LRU: at most ${SUBSETS_MAX} items exactly, got ${items}`);
  /** P(the most recent items are this set). */
  const recent = new Float64Array(1 << items);
  const mass = new Float64Array(1 << items);
  const size = new Uint8Array(1 << items);
  const cached = new Array<number>(items).fill(0);
  recent[0] = 1;
  for (let set = 1; set < 1 << items; set++) {
    const lowest = set & -set;
    size[set] = size[set ^ lowest] + 1;
    mass[set] = mass[set ^ lowest] + popularity[31 - Math.clz32(lowest)];
    if (size[set] > capacity) continue;
    for (let item = 0; item < items; item++) {
      const without = set ^ (1 << item);
      if (without < set) recent[set] += (recent[without] * popularity[item]) / (1 - mass[without]);
    }
    if (size[set] < capacity) continue;
    for (let item = 0; item < items; item++) if ((set & (1 << item)) !== 0) cached[item] += recent[set];
  }
  return cached;
}

/** P(item i is cached) by FIFO or random replacement: sets weigh as the product of their popularities. */
export function fifoShares(popularity: readonly number[], capacity: number): number[] {
  requireCount('FIFO cache', { capacity });
  /** Elementary symmetric polynomial of this degree, in units that keep it near 1. */
  const symmetric = (values: readonly number[], degree: number): number => {
    const sums = new Float64Array(degree + 1);
    sums[0] = 1;
    for (const value of values) for (let k = degree; k > 0; k--) sums[k] += value * sums[k - 1];
    return sums[degree];
  };
  const all = symmetric(popularity, capacity);
  return popularity.map((share, item) => {
    const others = popularity.filter((_, k) => k !== item);
    return (share * symmetric(others, capacity - 1)) / all;
  });
}

/** Che: requests after which an item that is not asked for again is gone. */
export function characteristicRequests(
  popularity: readonly number[],
  capacity: number,
  occupancy: (share: number, time: number) => number,
): number {
  if (!(capacity < popularity.length)) throw new NoAnswer('input', 'Che: the cache must be smaller than the catalogue');
  const held = (time: number): number => popularity.reduce((sum, share) => sum + occupancy(share, time), 0);
  let high = capacity;
  while (held(high) < capacity) high *= 2;
  return bisect(0, high, (time) => held(time) >= capacity);
}

/** P(cached) of an item with this share of the requests, by LRU and by FIFO or random replacement. */
export const cheLru = (share: number, time: number): number => -expm1(-share * time);
export const cheFifo = (share: number, time: number): number => (share * time) / (1 + share * time);

/** Hit ratio where item i is cached with probability `cached[i]`. */
export function hitRatio(popularity: readonly number[], cached: readonly number[]): number {
  return popularity.reduce((sum, share, item) => sum + share * cached[item], 0);
}

/** Of a cache that began empty, after some requests: distinct items asked for, and the hit ratio of the next request. */
export function coldStart(
  popularity: readonly number[],
  requests: number,
): { readonly distinct: number; readonly next: number } {
  const seen = popularity.map((share) => -expm1(requests * log1p(-share)));
  return { distinct: seen.reduce((sum, one) => sum + one, 0), next: hitRatio(popularity, seen) };
}

export interface TtlAnswer {
  /** Hit ratio where the life counts from the insertion, and where every hit renews it. */
  readonly fixed: number;
  readonly sliding: number;
}

/** One item whose requests are a renewal process. Fixed: M(T)/(1 + M(T)) with the renewal function; sliding: F(T). */
export function ttlItem(interarrival: DistributionSpec, life: number): TtlAnswer {
  requirePositive('TTL', { life });
  const renewals = renewalFunction(interarrival, life);
  return { fixed: renewals / (1 + renewals), sliding: distribution(interarrival).cdf(life) };
}

/** Mean number of events in (0, t] after one at 0. */
function renewalFunction(law: DistributionSpec, t: number): number {
  const { mean, variance } = distribution(law);
  const none = new NoAnswer('input', `TTL: no renewal function of ${law.kind} requests`);
  switch (law.kind) {
    case 'exponential':
      return t / mean;
    case 'deterministic':
      return Math.floor(t / law.value);
    case 'erlang': {
      let sum = 0;
      for (let n = 1, term = 1; term > 1e-18; n++) sum += term = gammaP(n * law.phases, (law.phases * t) / mean);
      return sum;
    }
    case 'hyperexponential': {
      if ('cv' in law || law.means.length !== 2) throw none;
      // its density tends to 1/mean with one exponential
      const [first, second] = law.probabilities;
      const fade = (first / law.means[1] + second / law.means[0]) / (first + second);
      return t / mean + ((variance / (mean * mean) - 1) / 2) * (1 - exp(-fade * t));
    }
    default:
      throw none;
  }
}

export interface StampedeAnswer {
  /** Requests of one cycle: fetch, life, and the wait for the next request; and its seconds. */
  readonly requests: number;
  readonly cycle: number;
  /** Of them those that come during the fetch. */
  readonly during: number;
}

/** One key, Poisson requests: it is fetched, lives, expires, and is fetched again by the next request. */
export function stampede(rate: number, life: number, fetch: number): StampedeAnswer {
  requirePositive('stampede', { rate, life, fetch });
  const cycle = fetch + life + 1 / rate;
  return { requests: rate * cycle, cycle, during: rate * fetch };
}
