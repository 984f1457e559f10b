/**
 * A topic: partitioned logs between those who publish and groups that consume. The key of a record decides its partition
 * (all records of a key in one, in order); without a key they go round.
 *
 * Sources: Apache Kafka 3.0 documentation, "Main Concepts and Terminology" and "Producer Configs" (acks, linger.ms,
 * batch.size); key -> partition is a hash of the key's number, not Kafka's murmur2 of its bytes. Left out: replicas of a
 * partition and their leaders, sizes in bytes, the sticky batches of Kafka's default partitioner, transactions.
 */
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Caller } from '../clients/caller.ts';
import type { TopicDescription } from '../description.ts';
import type { Execution, Launch } from '../execution.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { ConsumerGroup } from './group.ts';
import { Partition } from './partition.ts';

const LINGER = 0;
const SEND = 1;

/** Cumulative, in records. */
export interface TopicReading {
  readonly published: number;
  /** Found a topic with limited room full. */
  readonly turnedAway: number;
  /** Lost because the broker failed the batch of their producer. */
  readonly unsent: number;
  readonly groups: Readonly<Record<string, GroupReading>>;
}

/** Published since the start = processed + lost + lag. */
export interface GroupReading {
  readonly processed: number;
  /** Gone by retention before they were processed. */
  readonly lost: number;
  /** Processed again after a failure. */
  readonly replayed: number;
  readonly lag: number;
  /** Record-seconds. */
  readonly lagArea: number;
  readonly lagMax: number;
  readonly batches: number;
  readonly failedBatches: number;
  readonly rebalances: number;
  readonly checkpoints: number;
  /** Seconds in which nothing was polled because of rebalances and checkpoints. */
  readonly pausedSeconds: number;
}

/** Records that a producer gathers, by partition: their due times. */
interface Gathered {
  readonly partitions: number[];
  readonly dues: number[];
}

export class Topic implements Caller {
  readonly partitions: readonly Partition[];
  readonly groups: ConsumerGroup[] = [];
  published = 0;
  turnedAway = 0;
  unsent = 0;
  /** Groups that stopped for want of room here. */
  readonly starved: ConsumerGroup[] = [];
  /** Room promised to batches that will emit here. */
  private promised = 0;
  private next = 0;
  private gathering: Gathered = { partitions: [], dues: [] };
  private lingerEvent = 0;
  private readonly sending = new Map<number, Gathered>();
  private sent = 0;
  private readonly address: number;

  /** @param launch how the broker is called for a batch that a producer has gathered; null = no broker is modelled. */
  constructor(
    readonly name: string,
    readonly description: TopicDescription,
    private readonly simulation: Simulation,
    private readonly execution: Execution,
    readonly launch: Launch | null,
  ) {
    this.address = simulation.register(this);
    this.partitions = Array.from({ length: description.partitions }, () => new Partition());
  }

  /** Records that there is room for, less what is promised. */
  get room(): number {
    const { room } = this.description;
    if (room === Infinity) return Infinity;
    const held = this.groups.reduce((most, { lag }) => Math.max(most, lag), 0);
    return room - held - this.promised;
  }

  /** Reserves room for so many, or gives it back (< 0). */
  promise(records: number): void {
    if (this.description.room < Infinity) this.promised += records;
  }

  /** A record comes from a request. */
  publish(key: number, due: number): void {
    const partition = this.partitionOf(key);
    const { linger } = this.description;
    if (linger === undefined) {
      this.append(partition, due, true);
      return;
    }
    const { gathering, simulation } = this;
    gathering.partitions.push(partition);
    gathering.dues.push(due);
    if (gathering.dues.length >= linger.records) this.flush();
    else if (this.lingerEvent === 0) {
      this.lingerEvent = simulation.at(simulation.now + linger.seconds, this.address + LINGER, 0, Rank.timeout);
    }
  }

  /** @param limited whether the topic's room counts: not for what has been promised. */
  append(partition: number, due: number, limited: boolean): void {
    this.published++;
    if (limited && this.room < 1) {
      this.turnedAway++;
      return;
    }
    const log = this.partitions[partition];
    const { now } = this.simulation;
    log.append(now, due);
    for (const group of this.groups) group.appended(partition);
    this.forget(partition, now);
  }

  /** Partition of a record. O(1). */
  partitionOf(key: number): number {
    const { partitions, key: by } = this.description;
    if (partitions === 1) return 0;
    if (by === 'none') {
      this.next = (this.next + 1) % partitions;
      return this.next;
    }
    return mixed(key) % partitions;
  }

  /** What no group needs any more, or retention ends. */
  forget(partition: number, now: number): void {
    const log = this.partitions[partition];
    const { retention } = this.description;
    if (retention < Infinity) {
      const kept = log.after(now - retention);
      if (kept > log.base) for (const group of this.groups) group.expired(partition, kept);
      log.forget(kept);
    }
    let needed = log.end;
    for (const group of this.groups) needed = Math.min(needed, group.committed[partition]);
    log.forget(needed);
  }

  /** Records have left: who waits for room goes on. */
  freed(): void {
    if (this.starved.length === 0 || this.room < 1) return;
    for (const group of this.starved.splice(0)) group.wakeAll();
  }

  reading(): TopicReading {
    return {
      published: this.published,
      turnedAway: this.turnedAway,
      unsent: this.unsent,
      groups: Object.fromEntries(this.groups.map((group) => [group.name, group.reading()])),
    };
  }

  on(kind: number, batch: number): void {
    if (kind === LINGER) {
      this.lingerEvent = 0;
      this.flush();
    } else this.execution.launch({ ...this.launch!, origin: batch, request: batch, due: this.simulation.now });
  }

  /** The broker has taken a producer's batch, or failed it. */
  answered(outcome: OutcomeCode, batch: number): void {
    const records = this.sending.get(batch)!;
    this.sending.delete(batch);
    if (outcome === OUTCOME.ok) this.store(records);
    else this.unsent += records.dues.length;
  }

  private flush(): void {
    const { simulation } = this;
    if (this.lingerEvent !== 0) simulation.cancel(this.lingerEvent);
    this.lingerEvent = 0;
    const records = this.gathering;
    this.gathering = { partitions: [], dues: [] };
    if (this.launch === null) {
      this.store(records);
      return;
    }
    const batch = this.sent++ & 0x7fffffff;
    this.sending.set(batch, records);
    simulation.at(simulation.now, this.address + SEND, batch, Rank.arrival);
  }

  private store({ partitions, dues }: Gathered): void {
    for (let k = 0; k < dues.length; k++) this.append(partitions[k], dues[k], true);
  }
}

/** Spreads the bits of a whole number (the finaliser of MurmurHash3, Appleby 2011, public domain). */
function mixed(key: number): number {
  let h = key | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
