/**
 * The life of kept connections around calls: accepted, dropped, given back when a call on them has ended, closed. It keeps
 * the counts and tables of the server where a connection ends; `kept.ts` knows the connections themselves.
 */
import type { Simulation } from '../../sim/simulation.ts';
import { FLAGS, Flag, INTEGER_SHIFT, MEMBER, ORIGIN, SITE } from '../calls.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { Director } from '../directors/director.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Program } from '../program.ts';
import type { Server } from '../services/server.ts';
import { Held } from './kept.ts';
import type { KeptConnections } from './kept.ts';

export interface KeepingParts {
  readonly simulation: Simulation;
  readonly calls: Calls;
  readonly program: Program;
  readonly servers: readonly Server[];
  /** A connection to this member of a director was closed: whoever waits for it may come. */
  readonly roomAt: (director: Director, member: number) => void;
}

export class Keeping {
  constructor(private readonly parts: KeepingParts) {}

  /** The server accepts the connection that the call opens. */
  accepted(call: CallHandle, server: Server): void {
    this.keptOf(call).accepted(this.slotOf(call), server.index);
  }

  /** The server's queue dropped the SYN of a connection that it had begun to count. */
  dropped(call: CallHandle, server: Server): void {
    server.idleKept--;
    if (server.tables !== null) for (const table of server.tables) table.undo();
    this.keptOf(call).dropped(this.slotOf(call));
  }

  /** A call has ended and left its server. The connection stays unless it was cut or never accepted. */
  ended(call: CallHandle, flags: number, outcome: OutcomeCode): void {
    const { i } = this.parts.calls;
    const o = call << INTEGER_SHIFT;
    const kept = this.keptOf(call);
    const slot = this.slotOf(call);
    i[o + FLAGS] &= ~(Flag.kept | Flag.pinned | Flag.opening | Flag.broken);
    const stays = kept.atServer
      ? (flags & (Flag.arrived | Flag.broken)) === Flag.arrived
      : (flags & Flag.broken) === 0 && outcome !== OUTCOME['connect-timeout'];
    if (stays) {
      if ((flags & Flag.placed) !== 0 && kept.pinnedBy !== null) {
        kept.pin(slot, i[o + MEMBER]);
        i[o + FLAGS] &= ~Flag.placed;
      }
      if (kept.free(slot)) return;
      this.close(kept, slot, 'client');
      return;
    }
    this.close(kept, slot, outcome === OUTCOME.timeout || outcome === OUTCOME.canceled ? 'client' : 'server');
  }

  /** Closes a connection on which nothing is in progress. */
  close(kept: KeptConnections, slot: number, first: 'client' | 'server'): void {
    if (kept.atServer && kept.stateOf(slot) !== Held.opening) {
      const server = this.parts.servers[kept.serverOf(slot)];
      server.account(this.parts.simulation.now);
      server.idleKept--;
      if (server.tables !== null) {
        for (const table of server.tables) {
          if (first === 'server') table.close();
          else table.undo();
        }
      }
    }
    this.closed(kept, kept.close(slot, first));
  }

  /** The caller of a call that is at its server has gone, and its connection with it. The call goes on without either. */
  abandoned(call: CallHandle): void {
    const { i } = this.parts.calls;
    const o = call << INTEGER_SHIFT;
    const kept = this.keptOf(call);
    const slot = this.slotOf(call);
    i[o + FLAGS] &= ~(Flag.kept | Flag.pinned | Flag.opening | Flag.broken);
    this.closed(kept, kept.close(slot, 'client'));
  }

  private closed({ pinnedBy }: KeptConnections, member: number): void {
    if (pinnedBy !== null && member >= 0) this.parts.roomAt(pinnedBy, member);
  }

  private keptOf(call: CallHandle): KeptConnections {
    return this.parts.program.sites[this.parts.calls.i[(call << INTEGER_SHIFT) + SITE]].kept!;
  }

  private slotOf(call: CallHandle): number {
    const { i } = this.parts.calls;
    const o = call << INTEGER_SHIFT;
    return this.keptOf(call).slot(i[o + ORIGIN], i[o + MEMBER]);
  }
}
