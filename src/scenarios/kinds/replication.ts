/** Replication between the servers of a service. */
import { z } from 'zod';
import type { ReplicationDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { count, reference, time } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

export const replicationSchema = z
  .strictObject({
    apply: timeLaw('what applying a write takes at each other server'),
    workers: count('appliers of a server, which keep the order of commits; 1 by default').optional(),
    semiSync: z
      .strictObject({
        ack: timeLaw('from the commit to the acknowledgement of a replica: the round trip and its log'),
        timeout: time('wait for one, then it goes on without; 10 s by default', { positive: true }).optional(),
      })
      .optional()
      .meta({
        description: 'a commit waits until one other server has it (semi-synchronous): { ack: 1 ms, timeout: 10 s }',
      }),
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
  const { semiSync } = surface;
  return {
    ...(semiSync === undefined ? {} : { semiSync: resolveSemiSync(semiSync, [...path, 'semiSync'], context) }),
    apply: resolveTime(surface.apply, [...path, 'apply'], context),
    workers: context.fallback([...path, 'workers'], surface.workers, 1, {
      source: 'MySQL 8.0 and MariaDB 10.11 manuals: one applier unless parallel workers are configured',
      text: 'writes are applied one after the other',
    }),
    writes: surface.writes ?? [],
  };
}

function resolveSemiSync(
  { ack, timeout }: NonNullable<z.infer<typeof replicationSchema>['semiSync']>,
  path: Path,
  context: Context,
): NonNullable<ReplicationDescription['semiSync']> {
  const given = context.fallback([...path, 'timeout'], timeout, '10 s', {
    source: 'MySQL 8.0 manual: rpl_semi_sync_source_timeout 10000 ms',
    text: 'commits wait so long for a replica before they go on without',
  });
  return {
    ack: resolveTime(ack, [...path, 'ack'], context),
    timeout: context.quantity(given, 'time', [...path, 'timeout']),
  };
}
