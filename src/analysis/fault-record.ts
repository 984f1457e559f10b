/**
 * What requests felt of the faults of one replication: successes by when they ended, failures by the fault that hit them.
 * Made only where a scenario has faults; sums in buckets of equal width, narrower than those of the timeline.
 */
import { OUTCOME, OUTCOMES } from '../models/outcome.ts';
import type { Outcome } from '../models/outcome.ts';
import type { Episode } from '../models/faults/episodes.ts';
import type { Run } from '../models/run.ts';

export interface FaultData {
  readonly bucketSeconds: number;
  /** Requests that ended well, by when they ended. */
  readonly ok: readonly number[];
  /** Requests that failed, by when they were due, or by the beginning of the fault that came while they were in progress. */
  readonly failed: Readonly<Partial<Record<Outcome, readonly number[]>>>;
  /** First failure after each beginning of a fault, seconds; by place of the episode, null = none. */
  readonly firstFailures: readonly (number | null)[];
  readonly episodes: readonly Episode[];
}

/** Buckets of a run of known length. */
const BUCKETS = 2400;
/** Width where the length is not known, and most buckets then. */
const BUCKET_SECONDS = 0.25;
const BUCKETS_MAX = 20_000;

export class FaultRecorder {
  private readonly ok: number[] = [];
  private readonly failed: number[][] = OUTCOMES.map(() => []);
  private readonly firstFailures: (number | null)[] = [];
  private readonly bucketSeconds: number;

  /** @param seconds of the run, Infinity = not known. */
  constructor(
    private readonly run: Run,
    seconds: number,
  ) {
    this.bucketSeconds = seconds < Infinity ? seconds / BUCKETS : BUCKET_SECONDS;
    for (const { traffic } of run.parts.clients.values()) {
      const before = traffic.onRow;
      traffic.onRow = (row) => {
        before?.(row);
        if (row.outcome === OUTCOME.ok) this.count(this.ok, row.end);
        else this.fails(row.outcome, row.due, row.end);
      };
    }
  }

  data(): FaultData {
    const { episodes } = this.run.parts.failover!;
    episodes.finish();
    const failed: Partial<Record<Outcome, readonly number[]>> = {};
    this.failed.forEach((counts, code) => {
      if (counts.length > 0) failed[OUTCOMES[code]] = filled(counts);
    });
    return {
      bucketSeconds: this.bucketSeconds,
      ok: filled(this.ok),
      failed,
      firstFailures: episodes.list.map((_, place) => this.firstFailures[place] ?? null),
      episodes: episodes.list,
    };
  }

  private fails(code: number, due: number, end: number): void {
    const { list } = this.run.parts.failover!.episodes;
    let hit = due;
    for (let place = list.length - 1; place >= 0 && list[place].at <= end; place--) {
      this.firstFailures[place] ??= end;
      if (list[place].at <= due) break;
      hit = list[place].at;
    }
    this.count(this.failed[code], hit);
  }

  private count(counts: number[], time: number): void {
    const bucket = Math.floor(time / this.bucketSeconds);
    if (bucket < BUCKETS_MAX) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
}

/** Without holes. */
function filled(counts: readonly number[]): number[] {
  return Array.from(counts, (count) => count ?? 0);
}
