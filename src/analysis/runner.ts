/**
 * How independent jobs are spread: in this thread, over threads, or over machines. Analysis defines the interface and the
 * jobs (`jobs.ts`, a table from a job's name to its function of plain data); `src/runners` spreads them. Whatever the
 * runner, a job's answer depends on its input alone, and answers are put together in the order of the questions, so that
 * a result has the same bytes for any number of workers.
 */

/** Table of jobs: each takes plain JSON-like data (typed arrays too) and gives plain data back. */
export type JobTable = Readonly<Record<string, (input: never, context: JobContext) => Promise<unknown>>>;

export interface JobContext {
  /** Asked between slices of work: whether to stop. The job then answers null. */
  aborted(): Promise<boolean>;
}

/** Read now and then; an `AbortSignal` is one. */
export interface StopSignal {
  readonly aborted: boolean;
}

export interface Runner<Jobs extends JobTable> {
  /** Jobs at work at once; 1 = in this thread. */
  readonly workers: number;
  /**
   * Does one job; may be asked for many at once, which are begun in the order of asking. A job whose worker is lost is
   * done again on another: jobs are functions of their input.
   * @param signal stops this job alone.
   * @returns null when it was interrupted.
   * @throws what the job threw, with its type where that is one of ours (`failure.ts`).
   */
  run<Name extends keyof Jobs & string>(
    name: Name,
    input: Parameters<Jobs[Name]>[0],
    signal?: StopSignal | null,
  ): Promise<Awaited<ReturnType<Jobs[Name]>> | null>;
  /** Ends its workers; jobs not yet done answer null. */
  close(): Promise<void>;
}
