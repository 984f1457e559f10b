/**
 * The interpreter: runs every call of every service. Read this one.
 *
 * A call is opened (`launch`, `openChild`), sent on its way (`dispatch`), runs its program when it has come to its server
 * (`advance`), and ends in one function, `finish`, which gives back what it holds and tells whoever waits (`answer`). A
 * token that comes back goes to the next in line, who continues from the ready ring at the end of the event: the order
 * is fixed and the stack stays flat. Every method that returns a call returns who runs next, 0 = nobody.
 *
 * What happens on the way has a file each in `execution/`: attempts (retries, breakers), connecting, placing (directors),
 * transit (links), door (coming to a server and leaving it), tokens (workers, pools), delays, branches, leaving (callers
 * that give up), failures.
 *
 * Left out: what the program means (steps/), how long things take (draws), who is picked (directors).
 */
import { invariant } from '../sim/invariant.ts';
import { Rank } from '../sim/rank.ts';
import type { Component, Simulation } from '../sim/simulation.ts';
import { NEXT_STEP, WAITS } from './action.ts';
import { Flights } from './caches/flights.ts';
import type { CallHandle, Calls } from './calls.ts';
import {
  ALARM,
  ATTEMPT,
  CHILD,
  CLASS,
  DEMAND,
  DIRECTOR,
  DOUBLE_SHIFT,
  DUE,
  ENTERED,
  EVENT,
  FLAGS,
  Flag,
  HELD,
  INTEGER_SHIFT,
  KEY,
  LOOP,
  MEMBER,
  NEED,
  ORIGIN,
  PC,
  PRIORITY,
  REPLY,
  REQUEST,
  SENT,
  SERVER,
  SITE,
  STATE,
  State,
  TIMER,
} from './calls.ts';
import type { Caller } from './clients/caller.ts';
import type { Director } from './directors/director.ts';
import { Attempts } from './execution/attempts.ts';
import { Branches } from './execution/branches.ts';
import { Connecting } from './execution/connecting.ts';
import { AT_ARRIVAL, AT_DISPATCH, Kind, NOBODY } from './execution/core.ts';
import type { Core } from './execution/core.ts';
import { Delays } from './execution/delays.ts';
import { Door } from './execution/door.ts';
import { Failures } from './execution/failures.ts';
import { Leaving } from './execution/leaving.ts';
import { Placing } from './execution/placing.ts';
import { Tokens } from './execution/tokens.ts';
import { Transit } from './execution/transit.ts';
import { OUTCOME } from './outcome.ts';
import type { OutcomeCode } from './outcome.ts';
import { Op } from './program.ts';
import type { Program } from './program.ts';
import { ReadyRing } from './ready-ring.ts';
import { Entry } from './services/gate.ts';
import type { Server } from './services/server.ts';
import type { Computed } from './services/sharing-processor.ts';

const OK = OUTCOME.ok;

/** What starts a request. */
export interface Launch {
  /** Index of the caller. */
  client: number;
  /** Its own number for the request. */
  origin: number;
  /** Site to call, where the request is a single call; -1 = `start`. */
  site: number;
  /** Place in the program of the client's own steps. */
  start: number;
  requestClass: number;
  priority: number;
  /** Source address. */
  key: number;
  /** Number of the request at its client. */
  request: number;
  /** Seconds, for steps that take the request's own demand. */
  demand: number;
  /** When it was due, seconds. */
  due: number;
}

export class Execution implements Component, Computed, Core {
  readonly servers: Server[] = [];
  readonly directors: Director[] = [];
  readonly callers: Caller[] = [];
  readonly address: number;
  readonly attempts: Attempts;
  readonly placing: Placing;
  readonly connecting: Connecting;
  readonly transit: Transit;
  readonly door: Door;
  readonly tokens: Tokens;
  readonly delays: Delays;
  readonly branches: Branches;
  readonly leaving: Leaving;
  readonly failures: Failures;
  readonly flights: Flights;
  private readonly ready: ReadyRing;

  constructor(
    readonly simulation: Simulation,
    readonly calls: Calls,
    readonly program: Program,
  ) {
    this.address = simulation.register(this);
    this.ready = new ReadyRing(calls);
    this.attempts = new Attempts(this);
    this.placing = new Placing(this);
    this.connecting = new Connecting(this);
    this.transit = new Transit(this);
    this.door = new Door(this);
    this.tokens = new Tokens(this);
    this.delays = new Delays(this);
    this.branches = new Branches(this);
    this.leaving = new Leaving(this);
    this.failures = new Failures(this);
    this.flights = new Flights(
      calls,
      (call) => this.later(call),
      (call, outcome) => {
        calls.i[(call << INTEGER_SHIFT) + PC] = program.failing(outcome);
        this.later(call);
      },
    );
  }

  get now(): number {
    return this.simulation.now;
  }

  // ------------------------------------------------------------------------------------------------ entry points

  /** A client makes a request. */
  launch(launch: Launch): void {
    const { calls } = this;
    const call = calls.open();
    const i = calls.i;
    const d = calls.d;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    i[o + STATE] = State.running;
    i[o + SERVER] = -1;
    i[o + DIRECTOR] = -1;
    i[o + REPLY] = ~launch.client;
    i[o + ORIGIN] = launch.origin;
    i[o + CLASS] = launch.requestClass;
    i[o + PRIORITY] = launch.priority;
    i[o + KEY] = launch.key;
    i[o + REQUEST] = launch.request;
    d[x + DUE] = launch.due;
    d[x + SENT] = this.simulation.now;
    d[x + DEMAND] = launch.demand;
    if (launch.site >= 0) {
      const site = this.program.sites[launch.site];
      i[o + SITE] = launch.site;
      if (site.requestClass >= 0) i[o + CLASS] = site.requestClass;
      site.retry?.first(this.simulation.now);
      this.advance(this.dispatch(call));
    } else {
      i[o + SITE] = 0;
      i[o + PC] = launch.start;
      d[x + ENTERED] = this.simulation.now;
      this.advance(call);
    }
    if (this.ready.waiting) this.drain();
  }

  on(kind: number, call: CallHandle): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    switch (kind) {
      case Kind.delay:
        i[o + EVENT] = 0;
        if (this.delays.over(call)) this.advance(call);
        break;
      case Kind.timeout:
        i[o + ALARM] = 0;
        this.advance(this.leaving.timedOut(call));
        break;
      case Kind.patience:
        i[o + TIMER] = 0;
        this.advance(this.impatient(call));
        break;
      case Kind.backoff:
        i[o + EVENT] = 0;
        this.advance(this.dispatch(call));
        break;
      case Kind.syn:
        i[o + EVENT] = 0;
        this.advance(this.connecting.synSent(call));
        break;
      case Kind.hop:
        i[o + EVENT] = 0;
        this.advance(this.transit.hopPassed(call));
        break;
      case Kind.centralPatience:
        i[o + TIMER] = 0;
        this.advance(this.placing.impatient(call));
        break;
    }
    if (this.ready.waiting) this.drain();
  }

  /** The processor of a server is done with a call. */
  computed(call: CallHandle): void {
    this.calls.i[(call << INTEGER_SHIFT) + STATE] = State.running;
    this.advance(call);
    if (this.ready.waiting) this.drain();
  }

  // ------------------------------------------------------------------------------------------------ the interpreter

  /** Runs a call, and whoever it answers, until everyone waits. 0 does nothing. */
  advance(first: CallHandle): void {
    let call = first;
    const { calls, program, simulation } = this;
    while (call !== 0) {
      const i = calls.i;
      const o = call << INTEGER_SHIFT;
      const pc = i[o + PC];
      const operand = program.code[2 * pc + 1];
      switch (program.code[2 * pc]) {
        case Op.end:
          call = this.finish(call, OK);
          break;
        case Op.wait: {
          const seconds = program.draws[operand].sample(calls.d[(call << DOUBLE_SHIFT) + DEMAND]);
          i[o + PC] = pc + 1;
          this.delays.wait(call, seconds);
          return;
        }
        case Op.compute: {
          const work = program.draws[operand].sample(calls.d[(call << DOUBLE_SHIFT) + DEMAND]);
          i[o + PC] = pc + 1;
          this.compute(call, work);
          return;
        }
        case Op.acquire: {
          const acquisition = program.acquisitions[operand];
          const server = this.servers[i[o + SERVER]];
          const gate = server.gates[acquisition.gate];
          const entry = gate.enter(call, simulation.now);
          if (entry === Entry.taken) {
            i[o + HELD] |= 1 << acquisition.gate;
            i[o + PC] = pc + 1;
            if (!server.hung) break;
            this.delays.stop(call, server);
            return;
          }
          if (entry === Entry.waits) {
            this.tokens.wait(call, acquisition);
            return;
          }
          if (acquisition.door) call = this.door.turnedAway(call, server);
          else call = this.fails(call, acquisition.otherwise, OUTCOME.rejected);
          break;
        }
        case Op.release: {
          i[o + HELD] &= ~(1 << operand);
          i[o + PC] = pc + 1;
          this.tokens.giveBack(call, this.servers[i[o + SERVER]], operand);
          break;
        }
        case Op.call:
          i[o + STATE] = State.calling;
          call = this.dispatch(this.openChild(call, operand, true));
          break;
        case Op.send: {
          i[o + PC] = pc + 1;
          const message = this.openChild(call, operand, false);
          calls.i[(message << INTEGER_SHIFT) + PC] = AT_DISPATCH;
          this.later(message);
          break;
        }
        case Op.choice: {
          const { stream, cumulative, targets } = program.choices[operand];
          const u = stream.uniform();
          let branch = 0;
          while (branch < cumulative.length && u >= cumulative[branch]) branch++;
          i[o + PC] = targets[branch];
          break;
        }
        case Op.jump:
          i[o + PC] = operand;
          break;
        case Op.fork:
          i[o + PC] = pc + 1;
          this.branches.fork(call, operand);
          return;
        case Op.branchEnd:
          call = this.finish(call, OK);
          break;
        case Op.loop: {
          const loop = program.loops[operand];
          const times = Math.round(loop.times.sample(calls.d[(call << DOUBLE_SHIFT) + DEMAND]));
          i[o + LOOP + loop.depth] = times;
          i[o + PC] = times > 0 ? loop.body : loop.after;
          break;
        }
        case Op.loopEnd: {
          const loop = program.loops[operand];
          i[o + PC] = --i[o + LOOP + loop.depth] > 0 ? loop.body : loop.after;
          break;
        }
        case Op.action: {
          const next = program.actions[operand].act(call);
          const after = calls.i; // an action may open calls
          if (next === NEXT_STEP) after[o + PC] = pc + 1;
          else if (next >= 0) after[o + PC] = next;
          else if (next === WAITS) return;
          break;
        }
        case Op.fail:
          call = this.finish(call, operand);
          break;
        default:
          invariant(false, 'a program has known operations', () => `operation ${program.code[2 * pc]} at ${pc}`);
      }
    }
  }

  /** Continues, in the order in which they became ready, those who were granted what they waited for. */
  drain(): void {
    const { ready } = this;
    for (let call = ready.next(); call !== 0; call = ready.next()) {
      const i = this.calls.i;
      const o = call << INTEGER_SHIFT;
      i[o + STATE] = State.running;
      if (i[o + PC] === AT_DISPATCH) this.advance(this.dispatch(call));
      else if (i[o + PC] === AT_ARRIVAL) this.advance(this.transit.setOut(call));
      else if (i[o + SERVER] >= 0 && this.servers[i[o + SERVER]].hung)
        this.delays.stop(call, this.servers[i[o + SERVER]]);
      else this.advance(call);
    }
  }

  later(call: CallHandle): void {
    if (call !== 0) this.ready.add(call);
  }

  /** @param work seconds at speed 1; of a client's own steps, seconds. */
  private compute(call: CallHandle, work: number): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    const index = i[o + SERVER];
    if (index < 0) {
      this.delays.wait(call, work);
      return;
    }
    const server = this.servers[index];
    if (server.processor === null) {
      this.delays.compute(call, server, work);
      return;
    }
    i[o + STATE] = State.processor;
    server.processor.submit(call, work);
  }

  /** It has waited in a line for as long as it would. */
  private impatient(call: CallHandle): CallHandle {
    const { otherwise, impatient } = this.tokens.impatient(call);
    return this.fails(call, otherwise, impatient);
  }

  // ------------------------------------------------------------------------------------------------ making a call

  private openChild(parent: CallHandle, siteIndex: number, waits: boolean): CallHandle {
    const child = this.calls.inherit(parent);
    const { i } = this.calls;
    const o = child << INTEGER_SHIFT;
    const site = this.program.sites[siteIndex];
    i[o + STATE] = State.running;
    i[o + SITE] = siteIndex;
    i[o + REPLY] = waits ? parent : 0;
    if (site.requestClass >= 0) i[o + CLASS] = site.requestClass;
    if (waits) i[(parent << INTEGER_SHIFT) + CHILD] = child;
    else i[o + NEED] = this.transit.senderOf(parent); // it has not forked yet
    site.retry?.first(this.simulation.now);
    return child;
  }

  /** Makes an attempt: asks its breaker, sets its alarm, and has it connected and placed. */
  private dispatch(call: CallHandle): CallHandle {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    const now = this.simulation.now;
    i[o + STATE] = State.running;
    d[(call << DOUBLE_SHIFT) + ENTERED] = now;
    if (site.breakers !== null && !this.attempts.permitted(call, site.breakers))
      return this.finish(call, OUTCOME.rejected);
    if (site.timeoutLane >= 0) {
      i[o + ALARM] = this.simulation.after(site.timeoutLane, this.address + Kind.timeout, call);
    } else if (site.timeout !== null) {
      const seconds = site.timeout.sample(d[(call << DOUBLE_SHIFT) + DEMAND]);
      i[o + ALARM] = this.simulation.at(now + seconds, this.address + Kind.timeout, call, Rank.timeout);
    }
    if (site.kept !== null && !site.kept.perMember) return this.connecting.overKept(call, site.kept);
    if (site.tables !== null && !this.connecting.openEntries(call, site.tables)) {
      return this.connecting.noEntry(call, site.tables);
    }
    return this.placing.place(call);
  }

  // ------------------------------------------------------------------------------------------------ the end of a call

  /** A call has ended: gives back what it holds, and its answer sets out. */
  finish(call: CallHandle, outcome: OutcomeCode): CallHandle {
    if ((this.calls.i[(call << INTEGER_SHIFT) + FLAGS] & Flag.leads) !== 0) this.flights.lost(call, outcome);
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const flags = i[o + FLAGS];
    const arrived = (flags & Flag.arrived) !== 0;
    const branch = (flags & Flag.branch) !== 0;
    const lost = arrived && !branch && i[o + REPLY] !== 0 && this.transit.isCut(call);
    if (i[o + HELD] !== 0) this.tokens.giveBackAll(call);
    if (arrived) this.door.depart(call, this.servers[i[o + SERVER]], outcome);
    if ((flags & Flag.kept) !== 0) this.connecting.keeping.ended(call, flags, outcome);
    if (!lost) this.leavePlace(call, outcome);
    const site = this.program.sites[i[o + SITE]];
    if ((flags & Flag.entries) !== 0) {
      for (const table of site.tables!) table.close();
      i[o + FLAGS] &= ~Flag.entries;
    }
    const exchanged = outcome === OK && i[o + SERVER] >= 0 && !branch;
    if (exchanged) site.exchanges++;
    if (lost) {
      this.transit.hold(call, outcome);
      return 0;
    }
    if (exchanged && site.back !== null && i[o + REPLY] !== 0) return this.transit.sendBack(call, outcome);
    return this.conclude(call, outcome);
  }

  /** Gives back its place at the director, unless a try that follows keeps it. */
  leavePlace(call: CallHandle, outcome: OutcomeCode): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    if ((i[o + FLAGS] & Flag.placed) === 0) return;
    if (!this.attempts.keepsPlace(call, outcome, this.program.sites[i[o + SITE]])) this.placing.unplace(call, outcome);
  }

  /** Its answer is there; the record is free. */
  conclude(call: CallHandle, outcome: OutcomeCode): CallHandle {
    const next = this.answer(call, outcome);
    this.calls.close(call);
    return next;
  }

  /**
   * Tells whoever waits for this attempt how it ended: a retry is made, or the caller goes on, or fails too. The record
   * itself is not closed (it may live on as an orphan).
   */
  answer(call: CallHandle, outcome: OutcomeCode): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    this.forgetAlarm(call);
    const reply = i[o + REPLY];
    if (reply === 0) return 0;
    const flags = i[o + FLAGS];
    if ((flags & Flag.branch) !== 0) return this.branches.ended(reply, call, outcome);
    const site = this.program.sites[i[o + SITE]];
    if ((flags & Flag.guarded) !== 0) this.attempts.tell(call, site.breakers!, outcome);
    const shorted = (flags & Flag.shorted) !== 0;
    if (outcome !== OK && !shorted && this.attempts.again(call, outcome, site)) return 0;
    site.retry?.over(i[o + ATTEMPT]);
    this.attempts.forgetTried(call, site);
    if (reply < 0) {
      this.tellClient(call, ~reply, outcome);
      return 0;
    }
    const p = reply << INTEGER_SHIFT;
    i[p + CHILD] = 0;
    i[p + STATE] = State.running;
    if (site.relays) i[p + MEMBER] = i[o + SERVER];
    if (outcome === OK) i[p + PC]++;
    else if (shorted && site.fallback >= 0) {
      i[p + PC] = site.fallback;
      site.breakers!.fallbacks++;
    } else if (site.otherwise >= 0) i[p + PC] = site.otherwise;
    else return this.finish(reply, outcome);
    const server = i[p + SERVER];
    if (server >= 0 && this.servers[server].hung) {
      this.delays.stop(reply, this.servers[server]);
      return 0;
    }
    return reply;
  }

  forgetAlarm(call: CallHandle): void {
    const o = call << INTEGER_SHIFT;
    if (this.calls.i[o + ALARM] === 0) return;
    this.simulation.cancelTimer(this.calls.i[o + ALARM]);
    this.calls.i[o + ALARM] = 0;
  }

  private tellClient(call: CallHandle, client: number, outcome: OutcomeCode): void {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    // through a proxy: the server that it had the answer from
    const relayed = site.director !== null && site.server >= 0 && i[o + MEMBER] !== NOBODY;
    const server = relayed ? i[o + MEMBER] : i[o + SERVER];
    this.callers[client].answered(outcome, i[o + ORIGIN], d[x + DUE], d[x + SENT], server);
  }

  /** A failure at a step that may have another way: there, or the call fails. */
  private fails(call: CallHandle, otherwise: number, outcome: OutcomeCode): CallHandle {
    if (otherwise < 0) return this.finish(call, outcome);
    const o = call << INTEGER_SHIFT;
    this.calls.i[o + PC] = otherwise;
    this.calls.i[o + STATE] = State.running;
    return call;
  }
}
