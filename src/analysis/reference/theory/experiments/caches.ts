/** Caches: eviction under independent requests, expiry, coalesced loads, a cold start, cache-aside. */
import type { KeysDescription, RateShape, ServiceDescription } from '../../../../models/description.ts';
import type { Cache } from '../../../../models/caches/cache.ts';
import type { Run } from '../../../../models/run.ts';
import { distribution } from '../../../../sim/random/index.ts';
import { exp, pow } from '../../../../sim/random/elementary.ts';
import type { CacheReading } from '../../../../models/reading.ts';
import type { Experiment, Replication } from '../experiment.ts';
import type { Watch } from '../observed.ts';
import { plainCache, plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { compute, openLoad, station } from '../parts.ts';
import { list, number } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import type { Law } from '../../../theory/given-law.ts';
import type { CacheAsideModel, CacheModel, Popularity, TtlCacheModel } from '../theory-file.ts';

const FRONT = 'front';
/** Requests a second, where their times do not matter. */
const RATE = 1000;
/** Lookups of one place of a cache before anything is counted. */
const WARM_LOOKUPS = 25;
/** The most popular items, of which each is counted. */
const COUNTED = 200;
/** Items whose hit ratios are known one by one from as many lookups as the tolerance asks for. */
const ITEMS_LISTED = 50;
/** Most items that can be listed, and lookups of a replication then: the furthest of so many must not be far off. */
const ITEMS_MAX = 200;
const LOOKUPS_LISTED = 1_000_000;

export function cache(model: CacheModel): Experiment | string {
  const { policy, capacity, popularity, after_requests: after } = model;
  if (after !== undefined) return coldStart(popularity, after);
  if (typeof capacity !== 'number') return 'an unbounded cache without expiry ends by holding everything';
  const listed = keysOf(popularity).items;
  // of a catalogue by a law only the most popular are asked for
  const many = Array.isArray(popularity) && listed > ITEMS_LISTED;
  if (many && listed > ITEMS_MAX) return `the hit ratios of ${listed} items one by one need too many lookups`;
  const policies = typeof policy === 'string' ? [policy, ...(policy === 'lru' ? (['fifo'] as const) : [])] : policy;
  const evictions = policies.flatMap((one) => (one === 'unbounded' ? [] : [one]));
  if (evictions.length < policies.length) return 'an unbounded cache has no capacity';
  const caches = Object.fromEntries(evictions.map((evict) => [evict, plainCache({ size: capacity, evict })]));
  const judged = typeof policy === 'string' ? [policy] : policy;
  const shares = sharesOf(popularity);
  const characteristic = characteristicRequests(shares, capacity);
  return {
    quantities: {
      hit_ratio: number(({ caches: seen }) => hitRatio(judged.map((one) => seen[one]))),
      ...Object.fromEntries(evictions.map((one) => [`hit_ratio_${one}`, number(({ caches: seen }) => hitRatio([seen[one]]))])),
      dist_hit_ratio_per_item: list(({ counts }) => ratios(counts, judged)),
      dist_hit_ratio_top_items: list(({ counts }) => ratios(counts, judged)),
      characteristic_requests: number(() => characteristic),
      hit_ratio_lfu_bound: number(() => topShare(shares, capacity)),
    },
    ...(many ? { completions: LOOKUPS_LISTED } : {}),
    prepare: ({ seconds }) => {
      // the warm-up is an eleventh of a replication, and must fill the largest cache many times over
      const warmup = seconds / 11;
      const rate: RateShape =
        seconds < Infinity
          ? {
              kind: 'points',
              points: [
                { at: 0, rate: Math.max(RATE, (WARM_LOOKUPS * capacity) / warmup) },
                { at: warmup, rate: Math.max(RATE, (WARM_LOOKUPS * capacity) / warmup) },
                { at: warmup, rate: RATE },
              ],
            }
          : { kind: 'constant', rate: RATE };
      return {
        cluster: cluster({
          clients: { clients: { ...clients({ kind: 'open', rate, arrivals: 'even' }, [call(FRONT)]), keys: keysOf(popularity) } },
          services: { [FRONT]: lookups(evictions) },
          caches,
          probes: evictions.map((of) => ({ kind: 'items', of }) as const),
        }),
        watches: [new HitsByItem()],
      };
    },
  };
}

export function ttlCache({ requests, arrivals, popularity, ttl, fetch_time: fetch }: TtlCacheModel): Experiment | string {
  const load = requests ?? arrivals;
  if (load === undefined) return 'no requests are given';
  const keys: KeysDescription = popularity === undefined ? { items: 1, popularity: { zipf: 0 }, absent: 0 } : keysOf(popularity);
  if (fetch !== undefined) {
    const front = (name: string): ServiceDescription =>
      service({ work: { '*': [{ do: 'lookup', cache: name, miss: [{ do: 'wait', time: law(fetch) }] }] } });
    const described = (firstAt: number) =>
      cluster({
      clients: Object.fromEntries(
        LOADING.map((name) => [name, { ...clients({ ...openLoad(load), firstAt }, [call(`${name}s`)]), keys }]),
      ),
      services: Object.fromEntries(LOADING.map((name) => [`${name}s`, front(name)])),
      caches: { coalesced: plainCache({ ttl, singleFlight: true }), stampede: plainCache({ ttl }) },
    });
    return {
      quantities: loadingQuantities(),
      prepare: (replication) => ({ cluster: described(phase(replication, ttl)), watches: [] }),
      settles: WARM_LIVES * ttl,
    };
  }
  const described = (firstAt?: number) =>
    cluster({
      clients: { clients: { ...clients({ ...openLoad(load), firstAt }, [call(FRONT)]), keys } },
      services: { [FRONT]: lookups(['fixed', 'sliding']) },
      caches: { fixed: plainCache({ ttl }), sliding: plainCache({ ttl, renew: true }) },
    });
  const quantities: Quantities = Object.fromEntries(
    ['fixed', 'sliding'].flatMap((name) => [
      [`hit_ratio_${name}`, number(({ caches }) => hitRatio([caches[name]]))],
      [`rate_origin_${name}`, number(({ caches, seconds }) => caches[name].misses / seconds)],
      [`mean_number_cached_${name}`, number(({ caches, seconds }) => caches[name].aliveArea / seconds)],
    ]),
  );
  const constant = load.process === 'renewal' && load.interarrival.dist === 'deterministic';
  const prepare: Experiment['prepare'] = (replication) => ({
    cluster: described(constant ? undefined : phase(replication, ttl)),
    watches: [],
  });
  if (!constant) return { quantities, prepare, settles: WARM_LIVES * ttl };
  // between two requests, over a whole number of periods of the fixed cache
  const gap = load.interarrival.dist === 'deterministic' ? load.interarrival.value : 1;
  // a request at the very end of an entry's life: rounding decides
  const lives = Math.round(ttl / gap) * gap === ttl || Math.abs(ttl / gap - Math.round(ttl / gap)) < 1e-9;
  if (lives) return 'the time to live is a whole number of gaps between requests: whether it is over when one comes is not said';
  const period = (Math.floor(ttl / gap) + 1) * gap;
  return { quantities, prepare, window: { warmup: gap / 2 + 10 * period, duration: 1000 * period } };
}

export function cacheAside({ arrivals, hit_ratio: hit, cache_time: time, db }: CacheAsideModel): Experiment {
  const described = cluster({
    clients: { clients: clients(openLoad(arrivals), [call(FRONT)]) },
    services: {
      [FRONT]: service({ work: { '*': [{ do: 'wait', time: law(time) }, { do: 'lookup', cache: 'cache', miss: [call('db')] }] } }),
      db: station(db.servers, 'fifo', { '*': [compute(db.service)] }),
    },
    caches: { cache: plainCache({ hit }) },
  });
  const found = time.dist === 'deterministic' ? time.value : NaN;
  return {
    quantities: {
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      // a hit takes the time of the cache and no more, so what is left of the sum is the others'
      mean_response_miss: number(({ traffic, caches, services }) =>
        Number.isNaN(found)
          ? meanOf(time) + services.db.responseSum / services.db.ended
          : (traffic.responseMoments.mean * traffic.ok - caches.cache.hits * found) / (traffic.ok - caches.cache.hits),
      ),
      rate_db: number(({ services, seconds }) => services.db.calls / seconds),
      utilisation_db: number(({ services, seconds }) => services.db.computeArea / (seconds * db.servers)),
      capacity_total: number(() => db.servers / meanOf(db.service) / (1 - hit)),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Lives of an entry before anything is counted. */
const WARM_LIVES = 10;

/**
 * When the first request comes: lives of popular entries follow each other nearly like a clock, so that replications that
 * began alike would all end their windows at the same hand.
 */
function phase({ number: replication }: Replication, ttl: number): number {
  const turns = 0.618034 * (replication + 1);
  return ttl * (turns - Math.floor(turns));
}

const LOADING = ['coalesced', 'stampede'] as const;
/** Independent replications of a cold start: the chance of a hit is computed from what is cached, which varies little. */
const COLD_STARTS = 200;

function loadingQuantities(): Quantities {
  const lookedUp = ({ hits, misses }: CacheReading): number => hits + misses;
  return {
    hit_ratio: number(({ caches }) => hitRatio([caches.coalesced, caches.stampede])),
    delayed_hit_ratio_coalesced: number(({ caches: { coalesced } }) => coalesced.delayed / lookedUp(coalesced)),
    miss_ratio_coalesced: number(({ caches: { coalesced } }) => (coalesced.misses - coalesced.delayed) / lookedUp(coalesced)),
    miss_ratio_stampede: number(({ caches: { stampede } }) => stampede.misses / lookedUp(stampede)),
    rate_origin_coalesced: number(({ caches: { coalesced }, seconds }) => (coalesced.misses - coalesced.delayed) / seconds),
    rate_origin_stampede: number(({ caches: { stampede }, seconds }) => stampede.misses / seconds),
    mean_response_coalesced: number(({ clients: seen }) => seen.coalesced.responseMoments.mean),
    mean_response_stampede: number(({ clients: seen }) => seen.stampede.responseMoments.mean),
  };
}

/** An empty, unbounded cache: items that it holds after so many requests, and the chance that the next is a hit. */
function coldStart(popularity: Popularity, after: readonly number[]): Experiment {
  const shares = sharesOf(popularity);
  const described = cluster({
    clients: {
      clients: {
        ...clients({ kind: 'open', rate: { kind: 'constant', rate: RATE }, arrivals: 'even' }, [call(FRONT)]),
        keys: keysOf(popularity),
      },
    },
    services: { [FRONT]: lookups(['cold']) },
    caches: { cold: plainCache({}) },
    probes: [{ kind: 'items', of: 'cold' }],
  });
  const last = after[after.length - 1];
  const starts = (counts: Readonly<Record<string, readonly number[]>>): number => counts.replications[0];
  return {
    quantities: {
      mean_number_distinct: list(({ counts }) => counts.distinct.map((sum) => sum / starts(counts))),
      hit_ratio_next: list(({ counts }) => counts.next.map((sum) => sum / starts(counts))),
    },
    prepare: () => ({ cluster: described, watches: [new ColdStart(after, shares)] }),
    window: { warmup: 0, duration: (last + 0.5) / RATE, replications: COLD_STARTS },
  };
}

/** Looks at a cache after given numbers of requests. */
class ColdStart implements Watch {
  readonly counts: { readonly distinct: number[]; readonly next: number[]; readonly replications: number[] };
  private requests = 0;

  constructor(
    private readonly after: readonly number[],
    private readonly shares: Float64Array,
  ) {
    this.counts = { distinct: after.map(() => 0), next: after.map(() => 0), replications: [1] };
  }

  row(_: unknown, run: Run): void {
    this.requests++;
    const place = this.after.indexOf(this.requests);
    if (place < 0) return;
    const { held, byItem } = run.parts.caches.get('cold')!;
    let next = 0;
    byItem!.lookups.forEach((count, item) => {
      if (count > 0) next += this.shares[item];
    });
    this.counts.distinct[place] = held;
    this.counts.next[place] = next;
  }
}

/** Lookups and hits of the most popular items, by cache: `hits lru`. */
class HitsByItem implements Watch {
  private base: Readonly<Record<string, readonly number[]>> | null = null;
  private caches: ReadonlyMap<string, Cache> = new Map();

  row(_: unknown, run: Run): void {
    if (this.base !== null) return;
    this.caches = run.parts.caches;
    this.base = this.now();
  }

  get counts(): Readonly<Record<string, readonly number[]>> {
    const { base } = this;
    if (base === null) return {};
    return Object.fromEntries(
      Object.entries(this.now()).map(([name, counts]) => [name, counts.map((count, k) => count - base[name][k])]),
    );
  }

  private now(): Record<string, readonly number[]> {
    return Object.fromEntries(
      [...this.caches].flatMap(([name, { byItem }]) => [
        [`hits ${name}`, Array.from(byItem!.hits.subarray(0, COUNTED))],
        [`lookups ${name}`, Array.from(byItem!.lookups.subarray(0, COUNTED))],
      ]),
    );
  }
}

/** One lookup in each, loaded in no time. */
function lookups(names: readonly string[]): ServiceDescription {
  return service({ work: { '*': names.map((name) => ({ do: 'lookup', cache: name, miss: [] }) as const) } });
}

function keysOf(popularity: Popularity): KeysDescription {
  return 'zipf_exponent' in popularity
    ? { items: popularity.items, popularity: { zipf: popularity.zipf_exponent }, absent: 0 }
    : { items: popularity.length, popularity: { shares: popularity }, absent: 0 };
}

function sharesOf(popularity: Popularity): Float64Array {
  const shares =
    'zipf_exponent' in popularity
      ? Float64Array.from({ length: popularity.items }, (_, rank) => pow(rank + 1, -popularity.zipf_exponent))
      : Float64Array.from(popularity);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

function hitRatio(readings: readonly CacheReading[]): number {
  const hits = readings.reduce((sum, one) => sum + one.hits, 0);
  return hits / readings.reduce((sum, one) => sum + one.hits + one.misses, 0);
}

function ratios(counts: Readonly<Record<string, readonly number[]>>, caches: readonly string[]): number[] {
  const sum = (kind: string, k: number): number => caches.reduce((all, name) => all + counts[`${kind} ${name}`][k], 0);
  return counts[`hits ${caches[0]}`].map((_, k) => sum('hits', k) / sum('lookups', k));
}

/** Requests after which an item leaves unless it is asked for again: the t that solves sum (1 - exp(-p t)) = capacity (Che). */
function characteristicRequests(shares: Float64Array, capacity: number): number {
  const held = (t: number): number => shares.reduce((sum, share) => sum + 1 - exp(-share * t), 0);
  if (capacity >= shares.length) return Infinity;
  let low = 0;
  let high = 1;
  while (held(high) < capacity) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (held(middle) < capacity) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What the best fixed set finds. */
function topShare(shares: Float64Array, capacity: number): number {
  const sorted = Float64Array.from(shares).sort((a, b) => b - a);
  return sorted.reduce((sum, share, rank) => sum + (rank < capacity ? share : 0), 0);
}

function meanOf(time: Law): number {
  return distribution(law(time)).mean;
}
