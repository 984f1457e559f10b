/** A network card: one bandwidth for both directions, or one each. */
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { bandwidth } from './fields.ts';

export const network = z
  .union([
    bandwidth('of the network card, each direction'),
    z.strictObject({
      send: bandwidth('towards the network').optional(),
      receive: bandwidth('from the network').optional(),
    }),
  ])
  .meta({ description: 'bandwidth of the network card: 1 Gbit/s, or { send, receive }; unlimited by default' });

export interface Card {
  readonly sendBitsPerSecond: number;
  readonly receiveBitsPerSecond: number;
}

export function resolveNetwork(surface: z.infer<typeof network> | undefined, path: Path, context: Context): Card {
  if (typeof surface === 'string') {
    const both = context.quantity(surface, 'bandwidth', path);
    return { sendBitsPerSecond: both, receiveBitsPerSecond: both };
  }
  return {
    sendBitsPerSecond: context.limit(surface?.send, 'bandwidth', [...path, 'send']),
    receiveBitsPerSecond: context.limit(surface?.receive, 'bandwidth', [...path, 'receive']),
  };
}
