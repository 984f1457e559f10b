/**
 * Calls that end before their work is done: given up on by their callers, timed out, taken away wherever they are. What
 * has come to a server goes on there for nobody (an orphan), unless its site cancels; the rest ends.
 */
import {
  ATTEMPT,
  CHILD,
  DIRECTOR,
  EVENT,
  FLAGS,
  Flag,
  INTEGER_SHIFT,
  REPLY,
  SERVER,
  SITE,
  STATE,
  State,
  TIMER,
  WAITING,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { Keeping } from '../connections/keeping.ts';
import type { Breakers } from '../controllers/breaker.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Server } from '../services/server.ts';
import type { Site } from '../site.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly delays: { endCompute(call: CallHandle, server: Server): void };
  readonly branches: { leave(parent: CallHandle): void };
  readonly flights: { leave(call: CallHandle): void };
  readonly connecting: { readonly keeping: Keeping };
  readonly placing: { unplace(call: CallHandle, outcome: OutcomeCode): void };
  readonly transit: { isCut(call: CallHandle): boolean };
  readonly attempts: {
    tell(call: CallHandle, breakers: Breakers, outcome: OutcomeCode | null): void;
    forgetTried(call: CallHandle, site: Site): void;
  };
  forgetAlarm(call: CallHandle): void;
  answer(call: CallHandle, outcome: OutcomeCode): CallHandle;
}

export class Leaving {
  constructor(private readonly core: Rest) {}

  /** The attempt's time is up. Its work goes on for nobody, or stops, as the site says. Returns who runs next. */
  timedOut(call: CallHandle): CallHandle {
    const { calls, transit } = this.core;
    calls.i[(call << INTEGER_SHIFT) + FLAGS] |= Flag.broken;
    const stops = this.siteOf(call).cancels && !transit.isCut(call);
    return stops ? this.abort(call, OUTCOME.timeout) : this.cutOff(call, OUTCOME.timeout);
  }

  /** Tells the caller that it failed; what has come to a server goes on there for nobody. */
  cutOff(call: CallHandle, outcome: OutcomeCode): CallHandle {
    const flags = this.core.calls.i[(call << INTEGER_SHIFT) + FLAGS];
    if ((flags & Flag.arrived) === 0) return this.abort(call, outcome);
    if ((flags & Flag.placed) !== 0) this.leaveDirector(call, outcome);
    const next = this.core.answer(call, outcome);
    this.orphan(call);
    return next;
  }

  /** Takes a call away from wherever it is, and ends it. */
  abort(call: CallHandle, outcome: OutcomeCode): CallHandle {
    this.detach(call);
    if (this.core.calls.i[(call << INTEGER_SHIFT) + REPLY] === 0)
      this.core.attempts.forgetTried(call, this.siteOf(call));
    return this.core.finish(call, outcome);
  }

  /** Takes a call away from whatever it does or waits for. */
  detach(call: CallHandle): void {
    const { core } = this;
    const { calls, simulation, servers } = core;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + EVENT] !== 0 && i[o + STATE] !== State.processor) {
      simulation.cancel(i[o + EVENT]);
      i[o + EVENT] = 0;
    }
    if ((i[o + FLAGS] & Flag.computing) !== 0) core.delays.endCompute(call, servers[i[o + SERVER]]);
    switch (i[o + STATE]) {
      case State.line:
        if (i[o + TIMER] !== 0) simulation.cancelTimer(i[o + TIMER]);
        i[o + TIMER] = 0;
        if (i[o + WAITING] < 0) core.directors[i[o + DIRECTOR]].line.leave(call);
        else servers[i[o + SERVER]].gates[i[o + WAITING] - 1].withdraw(call, simulation.now);
        i[o + WAITING] = 0;
        break;
      case State.processor:
        servers[i[o + SERVER]].processor!.withdraw(call);
        break;
      case State.parked:
        core.flights.leave(call);
        break;
      case State.calling:
        this.leaveChild(i[o + CHILD]);
        break;
      case State.branches:
        core.branches.leave(call);
        break;
    }
    const after = calls.i;
    after[o + CHILD] = 0;
    after[o + STATE] = State.running;
  }

  /** The caller of `child` goes away. */
  private leaveChild(child: CallHandle): void {
    if (child === 0) return;
    const { i } = this.core.calls;
    const o = child << INTEGER_SHIFT;
    const site = this.siteOf(child);
    site.retry?.over(i[o + ATTEMPT]);
    if ((i[o + FLAGS] & Flag.guarded) !== 0) this.core.attempts.tell(child, site.breakers!, null);
    if ((i[o + FLAGS] & Flag.arrived) !== 0 && !site.cancels) {
      if ((i[o + FLAGS] & Flag.placed) !== 0) this.leaveDirector(child, OUTCOME.canceled);
      this.orphan(child);
      return;
    }
    i[o + REPLY] = 0;
    i[o + FLAGS] |= Flag.broken;
    this.core.forgetAlarm(child);
    this.abort(child, OUTCOME.canceled);
  }

  /**
   * The caller of a call that goes on at its server has given up. The director closes the connection, unless it does not
   * notice; `outcome` is why the caller gave up.
   */
  private leaveDirector(call: CallHandle, outcome: OutcomeCode): void {
    const { calls, directors, placing } = this.core;
    const { clientAbort, mode } = directors[calls.i[(call << INTEGER_SHIFT) + DIRECTOR]].description;
    // a proxy's own try, or a client that balances by itself: it is the director that gave up
    if (this.siteOf(call).relays || mode === 'client-side') placing.unplace(call, outcome);
    else if (clientAbort !== 'keep') placing.unplace(call, OUTCOME.canceled);
  }

  /** The caller of a call that is at its server has gone: nobody will be answered. */
  private orphan(call: CallHandle): void {
    const { calls, connecting, servers } = this.core;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    i[o + REPLY] = 0;
    i[o + FLAGS] |= Flag.orphan;
    if ((i[o + FLAGS] & Flag.kept) !== 0) connecting.keeping.abandoned(call);
    this.core.forgetAlarm(call);
    servers[i[o + SERVER]].orphaned++;
  }

  private siteOf(call: CallHandle): Site {
    return this.core.program.sites[this.core.calls.i[(call << INTEGER_SHIFT) + SITE]];
  }
}
