/**
 * The Kubernetes horizontal pod autoscaler's rule: how many servers a metric asks for.
 *
 * Source: Kubernetes documentation 1.30, "Horizontal Pod Autoscaling", algorithm details: ceil(current x metric / target),
 * nothing within the tolerance; servers without a metric count as at the target when that would scale in and as idle when
 * it would scale out; servers that are not ready yet count as idle when it would scale out; what then turns the direction
 * round changes nothing. Several metrics: the largest answer; one without any value forbids to scale in.
 * Left out: container metrics, which are CPU of a part of a pod.
 */

/** What one metric says of the servers of a service. */
export interface MetricReading {
  /** Sum of the metric over the servers that were measured; for an external metric, its whole value. */
  readonly sum: number;
  /** Servers measured: ready, and for long enough. */
  readonly measured: number;
  /** Servers that should have a value and have none (crashed). */
  readonly missing: number;
  /** Servers that are not ready, or were not for the whole window. */
  readonly unready: number;
  /** True for a metric that belongs to no server (the lag of a topic): only its sum counts. */
  readonly external: boolean;
}

export interface HpaTarget {
  /** Of one server, in the metric's unit; > 0. */
  readonly target: number;
  /** Relative difference that changes nothing; 0.1 by default in Kubernetes. */
  readonly tolerance: number;
}

/**
 * Servers that one metric asks for, before limits.
 * @param current servers asked for now, those that still start included; >= 1.
 * @returns null where nothing could be measured.
 */
export function wantedServers(
  current: number,
  { sum, measured, missing, unready, external }: MetricReading,
  { target, tolerance }: HpaTarget,
): number | null {
  if (external) {
    return Math.abs(sum / (target * current) - 1) <= tolerance ? current : Math.ceil(sum / target);
  }
  if (measured === 0) return null;
  const ratio = sum / measured / target;
  if (missing === 0 && !(unready > 0 && ratio > 1)) {
    return Math.abs(ratio - 1) <= tolerance ? current : Math.ceil(ratio * measured);
  }
  // servers set aside are given the value that moves least
  let total = sum;
  let counted = measured + missing;
  if (ratio < 1) total += missing * target;
  else if (ratio > 1) counted += unready;
  const careful = total / counted / target;
  const turned = (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1);
  if (Math.abs(careful - 1) <= tolerance || turned) return current;
  const wanted = Math.ceil(careful * counted);
  const backwards = careful < 1 ? wanted > current : wanted < current;
  return backwards ? current : wanted;
}

/** The answer of several metrics: the largest; one that cannot be read forbids fewer servers than there are. */
export function largestWanted(current: number, answers: readonly (number | null)[]): number {
  const known = answers.filter((answer) => answer !== null);
  if (known.length === 0) return current;
  const most = Math.max(...known);
  return known.length < answers.length && most < current ? current : most;
}
