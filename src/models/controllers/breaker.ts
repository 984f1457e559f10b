/**
 * A circuit breaker: lets calls through while they go well, ends them at once while they do not, and tries now and then.
 *
 * Closed, it opens after `consecutive` failures in a row, or when the share of failures (or of slow calls) over its window
 * reaches its limit. Open, it lets nothing through for `open` seconds. Then it is half-open: it lets `trials` calls through,
 * and opens again or closes by how they end: by their share where it goes by a share, else any failure opens it.
 *
 * Sources: resilience4j 2.2, documentation of CircuitBreaker (count-based and time-based windows, minimum number of calls,
 * slow calls, trials); M. Fowler, "CircuitBreaker", 2014 (failures in a row). Differs from resilience4j: an answer to a call
 * from before the last change of state counts for nothing. Left out: its limit on the time spent half-open.
 */
import { invariant } from '../../sim/invariant.ts';
import type { BreakerDescription } from '../description.ts';
import { note } from '../faults/log.ts';
import type { LogEntry } from '../faults/log.ts';
import { OUTCOME, OUTCOMES } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';

export const BreakerState = { closed: 0, open: 1, halfOpen: 2 } as const;

/** Epochs are told apart modulo this: a call carries one in 8 bits. */
export const EPOCHS = 256;

/** Trips of one breaker that the log keeps. */
const ENTRIES_MAX = 25;

export class Breaker {
  state: number = BreakerState.closed;
  /** Cumulative: times it opened from closed; calls it refused. */
  trips = 0;
  refused = 0;
  /** Seconds not closed, up to when it closed last; and since when it is not, NaN = it is closed. */
  private openArea = 0;
  private openSince = NaN;
  private epoch = 0;
  private inARow = 0;
  private openUntil = 0;
  /** Half-open: trials let through and not taken back, ended, failed, slow. */
  private given = 0;
  private ended = 0;
  private failed = 0;
  private slow = 0;
  private readonly window: Window;
  private readonly fails = new Uint8Array(OUTCOMES.length);
  private entry: LogEntry | null = null;

  /** @param name of who calls whom, for the log. */
  constructor(
    private readonly description: BreakerDescription,
    private readonly name: string,
    private readonly log: LogEntry[],
  ) {
    const { over } = description;
    this.window = 'calls' in over ? new CallWindow(over.calls) : new TimeWindow(over.seconds);
    for (const outcome of description.on) this.fails[OUTCOME[outcome]] = 1;
  }

  /** Seconds so far that it was open or tried whether to close. */
  openSeconds(now: number): number {
    return this.openArea + (Number.isNaN(this.openSince) ? 0 : now - this.openSince);
  }

  /** Whether a call may be made now. @returns its epoch, to be told with its end; -1 = no. */
  permits(now: number): number {
    if (this.state === BreakerState.closed) return this.epoch;
    if (this.state === BreakerState.open && now >= this.openUntil) this.turn(BreakerState.halfOpen);
    if (this.state === BreakerState.halfOpen && this.given < this.description.trials) {
      this.given++;
      return this.epoch;
    }
    this.refused++;
    return -1;
  }

  /** A call that it let through was withdrawn: it says nothing. */
  withdrawn(epoch: number): void {
    if (epoch === this.epoch && this.state === BreakerState.halfOpen) this.given--;
  }

  /** A call that it let through has ended. @param seconds that it took. */
  told(epoch: number, outcome: OutcomeCode, seconds: number, now: number): void {
    if (epoch !== this.epoch || this.state === BreakerState.open) return;
    const failed = this.fails[outcome] === 1;
    const slow = seconds > this.description.slow;
    if (this.state === BreakerState.halfOpen) {
      this.trialEnded(failed, slow, now);
      return;
    }
    this.inARow = failed ? this.inARow + 1 : 0;
    const { consecutive, share, slowShare, minimum } = this.description;
    if (consecutive > 0 && this.inARow >= consecutive) {
      this.trip(now, `${consecutive} failures in a row`);
      return;
    }
    if (share === Infinity && slowShare === Infinity) return;
    const { window } = this;
    window.add(failed, slow, now);
    if (window.calls < minimum) return;
    if (window.failed >= share * window.calls) this.trip(now, `${window.failed} of ${window.calls} calls failed`);
    else if (window.slow >= slowShare * window.calls)
      this.trip(now, `${window.slow} of ${window.calls} calls were slow`);
  }

  private trialEnded(failed: boolean, slow: boolean, now: number): void {
    const { share, slowShare, trials } = this.description;
    this.ended++;
    if (failed) this.failed++;
    if (slow) this.slow++;
    invariant(this.ended <= this.given, 'no more trials end than begin', () => `${this.ended} of ${this.given}`);
    const byShare = share < Infinity || slowShare < Infinity;
    if (byShare && this.ended < trials) return;
    const bad = byShare ? this.failed >= share * trials || this.slow >= slowShare * trials : failed;
    if (bad) this.opens(now);
    else if (this.ended >= trials) {
      this.turn(BreakerState.closed);
      this.openArea += now - this.openSince;
      this.openSince = NaN;
      if (this.entry !== null) this.entry.until = now;
      this.entry = null;
    }
  }

  private trip(now: number, why: string): void {
    this.trips++;
    this.openSince = now;
    this.opens(now);
    if (this.trips > ENTRIES_MAX) return;
    this.entry = { at: now, until: null, text: `the breaker of ${this.name} opens: ${why}`, kind: 'detection' };
    note(this.log, this.entry);
  }

  private opens(now: number): void {
    this.openUntil = now + this.description.open;
    this.turn(BreakerState.open);
  }

  private turn(state: number): void {
    this.state = state;
    this.epoch = (this.epoch + 1) % EPOCHS;
    this.inARow = 0;
    this.given = 0;
    this.ended = 0;
    this.failed = 0;
    this.slow = 0;
    this.window.clear();
  }
}

/** The breakers of one call site: one for each server that calls there, one for all users of a client. */
export class Breakers {
  /** Calls refused that were answered by the fallback, so far. */
  fallbacks = 0;
  private readonly made: (Breaker | undefined)[] = [];

  /** @param nameOf what a calling server is called; -1 = a client. */
  constructor(
    private readonly description: BreakerDescription,
    private readonly nameOf: (server: number) => string,
    private readonly log: LogEntry[],
  ) {}

  /** @param server index of the server that calls; -1 = a client. */
  of(server: number): Breaker {
    return (this.made[server + 1] ??= new Breaker(this.description, this.nameOf(server), this.log));
  }

  /** Those that were ever asked. */
  get all(): readonly Breaker[] {
    return this.made.filter((one) => one !== undefined);
  }
}

/** What calls of late were like. */
interface Window {
  calls: number;
  failed: number;
  slow: number;
  add(failed: boolean, slow: boolean, now: number): void;
  clear(): void;
}

/** The last n calls. */
class CallWindow implements Window {
  calls = 0;
  failed = 0;
  slow = 0;
  private readonly ring: Uint8Array;
  private next = 0;

  constructor(size: number) {
    this.ring = new Uint8Array(size);
  }

  add(failed: boolean, slow: boolean): void {
    const { ring, next } = this;
    if (this.calls === ring.length) {
      this.failed -= ring[next] & 1;
      this.slow -= ring[next] >> 1;
    } else {
      this.calls++;
    }
    ring[next] = (failed ? 1 : 0) | (slow ? 2 : 0);
    if (failed) this.failed++;
    if (slow) this.slow++;
    this.next = (next + 1) % ring.length;
  }

  clear(): void {
    this.calls = 0;
    this.failed = 0;
    this.slow = 0;
    this.next = 0;
  }
}

/** The calls that ended in this second and the n - 1 before, by the clock. */
class TimeWindow implements Window {
  calls = 0;
  failed = 0;
  slow = 0;
  private readonly seconds: number;
  /** Calls, failed, slow of each second. */
  private readonly ring: Int32Array;
  private second = 0;

  constructor(seconds: number) {
    this.seconds = Math.max(1, Math.round(seconds));
    this.ring = new Int32Array(3 * this.seconds);
  }

  add(failed: boolean, slow: boolean, now: number): void {
    const second = Math.floor(now);
    const passed = Math.min(second - this.second, this.seconds);
    for (let k = 1; k <= passed; k++) this.forget((second - passed + k) % this.seconds);
    this.second = second;
    const o = 3 * (second % this.seconds);
    this.ring[o]++;
    this.calls++;
    if (failed) {
      this.ring[o + 1]++;
      this.failed++;
    }
    if (slow) {
      this.ring[o + 2]++;
      this.slow++;
    }
  }

  clear(): void {
    this.ring.fill(0);
    this.calls = 0;
    this.failed = 0;
    this.slow = 0;
  }

  private forget(place: number): void {
    const { ring } = this;
    this.calls -= ring[3 * place];
    this.failed -= ring[3 * place + 1];
    this.slow -= ring[3 * place + 2];
    ring.fill(0, 3 * place, 3 * place + 3);
  }
}
