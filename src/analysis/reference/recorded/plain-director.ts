import type { DirectorDescription } from '../../../models/description.ts';

/** A director with every limit and cost off: requests go round its members. */
export function plainDirector(options: Partial<DirectorDescription>): DirectorDescription {
  return {
    mode: 'client-side',
    scheduler: { id: 'lvs/rr', options: {} },
    members: [],
    persistence: 0,
    workers: Infinity,
    queue: Infinity,
    full: 'refuse',
    cores: Infinity,
    packetCost: 0,
    sendBitsPerSecond: Infinity,
    receiveBitsPerSecond: Infinity,
    whenFull: { do: 'refuse' },
    nodes: [{ name: '1', priority: 100 }],
    tables: [],
    linger: 0,
    ...options,
  };
}
