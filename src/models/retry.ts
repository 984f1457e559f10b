/**
 * When and how soon a failed attempt is made again. Backoff before retry k (from 1) is base * factor^(k-1), at most
 * `max`; jitter `full` draws it uniformly from 0 to that, `equal` from half of it (Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog 2015). The budget is a token bucket: every first attempt adds `budget` tokens (at most
 * 10 are kept), every retry takes one (as Finagle's RetryBudget and Envoy's retry budget do, without their time decay).
 */
import type { RandomStream } from '../sim/random/stream.ts';
import type { RetryDescription } from './description.ts';
import { OUTCOME, OUTCOMES } from './outcome.ts';
import type { OutcomeCode } from './outcome.ts';

const BUDGET_TOKENS_MAX = 10;

export class Retry {
  /** Avoid the servers tried. */
  readonly other: boolean;
  /** At the server that failed, where the attempt keeps its place. */
  readonly same: boolean;
  /** Retries made, and refused by the budget. */
  made = 0;
  overBudget = 0;
  private readonly on = new Uint8Array(OUTCOMES.length);
  private tokens = BUDGET_TOKENS_MAX;
  private readonly within: number;

  constructor(
    private readonly description: RetryDescription,
    private readonly stream: RandomStream,
  ) {
    this.other = description.other;
    this.same = description.same === true;
    this.within = description.within ?? Infinity;
    for (const outcome of description.on) this.on[OUTCOME[outcome]] = 1;
  }

  /** A first attempt is made. */
  first(): void {
    this.tokens = Math.min(BUDGET_TOKENS_MAX, this.tokens + this.description.budget);
  }

  /**
   * Whether attempt `attempt` (0 = the first), which ended so, would be followed by another if there were no budget.
   * @param since seconds since the first attempt.
   */
  would(attempt: number, outcome: OutcomeCode, since = 0): boolean {
    return attempt < this.description.times && this.on[outcome] === 1 && since < this.within;
  }

  /** Whether that attempt is followed by another; takes a token if so. */
  again(attempt: number, outcome: OutcomeCode, since = 0): boolean {
    if (!this.would(attempt, outcome, since)) return false;
    if (this.description.budget < Infinity && !this.same) {
      if (this.tokens < 1) {
        this.overBudget++;
        return false;
      }
      this.tokens--;
    }
    this.made++;
    return true;
  }

  /** Seconds until the attempt after attempt `attempt`. */
  pause(attempt: number): number {
    const { base, factor, max, jitter } = this.description.backoff;
    let pause = base;
    for (let k = 0; k < attempt && pause < max; k++) pause *= factor;
    pause = Math.min(pause, max);
    if (pause === 0 || jitter === 'none') return pause;
    const u = this.stream.uniform();
    return jitter === 'full' ? pause * u : pause * (0.5 + 0.5 * u);
  }
}
