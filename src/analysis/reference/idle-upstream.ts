/** A scheduler by itself, asked through its public interface: the director that would use it is played by the caller. */
import { Change, Upstream } from '../../models/directors/scheduler.ts';
import type { Scheduler } from '../../models/directors/scheduler.ts';
import { schedulers } from '../../models/directors/schedulers/index.ts';
import type { RandomStream } from '../../sim/random/stream.ts';

/** Servers in configuration order are called a, b, c ... */
export const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export interface ScheduledUpstream {
  readonly upstream: Upstream;
  readonly scheduler: Scheduler;
}

/** @returns null where no scheduler has this id. */
export function scheduled(
  id: string,
  options: unknown,
  weights: readonly number[],
  random: RandomStream,
): ScheduledUpstream | null {
  const kind = schedulers.get(id);
  if (kind === undefined) return null;
  const upstream = new Upstream(weights.length);
  weights.forEach((weight, server) => upstream.weigh(server, weight));
  return { upstream, scheduler: kind.make(kind.options.parse(options), upstream, random) };
}

/** Lets one more request, or one less, be active at a server, as the director does when it uses a pick. */
export function load({ upstream, scheduler }: ScheduledUpstream, server: number, by: 1 | -1): void {
  upstream.active[server] += by;
  scheduler.changed(server, Change.load);
}
