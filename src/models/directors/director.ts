/**
 * A director at work: filters the members (up as far as it knows, not draining, below their limit), lets its scheduler
 * pick among them, and counts. Which node of an active/backup pair answers is decided by `failover/vrrp.ts`; what the
 * exchange costs on the wire by `modes.ts`.
 */
import type { Simulation } from '../../sim/simulation.ts';
import type { CallHandle, Calls } from '../calls.ts';
import { INTEGER_SHIFT, KEY, TRIED } from '../calls.ts';
import type { DirectorDescription } from '../description.ts';
import type { Link } from '../links/link.ts';
import { QueueLine } from '../services/line.ts';
import type { Server } from '../services/server.ts';
import type { Table } from '../tables/table.ts';
import type { PersistenceTable } from './persistence.ts';
import { Change, nothingTried, type Scheduler, type Upstream } from './scheduler.ts';
import { TriedServers } from './tried.ts';

export class Director {
  /** A node holds the address and forwards. */
  reachable = true;
  /** Cumulative. */
  picks = 0;
  unavailable = 0;
  readonly share: Float64Array;
  /** Exchanges in progress, and their integral over time. */
  active = 0;
  activeArea = 0;
  /** Calls that wait because every member is full. */
  readonly line: QueueLine;
  scheduler!: Scheduler;
  persistence: PersistenceTable | null = null;
  /** The proxy process itself, where it has limits or costs of its own. */
  front: Server | null = null;
  send: Link | null = null;
  receive: Link | null = null;
  /** CPU time of forwarding, where a packet costs any. */
  forwarding: Link | null = null;
  tables: Table[] = [];
  readonly up: Uint8Array;
  readonly draining: Uint8Array;
  private since = 0;
  private readonly limits: Float64Array;
  private readonly lingerLane: number;
  private readonly address: number;
  private readonly tried: TriedServers;
  /** Servers that retries in progress must avoid, by slot (0 is unused). */
  private readonly avoided: number[][] = [[]];
  private readonly freeSlots: number[] = [];

  constructor(
    private readonly simulation: Simulation,
    private readonly calls: Calls,
    readonly index: number,
    readonly name: string,
    readonly description: DirectorDescription,
    readonly members: readonly Server[],
    readonly upstream: Upstream,
  ) {
    this.share = new Float64Array(members.length);
    this.limits = Float64Array.from(description.members, ({ limit }) => limit);
    this.line = new QueueLine(calls, false);
    this.up = new Uint8Array(members.length).fill(1);
    this.draining = new Uint8Array(members.length);
    this.tried = new TriedServers(members.length);
    this.address = simulation.register(this);
    this.lingerLane = description.linger > 0 ? simulation.lane(description.linger) : -1;
    description.members.forEach((member, index) => {
      upstream.weigh(index, member.weight);
    });
  }

  /**
   * The member for a call, -1 when there is none. Does not count it yet. A retry avoids the servers it has tried while
   * there are others.
   */
  pick(call: CallHandle): number {
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const key = i[o + KEY];
    const slot = i[o + TRIED];
    if (this.persistence !== null && slot === 0) {
      const kept = this.persistence.serverOf(key, this.simulation.now);
      if (kept >= 0 && this.upstream.usable(kept)) return kept;
    }
    if (slot === 0) return this.scheduler.pick(key, nothingTried);
    for (const member of this.avoided[slot]) this.tried.add(member);
    const member = this.scheduler.pick(key, this.tried);
    this.tried.clear();
    return member < 0 ? this.scheduler.pick(key, nothingTried) : member;
  }

  /** Counts a call as placed on a member. */
  placed(member: number, key: number): void {
    const { upstream } = this;
    this.account();
    this.active++;
    this.picks++;
    this.share[member]++;
    upstream.active[member]++;
    this.persistence?.opened(key, member, this.simulation.now);
    this.scheduler.changed(member, Change.load);
    if (upstream.active[member] >= this.limits[member]) this.refresh(member);
  }

  /** The call has left its member after `seconds`. */
  released(member: number, key: number, seconds: number, ok: boolean): void {
    const { upstream } = this;
    this.account();
    this.active--;
    upstream.active[member]--;
    if (this.lingerLane >= 0) {
      upstream.inactive[member]++;
      this.simulation.after(this.lingerLane, this.address, member);
    }
    this.persistence?.closed(key, this.simulation.now);
    this.scheduler.changed(member, Change.load);
    this.scheduler.released?.(member, seconds, ok);
    if (upstream.active[member] + 1 >= this.limits[member]) this.refresh(member);
  }

  /** The entry of a closed connection is dropped from the table. */
  on(_kind: number, member: number): void {
    this.upstream.inactive[member]--;
    this.scheduler.changed(member, Change.load);
  }

  /** A health check or an operator says so. */
  setUp(member: number, up: boolean): void {
    this.up[member] = up ? 1 : 0;
    this.refresh(member);
  }

  setDraining(member: number, draining: boolean): void {
    this.draining[member] = draining ? 1 : 0;
    this.refresh(member);
  }

  /** True when members are missing only because they are full. */
  get full(): boolean {
    return this.members.some(
      (_, member) => this.up[member] === 1 && this.draining[member] === 0 && this.upstream.weight[member] > 0,
    );
  }

  /** Notes that a retry must avoid `member`; returns the slot that goes with the next attempt. */
  avoid(slot: number, member: number): number {
    let used = slot;
    if (used === 0) {
      used = this.freeSlots.pop() ?? this.avoided.push([]) - 1;
    }
    this.avoided[used].push(member);
    return used;
  }

  /** The request is over: nothing needs to be avoided any more. */
  forget(slot: number): void {
    this.avoided[slot].length = 0;
    this.freeSlots.push(slot);
  }

  account(): void {
    const now = this.simulation.now;
    this.activeArea += this.active * (now - this.since);
    this.since = now;
  }

  private refresh(member: number): void {
    const { upstream } = this;
    const serving = this.up[member] === 1 && this.draining[member] === 0;
    const full = upstream.active[member] >= this.limits[member];
    const eligible = serving && !full ? 1 : 0;
    upstream.full[member] = serving && full ? 1 : 0;
    if (upstream.eligible[member] === eligible) return;
    upstream.eligible[member] = eligible;
    this.scheduler.changed(member, Change.eligibility);
  }
}
