/**
 * What nginx's `ip_hash` and `hash` share: a hash modulo the total weight falls on a server; when that one cannot be used,
 * the hash goes on, up to 20 times, and then weighted round robin picks. Servers that are down count in the total weight.
 */
import { Change } from '../scheduler.ts';
import type { Hashed, Scheduler, Tried, Upstream } from '../scheduler.ts';
import { numbersBelow } from '../numbers-below.ts';
import { wholeWeight } from '../whole-weight.ts';
import { SmoothWeightedRoundRobin } from './nginx-rr.ts';

/** Vain looks after which round robin picks. */
export const LOOKS_MAX = 20;

/** Of a request that has no key: round robin picks. */
export const NO_HASH = -1;

export class NginxHashDraws implements Scheduler {
  private readonly fallback: SmoothWeightedRoundRobin;
  /** Server of each unit of weight; null when it has to be made anew. */
  private units: Uint16Array | Int32Array | null = null;

  /**
   * @param first the first hash of a key, whole, >= 0; `NO_HASH` where there is no key.
   * @param further the hash of look number 1, 2, ... from the one before.
   */
  constructor(
    private readonly upstream: Upstream,
    readonly hashes: Hashed,
    private readonly first: (key: number) => number,
    private readonly further: (key: number, before: number, look: number) => number,
  ) {
    this.fallback = new SmoothWeightedRoundRobin(upstream, 0);
  }

  pick(key: number, tried: Tried): number {
    const units = (this.units ??= this.spread());
    if (this.upstream.length === 1 || units.length === 0) return this.fallback.pick(key, tried);
    let hash = this.first(key);
    if (hash === NO_HASH) return this.fallback.pick(key, tried);
    let seen = 0; // tried servers that came up, one bit each: their first coming is the try they were
    for (let look = 1, vain = 0; ; look++) {
      const server = units[hash % units.length];
      const before = tried.size === 0 ? -1 : placeIn(tried, server);
      if (before < 0 && this.upstream.usable(server)) return server;
      if (before >= 0 && before < 32 && (seen & (1 << before)) === 0) seen |= 1 << before;
      else if (++vain > LOOKS_MAX) return this.fallback.pick(key, tried);
      hash = this.further(key, hash, look);
    }
  }

  changed(server: number, what: Change): void {
    if (what === Change.weight) this.units = null;
    this.fallback.changed(server, what);
  }

  private spread(): Uint16Array | Int32Array {
    let total = 0;
    for (let server = 0; server < this.upstream.length; server++) total += wholeWeight(this.upstream, server);
    const units = numbersBelow(this.upstream.length, total);
    for (let server = 0, at = 0; server < this.upstream.length; server++) {
      const end = at + wholeWeight(this.upstream, server);
      units.fill(server, at, end);
      at = end;
    }
    return units;
  }
}

function placeIn(tried: Tried, server: number): number {
  if (!tried.has(server)) return -1;
  let place = 0;
  while (tried.at(place) !== server) place++;
  return place;
}
