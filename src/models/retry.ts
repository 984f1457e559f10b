/**
 * When and how soon a failed attempt is made again. Backoff before retry k (from 1) is base * factor^(k-1), at most
 * `max`; jitter `full` draws it uniformly from 0 to that, `equal` from half of it (Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog 2015).
 *
 * Budgets of a call site, for all callers together:
 * - a number: a token bucket; every first attempt adds so many tokens (at most 10 are kept), every retry takes one;
 * - `recent`: the same without a most, where tokens and withdrawals are forgotten after `ttl`, and a floor a second
 *   (Finagle 22, RetryBudget: ttl 10 s, minRetriesPerSec 10, percentCanRetry 20 %; time in tenths of `ttl`);
 * - `in-progress`: requests that are being tried again now, against a share of all in progress (Envoy 1.30,
 *   retry_budget: 20 %, min_retry_concurrency 3).
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
  /** Of those made: by how the attempt before had ended. */
  readonly causes = new Float64Array(OUTCOMES.length);
  private readonly on = new Uint8Array(OUTCOMES.length);
  private tokens = BUDGET_TOKENS_MAX;
  private readonly bucket: number;
  private readonly recent: RecentTokens | null;
  private readonly atOnce: { readonly share: number; readonly least: number } | null;
  /** Requests in progress, and those of them that are being tried again. */
  private active = 0;
  private retrying = 0;
  private readonly within: number;
  private readonly elsewhereEach: number;

  constructor(
    private readonly description: RetryDescription,
    private readonly stream: RandomStream,
  ) {
    const { budget } = description;
    this.bucket = typeof budget === 'number' ? budget : Infinity;
    this.recent = typeof budget !== 'number' && budget.kind === 'recent' ? new RecentTokens(budget) : null;
    this.atOnce = typeof budget !== 'number' && budget.kind === 'in-progress' ? budget : null;
    this.other = description.other;
    this.same = description.same === true;
    this.within = description.within ?? Infinity;
    this.elsewhereEach = description.elsewhereEach ?? 0;
    for (const outcome of description.on) this.on[OUTCOME[outcome]] = 1;
  }

  /** A first attempt is made. */
  first(now = 0): void {
    this.active++;
    this.tokens = Math.min(BUDGET_TOKENS_MAX, this.tokens + this.bucket);
    this.recent?.deposit(now);
  }

  /** A request is over, whatever became of it. @param attempt its last, 0 = the first. */
  over(attempt: number): void {
    this.active--;
    if (attempt > 0) this.retrying--;
  }

  /**
   * Whether attempt `attempt` (0 = the first), which ended so, would be followed by another if there were no budget.
   * @param since seconds since the first attempt.
   */
  would(attempt: number, outcome: OutcomeCode, since = 0): boolean {
    return attempt < this.description.times && this.on[outcome] === 1 && since < this.within;
  }

  /** Whether that attempt is followed by another; takes a token if so. */
  again(attempt: number, outcome: OutcomeCode, since = 0, now = 0): boolean {
    if (!this.would(attempt, outcome, since)) return false;
    if (!this.same && !this.affords(attempt, now)) {
      this.overBudget++;
      return false;
    }
    if (attempt === 0) this.retrying++;
    this.made++;
    this.causes[outcome]++;
    return true;
  }

  /** Whether the attempt after attempt `attempt`, which would be at the same server, is made elsewhere and at once. */
  moves(attempt: number): boolean {
    return this.elsewhereEach > 0 && (attempt + 1) % this.elsewhereEach === 0;
  }

  private affords(attempt: number, now: number): boolean {
    if (this.recent !== null) return this.recent.withdraw(now);
    if (this.atOnce !== null) {
      const { share, least } = this.atOnce;
      const others = this.retrying - (attempt > 0 ? 1 : 0);
      return others < Math.max(least, share * this.active);
    }
    if (this.bucket === Infinity) return true;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }

  /** Seconds until the attempt after attempt `attempt`. */
  pause(attempt: number): number {
    if (this.moves(attempt)) return 0;
    const { base, factor, max, jitter } = this.description.backoff;
    let pause = base;
    for (let k = 0; k < attempt && pause < max; k++) pause *= factor;
    pause = Math.min(pause, max);
    if (pause === 0 || jitter === 'none') return pause;
    const u = this.stream.uniform();
    return jitter === 'full' ? pause * u : pause * (0.5 + 0.5 * u);
  }
}

/** Tokens that are forgotten after a while, as withdrawals are. */
class RecentTokens {
  private static readonly SLICES = 10;
  private readonly slices = new Float64Array(RecentTokens.SLICES);
  private readonly reserve: number;
  private slice = 0;
  private sum = 0;

  constructor(private readonly budget: { readonly share: number; readonly ttl: number; readonly perSecond: number }) {
    this.reserve = budget.perSecond * budget.ttl;
  }

  deposit(now: number): void {
    this.add(this.budget.share, now);
  }

  withdraw(now: number): boolean {
    this.add(0, now);
    if (this.sum + this.reserve < 1 - 1e-9) return false;
    this.add(-1, now);
    return true;
  }

  private add(tokens: number, now: number): void {
    const { SLICES } = RecentTokens;
    const slice = Math.floor((now * SLICES) / this.budget.ttl);
    for (let k = Math.min(SLICES, slice - this.slice); k > 0; k--) {
      const place = (slice - k + 1) % SLICES;
      this.sum -= this.slices[place];
      this.slices[place] = 0;
    }
    this.slice = slice;
    this.slices[slice % SLICES] += tokens;
    this.sum += tokens;
  }
}
