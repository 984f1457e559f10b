import { InvariantBreach } from '../../src/sim/invariant.ts';
import { UnusableOptions } from '../../src/analysis/refusals.ts';
import type { ReplicateAnswer, ReplicateInput } from '../../src/analysis/replicate-job.ts';
import type { JobContext } from '../../src/analysis/runner.ts';
import { simulateJobs } from '../../src/analysis/simulate-jobs.ts';
import { serve } from '../../src/runners/serve.ts';

/** A worker thread whose jobs may take it with them: what happens to a job depends on a tally in shared memory. */

interface Deadly {
  /** [0] counts how often the job was begun. */
  readonly begun: Int32Array;
  /** It ends its thread so many times before it answers. */
  readonly deaths: number;
  readonly how: 'exit' | 'throw' | 'memory';
}

const jobs = {
  ...simulateJobs,
  echo: (input: unknown) => Promise.resolve(input),
  deadly: async ({ begun, deaths, how }: Deadly): Promise<string> => {
    if (Atomics.add(begun, 0, 1) < deaths) await end(how);
    return 'done';
  },
  failing: ({ begun, kind }: { begun: Int32Array; kind: string }): Promise<never> => {
    Atomics.add(begun, 0, 1);
    if (kind === 'InvariantBreach') {
      const breach = new InvariantBreach('busy <= workers', 'web.1: 3 of 2');
      breach.time = 1.5;
      breach.seed = 'seed';
      throw breach;
    }
    if (kind === 'UnusableOptions') throw new UnusableOptions('no window is left');
    throw kind === 'RangeError' ? new RangeError('out of range') : new Error('plain');
  },
  endless: async ({ begun }: { begun: Int32Array }, context: JobContext): Promise<string | null> => {
    Atomics.add(begun, 0, 1);
    Atomics.notify(begun, 0);
    while (!(await context.aborted())) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return null;
  },
};

async function end(how: Deadly['how']): Promise<void> {
  if (how === 'exit') process.exit(7);
  if (how === 'memory') {
    const hoard: unknown[] = [];
    for (;;) hoard.push(Array.from({ length: 1000 }, (_, k) => ({ k })));
  }
  setTimeout(() => {
    throw new Error('outside of any job');
  });
  await new Promise(() => undefined);
}

/** Replications 1 and 4 end their thread in their middle when they are simulated for the first time. */
function lossyReplicate(
  input: ReplicateInput & { marks?: Int32Array },
  context: JobContext,
): Promise<ReplicateAnswer | null> {
  const { replication } = input.plan;
  const { marks } = input.cluster as unknown as { marks?: Int32Array };
  if (marks !== undefined && replication < marks.length && Atomics.exchange(marks, replication, 0) === 1) {
    let slices = 0;
    return simulateJobs.replicate(input, {
      aborted: () => (++slices === 20 ? process.exit(1) : context.aborted()),
    });
  }
  return simulateJobs.replicate(input, context);
}

export type LossyJobs = typeof jobs;

export default serve({ ...jobs, replicate: lossyReplicate });
