/**
 * Replications in their order, simulated ahead of need by a runner's workers. What is asked for next depends on those
 * before it alone, so that the number of workers shows nowhere; those ahead of the last one needed are thrown away.
 */
import { letHostWork } from './host.ts';
import type { StopSignal } from './runner.ts';

export class Replications<Answer> {
  private readonly ahead: Promise<Answer | null>[] = [];
  private asked = 0;
  private over = false;
  private readonly signal: StopSignal | null;

  /**
   * @param workers at work at once; with 1 nothing runs ahead.
   * @param ask has replication k simulated; gives null where it was interrupted.
   * @param most replications there can be.
   */
  constructor(
    private readonly workers: number,
    private readonly ask: (replication: number, signal: StopSignal | null) => Promise<Answer | null>,
    private readonly most: number,
    signal: StopSignal | null,
  ) {
    const isOver = (): boolean => this.over || signal?.aborted === true;
    const own = {
      get aborted() {
        return isOver();
      },
    };
    // In this thread nothing runs ahead, so that nothing has to be stopped but by the user.
    this.signal = workers === 1 ? signal : own;
  }

  /** The next one. @returns null when it was interrupted. */
  async next(): Promise<Answer | null> {
    if (this.ahead.length === 0) this.askAhead();
    const answer = await this.ahead.shift()!;
    if (this.workers > 1) {
      // Answers that come faster than they are dealt with would keep this thread from hearing a Ctrl-C.
      await letHostWork();
      this.askAhead();
    }
    return answer;
  }

  /** No more is needed. */
  stop(): void {
    this.over = true;
  }

  /** Two for each worker, so that none waits for the decision whether to go on; one where there are no others. */
  private askAhead(): void {
    const ahead = this.workers === 1 ? 1 : 2 * this.workers;
    while (!this.over && this.ahead.length < ahead && this.asked < this.most) {
      const answer = this.ask(this.asked++, this.signal);
      // Whoever waits for it hears of its failure; one that nobody waits for any more may fail unheard.
      answer.catch(() => undefined);
      this.ahead.push(answer);
    }
  }
}

/** Replications after which it is asked for the first time whether more are needed. */
export const REPLICATIONS_FIRST = 10;
/** Most replications. */
export const REPLICATIONS_MAX = 100;

/**
 * Whether it is asked, after so many replications, if more are needed: after the 10th, and then each time after some 20 %
 * more. Every look is a chance to stop at a lucky moment, so there are few.
 */
export function isLook(replications: number): boolean {
  for (let k = REPLICATIONS_FIRST; k <= replications; k = Math.ceil(1.2 * k)) if (k === replications) return true;
  return false;
}

/**
 * Half-widths of a run that stops when they are narrow, over those of a number of replications that was fixed: a moment at
 * which they are narrow is one at which the spread seen is too small. Docs/design/003 has the measurements.
 * Source: D. I. Singham, "Selecting stopping rules for confidence interval procedures", ACM Transactions on Modeling and
 * Computer Simulation 24 (2014): a coefficient above the nominal one, chosen for the coverage that is left after stopping.
 */
export const STOPPING_GUARD = 1.03;
