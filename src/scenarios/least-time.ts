/**
 * The least time that work takes: computing and plain waits along the longest branch, no waiting for anything. Walks
 * and quorums count as nothing, so that the time is never too long; a trace's demand neither.
 */
import type { ClusterDescription, Step } from '../models/description.ts';
import { distribution } from '../sim/random/index.ts';
import { servicesBehind, workOf } from './routes.ts';

/** Mean seconds of the steps. */
export function leastTime(steps: readonly Step[], requestClass: string, cluster: ClusterDescription): number {
  return steps.reduce((sum, step) => sum + stepTime(step, requestClass, cluster), 0);
}

function stepTime(step: Step, requestClass: string, cluster: ClusterDescription): number {
  switch (step.do) {
    case 'wait':
    case 'compute':
      return step.time.kind === 'demand' ? 0 : distribution(step.time).mean;
    case 'call':
      return callTime(step.to, step.requestClass ?? requestClass, cluster);
    case 'choice': {
      const total = step.branches.reduce((sum, branch) => sum + branch.weight, 0);
      return step.branches.reduce(
        (sum, branch) => sum + (branch.weight / total) * leastTime(branch.steps, requestClass, cluster),
        0,
      );
    }
    case 'parallel': {
      const times = step.branches.map((branch) => leastTime(branch, requestClass, cluster)).sort((a, b) => a - b);
      return step.need === times.length ? (times[times.length - 1] ?? 0) : 0;
    }
    case 'loop':
      return distribution(step.times).mean * leastTime(step.steps, requestClass, cluster);
    case 'walk':
    case 'send':
    case 'acquire':
    case 'release':
      return 0;
  }
}

/** Mean seconds of a call, the director's relay in it. */
export function callTime(to: string, requestClass: string, cluster: ClusterDescription): number {
  const director = Object.hasOwn(cluster.directors, to) ? cluster.directors[to] : undefined;
  const relay =
    director?.relay === undefined || director.relay.kind === 'demand' ? 0 : distribution(director.relay).mean;
  return [...servicesBehind(to, cluster)].reduce(
    (sum, [service, share]) => sum + share * leastTime(workOf(cluster, service, requestClass), requestClass, cluster),
    relay,
  );
}

/** Least time for which a visit holds a connection of the pool. */
export function heldTime(
  steps: readonly Step[],
  requestClass: string,
  pool: string,
  to: string | undefined,
  cluster: ClusterDescription,
): number {
  let held = false;
  let sum = 0;
  for (const step of steps) {
    if (step.do === 'acquire' && step.pool === pool) {
      held = true;
    } else if (step.do === 'release' && step.pool === pool) {
      held = false;
    } else if (held || (step.do === 'call' && step.to === to)) {
      sum += stepTime(step, requestClass, cluster);
    } else if (step.do === 'loop') {
      sum += distribution(step.times).mean * heldTime(step.steps, requestClass, pool, to, cluster);
    } else if (step.do === 'choice') {
      const total = step.branches.reduce((all, branch) => all + branch.weight, 0);
      for (const branch of step.branches) {
        sum += (branch.weight / total) * heldTime(branch.steps, requestClass, pool, to, cluster);
      }
    } else if (step.do === 'parallel') {
      for (const branch of step.branches) {
        sum += heldTime(branch, requestClass, pool, to, cluster);
      }
    }
  }
  return sum;
}
