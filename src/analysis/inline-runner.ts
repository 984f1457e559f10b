/** A runner that does its jobs in this thread, one after the other as they are asked for: in a browser, and with one worker. */
import { letHostWork } from './host.ts';
import type { JobContext, JobTable, Runner, StopSignal } from './runner.ts';

/**
 * @param jobs the table of what can be asked for.
 * A job that can be stopped lets the host work (a Ctrl-C, a click) between its slices; one that cannot never waits.
 */
export function inlineRunner<Jobs extends JobTable>(jobs: Jobs): Runner<Jobs> {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    workers: 1,
    run: (name, input, signal = null) => {
      const job = jobs[name] as unknown as (input: unknown, context: JobContext) => Promise<never>;
      const answer = last.then(() => (closed ? null : job(input, { aborted: () => stopped(signal) })));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: async () => {
      closed = true;
      await last;
    },
  };
}

/** Whether it is to stop now; the host works meanwhile. */
export async function stopped(signal: StopSignal | null): Promise<boolean> {
  if (signal === null) return false;
  await letHostWork();
  return signal.aborted;
}
