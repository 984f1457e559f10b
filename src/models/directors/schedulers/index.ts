/**
 * The table of schedulers by the id that scenarios use. A new scheduler is a file here and a line in `kinds`.
 */
import type { SchedulerKind } from '../scheduler.ts';
import { lvsLeastConnection } from './lvs-lc.ts';
import { lvsNeverQueue } from './lvs-nq.ts';
import { lvsRoundRobin } from './lvs-rr.ts';
import { lvsShortestExpectedDelay } from './lvs-sed.ts';
import { lvsWeightedLeastConnection } from './lvs-wlc.ts';
import { lvsWeightedRoundRobin } from './lvs-wrr.ts';
import { nginxLeastConnections } from './nginx-least-conn.ts';
import { nginxRandom } from './nginx-random.ts';
import { nginxRoundRobin } from './nginx-rr.ts';
import { random } from './random.ts';

const kinds: readonly SchedulerKind[] = [
  lvsRoundRobin,
  lvsWeightedRoundRobin,
  lvsLeastConnection,
  lvsWeightedLeastConnection,
  lvsShortestExpectedDelay,
  lvsNeverQueue,
  nginxRoundRobin,
  nginxLeastConnections,
  nginxRandom,
  random,
];

/** Short spellings: product words that no other product uses for a different rule, and common names of a rule. */
const aliases: Readonly<Record<string, string>> = {
  rr: 'lvs/rr',
  wrr: 'lvs/wrr',
  lc: 'lvs/lc',
  wlc: 'lvs/wlc',
  sed: 'lvs/sed',
  nq: 'lvs/nq',
  swrr: 'nginx/rr',
  least_conn: 'nginx/least_conn',
};

/** Every scheduler, by its id and by each alias. */
export const schedulers: ReadonlyMap<string, SchedulerKind> = byName();

/** Every name that a scenario may use, ids first: for "did you mean". */
export const schedulerNames: readonly string[] = [...schedulers.keys()];

function byName(): Map<string, SchedulerKind> {
  const table = new Map(kinds.map((kind) => [kind.name, kind]));
  for (const [alias, name] of Object.entries(aliases)) {
    const kind = table.get(name);
    if (kind === undefined) {
      throw new Error(`scheduler alias ${alias}: there is no ${name}`);
    }
    table.set(alias, kind);
  }
  return table;
}
