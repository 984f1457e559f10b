/**
 * Calls that come to a server, and leave it. On the way in they may be refused: by a dead listener, a full table of
 * connections or queue, shedding, a rule of operation; a sick server answers errors; one that hangs keeps them.
 */
import {
  CLASS,
  DOUBLE_SHIFT,
  DIRECTOR,
  FLAGS,
  Flag,
  INTEGER_SHIFT,
  KEY,
  PC,
  PRIORITY,
  REPLY,
  SERVER,
  SITE,
  STARTED,
  STATE,
  State,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { Keeping } from '../connections/keeping.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import { Op } from '../program.ts';
import type { Server, Sickness, Tier } from '../services/server.ts';
import type { Table } from '../tables/table.ts';
import { opened } from './connecting.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly delays: {
    wait(call: CallHandle, seconds: number): void;
    stop(call: CallHandle, server: Server): void;
  };
  readonly transit: { isCut(call: CallHandle): boolean };
  readonly connecting: {
    readonly keeping: Keeping;
    synDropped(call: CallHandle): CallHandle;
    noEntry(call: CallHandle, tables: readonly Table[]): CallHandle;
  };
}

export class Door {
  private readonly calls: Rest['calls'];
  private readonly simulation: Rest['simulation'];

  constructor(private readonly core: Rest) {
    this.calls = core.calls;
    this.simulation = core.simulation;
  }

  /** The request is at its server. Returns who runs next. */
  arrive(call: CallHandle): CallHandle {
    const { core } = this;
    const { i, d } = core.calls;
    const o = call << INTEGER_SHIFT;
    const server = core.servers[i[o + SERVER]];
    i[o + STATE] = State.running;
    if (core.transit.isCut(call)) return core.connecting.synDropped(call);
    if (!server.up || server.refusing) return core.finish(call, OUTCOME.refused);
    const { now } = core.simulation;
    if ((i[o + FLAGS] & (Flag.pinned | Flag.opening)) === Flag.pinned) {
      server.account(now);
      server.idleKept--;
    } else {
      if (server.present + server.idleKept >= server.connections) return this.refuse(call, server);
      if (server.tables !== null && !opened(server.tables)) return core.connecting.noEntry(call, server.tables);
      server.account(now);
      if ((i[o + FLAGS] & Flag.pinned) !== 0) core.connecting.keeping.accepted(call, server);
    }
    server.calls++;
    server.present++;
    server.tier.change(1);
    i[o + FLAGS] |= Flag.arrived;
    d[(call << DOUBLE_SHIFT) + STARTED] = now;
    const entry = server.entry[i[o + CLASS]];
    i[o + PC] = entry;
    if (server.shedding !== null && !server.hung && server.shedding.rejects(i[o + PRIORITY], now)) {
      return core.finish(call, OUTCOME.rejected);
    }
    if (server.tier.rules !== null && !admits(server.tier)) {
      i[o + PC] = core.program.failing(OUTCOME.rejected);
      if (!server.hung) return call;
      core.delays.stop(call, server);
      return 0;
    }
    if (server.sick !== null && !server.hung && server.sick.strikes()) return this.answerError(call, server.sick);
    if (server.hung && core.program.code[2 * entry] !== Op.acquire) {
      core.delays.stop(call, server); // without a worker to wait for
      return 0;
    }
    return call;
  }

  /** The accept queue is full. */
  turnedAway(call: CallHandle, server: Server): CallHandle {
    const { calls } = this;
    const { connecting } = this.core;
    const o = call << INTEGER_SHIFT;
    const pinned = calls.i[o + FLAGS] & (Flag.pinned | Flag.opening);
    if (server.drops && pinned !== Flag.pinned) {
      this.depart(call, server, null);
      server.calls--;
      if (pinned !== 0) connecting.keeping.dropped(call, server);
      return connecting.synDropped(call);
    }
    calls.i[o + FLAGS] |= Flag.broken;
    return this.refuse(call, server);
  }

  /** Refuses, which may cost the server some work of its own. */
  refuse(call: CallHandle, server: Server): CallHandle {
    if (server.refusalCost !== null && server.processor !== null) {
      this.burden(server, server.refusalCost.sample(0), this.calls.i[(call << INTEGER_SHIFT) + PRIORITY]);
    }
    return this.core.finish(call, OUTCOME.refused);
  }

  /** A call leaves its server. @param outcome null = as if it had not come. */
  depart(call: CallHandle, server: Server, outcome: OutcomeCode | null): void {
    const { calls, simulation } = this;
    const { i, d } = calls;
    const o = call << INTEGER_SHIFT;
    const { now } = simulation;
    server.account(now);
    server.present--;
    server.tier.change(-1);
    if ((i[o + FLAGS] & Flag.pinned) !== 0) server.idleKept++;
    else if (server.tables !== null) for (const table of server.tables) table.close();
    const seconds = now - d[(call << DOUBLE_SHIFT) + STARTED];
    if (outcome !== null) {
      server.outcomes[outcome]++;
      if (server.replication !== null && outcome === OUTCOME.ok)
        server.replication.ended(server, i[o + CLASS], i[o + KEY]);
      if (server.journal !== null) server.journal.ended(i[o + CLASS], outcome, now);
      server.responseSum += seconds;
      if (server.tier.times !== null) for (const recent of server.tier.times) recent.record(seconds);
      if ((i[o + FLAGS] & Flag.orphan) !== 0) server.wastedSeconds += seconds;
    }
    i[o + FLAGS] &= ~Flag.arrived;
  }

  /** Gives the processor of a server work that nobody waits for, in seconds at speed 1. */
  burden(server: Server, work: number, priority: number): void {
    if (server.processor === null) return;
    const { calls } = this;
    const ghost = calls.open();
    const { i } = calls;
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

  /** A sick server answers that it failed, without any of its work. */
  private answerError(call: CallHandle, sick: Sickness): CallHandle {
    this.calls.i[(call << INTEGER_SHIFT) + PC] = this.core.program.failing(OUTCOME.error);
    const seconds = sick.seconds();
    if (seconds === 0) return call;
    this.core.delays.wait(call, seconds);
    return 0;
  }
}

/** Whether no rule of operation turns a call away. */
function admits(tier: Tier): boolean {
  for (const rule of tier.rules!) if (!rule.admits(tier.name)) return false;
  return true;
}
