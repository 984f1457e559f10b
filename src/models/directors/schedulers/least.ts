/**
 * What the "least something" schedulers share: the usable server with the smallest load, the first one on a tie.
 * Cost O(log n) a change, O(log n) a pick.
 */
import type { Scheduler, Upstream } from '../scheduler.ts';
import { Selector } from '../selector.ts';

/** @param load of a usable server: finite, a smaller one is picked. Depends on that server's own figures only. */
export function leastOf(upstream: Upstream, load: (upstream: Upstream, server: number) => number): Scheduler {
  const least = new Selector(upstream.length);
  const changed = (server: number) => least.set(server, upstream.usable(server) ? load(upstream, server) : Infinity);
  for (let server = 0; server < upstream.length; server++) {
    changed(server);
  }
  return { pick: (_key, tried) => least.smallest(tried), changed };
}

/** How LVS counts the connections of a server: one that is active weighs as much as 256 that are closing. */
export function connectionOverhead({ active, inactive }: Upstream, server: number): number {
  return 256 * active[server] + inactive[server];
}

/** What `sed` minimises: the wait that one more connection could expect, if each active one takes its turn. */
export function expectedDelay({ active, weight }: Upstream, server: number): number {
  return (active[server] + 1) / weight[server];
}
