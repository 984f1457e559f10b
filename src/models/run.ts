/**
 * A cluster at work: the models of one replication, ready to run. Made by `build.ts`.
 */
import { InvariantBreach } from '../sim/invariant.ts';
import type { Simulation, StopReason, StopRule } from '../sim/simulation.ts';
import type { Autoscaler } from './autoscalers/autoscaler.ts';
import type { Cache } from './caches/cache.ts';
import type { Clients } from './clients/clients.ts';
import type { KeptConnections } from './connections/kept.ts';
import type { Director } from './directors/director.ts';
import { totals } from './directors/modes.ts';
import type { Flows } from './directors/modes.ts';
import { protectionsOf } from './controllers/protections.ts';
import type { Rule } from './controllers/rule.ts';
import type { Execution } from './execution.ts';
import type { Failover } from './failover/failover.ts';
import type { LogEntry } from './faults/log.ts';
import { CensusPace, checkAll } from './invariants.ts';
import type { Link } from './links/link.ts';
import type {
  CacheReading,
  ClientReading,
  ConnectionsReading,
  DirectorReading,
  GateReading,
  HeapReading,
  LinkReading,
  Reading,
  ServerReading,
  SessionsReading,
  TableReading,
} from './reading.ts';
import type { Server, Tier } from './services/server.ts';
import type { Site } from './site.ts';
import type { Topic } from './streams/topic.ts';
import type { Table } from './tables/table.ts';

/** What `build` puts together. */
export interface Parts {
  readonly simulation: Simulation;
  readonly execution: Execution;
  readonly clients: ReadonlyMap<string, Clients>;
  readonly tiers: ReadonlyMap<string, Tier>;
  /** Proxies' own servers are tiers too, under the director's name, but not services. */
  readonly directors: readonly Director[];
  readonly tables: readonly Table[];
  readonly links: readonly Link[];
  readonly caches: ReadonlyMap<string, Cache>;
  /** Traffic of one exchange at each site that goes through a director. */
  readonly flows: ReadonlyMap<Site, { readonly director: Director; readonly flows: Flows }>;
  /** By service. */
  readonly autoscalers: ReadonlyMap<string, Autoscaler>;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly log: readonly LogEntry[];
  /** Checks, takeovers and faults; null where a scenario has no faults. */
  readonly failover: Failover | null;
  readonly seed: string | number;
}

/** A number that changes over time, for the timeline. */
export interface RunLevel {
  readonly name: string;
  /** The service of which it is the number of servers. */
  readonly serversOf: string | null;
  /** Its integral over time up to `now`. */
  readonly area: (now: number) => number;
}

export class Run {
  private readonly pace = new CensusPace();

  constructor(readonly parts: Parts) {}

  get now(): number {
    return this.parts.simulation.now;
  }

  /** Faults and what followed, in order of time. */
  get log(): readonly LogEntry[] {
    return this.parts.log;
  }

  /** Lets simulated time pass. @throws InvariantBreach, with time and seed, if a model breaks one. */
  advance(stop: StopRule): StopReason {
    try {
      return this.parts.simulation.run(stop);
    } catch (error) {
      if (error instanceof InvariantBreach) error.seed = this.parts.seed;
      throw error;
    }
  }

  /** Clients make no further requests; what is in flight goes on. */
  end(): void {
    for (const clients of this.parts.clients.values()) clients.end();
  }

  /** Forgets latencies and probes so far (end of warm-up). */
  clearLatencies(): void {
    const now = this.now;
    for (const clients of this.parts.clients.values()) clients.traffic.clearLatencies();
    for (const { groups } of this.parts.topics.values()) for (const { latency } of groups) latency.clear();
    for (const tier of this.parts.tiers.values()) {
      tier.levels?.rebase(now);
      tier.breakdowns?.levels?.rebase(now);
      for (const server of tier.servers) {
        for (const gate of server.gates) {
          gate.waitHistogram?.clear();
          gate.levels?.rebase(now);
        }
      }
    }
  }

  /** What is drawn over time beside the requests and the services. */
  levels(): readonly RunLevel[] {
    const servers = [...this.parts.autoscalers].map(([name, autoscaler]) => ({
      name: `${name} servers`,
      serversOf: name,
      area: () => autoscaler.reading().servedSeconds,
    }));
    const lags = [...this.parts.topics.values()].flatMap(({ name, groups }) =>
      groups.map((group) => ({ name: `${name} lag at ${group.name}`, serversOf: null, area: () => group.area() })),
    );
    return [...servers, ...lags];
  }

  /** All counts and sums up to now. */
  reading(): Reading {
    const { simulation, clients, tiers, directors, tables, links } = this.parts;
    const now = simulation.now;
    return {
      time: now,
      events: simulation.events,
      clients: Object.fromEntries(
        [...clients].map(([name, one]) => [name, clientReading(one, this.parts.execution.connecting.kept, name)]),
      ),
      services: fromEntries(tiers, (tier) => tier.servers.map((server) => serverReading(server, now))),
      directors: Object.fromEntries(directors.map((director) => [director.name, this.directorReading(director)])),
      tables: Object.fromEntries(tables.map((table) => [table.name, tableReading(table, now)])),
      links: Object.fromEntries(links.map((link) => [link.name, linkReading(link)])),
      replications: Object.fromEntries(
        [...tiers].flatMap(([name, { replication }]) => (replication === null ? [] : [[name, replication.reading()]])),
      ),
      caches: fromEntries(this.parts.caches, cacheReading),
      autoscalers: fromEntries(this.parts.autoscalers, (autoscaler) => autoscaler.reading()),
      topics: fromEntries(this.parts.topics, (topic) => topic.reading()),
      protections: protectionsOf(this.parts, now),
    };
  }

  /**
   * Checks what must hold at any time, by a census of all calls (see `invariants.ts`).
   * @throws InvariantBreach, with time and seed, naming the one that does not hold.
   */
  check(): void {
    try {
      checkAll(this.parts);
    } catch (error) {
      if (error instanceof InvariantBreach) {
        error.time ??= this.now;
        error.seed = this.parts.seed;
      }
      throw error;
    }
  }

  /** The same, if enough has happened since the last time for the census to cost next to nothing. */
  checkNowAndThen(): void {
    if (this.pace.due(this.parts)) this.check();
  }

  private directorReading(director: Director): DirectorReading {
    const processes = director.processes?.directors ?? [director];
    for (const one of processes) one.account();
    const sum = (of: (one: Director) => number): number => processes.reduce((total, one) => total + of(one), 0);
    let bitsIn = 0;
    let bitsOut = 0;
    let packetsIn = 0;
    let packetsOut = 0;
    for (const [site, { director: through, flows }] of this.parts.flows) {
      if (through !== director) continue;
      const { directorIn, directorOut } = totals(flows);
      bitsIn += 8 * directorIn.bytes * site.exchanges;
      bitsOut += 8 * directorOut.bytes * site.exchanges;
      packetsIn += directorIn.packets * site.exchanges;
      packetsOut += directorOut.packets * site.exchanges;
    }
    return {
      picks: sum(({ picks }) => picks),
      unavailable: sum(({ unavailable }) => unavailable),
      share: director.members.map((_, member) => sum(({ share }) => share[member])),
      elsewhere: director.description.near === undefined ? 0 : sum(picksElsewhere),
      active: sum(({ active }) => active),
      activeArea: sum(({ activeArea }) => activeArea),
      ...connectionsOf(processes.flatMap(({ idle }) => idle ?? [])),
      bitsIn,
      bitsOut,
      packetsIn,
      packetsOut,
    };
  }
}

function fromEntries<From, To>(map: ReadonlyMap<string, From>, read: (from: From) => To): Record<string, To> {
  return Object.fromEntries([...map].map(([name, from]) => [name, read(from)]));
}

function clientReading({ traffic, users }: Clients, kept: readonly KeptConnections[], name: string): ClientReading {
  return {
    sent: traffic.sent,
    ended: traffic.ended,
    outcomes: Array.from(traffic.outcomes),
    users,
    ...connectionsOf(kept.filter(({ client }) => client === name)),
  };
}

/** Picks of a director in a zone among those that are backups there: they are in another. */
function picksElsewhere({ share, description }: Director): number {
  return description.members.reduce((sum, { backup = false }, member) => (backup ? sum + share[member] : sum), 0);
}

/** Nothing where none are kept. */
function connectionsOf(kept: readonly ConnectionsReading[]): { connections?: ConnectionsReading } {
  if (kept.length === 0) return {};
  const sum = (which: keyof ConnectionsReading): number => kept.reduce((all, one) => all + one[which], 0);
  return { connections: { opened: sum('opened'), reused: sum('reused') } };
}

function serverReading(server: Server, now: number): ServerReading {
  server.account(now);
  server.processor?.account(now);
  server.workers?.account(now);
  server.setup?.account(now);
  const gates: Record<string, GateReading> = {};
  for (const gate of server.gates) {
    gate.account(now);
    gates[gate.name] = {
      busy: gate.busy,
      waiting: gate.line.length,
      busyArea: gate.busyArea,
      lineArea: gate.lineArea,
      arrivals: gate.arrivals,
      waits: gate.waits,
      refusals: gate.refusals,
      withdrawals: gate.withdrawals,
      waited: gate.waited,
      returns: gate.returns,
    };
  }
  return {
    calls: server.calls,
    present: server.present,
    presentArea: server.presentArea,
    keptArea: server.keptArea,
    responseSum: server.responseSum,
    outcomes: Array.from(server.outcomes),
    orphaned: server.orphaned,
    wastedSeconds: server.wastedSeconds,
    computeArea: server.processor?.busyArea ?? server.delayArea,
    brokenArea: server.workers?.brokenArea ?? 0,
    failures: server.workers?.failures ?? 0,
    offArea: server.setup?.offArea ?? 0,
    setupArea: server.setup?.setupArea ?? 0,
    setups: server.setup?.starts ?? 0,
    ...(server.tlsTrips === 0 ? {} : { handshakes: server.handshakes }),
    heap: heapReading(server, now),
    sessions: sessionsReading(server),
    ...(server.presence === null ? {} : { servedSeconds: server.presence.seconds(now).served }),
    gates,
  };
}

function heapReading({ heap }: Server, now: number): HeapReading | null {
  if (heap === null) return null;
  heap.account(now);
  const { size, held, heldArea, turnedAway, fullSince, factor } = heap;
  return { size, held, heldArea, turnedAway, fullSince: Number.isNaN(fullSince) ? null : fullSince, speed: factor };
}

function sessionsReading({ sessions }: Server): SessionsReading | null {
  if (sessions === null) return null;
  const { held, created, expired, turnedAway, lost } = sessions;
  return { held, created, expired, turnedAway, lost };
}

function cacheReading(cache: Cache): CacheReading {
  const { hits, misses, delayed, stores, evictions, aliveArea } = cache;
  return { hits, misses, delayed, stores, evictions, aliveArea };
}

function tableReading(table: Table, now: number): TableReading {
  table.account(now);
  return { size: table.size, used: table.used, usedArea: table.usedArea, turnedAway: table.turnedAway };
}

function linkReading({ bitsPerSecond, bits, busySeconds }: Link): LinkReading {
  return { bitsPerSecond, bits, busySeconds };
}
