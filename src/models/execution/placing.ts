/**
 * Finding the server of a call: the one that is called by name, or the pick of a director, at which it may have to wait
 * until a member has room. A place is held from `putOn` to `unplace`.
 */
import {
  ATTEMPT,
  DIRECTOR,
  DOUBLE_SHIFT,
  ENTERED,
  FLAGS,
  Flag,
  INTEGER_SHIFT,
  KEY,
  MEMBER,
  PC,
  SERVER,
  SITE,
  STATE,
  State,
  TIMER,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { KeptConnections } from '../connections/kept.ts';
import type { Director, Processes } from '../directors/director.ts';
import type { ServerQueues } from '../directors/server-queues.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Server } from '../services/server.ts';
import { AT_ARRIVAL, Kind, NOBODY } from './core.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly transit: { setOut(call: CallHandle): CallHandle; originOf(call: CallHandle): number };
  readonly connecting: {
    overKept(call: CallHandle, kept: KeptConnections): CallHandle;
    synDropped(call: CallHandle): CallHandle;
  };
  readonly door: { refuse(call: CallHandle, server: Server): CallHandle };
  advance(call: CallHandle): void;
}

export class Placing {
  private readonly calls: Rest['calls'];
  private readonly simulation: Rest['simulation'];
  private readonly directors: Rest['directors'];
  constructor(private readonly core: Rest) {
    this.calls = core.calls;
    this.simulation = core.simulation;
    this.directors = core.directors;
  }

  /** Finds the server, and sends the call there. Returns who runs next. */
  place(call: CallHandle): CallHandle {
    const { core } = this;
    const { i } = core.calls;
    const o = call << INTEGER_SHIFT;
    const site = core.program.sites[i[o + SITE]];
    const { director } = site;
    if (director === null) {
      i[o + SERVER] = site.server;
      return core.transit.setOut(call);
    }
    if (!director.reachable) return core.connecting.synDropped(call);
    if (site.server >= 0) {
      i[o + SERVER] = site.server;
      i[o + MEMBER] = NOBODY;
      return core.transit.setOut(call);
    }
    if ((i[o + FLAGS] & Flag.placed) !== 0) {
      // it has kept its place, or comes back after a SYN was lost
      i[o + SERVER] = director.members[i[o + MEMBER]].index;
      return core.transit.setOut(call);
    }
    const one = director.processes === null ? director : this.processOf(call, director.processes);
    i[o + DIRECTOR] = one.index;
    const member = one.pick(call);
    if (member < 0) return this.nobody(call, one);
    if (one.fullAt(member)) {
      i[o + SERVER] = one.members[member].index;
      one.unavailable++;
      return core.door.refuse(call, one.members[member]);
    }
    this.putOn(call, one, member);
    if (site.kept !== null && site.kept.perMember) return core.connecting.overKept(call, site.kept);
    return core.transit.setOut(call);
  }

  /** Tells the director that the call has left its member, which takes the next who waits. */
  unplace(call: CallHandle, outcome: OutcomeCode): void {
    const { calls, directors, simulation } = this;
    const { i, d } = calls;
    const o = call << INTEGER_SHIFT;
    const director = directors[i[o + DIRECTOR]];
    const member = i[o + MEMBER];
    const seconds = simulation.now - d[(call << DOUBLE_SHIFT) + ENTERED];
    director.released(member, i[o + KEY], seconds, outcome, i[o + ATTEMPT]);
    i[o + FLAGS] &= ~Flag.placed;
    if (director.line.length > 0) this.admitTo(director, member);
  }

  /** Members may have come or gone: those who wait for one that has gone look for another, the others go on where there is room. */
  admit(director: Director): void {
    for (const one of director.processes?.directors ?? [director]) {
      for (let member = 0; member < one.members.length && one.line.length > 0; member++) {
        if (!one.serves(member)) this.sendOn(one, member);
        this.admitTo(one, member);
      }
    }
    this.core.drain();
  }

  /** A member may have room: those who wait for it go on. */
  admitTo(director: Director, member: number): void {
    while (director.line.length > 0 && director.hasRoom(member)) {
      const next = director.line.next(member);
      if (next === 0) return;
      this.endWait(next);
      this.calls.i[(next << INTEGER_SHIFT) + PC] = AT_ARRIVAL;
      this.putOn(next, director, member);
      this.core.later(next);
    }
  }

  /** A call has waited at the director for as long as it may. */
  impatient(call: CallHandle): CallHandle {
    const { calls, directors } = this;
    directors[calls.i[(call << INTEGER_SHIFT) + DIRECTOR]].line.leave(call);
    calls.i[(call << INTEGER_SHIFT) + STATE] = State.running;
    return this.core.finish(call, OUTCOME['queue-timeout']);
  }

  /** The worker process, or the director of a zone, that has the call: that of its first try, or the one it is dealt to. */
  private processOf(call: CallHandle, processes: Processes): Director {
    const index = this.calls.i[(call << INTEGER_SHIFT) + DIRECTOR];
    return index < 0 ? processes.deal(this.core.transit.originOf(call)) : this.directors[index];
  }

  private putOn(call: CallHandle, director: Director, member: number): void {
    const { i } = this.calls;
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
      return this.core.finish(call, OUTCOME.unavailable);
    }
    const home = whenFull.do !== 'wait' ? -1 : director.homeOf(call);
    if (whenFull.do !== 'wait' || !hasRoom(director.line, home, whenFull)) {
      director.unavailable++;
      return this.core.finish(call, OUTCOME.rejected);
    }
    const { calls, simulation } = this;
    const { address } = this.core;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    if (home < 0) director.line.join(call);
    else director.line.joinOwn(call, home);
    i[o + STATE] = State.line;
    if (whenFull.patience < Infinity) {
      i[o + TIMER] = simulation.after(simulation.lane(whenFull.patience), address + Kind.centralPatience, call);
    }
    return 0;
  }

  /** Those who wait for this member alone have it placed anew. */
  private sendOn(director: Director, member: number): void {
    for (let n = director.line.inOwn(member); n > 0; n--) {
      const call = director.line.nextOwn(member);
      this.endWait(call);
      this.core.advance(this.place(call));
    }
  }

  private endWait(call: CallHandle): void {
    const { calls, simulation } = this;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + TIMER] !== 0) simulation.cancelTimer(i[o + TIMER]);
    i[o + TIMER] = 0;
    i[o + STATE] = State.running;
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
