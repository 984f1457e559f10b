import { availableParallelism } from 'node:os';
import { inlineRunner } from '../analysis/inline-runner.ts';
import { jobs, type Jobs } from '../analysis/jobs.ts';
import type { Runner } from '../analysis/runner.ts';
import { threads } from '../runners/threads.ts';
import { tellPerson } from './terminal.ts';

/** Who does the jobs of a command: this thread alone where one worker is asked for, else worker threads. */
export async function runnerOf(workers = availableParallelism()): Promise<Runner<Jobs>> {
  if (workers === 1) return inlineRunner(jobs);
  return threads({
    workers,
    onLoss: ({ reason, lost }) =>
      tellPerson(`a worker thread was lost (${reason}); its work is done again. Lost so far: ${lost}`),
  });
}
