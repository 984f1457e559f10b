import { NEXT_STEP, WAITS } from '../action.ts';
import type { Action } from '../action.ts';
import type { Cache } from '../caches/cache.ts';
import type { Flights } from '../caches/flights.ts';
import { FLAGS, Flag, INTEGER_SHIFT, REQUEST } from '../calls.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { Step } from '../description.ts';
import type { Emitter } from './emitter.ts';

/**
 * `lookup`: goes on at once where the cache has what the request asks for; else does the `miss` steps and keeps what they
 * loaded. Where loads are coalesced, those who miss an item that is being loaded wait for that load.
 */
export function compileLookup(step: Extract<Step, { do: 'lookup' }>, emitter: Emitter): void {
  const { cache, flights, calls } = emitter.cacheOf(step.cache);
  const lookup = new Lookup(cache, flights, calls);
  emitter.action(lookup);
  emitter.steps(step.miss);
  emitter.action(new Store(cache, flights, calls));
  lookup.after = emitter.here;
}

class Lookup implements Action {
  /** Where those go on who have found it. */
  after = 0;

  constructor(
    private readonly cache: Cache,
    private readonly flights: Flights,
    private readonly calls: Calls,
  ) {}

  act(call: CallHandle): number {
    const { cache, flights } = this;
    const item = this.calls.i[(call << INTEGER_SHIFT) + REQUEST];
    if (cache.lookup(item)) return this.after;
    if (!cache.description.singleFlight || item >= cache.flights.length) return NEXT_STEP;
    const underWay = cache.flights[item];
    if (underWay === 0) {
      flights.begin(call, cache, item);
      return NEXT_STEP;
    }
    if (flights.waitsFor(underWay - 1, call)) return NEXT_STEP;
    cache.delayed++;
    flights.join(call, underWay - 1, this.after);
    return WAITS;
  }
}

class Store implements Action {
  constructor(
    private readonly cache: Cache,
    private readonly flights: Flights,
    private readonly calls: Calls,
  ) {}

  act(call: CallHandle): number {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    this.cache.store(i[o + REQUEST]);
    if (this.cache.description.singleFlight && (i[o + FLAGS] & Flag.leads) !== 0) this.flights.landed(call);
    return NEXT_STEP;
  }
}
