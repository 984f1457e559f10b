/** The job `replicate`: one replication of a cluster, with its requests one by one where they are wanted. */
import type { ClusterDescription } from '../models/description.ts';
import { RequestRows } from './request-rows.ts';
import type { RequestRowsData } from './request-rows.ts';
import { replicate } from './replicate.ts';
import type { ReplicationOutcome, ReplicationPlan } from './replicate.ts';
import type { JobContext } from './runner.ts';

export interface ReplicateInput {
  readonly cluster: ClusterDescription;
  readonly plan: ReplicationPlan;
  /** Whether every request that ends after the warm-up is wanted. */
  readonly rows: boolean;
}

export interface ReplicateAnswer {
  readonly outcome: ReplicationOutcome;
  readonly rows: RequestRowsData | null;
}

/** @returns null when it was interrupted before its end. */
export async function replicateJob(
  { cluster, plan, rows }: ReplicateInput,
  context: JobContext,
): Promise<ReplicateAnswer | null> {
  const interruption = { pause: () => context.aborted() };
  const kept = rows ? new RequestRows() : null;
  const outcome = await replicate(cluster, plan, interruption, kept && ((row, run) => kept.add(row, run)));
  return outcome === null ? null : { outcome, rows: kept && kept.data() };
}
