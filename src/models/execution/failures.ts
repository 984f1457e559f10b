/**
 * What faults do to calls in progress: a server that dies resets what it had, a director that forgets its connections
 * those through it. Both scan the store of calls: rare, and so no list per server has to be kept.
 */
import { DIRECTOR, FLAGS, Flag, INTEGER_SHIFT, REPLY, SERVER, STATE, State } from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { Director } from '../directors/director.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Server } from '../services/server.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly leaving: {
    abort(call: CallHandle, outcome: OutcomeCode): CallHandle;
    cutOff(call: CallHandle, outcome: OutcomeCode): CallHandle;
  };
  readonly connecting: {
    lostAt(server: Server): void;
    restored(server: Server): void;
    lostThrough(director: Director): void;
  };
  readonly transit: { lostThrough(director: Director): void };
}

export class Failures {
  constructor(private readonly core: Rest) {}

  /** The server dies: whatever it had in progress is reset, and it refuses from now on. */
  kill(server: Server): void {
    server.up = false;
    server.hung = false;
    server.refusing = false;
    server.sick = null;
    const { calls, leaving } = this.core;
    for (let call = 1; call <= calls.top; call++) {
      const o = call << INTEGER_SHIFT;
      if (calls.i[o + STATE] === State.free || calls.i[o + SERVER] !== server.index) continue;
      const waitsForLink = calls.i[o + STATE] === State.transit || calls.i[o + STATE] === State.connecting;
      const cut = (calls.i[o + FLAGS] & (Flag.pinned | Flag.opening)) === Flag.pinned;
      if (waitsForLink && (calls.i[o + FLAGS] & Flag.arrived) === 0 && !cut) continue;
      if ((calls.i[o + FLAGS] & Flag.pinned) !== 0) calls.i[o + FLAGS] |= Flag.broken;
      this.core.later(leaving.abort(call, OUTCOME.reset));
    }
    this.core.connecting.lostAt(server);
    const { sessions } = server;
    const held = sessions !== null && server.tier.servers.some((peer) => peer.up && peer.sessions === sessions);
    if (sessions !== null && !held) sessions.clear();
    server.replication?.stopped(server);
    server.pace = server.ownSpeed;
    server.speed = server.pace * server.pressure;
    server.processor?.setSpeed(server.speed);
    this.core.drain();
  }

  /** The server is back, empty. */
  restore(server: Server): void {
    server.up = true;
    server.replication?.restored(server);
    this.core.connecting.restored(server);
  }

  /**
   * The director forgets its connections: what is in progress through it is reset, though servers go on with it. Who is
   * still trying to connect goes on trying.
   */
  loseThrough(director: Director): void {
    const { calls, connecting, directors, leaving, transit } = this.core;
    transit.lostThrough(director);
    for (let call = 1; call <= calls.top; call++) {
      const o = call << INTEGER_SHIFT;
      if (calls.i[o + STATE] === State.free || (calls.i[o + FLAGS] & (Flag.placed | Flag.pinned)) === 0) continue;
      if (calls.i[o + STATE] === State.connecting) continue;
      const through = calls.i[o + DIRECTOR];
      const same = through === director.index || director.processes?.directors.includes(directors[through]);
      if (same !== true || calls.i[o + REPLY] === 0) continue;
      calls.i[o + FLAGS] |= Flag.broken;
      this.core.later(leaving.cutOff(call, OUTCOME.reset));
    }
    connecting.lostThrough(director);
    this.core.drain();
  }
}
