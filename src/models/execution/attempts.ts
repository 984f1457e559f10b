/**
 * What a call site makes of an attempt: whether its breaker lets it be made, whether another follows it, and which
 * servers that one avoids. A retry is a call of its own with the same due time.
 */
import { Rank } from '../../sim/rank.ts';
import {
  ATTEMPT,
  CHILD,
  DIRECTOR,
  DOUBLE_SHIFT,
  ENTERED,
  EPOCH_SHIFT,
  EVENT,
  FLAGS,
  Flag,
  INTEGER_SHIFT,
  MEMBER,
  PC,
  REPLY,
  SENT,
  SERVER,
  STARTED,
  STATE,
  State,
  TRIED,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import { EPOCHS } from '../controllers/breaker.ts';
import type { Breakers } from '../controllers/breaker.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Site } from '../site.ts';
import { AT_DISPATCH, Kind } from './core.ts';
import type { Core } from './core.ts';

export class Attempts {
  private readonly calls: Core['calls'];
  private readonly simulation: Core['simulation'];
  constructor(private readonly core: Core) {
    this.calls = core.calls;
    this.simulation = core.simulation;
  }

  /** Asks the breaker of the caller. */
  permitted(call: CallHandle, breakers: Breakers): boolean {
    const { calls, simulation } = this;
    const epoch = breakers.of(this.callingServer(call)).permits(simulation.now);
    calls.i[(call << INTEGER_SHIFT) + FLAGS] |= epoch < 0 ? Flag.shorted : Flag.guarded | (epoch << EPOCH_SHIFT);
    return epoch >= 0;
  }

  /** Tells the breaker how a call that it let through has ended. @param outcome null = its caller withdrew it. */
  tell(call: CallHandle, breakers: Breakers, outcome: OutcomeCode | null): void {
    const { calls, simulation } = this;
    const { i, d } = calls;
    const { now } = simulation;
    const o = call << INTEGER_SHIFT;
    const epoch = (i[o + FLAGS] >>> EPOCH_SHIFT) % EPOCHS;
    i[o + FLAGS] &= ~Flag.guarded;
    const breaker = breakers.of(this.callingServer(call));
    if (outcome === null) breaker.withdrawn(epoch);
    else breaker.told(epoch, outcome, now - d[(call << DOUBLE_SHIFT) + ENTERED], now);
  }

  /** Whether another attempt follows this one, which failed. It is on its way then. */
  again(failed: CallHandle, outcome: OutcomeCode, site: Site): boolean {
    const { calls, simulation } = this;
    const attempt = calls.i[(failed << INTEGER_SHIFT) + ATTEMPT];
    if (site.retry === null || !site.retry.again(attempt, outcome, this.sinceFirst(failed, site), simulation.now))
      return false;
    this.retry(failed, site);
    return true;
  }

  /** A failed try at the same server, which is to follow after a pause, keeps its place there. */
  keepsPlace(call: CallHandle, outcome: OutcomeCode, site: Site): boolean {
    const { retry } = site;
    if (retry === null || !retry.same || outcome === OUTCOME.ok) return false;
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    if ((i[o + FLAGS] & Flag.shorted) !== 0 || retry.moves(i[o + ATTEMPT])) return false;
    return i[o + REPLY] !== 0 && retry.would(i[o + ATTEMPT], outcome, this.sinceFirst(call, site));
  }

  /** The request is over, or goes on for nobody: what it has tried is forgotten. */
  forgetTried(call: CallHandle, site: Site): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + TRIED] === 0) return;
    site.director!.avoided.forget(i[o + TRIED]);
    i[o + TRIED] = 0;
  }

  private retry(failed: CallHandle, site: Site): void {
    const { calls, simulation } = this;
    const { address } = this.core;
    const call = calls.inherit(failed);
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    const f = failed << INTEGER_SHIFT;
    i[o + REPLY] = i[f + REPLY];
    i[o + ATTEMPT] = i[f + ATTEMPT] + 1;
    i[o + TRIED] = i[f + TRIED];
    i[f + TRIED] = 0;
    const moves = site.retry!.other || site.retry!.moves(i[f + ATTEMPT]);
    if (moves && site.director !== null && i[f + DIRECTOR] >= 0 && i[f + SERVER] >= 0) {
      i[o + TRIED] = site.director.avoided.add(i[o + TRIED], i[f + MEMBER]);
    }
    if (site.director !== null && site.director.processes !== null) i[o + DIRECTOR] = i[f + DIRECTOR];
    if ((i[f + FLAGS] & Flag.placed) !== 0) {
      i[f + FLAGS] &= ~Flag.placed;
      i[o + FLAGS] |= Flag.placed;
      i[o + DIRECTOR] = i[f + DIRECTOR];
      i[o + MEMBER] = i[f + MEMBER];
    }
    i[o + PC] = AT_DISPATCH;
    if (i[o + REPLY] > 0) i[(i[o + REPLY] << INTEGER_SHIFT) + CHILD] = call;
    const pause = site.retry!.pause(i[f + ATTEMPT]);
    if (pause > 0) {
      i[o + STATE] = State.backoff;
      i[o + EVENT] = simulation.at(simulation.now + pause, address + Kind.backoff, call, Rank.timeout);
    } else {
      this.core.later(call);
    }
  }

  /** Index of the server whose call it is; -1 = a client's, or of a caller that has gone. */
  private callingServer(call: CallHandle): number {
    const { i } = this.calls;
    const reply = i[(call << INTEGER_SHIFT) + REPLY];
    return reply > 0 ? i[(reply << INTEGER_SHIFT) + SERVER] : -1;
  }

  /** Seconds since the first attempt of a request; of a proxy's tries, since the request came to the proxy. */
  private sinceFirst(call: CallHandle, site: Site): number {
    const { calls, simulation } = this;
    const { i, d } = calls;
    const reply = i[(call << INTEGER_SHIFT) + REPLY];
    const first = site.relays ? d[(reply << DOUBLE_SHIFT) + STARTED] : d[(call << DOUBLE_SHIFT) + SENT];
    return simulation.now - first;
  }
}
