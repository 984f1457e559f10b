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

export interface Runner<Jobs extends JobTable> {
  /** Jobs at work at once; 1 = in this thread. */
  readonly workers: number;
  /**
   * Does one job; may be asked for many at once. A job whose worker is lost is done again on another: jobs are
   * functions of their input.
   * @returns null when it was interrupted.
   */
  run<Name extends keyof Jobs & string>(
    name: Name,
    input: Parameters<Jobs[Name]>[0],
  ): Promise<Awaited<ReturnType<Jobs[Name]>> | null>;
  /** Ends its workers. */
  close(): Promise<void>;
}
