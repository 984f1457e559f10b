/** The rules of the products, written down as plainly as possible: O(n), nothing kept but what the product keeps. */
import { Change } from '../../../../src/models/directors/scheduler.ts';
import type { Scheduler, Tried, Upstream } from '../../../../src/models/directors/scheduler.ts';

function candidates(upstream: Upstream, tried: Tried): number[] {
  return [...upstream.weight.keys()].filter((server) => upstream.usable(server) && !tried.has(server));
}

/** The first candidate with the smallest load. */
export function naiveLeast(upstream: Upstream, load: (server: number) => number): Scheduler {
  return {
    pick(_key, tried) {
      let best = -1;
      for (const server of candidates(upstream, tried)) {
        if (best < 0 || load(server) < load(best)) {
          best = server;
        }
      }
      return best;
    },
    changed() {},
  };
}

export function naiveRoundRobin(upstream: Upstream): Scheduler {
  let last = -1;
  return {
    pick(_key, tried) {
      for (let step = 1; step <= upstream.length; step++) {
        const server = (last + step) % upstream.length;
        if (upstream.usable(server) && !tried.has(server)) {
          last = server;
          return server;
        }
      }
      return -1;
    },
    changed() {},
  };
}

/** LVS wrr one server and one level at a time. */
export function naiveLvsWeightedRoundRobin(upstream: Upstream): Scheduler {
  let last = -1;
  let level = 0;
  let step = 1;
  let top = 0;
  const setLevels = (): void => {
    const weights = [...upstream.weight].filter((weight) => weight > 0);
    const heaviest = Math.max(0, ...weights);
    step = 1;
    for (let divisor = 1; divisor <= heaviest; divisor++) {
      if (weights.every((weight) => weight % divisor === 0)) {
        step = divisor;
      }
    }
    top = heaviest - (step - 1);
    last = -1;
    if (level > top || level === 0) {
      level = top;
    } else if (step > 1) {
      level = Math.floor(level / step) * step + 1;
    }
  };
  setLevels();
  return {
    pick(_key, tried) {
      if (candidates(upstream, tried).length === 0) {
        return -1;
      }
      for (;;) {
        last += 1;
        if (last === upstream.length) {
          last = -1;
          level -= step;
          if (level <= 0) {
            level = top;
          }
        } else if (upstream.usable(last) && !tried.has(last) && upstream.weight[last] >= level) {
          return last;
        }
      }
    },
    changed(_server, what) {
      if (what === Change.weight) {
        setLevels();
      }
    },
  };
}

/** nginx: all candidates gain their effective weight, the richest pays the total. */
export function naiveSmoothRoundRobin(upstream: Upstream, maxFails = 0): Scheduler {
  const credit = new Float64Array(upstream.length);
  const { effective } = upstream;
  return {
    pick(_key, tried) {
      let best = -1;
      let total = 0;
      for (const server of candidates(upstream, tried)) {
        credit[server] += effective[server];
        total += effective[server];
        if (effective[server] < upstream.weight[server]) {
          effective[server] += 1;
        }
        if (best < 0 || credit[server] > credit[best]) {
          best = server;
        }
      }
      credit[best] -= total;
      return best;
    },
    changed() {},
    released(server, _seconds, ok) {
      if (!ok && maxFails > 0) {
        effective[server] = Math.max(0, effective[server] - Math.floor(upstream.weight[server] / maxFails));
      }
    },
  };
}

/** nginx: the smallest active / weight; the tied gain their weight, the richest of them pays the total. */
export function naiveLeastConnections(upstream: Upstream): Scheduler {
  const credit = new Float64Array(upstream.length);
  const compare = (a: number, b: number): number =>
    upstream.active[a] * upstream.weight[b] - upstream.active[b] * upstream.weight[a];
  return {
    pick(_key, tried) {
      const all = candidates(upstream, tried);
      const tied = all.filter((server) => all.every((other) => compare(server, other) <= 0));
      if (tied.length <= 1) {
        return tied[0] ?? -1;
      }
      let best = tied[0];
      let total = 0;
      for (const server of tied) {
        credit[server] += upstream.effective[server];
        total += upstream.effective[server];
        upstream.effective[server] = Math.min(upstream.effective[server] + 1, upstream.weight[server]);
        if (credit[server] > credit[best]) {
          best = server;
        }
      }
      credit[best] -= total;
      return best;
    },
    changed() {},
  };
}
