/**
 * A director at work: knows who may be picked (`standing.ts`), lets its scheduler pick among them, and counts. What a
 * pick hangs on beside the scheduler has a file each: passive checks, ejection, slow start, queues, persistence.
 * Which node of an active/backup pair answers is decided by `failover/vrrp.ts`; what the exchange costs on the wire by
 * `modes.ts`.
 */
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { CallHandle, Calls } from '../calls.ts';
import { INTEGER_SHIFT, KEY, REQUEST, TRIED } from '../calls.ts';
import type { DirectorDescription } from '../description.ts';
import type { Link } from '../links/link.ts';
import { OUTCOME, OUTCOMES } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Server } from '../services/server.ts';
import type { Table } from '../tables/table.ts';
import { Avoided } from './avoided.ts';
import { IdleConnections } from './idle-connections.ts';
import { OutlierDetection } from './outlier-detection.ts';
import { PassiveChecks } from './passive-checks.ts';
import type { PersistenceTable } from './persistence.ts';
import { Change, nothingTried } from './scheduler.ts';
import type { Scheduler, Tried, Upstream } from './scheduler.ts';
import { ServerQueues } from './server-queues.ts';
import { SlowStart } from './slow-start.ts';
import { Bar, Standing } from './standing.ts';
import { TriedServers } from './tried.ts';

/** What a proxy's passive checks always count as failures (nginx: error and timeout). */
const FAILURES = ['refused', 'connect-timeout', 'reset', 'timeout'] as const;

export class Director {
  /** A node holds the address and forwards. */
  reachable = true;
  /** The node that has the address, or had it last; at first the one of the highest priority. */
  node: number;
  /** Cumulative. */
  picks = 0;
  unavailable = 0;
  readonly share: Float64Array;
  /** Exchanges in progress, and their integral over time. */
  active = 0;
  activeArea = 0;
  /** Calls that wait because members are full. */
  readonly line: ServerQueues;
  persistence: PersistenceTable | null = null;
  /** Idle connections to the members, where they are kept. */
  readonly idle: IdleConnections | null;
  /** The proxy process itself, where it has limits or costs of its own. */
  front: Server | null = null;
  /** Worker processes, each a director of its own over the same members; null = one process. */
  processes: Processes | null = null;
  send: Link | null = null;
  receive: Link | null = null;
  /** CPU time of forwarding, where a packet costs any. */
  forwarding: Link | null = null;
  tables: Table[] = [];
  readonly standing: Standing;
  /** Told when passive checks leave a member out, and by which rule; null where nobody asks. */
  ejected: ((member: number, by: string) => void) | null = null;
  /** The tried servers of requests in progress; worker processes share one. */
  avoided = new Avoided();
  private rule!: Scheduler;
  private since = 0;
  private readonly limits: Float64Array;
  /** Members at their limit are picked all the same. */
  private readonly limited: boolean;
  private readonly lingerLane: number;
  private readonly address: number;
  private readonly tried: TriedServers;
  private readonly passive: PassiveChecks | null;
  private readonly outliers: OutlierDetection | null;
  private readonly slowStart: SlowStart | null;
  private readonly countsAsFailure = new Uint8Array(OUTCOMES.length);
  /** Retries after the first try: an answer of the last one goes to the client, whatever it says, and counts as none. */
  private readonly retries: number;
  /** Time before which nothing that surrounds the pick changes by itself. */
  private wakeAt = Infinity;

  /** @param chance phases of the clocks that passive checks and ejection go by. */
  constructor(
    private readonly simulation: Simulation,
    private readonly calls: Calls,
    readonly index: number,
    readonly name: string,
    readonly description: DirectorDescription,
    readonly members: readonly Server[],
    readonly upstream: Upstream,
    chance: RandomStream,
  ) {
    const { members: described, nodes, linger, panic = 0, backups = 'overflow', outlier, keepalive } = description;
    this.node = nodes.reduce((best, { priority }, k) => (priority > nodes[best].priority ? k : best), 0);
    this.share = new Float64Array(members.length);
    this.limited = description.whenFull.do === 'pick' && described.some(({ limit }) => limit < Infinity);
    this.limits = Float64Array.from(described, ({ limit }) => limit);
    this.line = new ServerQueues(calls, members.length);
    this.tried = new TriedServers(members.length);
    this.address = simulation.register(this);
    this.lingerLane = linger > 0 ? simulation.lane(linger) : -1;
    described.forEach(({ weight, backup = false }, index) => {
      upstream.weigh(index, weight);
      upstream.backup[index] = backup ? 1 : 0;
    });
    this.standing = new Standing(upstream, {
      backup: described.map(({ backup = false }) => backup),
      backups,
      panic,
    });
    described.forEach(({ down = false }, index) => {
      if (down) this.standing.set(index, Bar.off, true);
    });
    this.passive = described.some(({ maxFails = 0 }) => maxFails > 0) ? this.passiveChecks(chance) : null;
    this.outliers =
      outlier === undefined
        ? null
        : new OutlierDetection(members.length, outlier, simulation, chance.uniform(), (member, out) => {
            this.standing.set(member, Bar.ejected, out);
            if (out) this.ejected?.(member, 'outlier ejection');
          });
    this.slowStart = described.some(({ slowStart = 0 }) => slowStart > 0) ? this.slowStarts() : null;
    this.idle = keepalive === undefined ? null : new IdleConnections(members.length, keepalive);
    for (const outcome of [...FAILURES, ...(description.retry?.on ?? [])]) this.countsAsFailure[OUTCOME[outcome]] = 1;
    for (const outcome of description.retry?.forgiven ?? []) this.countsAsFailure[OUTCOME[outcome]] = 0;
    this.retries = description.retry?.times ?? 0;
  }

  get scheduler(): Scheduler {
    return this.rule;
  }

  set scheduler(scheduler: Scheduler) {
    this.rule = scheduler;
    this.standing.scheduler = scheduler;
  }

  /**
   * The member for a call, -1 when there is none. Does not count it yet. A retry avoids the servers it has tried while
   * there are others.
   */
  pick(call: CallHandle): number {
    if (this.simulation.now >= this.wakeAt) this.wake();
    const i = this.calls.i;
    const o = call << INTEGER_SHIFT;
    const slot = i[o + TRIED];
    if (this.persistence !== null && slot === 0) {
      const kept = this.persistence.serverOf(i[o + KEY], this.simulation.now);
      if (kept >= 0 && this.keeps(kept)) return kept;
    }
    const key = this.keyOf(call);
    if (slot === 0) return this.pickFor(key, nothingTried);
    const avoided = this.avoided.of(slot);
    const { avoid = 'tried' } = this.description.retry ?? {};
    if (avoid !== 'last') {
      const member = this.pickOther(key, avoided);
      if (member >= 0 || avoid === 'always') return member;
    }
    const member = this.pickOther(key, avoided.slice(-1));
    return member < 0 ? this.pickFor(key, nothingTried) : member;
  }

  /** The full server that a call is tied to and waits for; -1 when it may go to any. */
  homeOf(call: CallHandle): number {
    return this.rule.home?.(this.keyOf(call)) ?? -1;
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
    this.idle?.take(member);
    if (this.passive !== null) {
      this.passive.picked(member);
      this.reckon();
    }
    this.rule.changed(member, Change.load);
    if (!this.limited && upstream.active[member] >= this.limits[member]) this.standing.set(member, Bar.full, true);
  }

  /** The call has left its member after `seconds`. @param attempt 0 = the first. */
  released(member: number, key: number, seconds: number, outcome: OutcomeCode, attempt = 0): void {
    const { upstream } = this;
    const ok = outcome === OUTCOME.ok || outcome === OUTCOME.canceled;
    this.account();
    this.active--;
    upstream.active[member]--;
    if (this.lingerLane >= 0) {
      upstream.inactive[member]++;
      this.simulation.after(this.lingerLane, this.address, member);
    }
    this.persistence?.closed(key, this.simulation.now);
    if (outcome === OUTCOME.ok) this.idle?.give(member);
    if (this.passive !== null) {
      const passedOn = outcome === OUTCOME.error && attempt >= this.retries;
      this.passive.released(member, this.countsAsFailure[outcome] === 1 && !passedOn);
      this.reckon();
    }
    if (this.outliers !== null && outcome !== OUTCOME.canceled) {
      this.outliers.released(member, !ok);
      this.reckon();
    }
    this.rule.changed(member, Change.load);
    this.rule.released?.(member, seconds, ok);
    if (upstream.active[member] < this.limits[member]) this.standing.set(member, Bar.full, false);
  }

  /** The entry of a closed connection is dropped from the table. */
  on(_kind: number, member: number): void {
    this.upstream.inactive[member]--;
    this.rule.changed(member, Change.load);
  }

  /** A health check or an operator says so. */
  setUp(member: number, up: boolean): void {
    const changes = this.standing.has(member, Bar.down) === up;
    this.standing.set(member, Bar.down, !up);
    if (this.slowStart === null || !changes) return;
    if (up) this.slowStart.begin(member);
    else this.slowStart.end(member);
    this.reckon();
  }

  /** A server of a service whose servers come and go is there, or not. */
  setAbsent(member: number, absent: boolean): void {
    const changes = this.standing.has(member, Bar.absent) !== absent;
    this.standing.set(member, Bar.absent, absent);
    if (this.slowStart === null || !changes) return;
    if (absent) this.slowStart.end(member);
    else this.slowStart.begin(member);
    this.reckon();
  }

  setDraining(member: number, draining: boolean): void {
    this.standing.set(member, Bar.draining, draining);
  }

  /** Whether a member that may be picked at its limit is there. */
  fullAt(member: number): boolean {
    return this.limited && this.upstream.active[member] >= this.limits[member];
  }

  /** True when members are missing only because they are full. */
  get full(): boolean {
    return this.standing.able > 0;
  }

  /** Whether a member would be picked if it had room. */
  serves(member: number): boolean {
    return this.standing.isAble(member);
  }

  /** Whether a member may take a call that waits. */
  hasRoom(member: number): boolean {
    return this.upstream.usable(member);
  }

  account(): void {
    const now = this.simulation.now;
    this.activeArea += this.active * (now - this.since);
    this.since = now;
  }

  // ---------------------------------------------------------------------------------------------------------- helpers

  /** What the rule knows the call by. */
  private keyOf(call: CallHandle): number {
    const i = this.calls.i;
    return i[(call << INTEGER_SHIFT) + (this.rule.hashes === 'request' ? REQUEST : KEY)];
  }

  private pickOther(key: number, avoided: readonly number[]): number {
    for (const member of avoided) this.tried.add(member);
    const member = this.pickFor(key, this.tried);
    this.tried.clear();
    return member;
  }

  private pickFor(key: number, tried: Tried): number {
    const member = this.rule.pick(key, tried);
    if (member >= 0 || !this.standing.callIn()) return member;
    const backup = this.rule.pick(key, tried);
    this.standing.dismiss();
    return backup;
  }

  /** Whether a persistent client stays with its server, which may take nothing new. */
  private keeps(member: number): boolean {
    if (this.upstream.usable(member)) return true;
    if (this.description.removal !== 'quiesce' || this.standing.has(member, Bar.full | Bar.absent)) return false;
    return this.standing.has(member, Bar.down) || this.standing.has(member, Bar.draining);
  }

  private passiveChecks(chance: RandomStream): PassiveChecks {
    const rules = this.description.members.map(({ maxFails = 0, failTimeout = 0 }) => ({ maxFails, failTimeout }));
    const { standing, upstream } = this;
    return new PassiveChecks(rules, this.simulation, chance.uniform(), {
      leaveOut: (member, out) => {
        standing.set(member, Bar.failed, out);
        if (out) this.ejected?.(member, 'max_fails');
      },
      lower: (member, maxFails) => {
        const lost = Math.floor(upstream.weight[member] / maxFails);
        upstream.effective[member] = Math.max(0, upstream.effective[member] - lost);
        this.rule.changed(member, Change.effective);
      },
    });
  }

  private slowStarts(): SlowStart {
    const { members } = this.description;
    const periods = members.map(({ slowStart = 0 }) => slowStart);
    return new SlowStart(periods, this.simulation, (member, weight, limit) => {
      this.upstream.weigh(member, members[member].weight * weight);
      this.rule.changed(member, Change.weight);
      const most = members[member].limit;
      this.limits[member] = limit === 1 ? most : Math.max(1, Math.floor(most * limit));
      this.standing.set(member, Bar.full, !this.limited && this.upstream.active[member] >= this.limits[member]);
    });
  }

  private wake(): void {
    const { now } = this.simulation;
    for (const part of [this.passive, this.outliers, this.slowStart])
      if (part !== null && now >= part.wakeAt) part.wake();
    this.reckon();
  }

  private reckon(): void {
    const { passive, outliers, slowStart } = this;
    this.wakeAt = Math.min(
      passive === null ? Infinity : passive.wakeAt,
      outliers === null ? Infinity : outliers.wakeAt,
      slowStart === null ? Infinity : slowStart.wakeAt,
    );
  }
}

/** Directors over the same members that share nothing, of which one has each request: its tries stay there. */
export interface Processes {
  readonly directors: readonly Director[];
  /** @param caller index of the server that calls, or `~client`. */
  deal(caller: number): Director;
}

/** Worker processes: a request goes to one of them at random. */
export class WorkerProcesses implements Processes {
  constructor(
    readonly directors: readonly Director[],
    private readonly chance: RandomStream,
  ) {}

  deal(): Director {
    return this.directors[Math.floor(this.chance.uniform() * this.directors.length)];
  }
}
