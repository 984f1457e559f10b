/**
 * Join-idle-queue: servers queue up at the director when they become idle, the one idle longest is picked; when none is idle,
 * any one at random. In configuration order at first; weights other than 0 are ignored. O(1).
 *
 * Source: Y. Lu and others, "Join-Idle-Queue: a novel load balancing algorithm for dynamically scalable web services",
 * Performance Evaluation 68 (2011), with one dispatcher, which knows idleness from its own requests (the paper has many,
 * and servers that report to one of them).
 */
import { Change, noOptions } from '../scheduler.ts';
import type { NoOptions, Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import type { RandomStream } from '../../../sim/random/stream.ts';
import { levelsQueued } from '../levels.ts';
import type { Levels } from '../levels.ts';
import { UsableServers } from '../usable-servers.ts';

export const joinIdleQueue: SchedulerKind<NoOptions> = {
  name: 'jiq',
  source: 'Lu and others, Performance Evaluation 68 (2011)',
  summary: 'the server idle longest; when none is idle, any at random',
  options: noOptions,
  make: (_options, upstream, random) => new JoinIdleQueue(upstream, random),
};

class JoinIdleQueue implements Scheduler {
  private readonly usable: UsableServers;
  /** Usable idle servers in the order in which they became so, all at one number. */
  private readonly idle: Levels;
  /** 1 of those that are in it: a byte is sooner read than a place in the order. */
  private readonly isIdle: Uint8Array;

  constructor(
    private readonly upstream: Upstream,
    private readonly random: RandomStream,
  ) {
    this.usable = new UsableServers(upstream);
    this.idle = levelsQueued(upstream.length);
    this.isIdle = new Uint8Array(upstream.length);
    for (let server = 0; server < upstream.length; server++) this.refresh(server);
  }

  pick(_key: number, tried: Tried): number {
    const { idle, usable } = this;
    const server = idle.smallest(tried);
    if (server >= 0) return server;
    if (tried.size === 0) return this.any();
    usable.hide(tried);
    const any = this.any();
    usable.restore(tried);
    return any;
  }

  changed(server: number, what: Change): void {
    if (what === Change.weight || what === Change.eligibility) this.usable.refresh(server);
    this.refresh(server);
  }

  private any(): number {
    const { size } = this.usable;
    return size === 0 ? -1 : this.usable.at(Math.floor(this.random.uniform() * size));
  }

  private refresh(server: number): void {
    const isIdle = this.upstream.active[server] === 0 && this.usable.has(server) ? 1 : 0;
    if (isIdle === this.isIdle[server]) return;
    this.isIdle[server] = isIdle;
    this.idle.set(server, isIdle === 1 ? 0 : Infinity);
  }
}
