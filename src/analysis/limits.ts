/**
 * Everything in a cluster that can run out: how much of it is used, and the load at which it would be full if use grew
 * in proportion. That is exact for processors, links and lines whose demand per request is fixed (utilisation law), and
 * optimistic for tokens that are held longer as the load grows (workers, pools): said in the note.
 */
import type { ClusterDescription } from '../models/description.ts';
import type { Reading } from '../models/reading.ts';
import { estimate, perServer } from './observations.ts';
import type { ServiceWindow } from './observations.ts';
import { figure } from './figure.ts';
import type { Precision } from './figure.ts';
import type { Limit } from './result.ts';

/** Before the name of a service that makes the load: what runs out there ends the test, not the system. */
export const GENERATOR = 'generator ';

const HELD_LONGER = 'held longer as the load grows: the true limit is lower';

export interface LimitInput {
  readonly cluster: ClusterDescription;
  /** By service, pooled and by replication; directors' own processes are there under the director's name. */
  readonly services: Readonly<
    Record<string, { readonly pooled: ServiceWindow; readonly each: readonly ServiceWindow[] }>
  >;
  /** Readings at the beginning and the end of each window. */
  readonly readings: readonly { readonly before: Reading; readonly after: Reading; readonly seconds: number }[];
  /** Load now: requests/s for open clients; null where the load is closed and grows otherwise. */
  readonly load: number | null;
  readonly precision: Precision;
}

/** Most used first. */
export function limits(input: LimitInput): Limit[] {
  const { cluster, services, precision, load } = input;
  const found: Limit[] = [];
  const add = (
    name: string,
    size: number,
    note: string | null,
    used: readonly [pooled: number, each: readonly number[]],
  ): void => {
    if (!(size > 0 && size < Infinity)) return;
    const share = figure({ pooled: used[0] / size, each: used[1].map((level) => level / size) }, 'share', precision);
    const endsAt = load !== null && share.value > 0 ? load / share.value : null;
    found.push({ name, used: share, endsAt, note });
  };
  const generators = new Set(Object.values(cluster.clients).map(({ generator }) => generator));
  for (const [name, { pooled, each }] of Object.entries(services)) {
    const shown = generators.has(name) ? `${GENERATOR}${name}` : name;
    const level = (of: (window: ServiceWindow) => number): readonly [number, readonly number[]] => {
      const both = estimate(pooled, each, (window) => perServer(of(window), window));
      return [both.pooled, both.each];
    };
    const service = cluster.services[name];
    const director = cluster.directors[name];
    const { cores, workers } = service ?? director;
    add(
      `${shown} CPU`,
      cores,
      null,
      level(({ computeArea }) => computeArea),
    );
    add(
      `${shown} workers`,
      workers,
      cores < Infinity ? HELD_LONGER : null,
      level(({ gates, brokenArea, seconds, servers }) =>
        gates.workers === undefined ? 0 : gates.workers.busyArea / (1 - brokenArea / (seconds * servers * workers)),
      ),
    );
    if (service === undefined) continue;
    for (const [pool, { size }] of Object.entries(service.pools)) {
      add(
        `${shown} pool ${pool}`,
        size,
        HELD_LONGER,
        level(({ gates }) => gates[pool].busyArea),
      );
    }
    if (service.heap !== undefined) {
      const { size } = service.heap;
      const each = input.readings.map(
        ({ before, after, seconds }) =>
          after.services[name].reduce(
            (sum, { heap }, k) => sum + (heap!.heldArea - before.services[name][k].heap!.heldArea),
            0,
          ) /
          (seconds * service.count),
      );
      add(`${shown} heap`, size, null, [each.reduce((sum, held) => sum + held, 0) / each.length, each]);
    }
    add(
      `${shown} connections`,
      service.connections,
      HELD_LONGER,
      level(({ presentArea, keptArea }) => presentArea + keptArea),
    );
  }
  const overTime = (of: (reading: Reading) => number): readonly [number, readonly number[]] => {
    const each = input.readings.map(({ before, after, seconds }) => (of(after) - of(before)) / seconds);
    return [each.reduce((sum, value) => sum + value, 0) / each.length, each];
  };
  for (const [name, { size }] of Object.entries(input.readings[0].after.tables)) {
    add(
      `${name} table`,
      size,
      null,
      overTime(({ tables }) => tables[name].usedArea),
    );
  }
  for (const name of Object.keys(input.readings[0].after.links)) {
    add(
      `${name} line`,
      1,
      null,
      overTime(({ links }) => links[name].busySeconds),
    );
  }
  return found.sort((a, b) => b.used.value - a.used.value || (a.name < b.name ? -1 : 1));
}
