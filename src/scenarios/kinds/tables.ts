/**
 * Tables: entries held for a connection's life plus a linger (source ports, conntrack, descriptors, worker_connections).
 */
import { z } from 'zod';
import type { TableDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { count, named, positive, time, word } from './fields.ts';

export const tables = named(
  z.strictObject({
    size: count('entries'),
    perConnection: positive('entries that one connection takes; 1 by default').optional(),
    linger: time('how long an entry outlives its connection (TIME_WAIT); 0 by default').optional(),
    full: word(['refuse', 'drop'], 'what a full table does; refuse by default').optional(),
  }),
  'what holds an entry for each connection',
);

export function resolveTables(
  surface: z.infer<typeof tables> | undefined,
  path: Path,
  context: Context,
): readonly TableDescription[] {
  return Object.entries(surface ?? {}).map(([name, table]) => ({
    name,
    size: table.size,
    perConnection: table.perConnection ?? 1,
    linger: table.linger === undefined ? 0 : context.quantity(table.linger, 'time', [...path, name, 'linger']),
    full: table.full ?? 'refuse',
  }));
}
