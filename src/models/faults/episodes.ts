/**
 * What each fault led to, as it happened: when it began and ended, who noticed it first and when traffic was led round it,
 * and how many picks its targets got until then. A record an occurrence, a bounded number of them.
 */
import type { OpenedAnew } from '../connections/opened-anew.ts';
import type { Director } from '../directors/director.ts';

/** One occurrence of a fault of the list. Times in seconds. */
export interface Episode {
  /** Place in the list of faults. */
  readonly fault: number;
  readonly targets: readonly string[];
  readonly at: number;
  until: number | null;
  detected: { readonly at: number; readonly by: string } | null;
  /** When the first director led traffic round it, or the address was taken over. */
  takeover: number | null;
  /** Picks from its beginning to its detection, or its end, by director that has a target as a member. */
  picks: readonly EpisodePicks[];
  /** Where data was lost: writes since the last backup, and seconds since then. */
  readonly data: LostData | null;
  /** Connections opened in place of lost ones, those of pools too, until the next fault or the end of the run; null = nobody keeps any. */
  reopened: number | null;
  /** The most of them within one second. */
  reopenedPeak: number | null;
}

export interface LostData {
  readonly writes: number;
  readonly age: number;
}

export interface EpisodePicks {
  readonly director: string;
  readonly scheduler: string;
  /** Names of its members that were hit. */
  readonly hit: readonly string[];
  /** Picks of all its members, and of those hit: before the fault, and during it. */
  readonly before: { readonly all: number; readonly hit: number };
  readonly during: { readonly all: number; readonly hit: number };
}

/** Occurrences kept of each fault. */
const EPISODES_MAX = 50;

interface Counted {
  readonly director: Director;
  readonly members: readonly number[];
  readonly all: number;
  readonly hit: number;
}

export class Episodes {
  readonly list: Episode[] = [];
  private readonly open: { readonly episode: Episode; readonly counted: readonly Counted[] }[] = [];
  private readonly kept = new Map<number, number>();

  /** The one that began last, and what had been opened anew before. */
  private last: { readonly episode: Episode; readonly before: number } | null = null;

  /** @param reopened connections opened in place of lost ones so far. @param anew when they were. */
  constructor(
    private readonly directors: () => readonly Director[],
    private readonly reopened: () => number | null,
    private readonly anew: OpenedAnew,
  ) {}

  begin(fault: number, targets: readonly string[], now: number, data: LostData | null = null): void {
    this.settle();
    const kept = this.kept.get(fault) ?? 0;
    if (kept >= EPISODES_MAX) return;
    this.kept.set(fault, kept + 1);
    const none = { until: null, detected: null, takeover: null, picks: [], reopened: null, reopenedPeak: null };
    const episode: Episode = { fault, targets, at: now, ...none, data };
    this.last = { episode, before: this.reopened() ?? 0 };
    this.anew.begin();
    const counted = this.directors().flatMap((director) => {
      const members = director.members.flatMap(({ name }, index) => (targets.includes(name) ? [index] : []));
      if (members.length === 0 || members.length === director.members.length) return [];
      return [{ director, members, ...sums(director, members) }];
    });
    this.list.push(episode);
    this.open.push({ episode, counted });
  }

  end(fault: number, targets: readonly string[], now: number): void {
    const place = this.open.findIndex(({ episode }) => episode.fault === fault && same(episode.targets, targets));
    if (place < 0) return;
    const [{ episode, counted }] = this.open.splice(place, 1);
    episode.until = now;
    if (episode.detected === null) count(episode, counted);
  }

  /**
   * A check, passive or active, or a takeover has noticed what happened to one of `targets`.
   * @returns whether it was the first to notice something.
   */
  noticed(targets: readonly string[], by: string, now: number): boolean {
    let first = false;
    for (const { episode, counted } of this.open) {
      if (!targets.some((target) => episode.targets.includes(target))) continue;
      episode.takeover ??= now;
      if (episode.detected !== null) continue;
      episode.detected = { at: now, by };
      count(episode, counted);
      first = true;
    }
    return first;
  }

  /** The connections opened anew since the last fault are its doing. */
  private settle(): void {
    const now = this.reopened();
    if (this.last !== null && now !== null) {
      this.last.episode.reopened = now - this.last.before;
      this.last.episode.reopenedPeak = this.anew.peak;
    }
    this.last = null;
  }

  /** The run is over: those that were never noticed are counted as they stand. */
  finish(): void {
    this.settle();
    for (const { episode, counted } of this.open) if (episode.detected === null) count(episode, counted);
  }
}

function count(episode: Episode, counted: readonly Counted[]): void {
  episode.picks = counted.map(({ director, members, all, hit }) => {
    const now = sums(director, members);
    return {
      director: director.name,
      scheduler: director.description.scheduler.id,
      hit: members.map((member) => director.members[member].name),
      before: { all, hit },
      during: { all: now.all - all, hit: now.hit - hit },
    };
  });
}

function sums(director: Director, members: readonly number[]): { readonly all: number; readonly hit: number } {
  return {
    all: director.share.reduce((sum, picks) => sum + picks, 0),
    hit: members.reduce((sum, member) => sum + director.share[member], 0),
  };
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, k) => name === b[k]);
}
