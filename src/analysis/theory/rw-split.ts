/**
 * Read/write split: the primary takes every write; the replicas share the reads evenly and apply every write. What it
 * carries by the utilisation law.
 */
import { requireCount, requirePositive } from './refusal.ts';

export interface ReadWriteSplit {
  /** Share of requests that read, 0..1. */
  readonly reads: number;
  readonly replicas: number;
  /** Seconds of a read at a replica, of a write at the primary, of applying a write at a replica. */
  readonly read: number;
  readonly write: number;
  readonly apply: number;
}

export interface ReadWriteCapacity {
  /** Requests/s at which each is full; Infinity where it is not used. */
  readonly primary: number;
  readonly replicas: number;
  readonly all: number;
  /** With as many replicas as one likes: writes remain. */
  readonly manyReplicas: number;
  readonly primaryUtilisation: (rate: number) => number;
  readonly replicaUtilisation: (rate: number) => number;
}

export function readWriteSplit({ reads, replicas, read, write, apply }: ReadWriteSplit): ReadWriteCapacity {
  requireCount('read/write split', { replicas });
  requirePositive('read/write split', { read, write, apply });
  const writes = 1 - reads;
  const primaryDemand = writes * write;
  const replicaDemand = (reads * read) / replicas + writes * apply;
  const primary = 1 / primaryDemand;
  const all = Math.min(primary, 1 / replicaDemand);
  return {
    primary,
    replicas: 1 / replicaDemand,
    all,
    manyReplicas: Math.min(primary, 1 / (writes * apply)),
    primaryUtilisation: (rate) => rate * primaryDemand,
    replicaUtilisation: (rate) => rate * replicaDemand,
  };
}
