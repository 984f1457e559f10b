/**
 * What a run has counted up to a moment: cumulative sums as plain data. A window is the difference of two readings.
 * All areas are integrals over time (seconds x level).
 */
import type { AutoscalerReading } from './autoscalers/autoscaler.ts';
import type { ProtectionReading } from './controllers/protections.ts';
import type { TopicReading } from './streams/topic.ts';
import type { ReplicationReading } from './databases/replication.ts';

export interface Reading {
  readonly time: number;
  readonly events: number;
  readonly clients: Readonly<Record<string, ClientReading>>;
  readonly services: Readonly<Record<string, readonly ServerReading[]>>;
  readonly directors: Readonly<Record<string, DirectorReading>>;
  readonly tables: Readonly<Record<string, TableReading>>;
  readonly links: Readonly<Record<string, LinkReading>>;
  /** By service. */
  readonly replications: Readonly<Record<string, ReplicationReading>>;
  readonly caches: Readonly<Record<string, CacheReading>>;
  /** By service. */
  readonly autoscalers: Readonly<Record<string, AutoscalerReading>>;
  readonly topics: Readonly<Record<string, TopicReading>>;
  /** Breakers, retries, hedges, shedding and rules of operation, in this order. */
  readonly protections: readonly ProtectionReading[];
}

/** Lookups = hits + misses; of the misses, `delayed` waited for another's load. */
export interface CacheReading {
  readonly hits: number;
  readonly misses: number;
  readonly delayed: number;
  readonly stores: number;
  readonly evictions: number;
  /** Entries alive, times seconds. */
  readonly aliveArea: number;
}

export interface ClientReading {
  readonly sent: number;
  readonly ended: number;
  /** By outcome code. */
  readonly outcomes: readonly number[];
  readonly users: number;
  /** Those that its users keep; absent = they keep none. */
  readonly connections?: ConnectionsReading;
}

/** Kept connections. Requests that needed one = opened + reused. */
export interface ConnectionsReading {
  readonly opened: number;
  /** Requests that found one open. */
  readonly reused: number;
}

export interface ServerReading {
  readonly calls: number;
  readonly present: number;
  readonly presentArea: number;
  /** Kept connections on which no call was there. */
  readonly keptArea: number;
  readonly responseSum: number;
  readonly outcomes: readonly number[];
  readonly orphaned: number;
  readonly wastedSeconds: number;
  /** Core-seconds used. */
  readonly computeArea: number;
  /** Worker-seconds broken, and how often a worker failed; 0 where workers never break. */
  readonly brokenArea: number;
  readonly failures: number;
  /** Seconds switched off and in set-up, and set-ups begun; 0 where a server is always on. */
  readonly offArea: number;
  readonly setupArea: number;
  readonly setups: number;
  /** TLS handshakes made; absent = its connections have no TLS. */
  readonly handshakes?: number;
  /** Bounded memory; null where it is not. */
  readonly heap: HeapReading | null;
  /** Sessions that it holds itself or with its peers; null where it holds none. */
  readonly sessions: SessionsReading | null;
  /** Seconds in which it could serve, where servers come and go. */
  readonly servedSeconds?: number;
  /** By name: `workers`, `cores`, or a pool. */
  readonly gates: Readonly<Record<string, GateReading>>;
}

/** Sessions. */
export interface HeapReading {
  readonly size: number;
  readonly held: number;
  readonly heldArea: number;
  readonly turnedAway: number;
  /** Seconds; null while it is not full. */
  readonly fullSince: number | null;
  /** Share of its speed that garbage collection leaves now. */
  readonly speed: number;
}

/** Created = held + expired + turned away + lost. Those of a replicated store are the same at every peer. */
export interface SessionsReading {
  readonly held: number;
  readonly created: number;
  readonly expired: number;
  readonly turnedAway: number;
  readonly lost: number;
}

export interface GateReading {
  readonly busy: number;
  readonly waiting: number;
  readonly busyArea: number;
  readonly lineArea: number;
  readonly arrivals: number;
  readonly waits: number;
  readonly refusals: number;
  readonly withdrawals: number;
  readonly waited: number;
  readonly returns: number;
}

export interface DirectorReading {
  readonly picks: number;
  readonly unavailable: number;
  readonly share: readonly number[];
  /** Picks outside the caller's zone, where that is preferred; else 0. */
  readonly elsewhere: number;
  readonly active: number;
  readonly activeArea: number;
  /** Connections to members, where idle ones are kept. */
  readonly connections?: ConnectionsReading;
  readonly bitsIn: number;
  readonly bitsOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
}

export interface TableReading {
  readonly size: number;
  readonly used: number;
  readonly usedArea: number;
  readonly turnedAway: number;
}

export interface LinkReading {
  readonly bitsPerSecond: number;
  readonly bits: number;
  readonly busySeconds: number;
}
