/**
 * What an autoscaler sees of the servers: means over its window (CPU, requests a second), or the level now (memory,
 * queue, requests present, the lag of a topic).
 *
 * As Kubernetes has it (documentation 1.30, "Horizontal Pod Autoscaling"): a server that starts is not ready for any
 * metric; for CPU also one that was not ready during the whole window. One that a fault has taken down has no metrics.
 * Left out: the delay between a measurement and the rule that reads it.
 */
import type { MetricDescription } from '../description.ts';
import type { Server } from '../services/server.ts';
import type { MetricReading } from './hpa.ts';
import { Life } from './presence.ts';
import type { Presence } from './presence.ts';

export class Meter {
  private readonly busy: Float64Array;
  private readonly calls: Float64Array;
  private marked = 0;

  /** @param lag of a group of consumers at a topic now, records. */
  constructor(
    private readonly presences: readonly Presence[],
    private readonly metrics: readonly MetricDescription[],
    private readonly lag: (topic: string, group: string) => number,
  ) {
    this.busy = new Float64Array(presences.length);
    this.calls = new Float64Array(presences.length);
  }

  /** The window begins. */
  mark(now: number): void {
    this.marked = now;
    this.presences.forEach(({ server }, k) => {
      this.busy[k] = busySeconds(server, now);
      this.calls[k] = server.calls;
    });
  }

  /** @param metric its place in the list. */
  read(metric: number, now: number): MetricReading {
    const one = this.metrics[metric];
    if (one.kind === 'lag') {
      return { sum: this.lag(one.topic, one.group), measured: 1, missing: 0, unready: 0, external: true };
    }
    const sums = { sum: 0, measured: 0, missing: 0, unready: 0, external: false };
    const averaged = one.kind === 'cpu' || one.kind === 'rate';
    this.presences.forEach((presence, k) => {
      if (!presence.wanted) return;
      if (presence.life !== Life.ready || (one.kind === 'cpu' && presence.readyAt > this.marked)) sums.unready++;
      else if (presence.crashed || (averaged && now <= this.marked)) sums.missing++;
      else {
        sums.measured++;
        sums.sum += this.value(one, presence.server, k, now);
      }
    });
    return sums;
  }

  private value(metric: MetricDescription, server: Server, k: number, now: number): number {
    switch (metric.kind) {
      case 'cpu':
        return (busySeconds(server, now) - this.busy[k]) / ((now - this.marked) * server.capacity);
      case 'rate':
        return (server.calls - this.calls[k]) / (now - this.marked);
      case 'memory':
        return metric.size === undefined
          ? server.heap === null
            ? 0
            : server.heap.held / server.heap.size
          : (metric.idle + metric.request * server.present) / metric.size;
      case 'queue':
        return server.gates.reduce((sum, { line }) => sum + line.length, 0);
      default:
        return server.present;
    }
  }
}

function busySeconds(server: Server, now: number): number {
  server.account(now);
  server.processor?.account(now);
  return server.processor?.busyArea ?? server.delayArea;
}

/** What people call each metric, in logs and explanations. */
export const METRIC_WORDS: Readonly<Record<MetricDescription['kind'], string>> = {
  cpu: 'CPU',
  memory: 'memory',
  rate: 'requests',
  queue: 'queue',
  present: 'requests present',
  lag: 'lag',
};
