/**
 * Semi-synchronous replication: a commit waits until one replica has acknowledged that it has received it.
 *
 * Each server that writes has a state of its own. While it is synchronous a commit takes the shortest of the
 * acknowledgements of the other servers that are up, and holds what it holds meanwhile. Where none is up, commits wait; when the first has
 * waited for the timeout the server goes on without (asynchronous), and all who wait with it. It is synchronous again one
 * acknowledgement after a replica is back. Writes committed without one are at that server alone until then: what a failover loses.
 * Left out: the transfer of what a replica has missed (it counts as caught up at once), replicas that hang, are cut off or die
 * within the milliseconds of an acknowledgement; a replica begins to apply when the commit is over, not on receipt.
 * Source: MySQL 8.0 Reference Manual, Semisynchronous Replication: AFTER_SYNC, wait_for_replica_count 1, wait_no_replica ON.
 * Cost: O(servers) a write.
 */
import { Rank } from '../../sim/rank.ts';
import type { Component, Simulation } from '../../sim/simulation.ts';
import { NEXT_STEP, WAITS } from '../action.ts';
import type { Action } from '../action.ts';
import { CLASS, GENERATION, INTEGER_SHIFT, PC, SERVER } from '../calls.ts';
import type { CallHandle, Calls } from '../calls.ts';
import type { Draw } from '../draw.ts';
import { note } from '../faults/log.ts';
import type { LogEntry } from '../faults/log.ts';
import type { Server } from '../services/server.ts';

export interface SemiSyncSetting {
  readonly simulation: Simulation;
  readonly calls: Calls;
  readonly servers: readonly Server[];
  /** By request class: 1 = it writes. */
  readonly writes: Uint8Array;
  readonly ack: Draw;
  /** Seconds. */
  readonly timeout: number;
  readonly log: LogEntry[];
  /** Makes a call wait, and makes one that does go on after other seconds than it was told. */
  readonly pause: (call: CallHandle, seconds: number) => void;
  readonly hasten: (call: CallHandle, generation: number, seconds: number) => void;
}

/** Cumulative. */
export interface SemiSyncReading {
  /** Writes acknowledged, and not; seconds that both have waited. */
  readonly acknowledged: number;
  readonly alone: number;
  readonly waited: number;
  /** Times that a server went on without. */
  readonly fallbacks: number;
  /** Writes that only a server had that died. */
  readonly lost: number;
}

interface Waiter {
  readonly generation: number;
  readonly since: number;
  acknowledged: boolean;
}

interface Source {
  readonly server: Server;
  synchronous: boolean;
  /** Writes that no other server has. */
  alone: number;
  readonly waiting: Map<CallHandle, Waiter>;
}

export class SemiSync implements Component {
  private readonly address: number;
  private readonly sources: readonly Source[];
  private acknowledged = 0;
  private alone = 0;
  private waited = 0;
  private fallbacks = 0;
  private lost = 0;

  constructor(private readonly setting: SemiSyncSetting) {
    this.address = setting.simulation.register(this);
    this.sources = setting.servers.map((server) => ({ server, synchronous: true, alone: 0, waiting: new Map() }));
  }

  /** The steps with which the work of a request ends: the wait, and what follows one that no replica could end. */
  steps(place: number): readonly Action[] {
    return [{ act: (call) => this.commit(call, place) }, { act: (call) => this.over(call) }];
  }

  /** The server has died; whoever waited there is gone. */
  stopped(server: Server): void {
    const source = this.sourceOf(server);
    this.lost += source.alone;
    source.alone = 0;
    source.waiting.clear();
    source.synchronous = true;
  }

  /** The server is back: it acknowledges what others wait for. */
  restored(server: Server): void {
    const { simulation, ack, hasten } = this.setting;
    this.sources.forEach((source, index) => {
      if (source.server === server) return;
      const seconds = ack.sample(0);
      for (const [call, waiter] of source.waiting) {
        waiter.acknowledged = true;
        hasten(call, waiter.generation, seconds);
      }
      if (!source.synchronous) simulation.at(simulation.now + seconds, this.address, index, Rank.control);
    });
  }

  /** A replica has caught up. */
  on(_kind: number, index: number): void {
    const source = this.sources[index];
    if (source.synchronous || !source.server.up || !this.hasReplica(source)) return;
    source.synchronous = true;
    source.alone = 0;
    this.tell(`${source.server.name} waits for acknowledgements again`, 'recovery');
  }

  reading(): SemiSyncReading {
    const { acknowledged, alone, waited, fallbacks, lost } = this;
    return { acknowledged, alone, waited, fallbacks, lost };
  }

  private commit(call: CallHandle, place: number): number {
    const { calls, writes, servers, ack, timeout, simulation, pause } = this.setting;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    const end = place + 2;
    if (writes[i[o + CLASS]] !== 1) return end;
    const source = this.sources.find(({ server }) => server.index === i[o + SERVER])!;
    if (!source.synchronous) {
      this.goesAlone(source);
      return end;
    }
    let seconds = Infinity;
    for (const server of servers) {
      if (server !== source.server && server.up) seconds = Math.min(seconds, ack.sample(0));
    }
    if (seconds < Infinity) {
      this.acknowledged++;
      this.waited += seconds;
      i[o + PC] = end;
      pause(call, seconds);
      return WAITS;
    }
    const waiter = { generation: i[o + GENERATION], since: simulation.now, acknowledged: false };
    source.waiting.set(call, waiter);
    i[o + PC] = place + 1;
    pause(call, timeout);
    return WAITS;
  }

  /** A wait is over that began when no replica was there. */
  private over(call: CallHandle): number {
    const { calls, simulation, hasten } = this.setting;
    const source = this.sources.find(({ server }) => server.index === calls.i[(call << INTEGER_SHIFT) + SERVER])!;
    const waiter = source.waiting.get(call)!;
    source.waiting.delete(call);
    this.waited += simulation.now - waiter.since;
    if (waiter.acknowledged) {
      this.acknowledged++;
      return NEXT_STEP;
    }
    this.goesAlone(source);
    if (source.synchronous) {
      source.synchronous = false;
      this.fallbacks++;
      this.tell(`${source.server.name} goes on without acknowledgements`, 'detection');
      for (const [other, { generation }] of source.waiting) hasten(other, generation, 0);
    }
    return NEXT_STEP;
  }

  private goesAlone(source: Source): void {
    this.alone++;
    source.alone++;
  }

  private hasReplica({ server }: Source): boolean {
    return this.setting.servers.some((other) => other !== server && other.up);
  }

  private sourceOf(server: Server): Source {
    return this.sources.find((source) => source.server === server)!;
  }

  private tell(text: string, kind: LogEntry['kind']): void {
    const { now } = this.setting.simulation;
    note(this.setting.log, { at: now, until: now, text, kind });
  }
}
