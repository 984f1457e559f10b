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
import { RankedQueue, Ranks } from '../ranked-queue.ts';
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
  /** Usable idle servers in the order in which they became so. */
  private readonly idle: RankedQueue;
  private sequence = 0;

  constructor(
    private readonly upstream: Upstream,
    private readonly random: RandomStream,
  ) {
    this.usable = new UsableServers(upstream);
    this.idle = new RankedQueue(new Ranks(upstream.length));
    for (let server = 0; server < upstream.length; server++) this.refresh(server);
  }

  pick(_key: number, tried: Tried): number {
    if (tried.size === 0) {
      const first = this.idle.first();
      return first >= 0 ? first : this.any();
    }
    const { idle, usable } = this;
    const left: number[] = [];
    for (let position = 0; position < tried.size; position++) {
      const server = tried.at(position);
      if (idle.has(server)) {
        idle.remove(server);
        left.push(server);
      }
    }
    let server = idle.first();
    for (const back of left) idle.add(back, idle.key(back), 0);
    if (server < 0) {
      usable.hide(tried);
      server = this.any();
      usable.restore(tried);
    }
    return server;
  }

  changed(server: number, what: Change): void {
    if (what !== Change.load) this.usable.refresh(server);
    this.refresh(server);
  }

  private any(): number {
    const { size } = this.usable;
    return size === 0 ? -1 : this.usable.at(Math.floor(this.random.uniform() * size));
  }

  private refresh(server: number): void {
    const isIdle = this.upstream.active[server] === 0 && this.upstream.usable(server);
    if (isIdle === this.idle.has(server)) return;
    if (isIdle) this.idle.add(server, this.sequence++, 0);
    else this.idle.remove(server);
  }
}
