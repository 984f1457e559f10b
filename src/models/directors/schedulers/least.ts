/**
 * What the "least something" schedulers share: the usable server with the smallest load, the first one on a tie.
 * Cost O(1) a change and a pick where few different loads are in use at a time, whatever the number of servers
 * (levels.ts); O(log n) where there are many.
 */
import { Change } from '../scheduler.ts';
import type { Scheduler, Upstream } from '../scheduler.ts';
import { levelsListed } from '../levels.ts';
import { WeightKinds } from '../weight-kinds.ts';

/** What is to be small of a usable server: finite. Depends on that server's own figures only. */
type Load = (upstream: Upstream, server: number, weight: number) => number;

export function leastOf(upstream: Upstream, load: Load): Scheduler {
  const least = levelsListed(upstream.length);
  const weights = new WeightKinds(upstream);
  const changed = (server: number, what: Change): void => {
    if (what === Change.load) {
      if (least.has(server)) least.set(server, load(upstream, server, weights.of(server))); // else out of use, whatever its load
      return;
    }
    if (what === Change.weight) weights.refresh(server);
    least.set(server, upstream.usable(server) ? load(upstream, server, weights.of(server)) : Infinity);
  };
  for (let server = 0; server < upstream.length; server++) {
    changed(server, Change.eligibility);
  }
  return { pick: (_key, tried) => least.smallest(tried), changed };
}

/** As `leastOf`, of a figure that requests in progress do not change: the answer is kept until something else does. */
export function leastAtRest(upstream: Upstream, load: Load): Scheduler {
  const least = leastOf(upstream, load);
  let known = false;
  let first = -1;
  return {
    pick(key, tried) {
      if (tried.size > 0) return least.pick(key, tried);
      if (!known) {
        first = least.pick(key, tried);
        known = true;
      }
      return first;
    },
    changed(server, what) {
      if (what === Change.load || what === Change.effective) return;
      least.changed(server, what);
      known = false;
    },
  };
}

/** How LVS counts the connections of a server: one that is active weighs as much as 256 that are closing. */
export function connectionOverhead({ active, inactive }: Upstream, server: number): number {
  return 256 * active[server] + inactive[server];
}

/** What `sed` minimises: the wait that one more connection could expect, if each active one takes its turn. */
export function expectedDelay({ active }: Upstream, server: number, weight: number): number {
  return (active[server] + 1) / weight;
}
