/**
 * Connections of calls: those that users keep between their requests, the table entries of those that are opened for
 * one call, and SYNs that nobody answers, which are sent again on the caller's schedule.
 */
import { Rank } from '../../sim/rank.ts';
import {
  DIRECTOR,
  DOUBLE_SHIFT,
  ENTERED,
  EVENT,
  FLAGS,
  Flag,
  INTEGER_SHIFT,
  KEY,
  LOOP,
  MEMBER,
  ORIGIN,
  REPLY,
  SERVER,
  SITE,
  STATE,
  State,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import { Keeping } from '../connections/keeping.ts';
import { Held } from '../connections/kept.ts';
import { OpenedAnew } from '../connections/opened-anew.ts';
import type { KeptConnections } from '../connections/kept.ts';
import type { Pool } from '../connections/pool.ts';
import type { Director } from '../directors/director.ts';
import { OUTCOME } from '../outcome.ts';
import type { Server } from '../services/server.ts';
import type { Table } from '../tables/table.ts';
import { Kind } from './core.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly placing: {
    place(call: CallHandle): CallHandle;
    admitTo(director: Director, member: number): void;
  };
  readonly transit: { setOut(call: CallHandle): CallHandle };
  readonly door: { arrive(call: CallHandle): CallHandle };
}

export class Connecting {
  /** Connections that users keep, by client and target. */
  readonly kept: KeptConnections[] = [];
  /** Pools whose connections can be lost. */
  readonly pools: Pool[] = [];
  readonly keeping: Keeping;

  constructor(private readonly core: Rest) {
    const { simulation, calls, program, servers } = core;
    this.keeping = new Keeping({
      simulation,
      calls,
      program,
      servers,
      roomAt: (director, member) => {
        if (director.line.length > 0) core.placing.admitTo(director, member);
      },
    });
  }

  /** Whether a call opens its connection to the server that it has come to, and its caller is still there. */
  opens(call: CallHandle): boolean {
    const { calls, program } = this.core;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + REPLY] === 0 || !program.sites[i[o + SITE]].endsAtServer) return false;
    return (i[o + FLAGS] & (Flag.kept | Flag.opening)) !== Flag.kept;
  }

  /** Connections opened in place of lost ones so far; null = nobody keeps any. */
  reopened(): number | null {
    const { keepers } = this;
    return keepers.length === 0 ? null : keepers.reduce((sum, { reopened }) => sum + reopened, 0);
  }

  /** Begins to note when they are opened; all who keep connections are there. */
  watchAnew(): OpenedAnew {
    const anew = new OpenedAnew(this.core.simulation);
    for (const keeper of this.keepers) keeper.anew = anew;
    return anew;
  }

  /** Whoever keeps connections that can be lost. */
  private get keepers(): readonly { readonly reopened: number; anew: OpenedAnew | null }[] {
    return [...this.kept, ...this.core.directors.flatMap((director) => director.idle ?? []), ...this.pools];
  }

  /** A user leaves: its connections are closed, those in use when their request has ended. */
  userLeaves(kept: KeptConnections, user: number): void {
    kept.leave(user, (slot) => this.keeping.close(kept, slot, 'client'));
    this.core.drain();
  }

  /** The server is dead: connections that were idle there are lost, and those of its own pools. */
  lostAt(server: Server): void {
    for (const pool of this.pools) if (pool.server === server || pool.end.lostWith(server)) pool.lose();
    for (const kept of this.kept) {
      if (!kept.atServer) continue;
      for (const slot of kept.idle((one) => kept.serverOf(one) === server.index))
        this.keeping.close(kept, slot, 'server');
    }
    for (const { front, idle, members, processes } of this.core.directors) {
      if (front === server) for (const one of processes?.directors ?? []) one.idle?.loseAll();
      if (front === server) idle?.loseAll();
      else idle?.lose(members.indexOf(server));
    }
  }

  /** The server is back. */
  restored(server: Server): void {
    for (const pool of this.pools) if (pool.server === server) pool.restored();
  }

  /** The director knows its connections no more: those that were idle through it are lost. */
  lostThrough(director: Director): void {
    for (const one of [director, ...(director.processes?.directors ?? [])]) one.idle?.loseAll();
    for (const pool of this.pools) if (pool.end.through === director) pool.lose();
    for (const kept of this.kept) {
      if (kept.through !== director) continue;
      for (const slot of kept.idle(() => true)) this.keeping.close(kept, slot, 'server');
    }
  }

  /** Takes the connection that the user keeps, or opens it; one that is in use makes the call take another of its own. */
  overKept(call: CallHandle, kept: KeptConnections): CallHandle {
    const { core } = this;
    const { i } = core.calls;
    const o = call << INTEGER_SHIFT;
    const site = core.program.sites[i[o + SITE]];
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
      if (!kept.atServer) return core.placing.place(call);
      i[o + SERVER] = kept.serverOf(slot);
      if (!kept.perMember && kept.pinnedBy !== null) {
        i[o + DIRECTOR] = kept.pinnedBy.index;
        i[o + MEMBER] = kept.memberOf(slot);
      }
      return core.transit.setOut(call);
    }
    if (state === Held.none) {
      const full = kept.begin(slot, i[o + KEY]);
      if (full !== null) return full.drops ? this.synDropped(call) : core.finish(call, OUTCOME['no-port']);
      i[o + FLAGS] |= Flag.kept | Flag.opening | pinned;
      if (!kept.atServer) kept.accepted(slot, -1);
    } else {
      if (site.tables !== null && !this.openEntries(call, site.tables)) return this.noEntry(call, site.tables);
      if (i[o + LOOP] === 0) kept.once(); // not again with each SYN
    }
    return kept.perMember ? core.transit.setOut(call) : core.placing.place(call);
  }

  /** Takes the entries of a connection for one call. @returns false where a table is full: none is taken. */
  openEntries(call: CallHandle, tables: readonly Table[]): boolean {
    if (!opened(tables)) return false;
    this.core.calls.i[(call << INTEGER_SHIFT) + FLAGS] |= Flag.entries;
    return true;
  }

  /** A table that its connection needs is full. */
  noEntry(call: CallHandle, tables: readonly Table[]): CallHandle {
    return tables.some((table) => table.drops) ? this.synDropped(call) : this.core.finish(call, OUTCOME['no-port']);
  }

  /** Nothing answers the SYN: it is sent again on the caller's schedule. */
  synDropped(call: CallHandle): CallHandle {
    const { calls, program, simulation, address } = this.core;
    const { i, d } = calls;
    const o = call << INTEGER_SHIFT;
    const site = program.sites[i[o + SITE]];
    const again = i[o + LOOP]; // SYNs repeated so far: its program has not begun
    const seconds = again < site.syn.length ? site.syn[again] : site.giveUp;
    const time = Math.max(simulation.now, d[(call << DOUBLE_SHIFT) + ENTERED] + seconds);
    i[o + LOOP] = again + 1;
    i[o + STATE] = State.connecting;
    i[o + EVENT] = simulation.at(time, address + Kind.syn, call, Rank.timeout);
    return 0;
  }

  /** The time of the next SYN has come, or that of giving up. */
  synSent(call: CallHandle): CallHandle {
    const { core } = this;
    const { i } = core.calls;
    const o = call << INTEGER_SHIFT;
    const site = core.program.sites[i[o + SITE]];
    i[o + STATE] = State.running;
    if (i[o + LOOP] > site.syn.length) return core.finish(call, OUTCOME['connect-timeout']);
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
    if (i[o + SERVER] < 0 || (site.director !== null && !site.director.reachable)) return core.placing.place(call);
    return core.door.arrive(call);
  }
}

/** Whether a connection found room in all tables; if not, it is in none. */
export function opened(tables: readonly Table[]): boolean {
  for (let k = 0; k < tables.length; k++) {
    if (tables[k].open()) continue;
    while (--k >= 0) tables[k].undo();
    return false;
  }
  return true;
}
