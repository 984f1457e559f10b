/** TLS where connections of clients end: at a service, or at a proxy. */
import { z } from 'zod';
import type { TlsDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { resolveTime, timeLaw } from './laws.ts';

export const tlsSchema = z
  .strictObject({
    version: z
      .union([z.literal(1.2), z.literal(1.3)])
      .optional()
      .meta({
        description: '1.3 (default): one round trip beside that of TCP (RFC 8446); 1.2: two (RFC 5246)',
      }),
    cpu: timeLaw('processor time that a new connection costs whoever accepts it; none by default').optional(),
  })
  .meta({
    description:
      'TLS ends here: what each connection that a client opens costs beside TCP, { version: 1.3, cpu: 1 ms }; of clients with `keep: connection` the first, and each after a crash or takeover',
  });

export function resolveTls(
  surface: z.infer<typeof tlsSchema> | undefined,
  path: Path,
  context: Context,
): { readonly tls?: TlsDescription } {
  if (surface === undefined) return {};
  const { version = 1.3, cpu } = surface;
  const roundTrips = version === 1.2 ? 2 : 1;
  return { tls: { roundTrips, ...(cpu === undefined ? {} : { cpu: resolveTime(cpu, [...path, 'cpu'], context) }) } };
}
