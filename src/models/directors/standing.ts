/**
 * Who may be picked: each member has a set of reasons why not, and is eligible when none is left. Backup members also
 * wait until backups serve. Panic (Envoy): when too few members are healthy, health is ignored.
 *
 * Source: nginx 1.22 upstream module (backup, down, max_conns); HAProxy 2.6 manual (backup, allbackups); Envoy 1.30
 * documentation, "Panic threshold". Left out: Envoy's priority levels.
 */
import { Change } from './scheduler.ts';
import type { Scheduler, Upstream } from './scheduler.ts';

/** Reasons why a member is not picked; bits of a set. */
export const Bar = {
  /** Its active check failed. */
  down: 1,
  draining: 2,
  /** `down` in the configuration. */
  off: 4,
  /** Left out by passive checks. */
  failed: 8,
  ejected: 16,
  /** At its limit. */
  full: 32,
  /** Not there: its service has fewer servers now. */
  absent: 64,
  /** A rule of operation lets it rest. */
  rested: 128,
} as const;

/** Which backup serves: none, or all of them. */
const NONE = -1;
const ALL = -2;

/** What panic overlooks. */
const UNHEALTHY = Bar.down | Bar.failed | Bar.ejected;

/**
 * When backups serve: `overflow` = all of them, for a request that no primary can take, full or tried ones included
 * (nginx); `first` = only the first usable one, when every primary is out (HAProxy); `all` = all of them then
 * (`option allbackups`).
 */
export type BackupUse = 'overflow' | 'first' | 'all';

export interface StandingOptions {
  /** Members that serve only when the others cannot. */
  readonly backup: readonly boolean[];
  readonly backups: BackupUse;
  /** Share of healthy members below which health is ignored; 0 = never. */
  readonly panic: number;
}

export class Standing {
  /** Told of each change of eligibility. */
  scheduler: Scheduler | null = null;
  /** Members that would be picked if they had room. */
  able = 0;
  panicking = false;
  private readonly reasons: Uint8Array;
  private readonly hasBackups: boolean;
  private healthy: number;
  /** Primaries without any reason (`overflow`), or with none but being full. */
  private primaries = 0;
  /** The backup that serves, NONE or ALL. */
  private serving = NONE;

  constructor(
    readonly upstream: Upstream,
    private readonly options: StandingOptions,
  ) {
    this.reasons = new Uint8Array(upstream.length);
    this.hasBackups = options.backup.includes(true);
    this.healthy = upstream.length;
    this.recount();
    this.refreshAll();
  }

  /** Whether this reason holds for the member. */
  has(member: number, reason: number): boolean {
    return (this.reasons[member] & reason) !== 0;
  }

  /** Whether nothing but being full keeps the member from being picked. */
  isAble(member: number): boolean {
    return (this.counted(this.reasons[member]) & ~Bar.full) === 0;
  }

  /** Adds a reason, or takes it back. */
  set(member: number, reason: number, holds: boolean): void {
    const before = this.reasons[member];
    const after = holds ? before | reason : before & ~reason;
    if (after === before) return;
    this.reasons[member] = after;
    const panicChanges = this.options.panic > 0 && this.health(before, after);
    if (!this.hasBackups && !panicChanges) {
      this.count(member, before, after);
      this.refresh(member);
      return;
    }
    this.recount();
    this.refreshAll();
  }

  /** A weight has become 0, or more than 0. */
  reweighed(): void {
    this.recount();
    if (this.hasBackups) this.refreshAll();
  }

  /**
   * Calls in the backups for one pick, for a request that the primaries could not take though some may be there.
   * @returns whether that changed anything; if so, `dismiss` ends it.
   */
  callIn(): boolean {
    if (!this.hasBackups || this.options.backups !== 'overflow' || this.serving === ALL) return false;
    this.serving = ALL;
    this.refreshAll();
    return true;
  }

  dismiss(): void {
    this.recount();
    this.refreshAll();
  }

  // ---------------------------------------------------------------------------------------------------------- helpers

  /** Counts the healthy; whether panic begins or ends. */
  private health(before: number, after: number): boolean {
    if ((before & UNHEALTHY) === 0 && (after & UNHEALTHY) !== 0) this.healthy--;
    else if ((before & UNHEALTHY) !== 0 && (after & UNHEALTHY) === 0) this.healthy++;
    const panicking = this.healthy < this.options.panic * this.upstream.length;
    if (panicking === this.panicking) return false;
    this.panicking = panicking;
    return true;
  }

  /** The reasons that count now. */
  private counted(reasons: number): number {
    return this.panicking ? reasons & ~UNHEALTHY : reasons;
  }

  private count(member: number, before: number, after: number): void {
    if (this.upstream.weight[member] === 0) return;
    const was = (this.counted(before) & ~Bar.full) === 0;
    const is = (this.counted(after) & ~Bar.full) === 0;
    if (was !== is) this.able += is ? 1 : -1;
  }

  /** O(n): for changes that are rare, or where there are backups (few members). */
  private recount(): void {
    const { upstream, options } = this;
    const ignored = options.backups === 'overflow' ? 0 : Bar.full;
    this.able = 0;
    this.primaries = 0;
    let first = NONE;
    for (let member = 0; member < upstream.length; member++) {
      if (upstream.weight[member] === 0) continue;
      const reasons = this.counted(this.reasons[member]);
      if ((reasons & ~Bar.full) === 0) {
        this.able++;
        if (options.backup[member] && first === NONE) first = member;
      }
      if (!options.backup[member] && (reasons & ~ignored) === 0) this.primaries++;
    }
    this.serving = this.primaries > 0 ? NONE : options.backups === 'first' ? first : ALL;
  }

  private refreshAll(): void {
    for (let member = 0; member < this.upstream.length; member++) this.refresh(member);
  }

  private refresh(member: number): void {
    const { upstream, options } = this;
    const serves = !options.backup[member] || this.serving === ALL || this.serving === member;
    const reasons = this.counted(this.reasons[member]);
    const eligible = serves && reasons === 0 ? 1 : 0;
    const full = serves && reasons === Bar.full ? 1 : 0;
    if (upstream.eligible[member] === eligible && upstream.full[member] === full) return;
    upstream.eligible[member] = eligible;
    upstream.full[member] = full;
    this.scheduler?.changed(member, Change.eligibility);
  }
}
