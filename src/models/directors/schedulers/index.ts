/**
 * The table of schedulers by the id that scenarios use. A new scheduler is a file here and a line in `kinds`.
 */
import type { SchedulerKind } from '../scheduler.ts';
import { lvsRoundRobin } from './lvs-rr.ts';

const kinds: readonly SchedulerKind[] = [lvsRoundRobin];

/** Short spellings: product words that no other product uses for a different rule, and common names of a rule. */
const aliases: Readonly<Record<string, string>> = {
  rr: 'lvs/rr',
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
