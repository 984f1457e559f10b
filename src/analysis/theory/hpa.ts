/**
 * One step of the Kubernetes horizontal pod autoscaler: ceil(current x metric / target), none within the tolerance.
 * Source: Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details. Leaves out missing metrics, pods not
 * ready and the stabilisation window.
 */
export interface HpaStep {
  readonly current: number;
  readonly metric: number;
  readonly target: number;
  readonly min: number;
  readonly max: number;
  /** 0.1 by default in Kubernetes. */
  readonly tolerance: number;
}

export function desiredReplicas({ current, metric, target, min, max, tolerance }: HpaStep): number {
  const ratio = metric / target;
  const wanted = Math.abs(ratio - 1) <= tolerance ? current : Math.ceil(ratio * current);
  return Math.min(max, Math.max(min, wanted));
}
