/**
 * What pools of all kinds know of the other end of their connections: where it is, whether it can be reached, and which
 * connections in use have been closed there.
 *
 * A pool leads to servers, one of which may be enough: its connections are closed when the last of them that was up dies;
 * with a proxy's own process in front, when that dies; through another director, when it forgets its connections. Left
 * out: which connection leads to which of several servers, so the death of one among others closes none.
 */
import type { CallHandle } from '../calls.ts';
import type { Director } from '../directors/director.ts';
import type { Server } from '../services/server.ts';
import type { OpenedAnew } from './opened-anew.ts';

export class PoolEnd {
  /**
   * @param servers where its connections may end; none = nobody knows.
   * @param through the director that has them in its tables, or whose proxy they end at; null = none.
   */
  constructor(
    private readonly servers: readonly Server[],
    readonly through: Director | null,
  ) {}

  /** Whether a new connection would be accepted, and answered. */
  get reachable(): boolean {
    if (this.through !== null && !this.through.reachable) return false;
    return this.servers.length === 0 || this.servers.some(({ up, refusing, hung }) => up && !refusing && !hung);
  }

  /** Whether the death of this server has closed every connection. */
  lostWith(server: Server): boolean {
    return this.servers.includes(server) && !this.servers.some(({ up }) => up);
  }
}

/** A pool whose connections can be lost, at one server of the service that owns it. */
export interface Pool {
  readonly server: Server;
  readonly end: PoolEnd;
  /** Connections opened so far in place of lost ones. */
  readonly reopened: number;
  /** Told of each of those. */
  anew: OpenedAnew | null;
  /** Every connection is closed at its other end. */
  lose(): void;
  /** The server that owns it is back: it has no connection yet. */
  restored(): void;
}

/** Which connections in use were open when their call took them, and have not been closed since. */
export class Holders {
  private losses = 1;
  /** By call: what `losses` was when it took its connection; 0 = it has none. */
  private takenAt = new Int32Array(64);

  /** `call` has a token, and with it a connection that is open, or none. */
  took(call: CallHandle, open: boolean): void {
    if (call >= this.takenAt.length) {
      const larger = new Int32Array(2 * call);
      larger.set(this.takenAt);
      this.takenAt = larger;
    }
    this.takenAt[call] = open ? this.losses : 0;
  }

  /** Whether the connection that `call` holds is open. */
  good(call: CallHandle): boolean {
    return this.takenAt[call] === this.losses;
  }

  /** All that are held are closed. */
  lose(): void {
    this.losses++;
  }
}
