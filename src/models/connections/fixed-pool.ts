/**
 * A pool of fixed size that has all its connections open from the beginning. Those that are lost with their other end are
 * opened anew by the calls that need one, at demand: whoever takes a token takes an open idle connection if there is one.
 * Made only where something can fail. Left out: connections that their own side closes (life time, a caller that gave up).
 * Cost: O(1) a use.
 */
import type { CallHandle } from '../calls.ts';
import type { Attendant } from '../services/gate.ts';
import type { Server } from '../services/server.ts';
import type { OpenedAnew } from './opened-anew.ts';
import { Holders } from './pool.ts';
import type { Pool, PoolEnd } from './pool.ts';

export class FixedPool implements Pool, Attendant {
  reopened = 0;
  anew: OpenedAnew | null = null;
  private readonly holders = new Holders();
  /** Open ones that nobody uses. */
  private idle: number;

  /** @param size connections, >= 1. */
  constructor(
    readonly server: Server,
    readonly end: PoolEnd,
    size: number,
  ) {
    this.idle = size;
  }

  taken(call: CallHandle): void {
    if (this.idle > 0) {
      this.idle--;
      this.holders.took(call, true);
      return;
    }
    const { reachable } = this.end;
    if (reachable) {
      this.reopened++;
      this.anew?.note();
    }
    this.holders.took(call, reachable);
  }

  passed(from: CallHandle, to: CallHandle): void {
    if (this.holders.good(from)) this.idle++;
    if (to !== 0) this.taken(to);
  }

  joined(): void {
    // it waits for one of those in use
  }

  lose(): void {
    this.idle = 0;
    this.holders.lose();
  }

  restored(): void {
    // at demand
  }
}
