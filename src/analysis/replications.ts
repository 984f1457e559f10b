/**
 * Replications in their order, simulated ahead of need by a runner's workers. What is asked for next depends on those
 * before it alone, so that the number of workers shows nowhere; those ahead of the last one needed are thrown away.
 */
import type { ReplicateAnswer, ReplicateInput } from './replicate-job.ts';
import type { Runner, StopSignal } from './runner.ts';
import type { SimulateJobs } from './simulate-jobs.ts';

export class Replications {
  private readonly ahead: Promise<ReplicateAnswer | null>[] = [];
  private asked = 0;
  private over = false;
  private readonly signal: StopSignal | null;

  /**
   * @param input of replication k.
   * @param most replications there can be.
   */
  constructor(
    private readonly runner: Runner<SimulateJobs>,
    private readonly input: (replication: number) => ReplicateInput,
    private readonly most: number,
    signal: StopSignal | null,
  ) {
    const isOver = (): boolean => this.over || signal?.aborted === true;
    // In this thread nothing runs ahead, so that nothing has to be stopped but by the user.
    this.signal =
      runner.workers === 1
        ? signal
        : {
            get aborted() {
              return isOver();
            },
          };
  }

  /** The next one. @returns null when it was interrupted. */
  async next(): Promise<ReplicateAnswer | null> {
    this.ask();
    const answer = await this.ahead.shift()!;
    this.ask();
    return answer;
  }

  /** No more is needed. */
  stop(): void {
    this.over = true;
  }

  /** Two for each worker, so that none waits for the decision whether to go on; one where there are no others. */
  private ask(): void {
    const { workers } = this.runner;
    const ahead = workers === 1 ? 1 : 2 * workers;
    while (!this.over && this.ahead.length < ahead && this.asked < this.most) {
      const answer = this.runner.run('replicate', this.input(this.asked++), this.signal);
      // Whoever waits for it hears of its failure; one that nobody waits for any more may fail unheard.
      answer.catch(() => undefined);
      this.ahead.push(answer);
    }
  }
}
