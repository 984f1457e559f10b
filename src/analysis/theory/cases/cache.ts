/** Reference cases of caches. */
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import {
  characteristicRequests,
  cheFifo,
  cheLru,
  coldStart,
  fifoShares,
  hitRatio,
  lruShares,
  stampede,
  ttlItem,
  zipfShares,
} from '../cache.ts';
import { lawMoments } from '../law-moments.ts';
import type { CaseAnswer } from './case.ts';

type Popularity = readonly number[] | { readonly zipf_exponent: number; readonly items: number };

function sharesOf(popularity: Popularity): readonly number[] {
  return 'zipf_exponent' in popularity ? zipfShares(popularity.items, popularity.zipf_exponent) : popularity;
}

const TOP_ITEMS = 5;

export function cacheCase(model: {
  readonly policy: string | readonly string[];
  readonly capacity: number;
  readonly popularity: Popularity;
  readonly after_requests?: readonly number[];
}): CaseAnswer {
  const { policy, capacity, popularity, after_requests: after } = model;
  const shares = sharesOf(popularity);
  if (after !== undefined) {
    const states = after.map((requests) => coldStart(shares, requests));
    return {
      mean_number_distinct: states.map(({ distinct }) => distinct),
      hit_ratio_next: states.map(({ next }) => next),
    };
  }
  if ('zipf_exponent' in popularity && policy === 'lru') {
    const time = characteristicRequests(shares, capacity, cheLru);
    const fifo = characteristicRequests(shares, capacity, cheFifo);
    const cached = shares.map((share) => cheLru(share, time));
    return {
      hit_ratio: hitRatio(shares, cached),
      characteristic_requests: time,
      dist_hit_ratio_top_items: cached.slice(0, TOP_ITEMS),
      hit_ratio_lfu_bound: shares.slice(0, capacity).reduce((sum, share) => sum + share, 0),
      hit_ratio_fifo: hitRatio(
        shares,
        shares.map((share) => cheFifo(share, fifo)),
      ),
    };
  }
  const cached = policy === 'lru' ? lruShares(shares, capacity) : fifoShares(shares, capacity);
  return { hit_ratio: hitRatio(shares, cached), dist_hit_ratio_per_item: cached };
}

export function ttlCacheCase(model: {
  readonly requests?: { readonly interarrival: Law };
  readonly arrivals?: { readonly rate: number };
  readonly popularity?: Popularity;
  readonly ttl: number;
  readonly fetch_time?: Law;
}): CaseAnswer | null {
  const { requests, arrivals, popularity, ttl, fetch_time: fetch } = model;
  if (requests !== undefined) {
    const interarrival = law(requests.interarrival);
    const { fixed, sliding } = ttlItem(interarrival, ttl);
    const rate = 1 / lawMoments(interarrival)[0];
    return {
      hit_ratio_fixed: fixed,
      hit_ratio_sliding: sliding,
      rate_origin_fixed: rate * (1 - fixed),
      rate_origin_sliding: rate * (1 - sliding),
    };
  }
  if (arrivals === undefined) return null;
  if (popularity !== undefined) {
    const shares = sharesOf(popularity);
    const items = shares.map((share) => ttlItem({ kind: 'exponential', mean: 1 / (arrivals.rate * share) }, ttl));
    const fixed = items.map((item) => item.fixed);
    const sliding = items.map((item) => item.sliding);
    return {
      hit_ratio_fixed: hitRatio(shares, fixed),
      hit_ratio_sliding: hitRatio(shares, sliding),
      mean_number_cached_fixed: fixed.reduce((sum, one) => sum + one, 0),
      mean_number_cached_sliding: sliding.reduce((sum, one) => sum + one, 0),
    };
  }
  if (fetch === undefined) return null;
  const time = lawMoments(law(fetch))[0];
  const { requests: all, cycle, during } = stampede(arrivals.rate, ttl, time);
  return {
    hit_ratio: (arrivals.rate * ttl) / all,
    delayed_hit_ratio_coalesced: during / all,
    miss_ratio_coalesced: 1 / all,
    miss_ratio_stampede: (1 + during) / all,
    rate_origin_coalesced: 1 / cycle,
    rate_origin_stampede: (1 + during) / cycle,
    // who comes during a fetch waits for half of it
    mean_response_coalesced: (time + (during * time) / 2) / all,
    mean_response_stampede: ((1 + during) * time) / all,
  };
}
