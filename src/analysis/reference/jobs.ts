/** The job that a validation consists of. */
import type { JobContext, JobTable } from '../runner.ts';
import { Interrupted } from './suite.ts';
import type { CaseReport, JudgeOptions, ReferenceCase } from './suite.ts';
import { suites } from './index.ts';

export const referenceJobs = {
  /** Judges one case by its suite. */
  judge: judgeJob,
} satisfies JobTable;

export interface JudgeInput {
  readonly one: ReferenceCase;
  readonly options: Omit<JudgeOptions, 'interruption'>;
}

async function judgeJob({ one, options }: JudgeInput, context: JobContext): Promise<CaseReport | null> {
  const suite = suites.find(({ name }) => name === one.suite)!;
  try {
    return await suite.judge(one, { ...options, interruption: { pause: () => context.aborted() } });
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
}
