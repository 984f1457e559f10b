/**
 * The interpreter: runs every call of every service. Read this one.
 *
 * A call is opened, placed on a server by a director (`dispatch`), comes to it (`arrive`), runs its program
 * (`advance`), and ends in one function, `finish`, which gives back what it holds and answers whoever waits. Timeouts
 * and retries belong to the attempt of any tier. A token that comes back goes to the next in line, who continues from
 * the ready ring at the end of the event: the order is fixed and the stack stays flat.
 *
 * Left out: what the program means (compiler.ts), how long things take (draws), who is picked (directors).
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
  CARRIED,
  CHILD,
  CLASS,
  DEMAND,
  DIRECTOR,
  DOUBLE_SHIFT,
  DUE,
  ENTERED,
  EPOCH_SHIFT,
  EVENT,
  FLAGS,
  Flag,
  GENERATION,
  HELD,
  HOP,
  INTEGER_SHIFT,
  KEY,
  LEFT,
  LOOP,
  MEMBER,
  NEED,
  ORIGIN,
  PASSED,
  PC,
  PRIORITY,
  REPLY,
  REQUEST,
  SENT,
  SERVER,
  SIBLING,
  SITE,
  STARTED,
  STATE,
  State,
  TIMER,
  TRIED,
  WAITING,
} from './calls.ts';
import type { Caller } from './clients/caller.ts';
import { Keeping } from './connections/keeping.ts';
import { Held } from './connections/kept.ts';
import type { KeptConnections } from './connections/kept.ts';
import { EPOCHS } from './controllers/breaker.ts';
import type { Breakers } from './controllers/breaker.ts';
import type { Director, Processes } from './directors/director.ts';
import type { ServerQueues } from './directors/server-queues.ts';
import { Link } from './links/link.ts';
import { ZoneHop } from './links/zone-hop.ts';
import { OUTCOME } from './outcome.ts';
import type { OutcomeCode } from './outcome.ts';
import { Op } from './program.ts';
import type { Fork, Program } from './program.ts';
import { ReadyRing } from './ready-ring.ts';
import type { Interrupted, WorkerKeeper } from './services/breakdown.ts';
import { Entry } from './services/gate.ts';
import type { Server, Sickness, Tier } from './services/server.ts';
import type { Computed } from './services/sharing-processor.ts';
import type { Hop, Site } from './site.ts';
import { pauses } from './steps/hedge.ts';
import type { Table } from './tables/table.ts';

const OK = OUTCOME.ok;

/** Kinds of its events. */
const DELAY = 0;
const PATIENCE = 1;
const TIMEOUT = 2;
const BACKOFF = 3;
const SYN = 4;
const HOP_PASSED = 5;
const CENTRAL_PATIENCE = 6;

/** Where a ready call goes on, instead of a place in the program. */
const AT_DISPATCH = -2;
const AT_ARRIVAL = -1;

/** MEMBER of a call to a proxy, before the proxy has an answer from a server. */
const NOBODY = -1;

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

export class Execution implements Component, Computed, WorkerKeeper {
  readonly servers: Server[] = [];
  readonly directors: Director[] = [];
  readonly callers: Caller[] = [];
  /** Connections that users keep, by client and target. */
  readonly kept: KeptConnections[] = [];
  readonly flights: Flights;
  private readonly address: number;
  private readonly ready: ReadyRing;
  private readonly keeping: Keeping;
  /** Says whether the answer of a call, or its SYN, is lost on the way now; null = nothing is cut. */
  private cut: ((call: CallHandle) => boolean) | null = null;
  /** Answers that wait for a cut to end. */
  private held: { readonly call: CallHandle; readonly generation: number }[] = [];
  /** Place of the program that answers an error; set by the builder. */
  errorPlace = 0;
  /** And that of a call that is turned away on purpose. */
  shedPlace = 0;

  constructor(
    private readonly simulation: Simulation,
    readonly calls: Calls,
    readonly program: Program,
  ) {
    this.address = simulation.register(this);
    this.ready = new ReadyRing(calls);
    this.keeping = new Keeping({
      simulation,
      calls,
      program,
      servers: this.servers,
      roomAt: (director, member) => {
        if (director.line.length > 0) this.admitTo(director, member);
      },
    });
    this.flights = new Flights(
      calls,
      (call) => this.later(call),
      (call, outcome) => this.later(this.finish(call, outcome)),
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
      case DELAY:
        i[o + EVENT] = 0;
        this.delayOver(call);
        break;
      case TIMEOUT:
        i[o + ALARM] = 0;
        this.advance(this.timedOut(call));
        break;
      case PATIENCE:
        i[o + TIMER] = 0;
        this.advance(this.impatient(call));
        break;
      case BACKOFF:
        i[o + EVENT] = 0;
        this.advance(this.dispatch(call));
        break;
      case SYN:
        i[o + EVENT] = 0;
        this.advance(this.synSent(call));
        break;
      case HOP_PASSED:
        i[o + EVENT] = 0;
        this.advance(this.hopPassed(call));
        break;
      case CENTRAL_PATIENCE:
        i[o + TIMER] = 0;
        this.directors[i[o + DIRECTOR]].line.leave(call);
        i[o + STATE] = State.running;
        this.advance(this.finish(call, OUTCOME['queue-timeout']));
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

  /** Whether a call opens its connection to the server that it has come to, and its caller is still there. */
  opensConnection(call: CallHandle): boolean {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + REPLY] === 0 || !this.program.sites[i[o + SITE]].endsAtServer) return false;
    return (i[o + FLAGS] & (Flag.kept | Flag.opening)) !== Flag.kept;
  }

  /** Connections opened in place of lost ones so far; null = nobody keeps any. */
  reopened(): number | null {
    const idle = this.directors.flatMap((director) => director.idle ?? []);
    const keepers = [...this.kept, ...idle];
    return keepers.length === 0 ? null : keepers.reduce((sum, { reopened }) => sum + reopened, 0);
  }

  /** The server dies: whatever it had in progress is reset, and it refuses from now on. */
  kill(server: Server): void {
    server.up = false;
    server.hung = false;
    server.refusing = false;
    server.sick = null;
    const { calls } = this;
    for (let call = 1; call <= calls.top; call++) {
      const o = call << INTEGER_SHIFT;
      if (calls.i[o + STATE] === State.free || calls.i[o + SERVER] !== server.index) continue;
      const waitsForLink = calls.i[o + STATE] === State.transit || calls.i[o + STATE] === State.connecting;
      const cut = (calls.i[o + FLAGS] & (Flag.pinned | Flag.opening)) === Flag.pinned;
      if (waitsForLink && (calls.i[o + FLAGS] & Flag.arrived) === 0 && !cut) continue;
      if ((calls.i[o + FLAGS] & Flag.pinned) !== 0) calls.i[o + FLAGS] |= Flag.broken;
      this.later(this.abort(call, OUTCOME.reset));
    }
    for (const kept of this.kept) {
      if (!kept.atServer) continue;
      for (const slot of kept.idle((one) => kept.serverOf(one) === server.index))
        this.keeping.close(kept, slot, 'server');
    }
    for (const { front, idle, members, processes } of this.directors) {
      if (front === server) for (const one of processes?.directors ?? []) one.idle?.loseAll();
      if (front === server) idle?.loseAll();
      else idle?.lose(members.indexOf(server));
    }
    const { sessions } = server;
    const held = sessions !== null && server.tier.servers.some((peer) => peer.up && peer.sessions === sessions);
    if (sessions !== null && !held) sessions.clear();
    server.replication?.stopped(server);
    server.pace = server.ownSpeed;
    server.speed = server.pace * server.pressure;
    server.processor?.setSpeed(server.speed);
    this.drain();
  }

  /**
   * The director forgets its connections: what is in progress through it is reset, though servers go on with it. Who is
   * still trying to connect goes on trying.
   */
  loseThrough(director: Director): void {
    const { calls } = this;
    for (const { call, generation } of this.held) {
      const o = call << INTEGER_SHIFT;
      if (calls.i[o + GENERATION] === generation && this.program.sites[calls.i[o + SITE]].director === director)
        calls.i[o + CARRIED] = OUTCOME.reset;
    }
    for (let call = 1; call <= calls.top; call++) {
      const o = call << INTEGER_SHIFT;
      if (calls.i[o + STATE] === State.free || (calls.i[o + FLAGS] & (Flag.placed | Flag.pinned)) === 0) continue;
      if (calls.i[o + STATE] === State.connecting) continue;
      const through = calls.i[o + DIRECTOR];
      const same = through === director.index || director.processes?.directors.includes(this.directors[through]);
      if (same !== true || calls.i[o + REPLY] === 0) continue;
      calls.i[o + FLAGS] |= Flag.broken;
      this.later(this.cutOff(call, OUTCOME.reset));
    }
    for (const one of [director, ...(director.processes?.directors ?? [])]) one.idle?.loseAll();
    for (const kept of this.kept) {
      if (kept.through !== director) continue;
      for (const slot of kept.idle(() => true)) this.keeping.close(kept, slot, 'server');
    }
    this.drain();
  }

  /** A user leaves: its connections are closed, those in use when their request has ended. */
  userLeaves(kept: KeptConnections, user: number): void {
    kept.leave(user, (slot) => this.keeping.close(kept, slot, 'client'));
    this.drain();
  }

  /**
   * Sets what is cut, and lets answers go on that no longer are.
   * @param cut null = nothing.
   */
  setCut(cut: ((call: CallHandle) => boolean) | null): void {
    this.cut = cut;
    if (this.held.length === 0) return;
    const held = this.held;
    this.held = [];
    for (const { call, generation } of held) {
      const i = this.calls.i;
      const o = call << INTEGER_SHIFT;
      if (i[o + GENERATION] !== generation || i[o + REPLY] === 0) continue;
      if (cut !== null && cut(call)) this.held.push({ call, generation });
      else this.advance(this.sendAnswer(call));
    }
    this.drain();
  }

  /** The caller of a call: index of its server, or `~client`; for a message that nobody waits for, the call's own server. */
  callerOf(call: CallHandle): number {
    const i = this.calls.i;
    let reply = i[(call << INTEGER_SHIFT) + REPLY];
    if (reply === 0) return i[(call << INTEGER_SHIFT) + SERVER];
    while (reply > 0 && i[(reply << INTEGER_SHIFT) + SERVER] < 0) reply = i[(reply << INTEGER_SHIFT) + REPLY];
    return reply > 0 ? i[(reply << INTEGER_SHIFT) + SERVER] : reply;
  }

  /** Who runs a call: index of its server, or `~client` for a client's own steps. */
  private senderOf(call: CallHandle): number {
    const server = this.calls.i[(call << INTEGER_SHIFT) + SERVER];
    return server >= 0 ? server : this.callerOf(call);
  }

  /** The server is back, empty. */
  restore(server: Server): void {
    server.up = true;
    server.replication?.restored(server);
  }

  /** The server stops (hang) or goes on; connections are accepted all the while. */
  setHung(server: Server, hung: boolean): void {
    if (server.hung === hung) return;
    server.hung = hung;
    const speed = server.speed;
    if (hung) {
      server.processor?.setSpeed(0);
      this.rescale(server, speed, 0);
      return;
    }
    server.processor?.setSpeed(speed);
    const stopped = server.stopped.splice(0);
    for (const { call, generation } of stopped) {
      const i = this.calls.i;
      const o = call << INTEGER_SHIFT;
      if (i[o + GENERATION] !== generation || i[o + STATE] !== State.stopped) continue;
      if ((i[o + FLAGS] & Flag.computing) !== 0)
        this.runDelay(call, server, this.calls.d[(call << DOUBLE_SHIFT) + LEFT]);
      else this.later(call);
    }
    this.drain();
  }

  interrupt(call: CallHandle, gate: number, interrupted: Interrupted): void {
    const o = call << INTEGER_SHIFT;
    if (interrupted === 'lost') {
      this.later(this.abort(call, OUTCOME.reset));
    } else {
      const server = this.servers[this.calls.i[o + SERVER]];
      if (interrupted === 'restart') this.unwind(call, gate);
      else this.suspend(call, server);
      const i = this.calls.i;
      i[o + HELD] &= ~(1 << gate);
      i[o + WAITING] = gate + 1;
      i[o + STATE] = State.line;
      server.gates[gate].putBack(call, this.simulation.now);
      this.readmit(server, gate); // another worker may be idle
    }
    this.drain();
  }

  /** The line at a server's workers has dropped a call. */
  dropped(call: CallHandle): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + TIMER] !== 0) this.simulation.cancelTimer(i[o + TIMER]);
    i[o + TIMER] = 0;
    i[o + WAITING] = 0;
    i[o + STATE] = State.running;
    this.later(this.finish(call, OUTCOME.rejected));
  }

  readmit(server: Server, gate: number): void {
    for (;;) {
      const next = server.gates[gate].admit(this.simulation.now);
      if (next === 0) break;
      this.grant(next, gate);
    }
    this.drain();
  }

  /** Changes a server's speed (slow fault); running work goes on at the new one. */
  setSpeed(server: Server, speed: number): void {
    server.pace = speed;
    this.changeSpeed(server);
  }

  /** What its heap leaves of a server's speed. */
  setPressure(server: Server, factor: number): void {
    server.pressure = factor;
    this.changeSpeed(server);
  }

  private changeSpeed(server: Server): void {
    const before = server.speed;
    const speed = server.pace * server.pressure;
    server.speed = speed;
    if (server.hung || before === speed) return;
    server.processor?.setSpeed(speed);
    if (server.computing > 0) this.rescale(server, before, speed);
  }

  // ------------------------------------------------------------------------------------------------ the interpreter

  /** Runs a call, and whoever it answers, until everyone waits. 0 does nothing. */
  private advance(first: CallHandle): void {
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
          i[o + STATE] = State.delay;
          i[o + EVENT] = simulation.at(simulation.now + seconds, this.address + DELAY, call, Rank.completion);
          return;
        }
        case Op.compute: {
          const work = program.draws[operand].sample(calls.d[(call << DOUBLE_SHIFT) + DEMAND]);
          i[o + PC] = pc + 1;
          const index = i[o + SERVER];
          if (index < 0) {
            i[o + STATE] = State.delay;
            i[o + EVENT] = simulation.at(simulation.now + work, this.address + DELAY, call, Rank.completion);
            return;
          }
          const server = this.servers[index];
          if (server.processor !== null) {
            i[o + STATE] = State.processor;
            server.processor.submit(call, work);
            return;
          }
          i[o + FLAGS] |= Flag.computing;
          server.account(simulation.now);
          server.computing++;
          this.runDelay(call, server, work);
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
            if (server.hung) {
              this.stop(call, server);
              return;
            }
            break;
          }
          if (entry === Entry.waits) {
            i[o + WAITING] = acquisition.gate + 1;
            i[o + STATE] = State.line;
            if (acquisition.lane >= 0) {
              i[o + TIMER] = simulation.after(acquisition.lane, this.address + PATIENCE, call);
            } else if (acquisition.patience !== null) {
              const seconds = acquisition.patience.sample(calls.d[(call << DOUBLE_SHIFT) + DEMAND]);
              i[o + TIMER] = simulation.at(simulation.now + seconds, this.address + PATIENCE, call, Rank.timeout);
            }
            return;
          }
          if (acquisition.door) call = this.turnedAway(call, server);
          else call = this.fails(call, acquisition.otherwise, OUTCOME.rejected);
          break;
        }
        case Op.release: {
          i[o + HELD] &= ~(1 << operand);
          i[o + PC] = pc + 1;
          this.giveBack(call, this.servers[i[o + SERVER]], operand);
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
          this.fork(call, operand);
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
  private drain(): void {
    const { ready } = this;
    for (let call = ready.next(); call !== 0; call = ready.next()) {
      const i = this.calls.i;
      const o = call << INTEGER_SHIFT;
      i[o + STATE] = State.running;
      if (i[o + PC] === AT_DISPATCH) this.advance(this.dispatch(call));
      else if (i[o + PC] === AT_ARRIVAL) this.advance(this.setOut(call));
      else if (i[o + SERVER] >= 0 && this.servers[i[o + SERVER]].hung) this.stop(call, this.servers[i[o + SERVER]]);
      else this.advance(call);
    }
  }

  /** Puts a call into the ready ring; 0 does nothing. */
  private later(call: CallHandle): void {
    if (call !== 0) this.ready.add(call);
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
    else i[o + NEED] = this.senderOf(parent); // it has not forked yet
    site.retry?.first(this.simulation.now);
    return child;
  }

  /** Makes an attempt: sets its alarm, has it placed, and sends it on its way. Returns who runs next. */
  private dispatch(call: CallHandle): CallHandle {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    const now = this.simulation.now;
    i[o + STATE] = State.running;
    d[(call << DOUBLE_SHIFT) + ENTERED] = now;
    if (site.breakers !== null && !this.permitted(call, site.breakers)) return this.finish(call, OUTCOME.rejected);
    if (site.timeoutLane >= 0) {
      i[o + ALARM] = this.simulation.after(site.timeoutLane, this.address + TIMEOUT, call);
    } else if (site.timeout !== null) {
      const seconds = site.timeout.sample(d[(call << DOUBLE_SHIFT) + DEMAND]);
      i[o + ALARM] = this.simulation.at(now + seconds, this.address + TIMEOUT, call, Rank.timeout);
    }
    if (site.kept !== null && !site.kept.perMember) return this.overKept(call, site.kept);
    if (site.tables !== null && !this.openEntries(call, site.tables)) {
      return this.noEntry(call, site.tables);
    }
    return this.place(call);
  }

  /** Asks the breaker of the caller. */
  private permitted(call: CallHandle, breakers: Breakers): boolean {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const epoch = breakers.of(this.callingServer(call)).permits(this.simulation.now);
    i[o + FLAGS] |= epoch < 0 ? Flag.shorted : Flag.guarded | (epoch << EPOCH_SHIFT);
    return epoch >= 0;
  }

  /** Tells the breaker how a call that it let through has ended. @param outcome null = its caller withdrew it. */
  private tell(call: CallHandle, breakers: Breakers, outcome: OutcomeCode | null): void {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const epoch = (i[o + FLAGS] >>> EPOCH_SHIFT) % EPOCHS;
    i[o + FLAGS] &= ~Flag.guarded;
    const breaker = breakers.of(this.callingServer(call));
    const now = this.simulation.now;
    if (outcome === null) breaker.withdrawn(epoch);
    else breaker.told(epoch, outcome, now - d[(call << DOUBLE_SHIFT) + ENTERED], now);
  }

  /** Index of the server whose call it is; -1 = a client's, or of a caller that has gone. */
  private callingServer(call: CallHandle): number {
    const i = this.calls.i;
    const reply = i[(call << INTEGER_SHIFT) + REPLY];
    return reply > 0 ? i[(reply << INTEGER_SHIFT) + SERVER] : -1;
  }

  /** Takes the connection that the user keeps, or opens it; one that is in use makes the call take another of its own. */
  private overKept(call: CallHandle, kept: KeptConnections): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    const slot = kept.slot(i[o + ORIGIN], i[o + MEMBER]);
    const pinned = kept.atServer ? Flag.pinned : 0;
    let state = kept.stateOf(slot);
    if (state === Held.idle && site.director !== null && !site.director.reachable) {
      this.keeping.close(kept, slot, 'client');
      state = Held.none;
    }
    if (state === Held.idle) {
      kept.take(slot);
      i[o + FLAGS] |= Flag.kept | pinned;
      if (!kept.atServer) return this.place(call);
      i[o + SERVER] = kept.serverOf(slot);
      if (!kept.perMember && kept.pinnedBy !== null) {
        i[o + DIRECTOR] = kept.pinnedBy.index;
        i[o + MEMBER] = kept.memberOf(slot);
      }
      return this.setOut(call);
    }
    if (state === Held.none) {
      const full = kept.begin(slot, i[o + KEY]);
      if (full !== null) return full.drops ? this.synDropped(call) : this.finish(call, OUTCOME['no-port']);
      i[o + FLAGS] |= Flag.kept | Flag.opening | pinned;
      if (!kept.atServer) kept.accepted(slot, -1);
    } else {
      if (site.tables !== null && !this.openEntries(call, site.tables)) return this.noEntry(call, site.tables);
      if (i[o + LOOP] === 0) kept.once(); // not again with each SYN
    }
    return kept.perMember ? this.setOut(call) : this.place(call);
  }

  /** A table that its connection needs is full. */
  private noEntry(call: CallHandle, tables: readonly Table[]): CallHandle {
    return tables.some((table) => table.drops) ? this.synDropped(call) : this.finish(call, OUTCOME['no-port']);
  }

  /** Finds the server. */
  private place(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    const director = site.director;
    if (director === null) {
      i[o + SERVER] = site.server;
      return this.setOut(call);
    }
    if (!director.reachable) return this.synDropped(call);
    if (site.server >= 0) {
      i[o + SERVER] = site.server;
      i[o + MEMBER] = NOBODY;
      return this.setOut(call);
    }
    if ((i[o + FLAGS] & Flag.placed) !== 0) {
      // it has kept its place, or comes back after a SYN was lost
      i[o + SERVER] = director.members[i[o + MEMBER]].index;
      return this.setOut(call);
    }
    const one = director.processes === null ? director : this.processOf(call, director.processes);
    i[o + DIRECTOR] = one.index;
    const member = one.pick(call);
    if (member < 0) return this.nobody(call, one);
    if (one.fullAt(member)) {
      i[o + SERVER] = one.members[member].index;
      one.unavailable++;
      return this.refuse(call, one.members[member]);
    }
    this.putOn(call, one, member);
    if (site.kept !== null && site.kept.perMember) return this.overKept(call, site.kept);
    return this.setOut(call);
  }

  /** The worker process that has the call: that of its first try, or the one it is dealt to. */
  private processOf(call: CallHandle, processes: Processes): Director {
    const index = this.calls.i[(call << INTEGER_SHIFT) + DIRECTOR];
    return index < 0 ? processes.deal() : this.directors[index];
  }

  private putOn(call: CallHandle, director: Director, member: number): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    i[o + MEMBER] = member;
    i[o + SERVER] = director.members[member].index;
    i[o + FLAGS] |= Flag.placed;
    director.placed(member, i[o + KEY]);
  }

  /** No member can take it: it waits at the director, if that lets it and members are merely full. */
  private nobody(call: CallHandle, director: Director): CallHandle {
    const { whenFull } = director.description;
    if (!director.full) {
      director.unavailable++;
      return this.finish(call, OUTCOME.unavailable);
    }
    const home = whenFull.do !== 'wait' ? -1 : director.homeOf(call);
    if (whenFull.do !== 'wait' || !hasRoom(director.line, home, whenFull)) {
      director.unavailable++;
      return this.finish(call, OUTCOME.rejected);
    }
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    if (home < 0) director.line.join(call);
    else director.line.joinOwn(call, home);
    i[o + STATE] = State.line;
    if (whenFull.patience < Infinity) {
      const lane = this.simulation.lane(whenFull.patience);
      i[o + TIMER] = this.simulation.after(lane, this.address + CENTRAL_PATIENCE, call);
    }
    return 0;
  }

  /** The request leaves its caller. */
  private setOut(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    if (site.forward === null) return this.arrive(call);
    i[o + STATE] = State.transit;
    i[o + HOP] = 0;
    this.calls.d[(call << DOUBLE_SHIFT) + PASSED] = 0;
    return this.hopPassed(call);
  }

  /** The request is at its server. */
  private arrive(call: CallHandle): CallHandle {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const server = this.servers[i[o + SERVER]];
    i[o + STATE] = State.running;
    if (this.cut !== null && this.cut(call)) return this.synDropped(call);
    if (!server.up || server.refusing) return this.finish(call, OUTCOME.refused);
    const now = this.simulation.now;
    if ((i[o + FLAGS] & (Flag.pinned | Flag.opening)) === Flag.pinned) {
      server.account(now);
      server.idleKept--;
    } else {
      if (server.present + server.idleKept >= server.connections) return this.refuse(call, server);
      if (server.tables !== null && !opened(server.tables)) return this.noEntry(call, server.tables);
      server.account(now);
      if ((i[o + FLAGS] & Flag.pinned) !== 0) this.keeping.accepted(call, server);
    }
    server.calls++;
    server.present++;
    server.tier.change(1);
    i[o + FLAGS] |= Flag.arrived;
    d[(call << DOUBLE_SHIFT) + STARTED] = now;
    const entry = server.entry[i[o + CLASS]];
    i[o + PC] = entry;
    if (server.shedding !== null && !server.hung && server.shedding.rejects(i[o + PRIORITY], now)) {
      return this.finish(call, OUTCOME.rejected);
    }
    if (server.tier.rules !== null && !this.admitted(server.tier)) {
      i[o + PC] = this.shedPlace;
      if (!server.hung) return call;
      this.stop(call, server);
      return 0;
    }
    if (server.sick !== null && !server.hung && server.sick.strikes()) return this.answerError(call, server.sick);
    if (server.hung && this.program.code[2 * entry] !== Op.acquire) {
      this.stop(call, server); // without a worker to wait for
      return 0;
    }
    return call;
  }

  /** Whether no rule of operation turns the call away. */
  private admitted(tier: Tier): boolean {
    for (const rule of tier.rules!) if (!rule.admits(tier.name)) return false;
    return true;
  }

  /** A sick server answers that it failed, without any of its work. */
  private answerError(call: CallHandle, sick: Sickness): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    i[o + PC] = this.errorPlace;
    const seconds = sick.seconds();
    if (seconds === 0) return call;
    i[o + STATE] = State.delay;
    i[o + EVENT] = this.simulation.at(this.simulation.now + seconds, this.address + DELAY, call, Rank.completion);
    return 0;
  }

  /** The accept queue is full. */
  private turnedAway(call: CallHandle, server: Server): CallHandle {
    const o = call << INTEGER_SHIFT;
    const pinned = this.calls.i[o + FLAGS] & (Flag.pinned | Flag.opening);
    if (server.drops && pinned !== Flag.pinned) {
      this.depart(call, server, null);
      server.calls--;
      if (pinned !== 0) this.keeping.dropped(call, server);
      return this.synDropped(call);
    }
    this.calls.i[o + FLAGS] |= Flag.broken;
    return this.refuse(call, server);
  }

  /** Refuses, which may cost the server some work of its own. */
  private refuse(call: CallHandle, server: Server): CallHandle {
    if (server.refusalCost !== null && server.processor !== null) {
      this.burden(server, server.refusalCost.sample(0), this.calls.i[(call << INTEGER_SHIFT) + PRIORITY]);
    }
    return this.finish(call, OUTCOME.refused);
  }

  /** A cold step makes its call wait; the call goes on where its PC says. */
  pause(call: CallHandle, seconds: number): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    i[o + STATE] = State.delay;
    i[o + EVENT] = this.simulation.at(this.simulation.now + seconds, this.address + DELAY, call, Rank.completion);
  }

  /** A call that was paused goes on after other seconds, counted from now; one that has ended meanwhile does not. */
  hasten(call: CallHandle, generation: number, seconds: number): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + GENERATION] !== generation || i[o + STATE] !== State.delay) return;
    this.simulation.cancel(i[o + EVENT]);
    this.pause(call, seconds);
  }

  /** Gives the processor of a server work that nobody waits for, in seconds at speed 1. */
  burden(server: Server, work: number, priority: number): void {
    if (server.processor === null) return;
    const ghost = this.calls.open();
    const i = this.calls.i;
    const o = ghost << INTEGER_SHIFT;
    i[o + SERVER] = server.index;
    i[o + DIRECTOR] = -1;
    i[o + SITE] = 0;
    i[o + REPLY] = 0;
    i[o + PC] = 0;
    i[o + PRIORITY] = priority;
    i[o + STATE] = State.processor;
    server.processor.submit(ghost, work);
  }

  /** Nothing answers the SYN: it is sent again on the caller's schedule. */
  private synDropped(call: CallHandle): CallHandle {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    const again = i[o + LOOP]; // SYNs repeated so far: its program has not begun
    const seconds = again < site.syn.length ? site.syn[again] : site.giveUp;
    const time = Math.max(this.simulation.now, d[(call << DOUBLE_SHIFT) + ENTERED] + seconds);
    i[o + LOOP] = again + 1;
    i[o + STATE] = State.connecting;
    i[o + EVENT] = this.simulation.at(time, this.address + SYN, call, Rank.timeout);
    return 0;
  }

  private synSent(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    i[o + STATE] = State.running;
    if (i[o + LOOP] > site.syn.length) return this.finish(call, OUTCOME['connect-timeout']);
    if (
      i[o + SERVER] < 0 &&
      site.kept !== null &&
      !site.kept.perMember &&
      (i[o + FLAGS] & (Flag.kept | Flag.entries)) === 0
    ) {
      return this.overKept(call, site.kept);
    }
    if (site.kept === null && site.tables !== null && (i[o + FLAGS] & Flag.entries) === 0) {
      if (!this.openEntries(call, site.tables)) return this.synDropped(call);
    }
    if (i[o + SERVER] < 0 || (site.director !== null && !site.director.reachable)) return this.place(call);
    return this.arrive(call);
  }

  private openEntries(call: CallHandle, tables: readonly Table[]): boolean {
    if (!opened(tables)) return false;
    this.calls.i[(call << INTEGER_SHIFT) + FLAGS] |= Flag.entries;
    return true;
  }

  // ------------------------------------------------------------------------------------------------ on the way

  /** The head of the message has come to the next hop, forward or back. */
  private hopPassed(call: CallHandle): CallHandle {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    const site = this.program.sites[i[o + SITE]];
    const outward = (i[o + FLAGS] & Flag.returning) === 0;
    const hops = outward ? site.forward! : site.back!;
    const sizes = site.relays ? this.program.sites[i[(i[o + REPLY] << INTEGER_SHIFT) + SITE]] : site;
    const bytes = outward ? sizes.requestBytes : sizes.responseBytes;
    const packets = outward ? sizes.requestPackets : sizes.responsePackets;
    const now = this.simulation.now;
    let next = i[o + HOP];
    for (; next < hops.length; next++) {
      const link = this.hop(hops[next], call, i[o + SERVER]);
      if (link === null) continue;
      const carried = link.carry(bytes, packets, now);
      let trip = link.latency === null ? 0 : link.latency.sample(0);
      if (outward && (i[o + FLAGS] & (Flag.kept | Flag.opening)) !== Flag.kept) {
        trip *= 1 + site.handshakeTrips + (site.endsAtServer ? this.servers[i[o + SERVER]].tlsTrips : 0);
      }
      d[x + PASSED] = Math.max(d[x + PASSED] + trip, now + carried + trip);
      const head = now + link.firstPacket(carried, bytes, packets) + trip;
      i[o + HOP] = next + 1;
      i[o + EVENT] = this.simulation.at(head, this.address + HOP_PASSED, call, Rank.arrival);
      return 0;
    }
    if (d[x + PASSED] > now) {
      // the head is through, the last byte is not
      i[o + HOP] = next;
      i[o + EVENT] = this.simulation.at(d[x + PASSED], this.address + HOP_PASSED, call, Rank.arrival);
      return 0;
    }
    i[o + HOP] = 0;
    if (outward) return this.arrive(call);
    const outcome = i[o + CARRIED];
    i[o + STATE] = State.running;
    const answered = this.answer(call, outcome);
    this.calls.close(call);
    return answered;
  }

  private hop(hop: Hop, call: CallHandle, server: number): Link | null {
    if (hop instanceof Link) return hop;
    if (hop === 'server send') return this.servers[server].send;
    if (hop === 'server receive') return this.servers[server].receive;
    if (hop instanceof ZoneHop) {
      const o = call << INTEGER_SHIFT;
      const message = this.calls.i[o + REPLY] === 0;
      return hop.link(message ? this.calls.i[o + NEED] : this.callerOf(call), server);
    }
    return hop.get(server) ?? null;
  }

  // ------------------------------------------------------------------------------------------------ the end of a call

  /** A call has ended: gives back what it holds and answers. Returns who runs next. */
  private finish(call: CallHandle, outcome: OutcomeCode): CallHandle {
    if ((this.calls.i[(call << INTEGER_SHIFT) + FLAGS] & Flag.leads) !== 0) this.flights.lost(call, outcome);
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    let flags = i[o + FLAGS];
    const lost =
      this.cut !== null &&
      (flags & (Flag.arrived | Flag.branch)) === Flag.arrived &&
      i[o + REPLY] !== 0 &&
      this.cut(call);
    if (i[o + HELD] !== 0) this.giveBackAll(call);
    if ((flags & Flag.arrived) !== 0) this.depart(call, this.servers[i[o + SERVER]], outcome);
    if ((flags & Flag.kept) !== 0) {
      this.keeping.ended(call, flags, outcome);
      flags = i[o + FLAGS];
    }
    const site = this.program.sites[i[o + SITE]];
    if ((flags & Flag.placed) !== 0 && !lost && !this.keepsPlace(call, outcome, site)) this.unplace(call, outcome);
    if ((flags & Flag.entries) !== 0) {
      for (const table of site.tables!) table.close();
      i[o + FLAGS] &= ~Flag.entries;
    }
    const exchanged = outcome === OK && i[o + SERVER] >= 0 && (flags & Flag.branch) === 0;
    if (exchanged) site.exchanges++;
    if (lost) {
      i[o + CARRIED] = outcome;
      i[o + STATE] = State.transit;
      this.held.push({ call, generation: i[o + GENERATION] });
      return 0;
    }
    if (exchanged && site.back !== null && i[o + REPLY] !== 0) {
      i[o + CARRIED] = outcome;
      return this.sendBack(call);
    }
    const next = this.answer(call, outcome);
    this.calls.close(call);
    return next;
  }

  private sendBack(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    i[o + FLAGS] |= Flag.returning;
    i[o + STATE] = State.transit;
    i[o + HOP] = 0;
    this.calls.d[(call << DOUBLE_SHIFT) + PASSED] = 0;
    return this.hopPassed(call);
  }

  /** A held answer goes its way. */
  private sendAnswer(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const outcome = i[o + CARRIED];
    const site = this.program.sites[i[o + SITE]];
    const placed = (i[o + FLAGS] & Flag.placed) !== 0;
    if (placed && !this.keepsPlace(call, outcome, site)) this.unplace(call, outcome);
    if (outcome === OK && site.back !== null) return this.sendBack(call);
    i[o + STATE] = State.running;
    const next = this.answer(call, outcome);
    this.calls.close(call);
    return next;
  }

  /** A failure at a step that may have another way: there, or the call fails. */
  private fails(call: CallHandle, otherwise: number, outcome: OutcomeCode): CallHandle {
    if (otherwise < 0) return this.finish(call, outcome);
    const o = call << INTEGER_SHIFT;
    this.calls.i[o + PC] = otherwise;
    this.calls.i[o + STATE] = State.running;
    return call;
  }

  /**
   * Tells whoever waits for this attempt how it ended: a retry is made, or the caller goes on, or fails too. The record
   * itself is not closed (it may live on as an orphan). Returns who runs next.
   */
  private answer(call: CallHandle, outcome: OutcomeCode): CallHandle {
    const { calls } = this;
    const i = calls.i;
    const o = call << INTEGER_SHIFT;
    if (i[o + ALARM] !== 0) {
      this.simulation.cancelTimer(i[o + ALARM]);
      i[o + ALARM] = 0;
    }
    const reply = i[o + REPLY];
    if (reply === 0) return 0;
    if ((i[o + FLAGS] & Flag.branch) !== 0) return this.branchEnded(reply, call, outcome);
    const site = this.program.sites[i[o + SITE]];
    if ((i[o + FLAGS] & Flag.guarded) !== 0) this.tell(call, site.breakers!, outcome);
    const shorted = (i[o + FLAGS] & Flag.shorted) !== 0;
    if (
      outcome !== OK &&
      site.retry !== null &&
      !shorted &&
      site.retry.again(i[o + ATTEMPT], outcome, this.sinceFirst(call, site), this.simulation.now)
    ) {
      this.tryAgain(call, site);
      return 0;
    }
    site.retry?.over(i[o + ATTEMPT]);
    if (i[o + TRIED] !== 0) {
      site.director!.avoided.forget(i[o + TRIED]);
      i[o + TRIED] = 0;
    }
    if (reply < 0) {
      const x = call << DOUBLE_SHIFT;
      // through a proxy: the server that it had the answer from
      const relayed = site.director !== null && site.server >= 0 && i[o + MEMBER] !== NOBODY;
      const server = relayed ? i[o + MEMBER] : i[o + SERVER];
      this.callers[~reply].answered(outcome, i[o + ORIGIN], calls.d[x + DUE], calls.d[x + SENT], server);
      return 0;
    }
    const p = reply << INTEGER_SHIFT;
    i[p + CHILD] = 0;
    i[p + STATE] = State.running;
    if (site.relays) i[p + MEMBER] = i[o + SERVER];
    if (outcome === OK) i[p + PC]++;
    else if (shorted && site.fallback >= 0) i[p + PC] = site.fallback;
    else if (site.otherwise >= 0) i[p + PC] = site.otherwise;
    else return this.finish(reply, outcome);
    const server = i[p + SERVER];
    if (server >= 0 && this.servers[server].hung) {
      this.stop(reply, this.servers[server]);
      return 0;
    }
    return reply;
  }

  private tryAgain(failed: CallHandle, site: Site): void {
    const call = this.calls.inherit(failed);
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    const f = failed << INTEGER_SHIFT;
    i[o + REPLY] = i[f + REPLY];
    i[o + ATTEMPT] = i[f + ATTEMPT] + 1;
    i[o + TRIED] = i[f + TRIED];
    i[f + TRIED] = 0;
    if (site.retry!.other && site.director !== null && i[f + DIRECTOR] >= 0 && i[f + SERVER] >= 0) {
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
      i[o + EVENT] = this.simulation.at(this.simulation.now + pause, this.address + BACKOFF, call, Rank.timeout);
    } else {
      this.later(call);
    }
  }

  /** The attempt's time is up. Its work goes on for nobody, or stops, as the site says. */
  private timedOut(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    i[o + FLAGS] |= Flag.broken;
    const stops = this.program.sites[i[o + SITE]].cancels && (this.cut === null || !this.cut(call));
    return stops ? this.abort(call, OUTCOME.timeout) : this.cutOff(call, OUTCOME.timeout);
  }

  /** Tells the caller that it failed; what has come to a server goes on there for nobody. */
  private cutOff(call: CallHandle, outcome: OutcomeCode): CallHandle {
    if ((this.calls.i[(call << INTEGER_SHIFT) + FLAGS] & Flag.arrived) === 0) return this.abort(call, outcome);
    if ((this.calls.i[(call << INTEGER_SHIFT) + FLAGS] & Flag.placed) !== 0) this.leaveDirector(call, outcome);
    const next = this.answer(call, outcome);
    this.orphan(call);
    return next;
  }

  private impatient(call: CallHandle): CallHandle {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const server = this.servers[i[o + SERVER]];
    server.gates[i[o + WAITING] - 1].withdraw(call, this.simulation.now);
    i[o + WAITING] = 0;
    i[o + STATE] = State.running;
    const acquisition = this.program.acquisitions[this.program.code[2 * i[o + PC] + 1]];
    return this.fails(call, acquisition.otherwise, acquisition.impatient);
  }

  /**
   * The caller of a call that goes on at its server has given up. The director closes the connection, unless it does not
   * notice; `outcome` is why the caller gave up.
   */
  private leaveDirector(call: CallHandle, outcome: OutcomeCode): void {
    const o = call << INTEGER_SHIFT;
    const { i } = this.calls;
    const { clientAbort, mode } = this.directors[i[o + DIRECTOR]].description;
    // a proxy's own try, or a client that balances by itself: it is the director that gave up
    if (this.program.sites[i[o + SITE]].relays || mode === 'client-side') this.unplace(call, outcome);
    else if (clientAbort !== 'keep') this.unplace(call, OUTCOME.canceled);
  }

  /** The caller of a call that is at its server has gone: nobody will be answered. */
  private orphan(call: CallHandle): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    i[o + REPLY] = 0;
    i[o + FLAGS] |= Flag.orphan;
    if ((i[o + FLAGS] & Flag.kept) !== 0) this.keeping.abandoned(call);
    if (i[o + ALARM] !== 0) {
      this.simulation.cancelTimer(i[o + ALARM]);
      i[o + ALARM] = 0;
    }
    this.servers[i[o + SERVER]].orphaned++;
  }

  /** Takes a call away from wherever it is, and ends it. */
  private abort(call: CallHandle, outcome: OutcomeCode): CallHandle {
    this.detach(call);
    const o = call << INTEGER_SHIFT;
    const { i } = this.calls;
    if (i[o + REPLY] === 0 && i[o + TRIED] !== 0) {
      this.program.sites[i[o + SITE]].director!.avoided.forget(i[o + TRIED]);
      i[o + TRIED] = 0;
    }
    return this.finish(call, outcome);
  }

  /** Takes a call away from whatever it does or waits for. */
  private detach(call: CallHandle): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const { simulation } = this;
    if (i[o + EVENT] !== 0 && i[o + STATE] !== State.processor) {
      simulation.cancel(i[o + EVENT]);
      i[o + EVENT] = 0;
    }
    if ((i[o + FLAGS] & Flag.computing) !== 0) {
      const server = this.servers[i[o + SERVER]];
      server.account(simulation.now);
      server.computing--;
      i[o + FLAGS] &= ~Flag.computing;
    }
    switch (i[o + STATE]) {
      case State.line:
        if (i[o + TIMER] !== 0) simulation.cancelTimer(i[o + TIMER]);
        i[o + TIMER] = 0;
        if (i[o + WAITING] < 0) this.directors[i[o + DIRECTOR]].line.leave(call);
        else this.servers[i[o + SERVER]].gates[i[o + WAITING] - 1].withdraw(call, simulation.now);
        i[o + WAITING] = 0;
        break;
      case State.processor:
        this.servers[i[o + SERVER]].processor!.withdraw(call);
        break;
      case State.parked:
        this.flights.leave(call);
        break;
      case State.calling:
        this.leaveChild(i[o + CHILD]);
        break;
      case State.branches:
        this.leaveBranches(call);
        break;
    }
    const after = this.calls.i;
    after[o + CHILD] = 0;
    after[o + STATE] = State.running;
  }

  /** The caller of `child` goes away. What has reached a server goes on there unless its site cancels; the rest ends. */
  private leaveChild(child: CallHandle): void {
    if (child === 0) return;
    const i = this.calls.i;
    const o = child << INTEGER_SHIFT;
    this.program.sites[i[o + SITE]].retry?.over(i[o + ATTEMPT]);
    if ((i[o + FLAGS] & Flag.guarded) !== 0) this.tell(child, this.program.sites[i[o + SITE]].breakers!, null);
    if ((i[o + FLAGS] & Flag.arrived) !== 0 && !this.program.sites[i[o + SITE]].cancels) {
      if ((i[o + FLAGS] & Flag.placed) !== 0) this.leaveDirector(child, OUTCOME.canceled);
      this.orphan(child);
      return;
    }
    i[o + REPLY] = 0;
    i[o + FLAGS] |= Flag.broken;
    if (i[o + ALARM] !== 0) this.simulation.cancelTimer(i[o + ALARM]);
    i[o + ALARM] = 0;
    this.abort(child, OUTCOME.canceled);
  }

  private depart(call: CallHandle, server: Server, outcome: OutcomeCode | null): void {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const now = this.simulation.now;
    server.account(now);
    server.present--;
    server.tier.change(-1);
    if ((i[o + FLAGS] & Flag.pinned) !== 0) server.idleKept++;
    else if (server.tables !== null) for (const table of server.tables) table.close();
    const seconds = now - d[(call << DOUBLE_SHIFT) + STARTED];
    if (outcome !== null) {
      server.outcomes[outcome]++;
      if (server.replication !== null && outcome === OK) server.replication.ended(server, i[o + CLASS], i[o + KEY]);
      if (server.journal !== null) server.journal.ended(i[o + CLASS], outcome, now);
      server.responseSum += seconds;
      if (server.tier.times !== null) for (const recent of server.tier.times) recent.record(seconds);
      if ((i[o + FLAGS] & Flag.orphan) !== 0) server.wastedSeconds += seconds;
    }
    i[o + FLAGS] &= ~Flag.arrived;
  }

  /** Tells the director that the call has left its member, which takes the next who waits. */
  private unplace(call: CallHandle, outcome: OutcomeCode): void {
    const { i, d } = this.calls;
    const o = call << INTEGER_SHIFT;
    const director = this.directors[i[o + DIRECTOR]];
    const member = i[o + MEMBER];
    const seconds = this.simulation.now - d[(call << DOUBLE_SHIFT) + ENTERED];
    director.released(member, i[o + KEY], seconds, outcome);
    i[o + FLAGS] &= ~Flag.placed;
    if (director.line.length > 0) this.admitTo(director, member);
  }

  /** A failed try at the same server, which is to follow after a pause, keeps its place there. */
  private keepsPlace(call: CallHandle, outcome: OutcomeCode, site: Site): boolean {
    const { retry } = site;
    if (retry === null || !retry.same || outcome === OK) return false;
    const o = call << INTEGER_SHIFT;
    if ((this.calls.i[o + FLAGS] & Flag.shorted) !== 0) return false;
    return (
      this.calls.i[o + REPLY] !== 0 && retry.would(this.calls.i[o + ATTEMPT], outcome, this.sinceFirst(call, site))
    );
  }

  /** Seconds since the first attempt of a request; of a proxy's tries, since the request came to the proxy. */
  private sinceFirst(call: CallHandle, site: Site): number {
    const { i, d } = this.calls;
    const reply = i[(call << INTEGER_SHIFT) + REPLY];
    return (
      this.simulation.now - (site.relays ? d[(reply << DOUBLE_SHIFT) + STARTED] : d[(call << DOUBLE_SHIFT) + SENT])
    );
  }

  /** Members may have come or gone: those who wait for one that has gone look for another, the others go on where there is room. */
  admit(director: Director): void {
    for (const one of director.processes?.directors ?? [director]) {
      for (let member = 0; member < one.members.length && one.line.length > 0; member++) {
        if (!one.serves(member)) this.sendOn(one, member);
        this.admitTo(one, member);
      }
    }
    this.drain();
  }

  private admitTo(director: Director, member: number): void {
    while (director.line.length > 0 && director.hasRoom(member)) {
      const next = director.line.next(member);
      if (next === 0) return;
      this.endWait(next);
      this.calls.i[(next << INTEGER_SHIFT) + PC] = AT_ARRIVAL;
      this.putOn(next, director, member);
      this.later(next);
    }
  }

  /** Those who wait for this member alone have it placed anew. */
  private sendOn(director: Director, member: number): void {
    for (let n = director.line.inOwn(member); n > 0; n--) {
      const call = director.line.nextOwn(member);
      this.endWait(call);
      this.advance(this.place(call));
    }
  }

  private endWait(call: CallHandle): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    if (i[o + TIMER] !== 0) this.simulation.cancelTimer(i[o + TIMER]);
    i[o + TIMER] = 0;
    i[o + STATE] = State.running;
  }

  private giveBackAll(call: CallHandle): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const server = this.servers[i[o + SERVER]];
    let held = i[o + HELD];
    i[o + HELD] = 0;
    while (held !== 0) {
      const gate = 31 - Math.clz32(held);
      held &= ~(1 << gate);
      this.giveBack(call, server, gate);
    }
  }

  private giveBack(call: CallHandle, server: Server, gate: number): void {
    const next = server.gates[gate].leave(this.simulation.now, call);
    if (next !== 0) this.grant(next, gate);
  }

  /** `call` has been handed a token of the gate it stood at. */
  private grant(call: CallHandle, gate: number): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    if (i[o + TIMER] !== 0) {
      this.simulation.cancelTimer(i[o + TIMER]);
      i[o + TIMER] = 0;
    }
    i[o + WAITING] = 0;
    i[o + HELD] |= 1 << gate;
    if ((i[o + FLAGS] & Flag.interrupted) !== 0) {
      this.resume(call);
      return;
    }
    i[o + PC]++;
    this.later(call);
  }

  // ------------------------------------------------------------------------------------------------ delays and hangs

  private runDelay(call: CallHandle, server: Server, work: number): void {
    const { calls, simulation } = this;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    if (server.hung) {
      calls.d[x + LEFT] = work;
      this.stop(call, server);
      return;
    }
    const end = simulation.now + work / server.speed;
    calls.d[x + LEFT] = end;
    calls.i[o + STATE] = State.delay;
    calls.i[o + EVENT] = simulation.at(end, this.address + DELAY, call, Rank.completion);
  }

  private delayOver(call: CallHandle): void {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    i[o + STATE] = State.running;
    const index = i[o + SERVER];
    if (index >= 0) {
      const server = this.servers[index];
      if ((i[o + FLAGS] & Flag.computing) !== 0) {
        server.account(this.simulation.now);
        server.computing--;
        i[o + FLAGS] &= ~Flag.computing;
      }
      if (server.hung) {
        this.stop(call, server);
        return;
      }
    }
    this.advance(call);
  }

  /** Stops a call with its server; it goes on when the server does. */
  private stop(call: CallHandle, server: Server): void {
    const i = this.calls.i;
    i[(call << INTEGER_SHIFT) + STATE] = State.stopped;
    server.stopped.push({ call, generation: i[(call << INTEGER_SHIFT) + GENERATION] });
  }

  /** Running delays of a server go on at another speed; 0 stops them. Scans the calls: for faults, not for the hot path. */
  private rescale(server: Server, before: number, speed: number): void {
    const { calls, simulation } = this;
    for (let call = 1; call <= calls.top; call++) {
      const i = calls.i;
      const o = call << INTEGER_SHIFT;
      if (i[o + STATE] !== State.delay || i[o + SERVER] !== server.index || (i[o + FLAGS] & Flag.computing) === 0)
        continue;
      simulation.cancel(i[o + EVENT]);
      i[o + EVENT] = 0;
      const left = Math.max(0, calls.d[(call << DOUBLE_SHIFT) + LEFT] - simulation.now) * before;
      calls.d[(call << DOUBLE_SHIFT) + LEFT] = left;
      if (speed === 0) this.stop(call, server);
      else this.runDelay(call, server, left);
    }
  }

  // ------------------------------------------------------------------------------------------------ broken workers

  /** Stops what a call computes or waits for, keeping what is left of it. */
  private suspend(call: CallHandle, server: Server): void {
    const { i, d } = this.calls;
    const { now } = this.simulation;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    i[o + FLAGS] |= Flag.interrupted;
    if (i[o + STATE] === State.processor) {
      d[x + LEFT] = server.processor!.withdraw(call);
      i[o + FLAGS] |= Flag.midCompute;
      return;
    }
    const running = i[o + STATE] === State.delay;
    if ((i[o + FLAGS] & Flag.computing) !== 0) {
      // else it is stopped, and LEFT is work already
      if (running) d[x + LEFT] = Math.max(0, d[x + LEFT] - now) * server.speed;
      server.account(now);
      server.computing--;
      i[o + FLAGS] = (i[o + FLAGS] & ~Flag.computing) | Flag.midCompute;
    } else if (running) {
      d[x + LEFT] = this.simulation.due(i[o + EVENT]) - now;
      i[o + FLAGS] |= Flag.midWait;
    }
    if (running) this.simulation.cancel(i[o + EVENT]);
    i[o + EVENT] = 0;
  }

  /** Goes on where `suspend` stopped it. */
  private resume(call: CallHandle): void {
    const { i, d } = this.calls;
    const { now } = this.simulation;
    const o = call << INTEGER_SHIFT;
    const flags = i[o + FLAGS];
    const left = d[(call << DOUBLE_SHIFT) + LEFT];
    i[o + FLAGS] = flags & ~(Flag.interrupted | Flag.midCompute | Flag.midWait);
    if ((flags & Flag.midWait) !== 0) {
      i[o + STATE] = State.delay;
      i[o + EVENT] = this.simulation.at(now + left, this.address + DELAY, call, Rank.completion);
      return;
    }
    if ((flags & Flag.midCompute) === 0) {
      this.later(call);
      return;
    }
    const server = this.servers[i[o + SERVER]];
    if (server.processor !== null) {
      i[o + STATE] = State.processor;
      server.processor.submit(call, left);
      return;
    }
    i[o + FLAGS] |= Flag.computing;
    server.account(now);
    server.computing++;
    this.runDelay(call, server, left);
  }

  /** Undoes what a call has begun since it came, so that it can begin anew; it keeps its token of `gate`. */
  private unwind(call: CallHandle, gate: number): void {
    const o = call << INTEGER_SHIFT;
    this.detach(call);
    if ((this.calls.i[o + FLAGS] & Flag.leads) !== 0) this.flights.lost(call, OUTCOME.reset);
    const { i } = this.calls;
    i[o + HELD] &= ~(1 << gate);
    if (i[o + HELD] !== 0) this.giveBackAll(call);
    const server = this.servers[i[o + SERVER]];
    i[o + PC] = server.entry[i[o + CLASS]];
  }

  // ------------------------------------------------------------------------------------------------ branches

  private fork(call: CallHandle, forkIndex: number): void {
    const { calls } = this;
    const { starts, need } = this.program.forks[forkIndex];
    calls.i[(call << INTEGER_SHIFT) + STATE] = State.branches;
    calls.i[(call << INTEGER_SHIFT) + NEED] = need;
    let previous = 0;
    for (const start of starts) {
      const branch = calls.inherit(call);
      const { i, d } = calls;
      const o = branch << INTEGER_SHIFT;
      const p = call << INTEGER_SHIFT;
      i[o + SERVER] = i[p + SERVER];
      i[o + REPLY] = call;
      i[o + FLAGS] = Flag.branch;
      i[o + PC] = start;
      d[(branch << DOUBLE_SHIFT) + ENTERED] = this.simulation.now;
      if (previous === 0) i[p + CHILD] = branch;
      else i[(previous << INTEGER_SHIFT) + SIBLING] = branch;
      previous = branch;
      this.later(branch);
    }
  }

  /** A branch of `parent` has ended. When enough have, or no longer can, the parent goes on and the rest are left. */
  private branchEnded(parent: CallHandle, branch: CallHandle, outcome: OutcomeCode): CallHandle {
    const i = this.calls.i;
    const p = parent << INTEGER_SHIFT;
    let left = 0;
    let before = 0;
    for (let sibling = i[p + CHILD]; sibling !== 0; sibling = i[(sibling << INTEGER_SHIFT) + SIBLING]) {
      const next = i[(sibling << INTEGER_SHIFT) + SIBLING];
      if (sibling === branch) {
        if (before === 0) i[p + CHILD] = next;
        else i[(before << INTEGER_SHIFT) + SIBLING] = next;
      } else {
        left++;
        before = sibling;
      }
    }
    if (outcome === OK) i[p + NEED]--;
    const enough = i[p + NEED] <= 0;
    const fork = this.forkOf(parent);
    if (!enough && left >= i[p + NEED]) {
      if (fork.hedge !== null) this.hurry(i[p + CHILD]);
      return 0;
    }
    if (fork.hedge !== null && enough) {
      const begun = this.calls.d[(branch << DOUBLE_SHIFT) + ENTERED];
      fork.hedge.pause?.record(this.simulation.now - begun, this.simulation.now);
    }
    this.leaveBranches(parent);
    const after = this.calls.i;
    after[p + STATE] = State.running;
    if (!enough) {
      if (fork.otherwise < 0) return this.finish(parent, outcome);
      after[p + PC] = fork.otherwise;
    }
    const server = after[p + SERVER];
    if (server >= 0 && this.servers[server].hung) {
      this.stop(parent, this.servers[server]);
      return 0;
    }
    return parent;
  }

  /** The fork whose branches a call waits for. */
  private forkOf(parent: CallHandle): Fork {
    const { program, calls } = this;
    return program.forks[program.code[2 * (calls.i[(parent << INTEGER_SHIFT) + PC] - 1) + 1]];
  }

  /** A copy has failed: the next that still pauses goes at once. */
  private hurry(first: CallHandle): void {
    const { i } = this.calls;
    const { code } = this.program;
    for (let copy = first; copy !== 0; copy = i[(copy << INTEGER_SHIFT) + SIBLING]) {
      const o = copy << INTEGER_SHIFT;
      const pausing = i[o + STATE] === State.delay && i[o + CHILD] === 0 && pauses(this.program, i[o + PC]);
      const begins = i[o + STATE] === State.ready && code[2 * i[o + PC]] === Op.wait;
      if (!pausing && !begins) continue;
      while (code[2 * i[o + PC]] === Op.wait) i[o + PC]++;
      if (begins) return;
      this.simulation.cancel(i[o + EVENT]);
      i[o + EVENT] = 0;
      this.later(copy);
      return;
    }
  }

  /** The branches still running go on for nobody; copies of a call are withdrawn. */
  private leaveBranches(parent: CallHandle): void {
    const { calls } = this;
    const withdrawn = this.forkOf(parent).hedge !== null;
    let branch = calls.i[(parent << INTEGER_SHIFT) + CHILD];
    calls.i[(parent << INTEGER_SHIFT) + CHILD] = 0;
    while (branch !== 0) {
      const next = calls.i[(branch << INTEGER_SHIFT) + SIBLING];
      calls.i[(branch << INTEGER_SHIFT) + REPLY] = 0;
      calls.i[(branch << INTEGER_SHIFT) + FLAGS] |= Flag.orphan;
      if (withdrawn) this.abort(branch, OUTCOME.canceled);
      branch = next;
    }
  }
}

/** Whether one more may wait: for the server `home` alone, or in the common line (-1). */
function hasRoom(
  line: ServerQueues,
  home: number,
  { room, roomEach = Infinity }: { readonly room: number; readonly roomEach?: number },
): boolean {
  return home < 0 ? line.inCommon < room : line.inOwn(home) < roomEach;
}

/** Whether a connection found room in all tables; if not, it is in none. */
function opened(tables: readonly Table[]): boolean {
  for (let k = 0; k < tables.length; k++) {
    if (tables[k].open()) continue;
    while (--k >= 0) tables[k].undo();
    return false;
  }
  return true;
}
