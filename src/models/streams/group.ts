/**
 * A group of consumers at a topic: each partition belongs to one member. A member polls up to a batch of records and
 * makes one call to its own server for them; the call's demand is the sum of the records' processing times. When the call
 * has ended well the records are processed and committed; when it has failed they are polled again.
 *
 * Members are slots of the servers of one service. One that has died is noticed after the session timeout, one that
 * comes or goes in order at the next heartbeat; then all stop, and after a pause the partitions are dealt out anew (eager
 * rebalance). With checkpoints (a stream processor) nothing is committed between them: every member stops for the pause of
 * each, and after a failure the group begins again at the last one.
 *
 * Sources: Apache Kafka 3.0 documentation, "Consumer Configs" (max.poll.records 500, heartbeat.interval.ms 3000,
 * session.timeout.ms 45000, range assignor); Apache Flink 1.17 documentation, "Stateful Stream Processing" (aligned
 * checkpoints, exactly once by replay) and credit-based flow control; a checkpoint waits for the batches in progress, so give
 * stream processors small ones. Left out: cooperative rebalances, static
 * membership, unaligned checkpoints, commits at intervals, fetches in advance of a poll.
 */
import { invariant } from '../../sim/invariant.ts';
import { Rank } from '../../sim/rank.ts';
import type { RandomStream } from '../../sim/random/stream.ts';
import { Histogram } from '../../sim/stats/histogram.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { Life } from '../autoscalers/presence.ts';
import type { Caller } from '../clients/caller.ts';
import type { GroupDescription } from '../description.ts';
import type { Draw } from '../draw.ts';
import type { Execution, Launch } from '../execution.ts';
import { note } from '../faults/log.ts';
import type { LogEntry } from '../faults/log.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Server } from '../services/server.ts';
import type { GroupReading, Topic } from './topic.ts';

const POLL = 0;
const HEARTBEAT = 1;
const CHECKPOINT = 2;
const RESUME = 3;

/** What a group does: polls; waits for batches in progress to end; pauses. */
const Phase = { runs: 0, stops: 1, pauses: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** Kafka's retry.backoff.ms: before a batch that failed is polled again. */
const RETRY_SECONDS = 0.1;

interface Member {
  readonly server: Server;
  /** Site of the calls to its server. */
  readonly site: number;
  joined: boolean;
  /** Last heartbeat, seconds. */
  seen: number;
  partitions: number[];
  /** Partition at which its next poll begins. */
  turn: number;
  /** A poll is scheduled. */
  scheduled: boolean;
  /** Raised when what it has in progress no longer counts. */
  epoch: number;
  /** Of its batch: partition, first offset and end of each part; empty = nothing in progress. */
  parts: number[];
  /** Records of the batch. */
  records: number;
}

export interface GroupContext {
  readonly simulation: Simulation;
  readonly execution: Execution;
  readonly log: LogEntry[];
  /** Processing time of one record; pause of a rebalance; pause of a checkpoint. */
  readonly record: Draw;
  readonly rebalance: Draw;
  readonly pause: Draw | null;
  /** Which records are emitted. */
  readonly chance: RandomStream;
  /** Servers, and the site at which each is called. */
  readonly servers: readonly { readonly server: Server; readonly site: number }[];
  /** Number of the group as a caller, and class of its calls. */
  readonly caller: number;
  readonly requestClass: number;
  /** Where what it emits goes. */
  readonly into: Topic | null;
  /** Whether members may come, go or die. */
  readonly changing: boolean;
}

export class ConsumerGroup implements Caller {
  /** Offset up to which each partition is processed for good. */
  readonly committed: Float64Array;
  /** From when a record was due (at the client) to when it was processed. */
  readonly latency = new Histogram();
  lag = 0;
  private readonly position: Float64Array;
  /** First offset that was never processed. */
  private readonly fresh: Float64Array;
  private readonly owner: Int32Array;
  private readonly members: Member[];
  private phase: Phase = Phase.runs;
  private rebalancing = false;
  private stoppedAt = 0;
  private entry: LogEntry | null = null;
  private readonly address: number;
  private processed = 0;
  private lost = 0;
  private replayed = 0;
  private batches = 0;
  private failedBatches = 0;
  private rebalances = 0;
  private checkpoints = 0;
  private pausedSeconds = 0;
  private lagArea = 0;
  private lagMax = 0;
  private since = 0;
  private readonly launch: Launch;

  constructor(
    readonly name: string,
    private readonly topic: Topic,
    private readonly description: GroupDescription,
    private readonly context: GroupContext,
  ) {
    const { simulation, servers, caller, requestClass } = context;
    this.address = simulation.register(this);
    const partitions = topic.partitions.length;
    this.committed = new Float64Array(partitions);
    this.position = new Float64Array(partitions);
    this.fresh = new Float64Array(partitions);
    this.owner = new Int32Array(partitions).fill(-1);
    this.members = servers.flatMap(({ server, site }) =>
      Array.from({ length: description.slots }, () => ({
        server,
        site,
        joined: isThere(server),
        seen: 0,
        partitions: [],
        turn: 0,
        scheduled: false,
        epoch: 0,
        parts: [],
        records: 0,
      })),
    );
    this.launch = {
      ...{ client: caller, origin: 0, site: 0, start: 0, requestClass, priority: 0, key: 0, request: 0 },
      ...{ demand: 0, due: 0 },
    };
    this.assign();
    if (context.changing) this.at(description.heartbeat, HEARTBEAT);
    if (description.checkpoint !== undefined) this.at(description.checkpoint.every, CHECKPOINT);
  }

  /** A record has come. */
  appended(partition: number): void {
    this.account();
    this.lag++;
    if (this.lag > this.lagMax) this.lagMax = this.lag;
    const owner = this.owner[partition];
    if (owner >= 0) this.wake(this.members[owner], owner, this.description.gather);
  }

  /** Records before an offset are gone by retention. */
  expired(partition: number, kept: number): void {
    const gone = Math.max(0, kept - this.fresh[partition]);
    if (gone > 0) {
      this.account();
      this.lag -= gone;
      this.lost += gone;
      this.fresh[partition] = kept;
    }
    this.position[partition] = Math.max(this.position[partition], kept);
    this.committed[partition] = Math.max(this.committed[partition], kept);
  }

  /** There is room again for what they emit. */
  wakeAll(): void {
    this.members.forEach((member, k) => this.wake(member, k, 0));
  }

  on(kind: number, argument: number): void {
    if (kind === POLL) {
      this.members[argument].scheduled = false;
      this.poll(this.members[argument], argument);
    } else if (kind === HEARTBEAT) {
      this.heartbeat();
      this.at(this.description.heartbeat, HEARTBEAT);
    } else if (kind === CHECKPOINT) {
      if (this.phase === Phase.runs) this.stop();
      this.at(this.description.checkpoint!.every, CHECKPOINT);
    } else this.resume();
  }

  /** A batch has ended at its server. */
  answered(outcome: OutcomeCode, origin: number): void {
    const k = origin % this.members.length;
    const member = this.members[k];
    if (member.parts.length === 0 || Math.floor(origin / this.members.length) !== member.epoch % EPOCHS) return;
    const { parts } = member;
    member.parts = [];
    if (outcome === OUTCOME.ok) this.done(parts);
    else this.failed(parts);
    this.promise(-member.records);
    member.records = 0;
    if (this.phase === Phase.stops) this.pauseWhenIdle();
    else this.wake(member, k, outcome === OUTCOME.ok ? 0 : RETRY_SECONDS);
  }

  reading(): GroupReading {
    this.account();
    const { processed, lost, replayed, lag, lagArea, lagMax } = this;
    const { batches, failedBatches, rebalances, checkpoints } = this;
    const open = this.phase === Phase.runs ? 0 : this.context.simulation.now - this.stoppedAt;
    const pausedSeconds = this.pausedSeconds + open;
    return {
      ...{ processed, lost, replayed, lag, lagArea, lagMax, batches, failedBatches },
      ...{ rebalances, checkpoints, pausedSeconds },
    };
  }

  /** Integral of the lag up to now. */
  area(): number {
    this.account();
    return this.lagArea;
  }

  /** @throws InvariantBreach where records were lost or made. */
  check(): void {
    const { topic, processed, lost, lag } = this;
    const appended = topic.partitions.reduce((sum, { end }) => sum + end, 0);
    invariant(
      appended === processed + lost + lag && appended <= topic.published,
      'published = processed + lost + lag',
      () => `${topic.name} at ${this.name}: ${appended} kept, ${processed} processed, ${lost} lost, lag ${lag}`,
    );
    const inOrder = topic.partitions.every(
      ({ base, end }, p) =>
        base <= this.committed[p] && this.committed[p] <= this.position[p] && this.position[p] <= end,
    );
    const owned = this.members.reduce((sum, { partitions }) => sum + partitions.length, 0);
    invariant(
      inOrder && owned <= topic.partitions.length,
      'a partition has one consumer, who goes on where it was',
      () => `${topic.name} at ${this.name}`,
    );
  }

  // ---------------------------------------------------------------------------------------------------------- polling

  private at(seconds: number, kind: number, argument = 0): void {
    const { simulation } = this.context;
    simulation.at(simulation.now + seconds, this.address + kind, argument, Rank.control);
  }

  private wake(member: Member, k: number, seconds: number): void {
    if (member.scheduled || member.parts.length > 0 || this.phase !== Phase.runs || !member.joined) return;
    member.scheduled = true;
    const { simulation } = this.context;
    simulation.at(simulation.now + seconds, this.address + POLL, k, Rank.arrival);
  }

  private poll(member: Member, k: number): void {
    if (member.parts.length > 0 || this.phase !== Phase.runs || !member.joined || !isThere(member.server)) return;
    const { into, record, execution, simulation } = this.context;
    let most = this.description.batch;
    if (into !== null) {
      most = Math.min(most, Math.floor(into.room));
      if (most < 1) {
        if (!into.starved.includes(this)) into.starved.push(this);
        return;
      }
    }
    const { partitions, parts } = member;
    let demand = 0;
    let records = 0;
    for (let tried = 0; tried < partitions.length && records < most; tried++) {
      const p = partitions[member.turn % partitions.length];
      member.turn = (member.turn + 1) % partitions.length;
      const from = this.position[p];
      const to = Math.min(this.topic.partitions[p].end, from + most - records);
      if (to === from) continue;
      for (let offset = from; offset < to; offset++) demand += record.sample(0);
      this.position[p] = to;
      parts.push(p, from, to);
      records += to - from;
    }
    if (records === 0) return;
    this.batches++;
    member.records = records;
    this.promise(records);
    const { launch } = this;
    launch.site = member.site;
    launch.origin = (member.epoch % EPOCHS) * this.members.length + k;
    launch.request = this.batches & 0x7fffffff;
    launch.demand = demand;
    launch.due = simulation.now;
    execution.launch(launch);
  }

  private done(parts: readonly number[]): void {
    const { topic } = this;
    const { now } = this.context.simulation;
    this.account();
    for (let at = 0; at < parts.length; at += 3) {
      const [p, from, to] = [parts[at], parts[at + 1], parts[at + 2]];
      const log = topic.partitions[p];
      const first = Math.max(this.fresh[p], log.base, from);
      this.replayed += Math.max(0, Math.min(this.fresh[p], to) - from);
      for (let offset = first; offset < to; offset++) {
        this.latency.record(now - log.due(offset));
        this.processed++;
        this.lag--;
        this.emit(offset, log.due(offset));
      }
      this.fresh[p] = Math.max(this.fresh[p], to);
      if (this.description.checkpoint === undefined) this.commit(p, to, now);
    }
    topic.freed();
  }

  private commit(p: number, offset: number, now: number): void {
    if (offset <= this.committed[p]) return;
    this.committed[p] = offset;
    this.topic.forget(p, now);
  }

  /** What is lost by a failure is polled again. */
  private failed(parts: readonly number[]): void {
    this.failedBatches++;
    for (let at = 0; at < parts.length; at += 3) {
      const p = parts[at];
      this.position[p] = Math.max(parts[at + 1], this.committed[p], this.topic.partitions[p].base);
    }
  }

  private emit(offset: number, due: number): void {
    const { into, chance } = this.context;
    const { emits } = this.description;
    if (into === null || emits === undefined) return;
    if (emits.share < 1 && chance.uniform() >= emits.share) return;
    into.append(into.partitionOf(offset), due, false);
  }

  private promise(records: number): void {
    this.context.into?.promise(records);
    if (records < 0) this.context.into?.freed();
  }

  // ---------------------------------------------------------------------------------------------------------- members

  private heartbeat(): void {
    const { now } = this.context.simulation;
    const { session } = this.description;
    let changed = false;
    for (const [k, member] of this.members.entries()) {
      const there = isThere(member.server);
      if (there) member.seen = now;
      if (there) this.wake(member, k, 0);
      const leaves = member.joined && !there && (hasLeft(member.server) || now - member.seen >= session);
      if (leaves || (there && !member.joined)) changed = true;
    }
    if (changed && !this.rebalancing) {
      this.rebalancing = true;
      this.rebalances++;
      const text = `${this.name} deals out ${this.topic.name} anew`;
      this.entry = { at: now, until: null, text, kind: 'scaling' };
      note(this.context.log, this.entry);
      if (this.phase === Phase.runs) this.stop();
    }
    if (this.phase === Phase.stops) this.pauseWhenIdle();
  }

  /** Nobody polls any more; batches in progress end. */
  private stop(): void {
    this.phase = Phase.stops;
    this.stoppedAt = this.context.simulation.now;
    this.pauseWhenIdle();
  }

  private pauseWhenIdle(): void {
    const busy = this.members.some(({ parts, server }) => parts.length > 0 && server.up && !server.hung);
    if (busy) return;
    this.phase = Phase.pauses;
    const { rebalance, pause } = this.context;
    this.at((this.rebalancing ? rebalance : pause!).sample(0), RESUME);
  }

  private resume(): void {
    const { simulation } = this.context;
    this.phase = Phase.runs;
    this.pausedSeconds += simulation.now - this.stoppedAt;
    if (this.rebalancing) {
      this.rebalancing = false;
      if (this.entry !== null) this.entry.until = simulation.now;
      this.assign();
    } else {
      if (this.whole && this.members.every(({ parts }) => parts.length === 0)) {
        this.checkpoints++;
        this.position.forEach((offset, p) => this.commit(p, offset, simulation.now));
      }
    }
    this.wakeAll();
  }

  /** Whether every member is there: what one that has died knew since the last checkpoint is lost with it. */
  private get whole(): boolean {
    return this.members.every(({ joined, server }) => !joined || isThere(server));
  }

  /** Deals out the partitions: each member a range. Everybody begins at what is committed. */
  private assign(): void {
    const { now } = this.context.simulation;
    const { session } = this.description;
    for (const member of this.members) {
      const there = isThere(member.server);
      member.joined = there || (member.joined && !hasLeft(member.server) && now - member.seen < session);
      if (member.parts.length > 0) {
        // it has not ended in time: what it does no longer counts
        member.epoch++;
        member.parts = [];
        this.promise(-member.records);
        member.records = 0;
      }
      member.partitions = [];
      member.turn = 0;
    }
    const joined = this.members.flatMap((member, k) => (member.joined ? [k] : []));
    const partitions = this.owner.length;
    this.owner.fill(-1);
    joined.forEach((k, place) => {
      const from = Math.floor((place * partitions) / joined.length);
      const to = Math.floor(((place + 1) * partitions) / joined.length);
      for (let p = from; p < to; p++) {
        this.owner[p] = k;
        this.members[k].partitions.push(p);
      }
    });
    this.position.set(this.committed);
  }

  private account(): void {
    const { now } = this.context.simulation;
    this.lagArea += this.lag * (now - this.since);
    this.since = now;
  }
}

/** Epochs that a call can tell apart. */
const EPOCHS = 1024;

function isThere({ up, hung, presence }: Server): boolean {
  return up && !hung && (presence === null || presence.life === Life.ready);
}

/** Has gone in order, and said so. */
function hasLeft({ presence }: Server): boolean {
  return presence !== null && presence.life !== Life.ready;
}
