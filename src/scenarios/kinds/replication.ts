/** Replication between the servers of a service. */
import { z } from 'zod';
import type { ReplicationDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { count, reference } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

export const replicationSchema = z
  .strictObject({
    apply: timeLaw('what applying a write takes at each other server'),
    workers: count('appliers of a server, which keep the order of commits; 1 by default').optional(),
    writes: z
      .array(reference('a request class'))
      .min(1)
      .optional()
      .meta({ description: 'request classes that write; all by default' }),
  })
  .meta({
    description:
      'a write that one server answers is applied by all others: { writes: [ write ], apply: { exponential: 1 ms } }; gives lag and stale reads',
  });

export function resolveReplication(
  surface: z.infer<typeof replicationSchema>,
  servers: number,
  path: Path,
  context: Context,
): ReplicationDescription {
  if (servers < 2) {
    context.problem(path, 'needs two servers', 'give count: 2 or more: a write is applied by all others');
  }
  return {
    apply: resolveTime(surface.apply, [...path, 'apply'], context),
    workers: context.fallback([...path, 'workers'], surface.workers, 1, {
      source: 'MySQL 8.0 and MariaDB 10.11 manuals: one applier unless parallel workers are configured',
      text: 'writes are applied one after the other',
    }),
    writes: surface.writes ?? [],
  };
}
