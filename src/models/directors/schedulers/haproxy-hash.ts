/**
 * HAProxy's hashes: `balance source` (the client's address as a number), `balance uri` (the path) and `balance hdr(...)` or
 * `url_param` (a key of the request); the texts by sdbm or another function.
 * `hash-type map-based` (default): the hash modulo the static map (`haproxy-map.ts`); most keys move when a server comes or
 * goes. `hash-type consistent`: the nearest point of the ring (`haproxy-ring.ts`); about 1/n move. The full avalanche is applied
 * where it is asked for, and on a ring for which no function is named. A request without the header or parameter goes to the
 * next server of the map or ring in turn.
 *
 * A request is tied to its server: when that one is full it waits there although others are idle (`home`, and the pick is -1).
 * A retry takes the next server of the ring; a map has none to offer (-1: the director tries the same one again, as the
 * product does). Pick O(1); a change of who is up costs O(total weight * log n) for the map at the next pick.
 * `balanceFactor` (ring only): a server that has more than this percentage of the mean load is passed over, O(points of the
 * ring) in the worst case.
 *
 * Source: HAProxy 2.6 configuration manual ("balance", "hash-type", "hash-balance-factor"), src/backend.c and src/lb_chash.c,
 * checked against recorded maps. Left out: hdr's use_domain_only, url_param of a POST's body.
 */
import { z } from 'zod';
import { Change, nothingTried } from '../scheduler.ts';
import type { Hashed, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import { avalanche, hashFunctions } from '../hashing/haproxy-hashes.ts';
import { KeyHashes } from '../hashing/key-hashes.ts';
import { textBytes } from '../hashing/text-bytes.ts';
import { dotted, plainSurroundings } from '../surroundings.ts';
import { sixteenths, TreeMembers } from './haproxy-effective.ts';
import { haproxyMap } from './haproxy-map.ts';
import { HaproxyRing } from './haproxy-ring.ts';

const hashType = {
  type: z
    .enum(['map-based', 'consistent'])
    .default('map-based')
    .describe(
      'hash-type: modulo a map (even, but most keys move when a server comes or goes), or on a ring (few move)',
    ),
  avalanche: z
    .boolean()
    .optional()
    .describe(
      'hash-type ... avalanche: the full avalanche over the hash; by default on a ring where no function is named',
    ),
  balanceFactor: z
    .union([z.literal(0), z.int().min(101).max(65535)])
    .default(0)
    .describe(
      'hash-balance-factor, with `type: consistent`: per cent of the mean load above which a server is passed over; 0: never',
    ),
};
const hashed = {
  ...hashType,
  function: z.enum(['sdbm', 'djb2', 'wt6', 'crc32']).optional().describe('hash-type ... function; sdbm by default'),
};
const sourceOptions = z.strictObject(hashType);
const uriOptions = z.strictObject({
  ...hashed,
  depth: z.int().min(1).optional().describe('only so many directories of the path; all by default'),
  length: z.int().min(1).optional().describe('only so many characters of the path (len); all by default'),
  whole: z.boolean().default(false).describe('what follows a question mark counts too'),
});
const headerOptions = z.strictObject({
  ...hashed,
  key: z
    .enum(['request', 'source'])
    .default('request')
    .describe('what the header holds: a key of the request, or the source (X-Forwarded-For)'),
});

const source = 'HAProxy 2.6 configuration manual, src/backend.c, src/lb_map.c, src/lb_chash.c';

export const haproxySource: SchedulerKind<z.infer<typeof sourceOptions>> = {
  name: 'haproxy/source',
  source,
  summary: "by the client's address; waits at its server when that is full",
  options: sourceOptions,
  make: (chosen, upstream, _random, around = plainSurroundings()) =>
    hashScheduler(upstream, chosen, 'source', (key) => around.sourceAddress(key)),
};

export const haproxyUri: SchedulerKind<z.infer<typeof uriOptions>> = {
  name: 'haproxy/uri',
  source,
  summary: 'by the path of the request; waits at its server when that is full',
  options: uriOptions,
  make: (chosen, upstream, _random, around = plainSurroundings()) =>
    hashScheduler(
      upstream,
      chosen,
      'request',
      byText(chosen, (key) => partOf(around.requestText(key), chosen)),
    ),
};

export const haproxyHeader: SchedulerKind<z.infer<typeof headerOptions>> = {
  name: 'haproxy/hdr',
  source,
  summary: 'by a header or parameter of the request; waits at its server when that is full',
  options: headerOptions,
  make: (chosen, upstream, _random, around = plainSurroundings()) =>
    hashScheduler(
      upstream,
      chosen,
      chosen.key,
      byText(chosen, (key) => (chosen.key === 'source' ? dotted(around.sourceAddress(key)) : around.requestText(key))),
    ),
};

interface HashType {
  readonly type: 'map-based' | 'consistent';
  readonly function?: keyof typeof hashFunctions;
  readonly avalanche?: boolean;
  readonly balanceFactor: number;
}

/** Of a key that has no text. */
const NO_HASH = -1;

function byText({ function: name = 'sdbm' }: HashType, textOf: (key: number) => string): (key: number) => number {
  return (key) => {
    const text = textOf(key);
    return text === '' ? NO_HASH : hashFunctions[name](textBytes(text));
  };
}

/** What of a request's path and query is hashed. */
function partOf(uri: string, { depth, length, whole }: z.infer<typeof uriOptions>): string {
  const cut = length === undefined ? uri : uri.slice(0, length);
  let slashes = 0;
  for (let place = 0; place < cut.length; place++) {
    if (cut[place] === '/' && slashes++ === depth) return cut.slice(0, place);
    if (cut[place] === '?' && !whole) return cut.slice(0, place);
  }
  return cut;
}

function hashScheduler(
  upstream: Upstream,
  chosen: HashType,
  hashes: Hashed,
  hashOf: (key: number) => number,
): Scheduler {
  const { avalanche: spread = chosen.type === 'consistent' && chosen.function === undefined } = chosen;
  const keys = new KeyHashes((key) => {
    const hash = hashOf(key);
    return spread && hash !== NO_HASH ? avalanche(hash) : hash;
  });
  if (chosen.type === 'map-based') return onMap(upstream, hashes, keys);
  return chosen.balanceFactor > 0
    ? onBoundedRing(upstream, hashes, keys, chosen.balanceFactor)
    : onRing(upstream, hashes, keys);
}

function onRing(upstream: Upstream, hashes: Hashed, keys: KeyHashes): Scheduler {
  const ring = new HaproxyRing(upstream);
  // Whose each key is: a ring of many servers is too large for the processor's caches.
  const made = (): KeyHashes =>
    new KeyHashes((key) => (keys.of(key) === NO_HASH ? -1 : ring.serverOf(keys.of(key), nothingTried)));
  let owners = made();
  return {
    hashes,
    pick(key, tried) {
      const own = owners.of(key);
      if (own < 0) return keys.of(key) === NO_HASH ? ring.nextInTurn(tried) : -1;
      return unlessFull(upstream, tried.has(own) ? ring.serverOf(keys.of(key), tried) : own);
    },
    home: (key) => owners.of(key),
    changed(server, what) {
      if (ring.changed(server, what)) owners = made();
    },
  };
}

/** As `onRing`, but nobody gets more than its share of the present load, times the factor. */
function onBoundedRing(upstream: Upstream, hashes: Hashed, keys: KeyHashes, factor: number): Scheduler {
  const ring = new HaproxyRing(upstream);
  const bound = new LoadBound(upstream, factor);
  const serverOf = (key: number): number =>
    keys.of(key) === NO_HASH ? -1 : ring.serverOf(keys.of(key), nothingTried, (server) => bound.exceeds(server));
  return {
    hashes,
    pick(key, tried) {
      const hash = keys.of(key);
      if (hash === NO_HASH) return ring.nextInTurn(tried);
      return unlessFull(
        upstream,
        ring.serverOf(hash, tried, (server) => bound.exceeds(server)),
      );
    },
    home: serverOf,
    changed(server, what) {
      if (what === Change.load) bound.loaded(server);
      else if (ring.changed(server, what)) bound.spread();
    },
  };
}

/**
 * How much load each server may have: the whole load with one more request, times the factor, rounded up, dealt out by weight;
 * at least 1. What does not go evenly goes to those on whom a whole part falls, in configuration order.
 */
class LoadBound {
  private readonly active: Int32Array;
  private readonly weight: Float64Array;
  /** Weight of those before it. */
  private readonly before: Float64Array;
  private load = 0;
  private total = 0;

  constructor(
    private readonly upstream: Upstream,
    private readonly factor: number,
  ) {
    this.active = Int32Array.from(upstream.active);
    this.load = this.active.reduce((sum, one) => sum + one, 0);
    this.weight = new Float64Array(upstream.length);
    this.before = new Float64Array(upstream.length);
    this.spread();
  }

  loaded(server: number): void {
    this.load += this.upstream.active[server] - this.active[server];
    this.active[server] = this.upstream.active[server];
  }

  spread(): void {
    const members = new TreeMembers(this.upstream);
    this.total = 0;
    for (let server = 0; server < this.weight.length; server++) {
      this.before[server] = this.total;
      this.weight[server] = members.has(server) ? sixteenths(this.upstream, server) : 0;
      this.total += this.weight[server];
    }
  }

  exceeds(server: number): boolean {
    const { total, before, weight } = this;
    const places = Math.floor(((this.load + 1) * this.factor + 99) / 100);
    const rest = places % total;
    const dealt = (upTo: number): number => Math.floor((upTo * rest) / total);
    const own =
      weight[server] * Math.floor(places / total) + dealt(before[server] + weight[server]) - dealt(before[server]);
    return this.active[server] >= Math.max(1, own);
  }
}

function onMap(upstream: Upstream, hashes: Hashed, keys: KeyHashes): Scheduler {
  const members = new TreeMembers(upstream);
  let map: Int32Array | null = null;
  let place = 0;
  const serverOf = (key: number): number => {
    map ??= haproxyMap(upstream);
    const hash = keys.of(key);
    return map.length === 0 || hash === NO_HASH ? -1 : map[hash % map.length];
  };
  const inTurn = (tried: Tried): number => {
    const places = map!.length;
    for (let step = 0; step < places; step++) {
      if (place >= places) place = 0;
      const server = map![place++];
      if (upstream.eligible[server] === 1 && !tried.has(server)) return server;
    }
    return -1;
  };
  return {
    hashes,
    pick(key, tried) {
      const server = serverOf(key);
      if (server < 0) return inTurn(tried);
      return tried.has(server) ? -1 : unlessFull(upstream, server);
    },
    home: serverOf,
    changed(server, what) {
      if (members.changed(server, what)) map = null;
    },
  };
}

function unlessFull(upstream: Upstream, server: number): number {
  return server >= 0 && upstream.eligible[server] === 1 ? server : -1;
}
