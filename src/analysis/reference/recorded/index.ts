/** What real servers did (`reference/real`): one family of recordings a file, one line here. */
import { suiteOf } from '../groups.ts';
import type { ReferenceGroup } from '../groups.ts';
import { db } from './db.ts';
import { health } from './health.ts';
import { natdr } from './natdr.ts';
import { picks } from './picks.ts';
import { queue } from './queue.ts';
import { vrrp } from './vrrp.ts';

const groups: readonly ReferenceGroup[] = [
  picks,
  queue,
  vrrp,
  health,
  db,
  natdr,
];

export const recorded = suiteOf('recorded', groups);
