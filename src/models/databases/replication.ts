/**
 * Replication between the servers of a database: every write that is committed at one of them is applied by all others.
 *
 * One log of commits. Each server has an applier: one worker, or several that keep the order of commits, with a service time of
 * its own. A server's lag is the age of the oldest write that it lacks. A read by a user (a source address) whose own last write
 * the server has not applied when the read ends is counted as stale (a read-your-writes miss).
 *
 * A server that dies stops applying and goes on where it was when it is back; the log waits for it, so memory follows the
 * writes that the slowest server lacks. Writes may come to any server (primaries that replicate each other).
 * Semi-synchronous commits: `semi-sync.ts`. Left out: what applying takes from the processor that reads use, the network, conflicts, relay logs lost with a disk.
 * Source: MariaDB 10.11 and MySQL 8.0 manuals (applier threads, slave_parallel_threads, replica_preserve_commit_order); recorded
 * in `reference/real/db.json`. Cost: O(servers) a write.
 */
import { Rank } from '../../sim/rank.ts';
import type { Component, Simulation } from '../../sim/simulation.ts';
import type { Draw } from '../draw.ts';
import type { Server } from '../services/server.ts';
import type { SemiSync, SemiSyncReading } from './semi-sync.ts';

interface Copy {
  readonly server: Server;
  /** Everything before it is applied; the next that a worker takes. */
  applied: number;
  taken: number;
  /** By place in the ring: applied, though something before it is not. */
  done: Uint8Array;
  /** Number in the log that each worker applies; -1 = idle. And the event of its end. */
  readonly working: Float64Array;
  readonly events: Int32Array;
  lagArea: number;
  lagMax: number;
  since: number;
}

export interface ReplicationReading {
  readonly writes: number;
  readonly reads: number;
  readonly staleReads: number;
  readonly semiSync?: SemiSyncReading;
  readonly servers: readonly {
    readonly name: string;
    /** Writes that it lacks. */
    readonly behind: number;
    /** Integral of the lag over time (s x s), and the largest lag so far (s). */
    readonly lagArea: number;
    readonly lagMax: number;
  }[];
}

export class Replication implements Component {
  /** Commits wait for an acknowledgement. */
  semiSync: SemiSync | null = null;
  private readonly address: number;
  private readonly copies: readonly Copy[];
  private reads = 0;
  private staleReads = 0;
  /** Ring of commits: time, and who wrote. */
  private at = new Float64Array(64);
  private by = new Int32Array(64);
  private base = 0;
  private next = 0;
  /** Last write of each user that some server may still lack. */
  private readonly lastWrite = new Map<number, number>();

  /** @param writes by request class: 1 = it writes. */
  constructor(
    private readonly simulation: Simulation,
    servers: readonly Server[],
    private readonly writes: Uint8Array,
    private readonly apply: Draw,
    private readonly workers: number,
  ) {
    this.address = simulation.register(this);
    this.copies = servers.map((server) => ({
      server,
      applied: 0,
      taken: 0,
      done: new Uint8Array(64),
      working: new Float64Array(workers).fill(-1),
      events: new Int32Array(workers),
      lagArea: 0,
      lagMax: 0,
      since: 0,
    }));
  }

  /** A request has been answered by a server. */
  ended(server: Server, requestClass: number, user: number): void {
    if (this.writes[requestClass] === 1) {
      this.commit(server, user);
      return;
    }
    this.reads++;
    const last = this.lastWrite.get(user);
    const copy = this.copyOf(server);
    if (last !== undefined && last >= copy.applied && copy.done[last & (copy.done.length - 1)] === 0) this.staleReads++;
  }

  /** The server has died: what its workers were at is to be done again. */
  stopped(server: Server): void {
    const copy = this.copyOf(server);
    for (let worker = 0; worker < this.workers; worker++) {
      if (copy.working[worker] < 0) continue;
      this.simulation.cancel(copy.events[worker]);
      copy.working[worker] = -1;
    }
    copy.taken = copy.applied;
    this.semiSync?.stopped(server);
  }

  /** The server is back. */
  restored(server: Server): void {
    this.work(this.copyOf(server));
    this.semiSync?.restored(server);
  }

  /** A worker has applied what it was at. */
  on(_kind: number, place: number): void {
    const copy = this.copies[Math.floor(place / this.workers)];
    const worker = place % this.workers;
    copy.done[copy.working[worker] & (copy.done.length - 1)] = 1;
    copy.working[worker] = -1;
    this.advance(copy);
    this.trim();
    this.work(copy);
  }

  reading(): ReplicationReading {
    const { next, reads, staleReads } = this;
    return {
      writes: next,
      reads,
      staleReads,
      ...(this.semiSync === null ? {} : { semiSync: this.semiSync.reading() }),
      servers: this.copies.map((copy) => {
        this.account(copy);
        const { server, applied, lagArea, lagMax } = copy;
        return { name: server.name, behind: next - applied, lagArea, lagMax: Math.max(lagMax, this.lag(copy)) };
      }),
    };
  }

  private commit(server: Server, user: number): void {
    if (this.next - this.base === this.at.length) this.grow();
    const number = this.next;
    const place = number & (this.at.length - 1);
    for (const copy of this.copies) this.account(copy);
    this.next++;
    this.at[place] = this.simulation.now;
    this.by[place] = user;
    this.lastWrite.set(user, number);
    for (const copy of this.copies) {
      copy.done[place] = copy.server === server ? 1 : 0;
      if (copy.server === server) this.advance(copy);
      else this.work(copy);
    }
    this.trim();
  }

  /** Gives writes to idle workers, in their order. */
  private work(copy: Copy): void {
    if (!copy.server.up) return;
    const mask = copy.done.length - 1;
    for (let worker = 0; worker < this.workers; worker++) {
      if (copy.working[worker] >= 0) continue;
      while (copy.taken < this.next && copy.done[copy.taken & mask] === 1) copy.taken++;
      if (copy.taken >= this.next) return;
      copy.working[worker] = copy.taken++;
      const place = this.copies.indexOf(copy) * this.workers + worker;
      const end = this.simulation.now + this.apply.sample(0) / copy.server.ownSpeed;
      copy.events[worker] = this.simulation.at(end, this.address, place, Rank.completion);
    }
  }

  /** Moves the mark up to which everything is applied. */
  private advance(copy: Copy): void {
    const mask = copy.done.length - 1;
    if (copy.applied >= this.next || copy.done[copy.applied & mask] === 0) return;
    this.account(copy);
    copy.lagMax = Math.max(copy.lagMax, this.lag(copy));
    while (copy.applied < this.next && copy.done[copy.applied & mask] === 1) copy.applied++;
    copy.taken = Math.max(copy.taken, copy.applied);
  }

  /** Forgets what every server has. */
  private trim(): void {
    const least = this.copies.reduce((low, { applied }) => Math.min(low, applied), this.next);
    for (; this.base < least; this.base++) {
      const place = this.base & (this.at.length - 1);
      if (this.lastWrite.get(this.by[place]) === this.base) this.lastWrite.delete(this.by[place]);
      for (const copy of this.copies) copy.done[place] = 0;
    }
  }

  /** Age in seconds of the oldest write that a server lacks; 0 = none. */
  private lag(copy: Copy): number {
    return copy.applied < this.next ? this.simulation.now - this.at[copy.applied & (this.at.length - 1)] : 0;
  }

  private account(copy: Copy): void {
    const now = this.simulation.now;
    if (copy.applied < this.next) {
      const oldest = this.at[copy.applied & (this.at.length - 1)];
      copy.lagArea += (now - copy.since) * ((now + copy.since) / 2 - oldest);
    }
    copy.since = now;
  }

  private copyOf(server: Server): Copy {
    return this.copies[this.copies.findIndex((copy) => copy.server === server)];
  }

  private grow(): void {
    const size = this.at.length;
    const at = new Float64Array(2 * size);
    const by = new Int32Array(2 * size);
    const done = this.copies.map(() => new Uint8Array(2 * size));
    for (let number = this.base; number < this.next; number++) {
      const from = number & (size - 1);
      const to = number & (2 * size - 1);
      at[to] = this.at[from];
      by[to] = this.by[from];
      this.copies.forEach((copy, k) => (done[k][to] = copy.done[from]));
    }
    this.at = at;
    this.by = by;
    this.copies.forEach((copy, k) => (copy.done = done[k]));
  }
}
