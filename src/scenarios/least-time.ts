/**
 * The least time that work takes: computing and plain waits along the longest branch, no waiting for anything. Walks
 * and quorums count as nothing, so that the time is never too long; a trace's demand neither.
 */
import type { ClusterDescription, Step } from '../models/description.ts';
import { distribution } from '../sim/random/index.ts';
import { servicesBehind, workOf } from './routes.ts';

export class LeastTimes {
  /** By service and class: a service that is called twice is worked out once. */
  private readonly known = new Map<string, number>();

  constructor(private readonly cluster: ClusterDescription) {}

  /** Mean seconds of the steps. */
  ofSteps(steps: readonly Step[], requestClass: string): number {
    return steps.reduce((sum, step) => sum + this.ofStep(step, requestClass), 0);
  }

  /** Mean seconds of a call, the director's relay in it. */
  ofCall(to: string, requestClass: string): number {
    const director = Object.hasOwn(this.cluster.directors, to) ? this.cluster.directors[to] : undefined;
    const relay =
      director?.relay === undefined || director.relay.kind === 'demand' ? 0 : distribution(director.relay).mean;
    return [...servicesBehind(to, this.cluster)].reduce(
      (sum, [service, share]) => sum + share * this.ofVisit(service, requestClass),
      relay,
    );
  }

  /** Mean seconds of a visit of a service. */
  ofVisit(service: string, requestClass: string): number {
    const key = `${service} ${requestClass}`;
    const known = this.known.get(key);
    if (known !== undefined) {
      return known;
    }
    const seconds = this.ofSteps(workOf(this.cluster, service, requestClass), requestClass);
    this.known.set(key, seconds);
    return seconds;
  }

  /**
   * Seconds for which the steps hold a connection of a pool at least.
   * @param to what the pool leads to: calls there hold one.
   */
  holding(pool: string, to: string | undefined, steps: readonly Step[], requestClass: string): number {
    const inside = (branch: readonly Step[]) => this.holding(pool, to, branch, requestClass);
    let held = false;
    let sum = 0;
    for (const step of steps) {
      if ((step.do === 'acquire' || step.do === 'release') && step.pool === pool) {
        held = step.do === 'acquire';
      } else if (held || (step.do === 'call' && step.to === to)) {
        sum += this.ofStep(step, requestClass);
      } else if (step.do === 'loop') {
        sum += distribution(step.times).mean * inside(step.steps);
      } else if (step.do === 'lookup') {
        sum += missShare(this.cluster, step.cache) * inside(step.miss);
      } else if (step.do === 'when') {
        sum += Math.min(inside(step.steps), inside(step.otherwise));
      } else if (step.do === 'choice') {
        sum += meanOfBranches(step.branches, inside);
      } else if (step.do === 'parallel') {
        sum += step.branches.reduce((all, branch) => all + inside(branch), 0);
      }
    }
    return sum;
  }

  private ofStep(step: Step, requestClass: string): number {
    const inside = (branch: readonly Step[]) => this.ofSteps(branch, requestClass);
    switch (step.do) {
      case 'wait':
      case 'compute':
        return step.time.kind === 'demand' ? 0 : distribution(step.time).mean;
      case 'call':
        return this.ofCall(step.to, step.requestClass ?? requestClass);
      case 'choice':
        return meanOfBranches(step.branches, inside);
      case 'parallel':
        return step.need === step.branches.length ? Math.max(0, ...step.branches.map(inside)) : 0;
      case 'lookup':
        return missShare(this.cluster, step.cache) * inside(step.miss);
      case 'when':
        return Math.min(inside(step.steps), inside(step.otherwise));
      case 'loop':
        return distribution(step.times).mean * inside(step.steps);
      case 'publish':
      case 'walk':
      case 'send':
      case 'acquire':
      case 'release':
        return 0;
    }
  }
}

/** Share of lookups that miss at least: what a hit ratio leaves, nothing where keys decide. */
export function missShare({ caches }: ClusterDescription, cache: string): number {
  const hit = caches?.[cache]?.hit;
  return hit === undefined ? 0 : 1 - hit;
}

function meanOfBranches(
  branches: readonly { readonly weight: number; readonly steps: readonly Step[] }[],
  of: (steps: readonly Step[]) => number,
): number {
  const total = branches.reduce((sum, { weight }) => sum + weight, 0);
  return branches.reduce((sum, { weight, steps }) => sum + (weight / total) * of(steps), 0);
}
