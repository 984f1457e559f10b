/** The worker's side of `threads.ts`: does the jobs of a table that the other side asks for. */
import { errorOf, failureOf } from '../analysis/failure.ts';
import type { Failure } from '../analysis/failure.ts';
import type { JobContext, JobTable } from '../analysis/runner.ts';

/** What a worker is asked. */
export interface Task {
  readonly name: string;
  readonly input: unknown;
  /** Shared memory: `flags[slot]` is 1 once this job is to stop. */
  readonly flags: Int32Array;
  readonly slot: number;
}

export type Answer = { readonly value: unknown } | { readonly failure: Failure };

/** The function that a worker file exports by default. It never throws: what the job threw is part of the answer. */
export function serve(jobs: JobTable): (task: Task) => Promise<Answer> {
  return async ({ name, input, flags, slot }) => {
    try {
      const job = jobs[name] as ((input: unknown, context: JobContext) => Promise<unknown>) | undefined;
      if (job === undefined) throw new RangeError(`no job is called "${name}"`);
      return { value: await job(input, { aborted: () => Promise.resolve(Atomics.load(flags, slot) !== 0) }) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
}

/** The value of an answer. @throws what the job threw. */
export function valueOf(answer: Answer): unknown {
  if ('failure' in answer) throw errorOf(answer.failure);
  return answer.value;
}
