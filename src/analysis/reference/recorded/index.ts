/** What real servers did (`reference/real`): one family of recordings a file, one line here. */
import { suiteOf, unjudged } from '../groups.ts';
import type { ReferenceGroup } from '../groups.ts';
import type { ReferenceFiles } from '../suite.ts';
import { db } from './db.ts';
import { natdr } from './natdr.ts';
import { picks } from './picks.ts';
import { queue } from './queue.ts';

const NOT_YET = 'nothing replays this family of recordings yet';

const groups: readonly ReferenceGroup[] = [
  picks,
  queue,
  unjudged('recorded', 'vrrp', casesOf('real/vrrp.json'), NOT_YET),
  unjudged('recorded', 'haproxy-health', keysOf('real/haproxy-health.json'), NOT_YET),
  db,
  natdr,
];

export const recorded = suiteOf('recorded', groups);

/** The keys of a file that is a map of recordings. */
function keysOf(path: string): (files: ReferenceFiles) => string[] {
  return (files) => Object.keys(JSON.parse(files.get(path) ?? '{}') as object);
}

/** The ids of a file that is a list of `{ case: { id } }`. */
function casesOf(path: string): (files: ReferenceFiles) => string[] {
  return (files) =>
    (JSON.parse(files.get(path) ?? '[]') as readonly { readonly case: { readonly id: string } }[]).map((one) => one.case.id);
}
