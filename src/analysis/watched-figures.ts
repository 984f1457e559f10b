/**
 * What must have settled before a steady state is measured: every figure on which what requests feel depends, read from a
 * run again and again.
 */
import type { Run } from '../models/run.ts';

export interface WatchedFigure {
  /** `requests of browsers in the system`. */
  readonly name: string;
  readonly unit: 's' | '1';
  /** Its value now, or over the time since it was last asked. */
  readonly next: () => number;
}

/**
 * Of each client the requests in the system and the response time, of each service what is there (waiting or served), what
 * its memory holds and what its copies lack, of each cache what it misses. O(servers) at most for each value.
 */
export function watchedFigures({ parts }: Run): WatchedFigure[] {
  const figures: WatchedFigure[] = [];
  for (const [name, { traffic }] of parts.clients) {
    figures.push({
      name: `the number of requests of ${name} in the system`,
      unit: '1',
      next: () => traffic.sent - traffic.ended,
    });
    const { responseMoments } = traffic;
    let count = 0;
    let sum = 0;
    let mean = 0;
    figures.push({
      name: `the response time of ${name}`,
      unit: 's',
      next: () => {
        const all = responseMoments.count === 0 ? 0 : responseMoments.count * responseMoments.mean;
        // where none has ended since, it is as it was
        if (responseMoments.count > count) mean = (all - sum) / (responseMoments.count - count);
        count = responseMoments.count;
        sum = all;
        return mean;
      },
    });
  }
  for (const [name, tier] of parts.tiers) {
    figures.push({ name: `the number of requests at ${name}`, unit: '1', next: () => tier.present });
    if (tier.servers.some(({ heap }) => heap !== null)) {
      figures.push({
        name: `the number of sessions in the memory of ${name}`,
        unit: '1',
        next: () => tier.servers.reduce((held, { heap }) => held + (heap?.held ?? 0), 0),
      });
    }
    const { replication } = tier;
    if (replication !== null) {
      figures.push({
        name: `the number of writes that the copies of ${name} lack`,
        unit: '1',
        next: () => replication.reading().servers.reduce((most, { behind }) => Math.max(most, behind), 0),
      });
    }
  }
  for (const [name, cache] of parts.caches) {
    let misses = 0;
    figures.push({
      name: `the number of misses of ${name}`,
      unit: '1',
      next: () => {
        const since = cache.misses - misses;
        misses = cache.misses;
        return since;
      },
    });
  }
  return figures;
}
