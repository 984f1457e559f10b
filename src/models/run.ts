/**
 * A cluster at work: the models of one replication, ready to run. Made by `build.ts`.
 */
import { invariant, InvariantBreach } from '../sim/invariant.ts';
import type { Simulation, StopReason, StopRule } from '../sim/simulation.ts';
import type { Clients } from './clients/clients.ts';
import type { Director } from './directors/director.ts';
import { totals } from './directors/modes.ts';
import type { Flows } from './directors/modes.ts';
import type { Execution } from './execution.ts';
import type { LogEntry } from './faults/faults.ts';
import type { Link } from './links/link.ts';
import type {
  ClientReading,
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
  /** Traffic of one exchange at each site that goes through a director. */
  readonly flows: ReadonlyMap<Site, { readonly director: Director; readonly flows: Flows }>;
  readonly log: readonly LogEntry[];
  readonly seed: string | number;
}

/** Relative rounding that sums over a run may have. */
const ROUNDING = 1e-9;

export class Run {
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
    for (const tier of this.parts.tiers.values()) {
      tier.levels?.rebase(now);
      for (const server of tier.servers) {
        for (const gate of server.gates) {
          gate.waitHistogram?.clear();
          gate.levels?.rebase(now);
        }
      }
    }
  }

  /** All counts and sums up to now. */
  reading(): Reading {
    const { simulation, clients, tiers, directors, tables, links } = this.parts;
    const now = simulation.now;
    return {
      time: now,
      events: simulation.events,
      clients: fromEntries(clients, clientReading),
      services: fromEntries(tiers, (tier) => tier.servers.map((server) => serverReading(server, now))),
      directors: Object.fromEntries(directors.map((director) => [director.name, this.directorReading(director)])),
      tables: Object.fromEntries(tables.map((table) => [table.name, tableReading(table, now)])),
      links: Object.fromEntries(links.map((link) => [link.name, linkReading(link)])),
    };
  }

  /**
   * Checks what must hold at any time: conservation, Little's law as an identity with those present, busy <= tokens.
   * @throws InvariantBreach naming the one that does not hold.
   */
  check(): void {
    const { simulation, clients, tiers, execution, seed } = this.parts;
    try {
      for (const [name, { traffic }] of clients) {
        const inFlight = traffic.sent - traffic.ended;
        const failed = traffic.outcomes.reduce((sum, count) => sum + count, 0);
        invariant(
          inFlight >= 0 && failed === traffic.ended,
          'sent = completed + failed + in flight',
          () => `${name}: sent ${traffic.sent}, ended ${traffic.ended}, by outcome ${failed}`,
        );
      }
      for (const tier of tiers.values()) for (const server of tier.servers) checkServer(server, simulation.now);
      invariant(
        execution.calls.live <= execution.calls.top,
        'live calls fit the store',
        () => `${execution.calls.live} live of ${execution.calls.top}`,
      );
    } catch (error) {
      if (error instanceof InvariantBreach) {
        error.time ??= simulation.now;
        error.seed = seed;
      }
      throw error;
    }
  }

  private directorReading(director: Director): DirectorReading {
    director.account();
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
      picks: director.picks,
      unavailable: director.unavailable,
      share: Array.from(director.share),
      active: director.active,
      activeArea: director.activeArea,
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

function clientReading({ traffic, users }: Clients): ClientReading {
  return { sent: traffic.sent, ended: traffic.ended, outcomes: Array.from(traffic.outcomes), users };
}

function serverReading(server: Server, now: number): ServerReading {
  server.account(now);
  server.processor?.account(now);
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
    responseSum: server.responseSum,
    outcomes: Array.from(server.outcomes),
    orphaned: server.orphaned,
    wastedSeconds: server.wastedSeconds,
    computeArea: server.processor?.busyArea ?? server.delayArea,
    heap: heapReading(server, now),
    sessions: sessionsReading(server),
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

function tableReading(table: Table, now: number): TableReading {
  table.account(now);
  return { size: table.size, used: table.used, usedArea: table.usedArea, turnedAway: table.turnedAway };
}

function linkReading({ bitsPerSecond, bits, busySeconds }: Link): LinkReading {
  return { bitsPerSecond, bits, busySeconds };
}

function checkServer(server: Server, now: number): void {
  const ended = server.outcomes.reduce((sum, count) => sum + count, 0);
  invariant(
    server.calls === ended + server.present,
    'calls = ended + present',
    () => `${server.name}: ${server.calls} calls, ${ended} ended, ${server.present} present`,
  );
  server.account(now);
  checkSessions(server);
  for (const gate of server.gates) {
    gate.account(now);
    invariant(
      gate.busy <= gate.tokens,
      'busy <= workers',
      () => `${server.name} ${gate.name}: ${gate.busy} of ${gate.tokens}`,
    );
    const area = gate.waited + gate.waitingSince(now);
    invariant(
      Math.abs(area - gate.lineArea) <= ROUNDING * Math.max(1, gate.lineArea),
      "Little's law of the waiting line",
      () => `${server.name} ${gate.name}: ${area} s waited, integral of the line ${gate.lineArea} s`,
    );
  }
}

function checkSessions({ name, sessions, heap }: Server): void {
  if (sessions !== null) {
    const { created, held, expired, turnedAway, lost } = sessions;
    invariant(
      created === held + expired + turnedAway + lost,
      'sessions created = held + expired + turned away + lost',
      () => `${name}: ${created} created, ${held} held, ${expired} expired, ${turnedAway} turned away, ${lost} lost`,
    );
  }
  if (heap !== null) {
    invariant(
      heap.held === sessions?.held && heap.held <= heap.size,
      'a heap holds what its store holds, and no more than its size',
      () => `${name}: ${heap.held} of ${heap.size}, the store ${sessions?.held}`,
    );
  }
}
