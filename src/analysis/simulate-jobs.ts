/** The jobs that a simulation consists of; `jobs.ts` has them too, beside those of others. */
import type { ClusterDescription } from '../models/description.ts';
import { replicateJob } from './replicate-job.ts';
import type { JobContext, JobTable } from './runner.ts';
import { planSteady } from './steady-plan.ts';
import type { SteadyOptions, SteadyPlan } from './steady-plan.ts';

export const simulateJobs = {
  /** One replication of a cluster. */
  replicate: replicateJob,
  /** A pilot run: how long the warm-up is, and how long a window. */
  pilot: pilotJob,
} satisfies JobTable;

export type SimulateJobs = typeof simulateJobs;

export interface PilotInput {
  readonly cluster: ClusterDescription;
  readonly options: SteadyOptions;
}

function pilotJob({ cluster, options }: PilotInput, context: JobContext): Promise<SteadyPlan | null> {
  return planSteady(cluster, options, { pause: () => context.aborted() });
}
