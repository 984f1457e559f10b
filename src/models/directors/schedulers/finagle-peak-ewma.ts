/**
 * Peak EWMA, as Finagle has it (linkerd too; Envoy has none): of two different servers drawn at random, the one with the
 * smaller cost, latency * (active + 1). The latency is a moving average that jumps up to a larger sample at once and decays
 * with the time since the last look, so that slow servers are tried again. One without any sample is free while idle and shunned
 * while its first requests are out. O(1); weights other than 0 are ignored.
 *
 * Source: Finagle 22 finagle-core/.../loadbalancer/PeakEwma.scala and P2C.scala. As there, failures count with their time: a
 * server that fails fast looks fast. Different: the first drawn wins a tie; on busy is by director, not by status.
 */
import { z } from 'zod';
import { exp } from '../../../sim/random/elementary.ts';
import { Change } from '../scheduler.ts';
import type { Scheduler, SchedulerKind, Tried, Upstream } from '../scheduler.ts';
import type { RandomStream } from '../../../sim/random/stream.ts';
import { plainSurroundings } from '../surroundings.ts';
import { UsableServers } from '../usable-servers.ts';

/** Cost of a server that has requests out but no answer yet. */
const PENALTY = 2 ** 47;

const options = z.strictObject({
  decay: z.number().positive().default(10).describe('seconds over which latencies are forgotten (decayTime)'),
});

export const finaglePeakEwma: SchedulerKind<z.infer<typeof options>> = {
  name: 'finagle/peak-ewma',
  source: 'Finagle 22 PeakEwma.scala, P2C.scala; linkerd 2 uses the same rule',
  summary: 'of two drawn the one with the smaller latency x (active + 1), latencies by peak-sensitive average',
  options,
  make: ({ decay }, upstream, random, around = plainSurroundings()) =>
    new PeakEwma(upstream, random, decay, () => around.now()),
};

class PeakEwma implements Scheduler {
  private readonly usable: UsableServers;
  /** Average latency in seconds, and when it was looked at last. */
  private readonly latency: Float64Array;
  private readonly seen: Float64Array;

  constructor(
    private readonly upstream: Upstream,
    private readonly random: RandomStream,
    private readonly decay: number,
    private readonly now: () => number,
  ) {
    this.usable = new UsableServers(upstream);
    this.latency = new Float64Array(upstream.length);
    this.seen = new Float64Array(upstream.length);
  }

  pick(_key: number, tried: Tried): number {
    const { usable, random } = this;
    usable.hide(tried);
    const { size } = usable;
    let server = -1;
    if (size === 1) {
      server = usable.at(0);
    } else if (size > 1) {
      const first = Math.floor(random.uniform() * size);
      let second = Math.floor(random.uniform() * (size - 1));
      if (second >= first) second += 1;
      const [a, b] = [usable.at(first), usable.at(second)];
      server = this.cost(b) < this.cost(a) ? b : a;
    }
    usable.restore(tried);
    return server;
  }

  changed(server: number, what: Change): void {
    if (what !== Change.load && what !== Change.effective) this.usable.refresh(server);
  }

  released(server: number, seconds: number): void {
    this.observe(server, seconds);
  }

  private cost(server: number): number {
    this.observe(server, 0);
    const active = this.upstream.active[server];
    const latency = this.latency[server];
    return latency === 0 && active > 0 ? PENALTY + active : latency * (active + 1);
  }

  private observe(server: number, seconds: number): void {
    const now = this.now();
    const before = this.latency[server];
    const left = before > 0 ? exp((this.seen[server] - now) / this.decay) : 0;
    this.latency[server] = seconds > before ? seconds : before * left + seconds * (1 - left);
    this.seen[server] = now;
  }
}
