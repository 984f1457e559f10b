/** What HAProxy's rules have in common: which servers are in their trees and maps, and how finely weights are known. */
import { Change } from '../scheduler.ts';
import type { Upstream } from '../scheduler.ts';

/** Parts into which HAProxy divides a unit of weight. */
const SCALE = 16;
/** The largest weight, in those parts: keys of trees are in fractions of it. */
export const WEIGHT_MAX = 256 * SCALE;

/** The weight in sixteenths, rounded up, as HAProxy has it (slow start goes by sixteenths). */
export function sixteenths({ weight }: Upstream, server: number): number {
  return Math.ceil(weight[server] * SCALE);
}

/** Whether the server is in the balancing tree or map: up, with a weight; one that is full stays in. */
export function isInTree({ eligible, full, weight }: Upstream, server: number): boolean {
  return (eligible[server] === 1 || full[server] === 1) && weight[server] > 0;
}

/** Who is in the tree or map, to tell a change of it from one that leaves it as it is. */
export class TreeMembers {
  private readonly member: Uint8Array;

  constructor(private readonly upstream: Upstream) {
    this.member = Uint8Array.from({ length: upstream.length }, (_, server) => (isInTree(upstream, server) ? 1 : 0));
  }

  has(server: number): boolean {
    return this.member[server] === 1;
  }

  /** To be told of each change. @returns whether the tree or map is another one now. O(1). */
  changed(server: number, what: Change): boolean {
    if (what === Change.load || what === Change.effective) return false;
    const before = this.member[server];
    const now = isInTree(this.upstream, server) ? 1 : 0;
    this.member[server] = now;
    return before !== now || (now === 1 && what === Change.weight);
  }
}
