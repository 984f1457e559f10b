/**
 * One running instance of a service (or one node of a proxy): its gates, its processor, and what was counted there.
 * Left out: what a request does (the program), and who sends it (directors).
 */
import type { Presence } from '../autoscalers/presence.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { LevelTimes } from '../../sim/stats/level-times.ts';
import type { RecentTimes } from '../controllers/recent-times.ts';
import type { Rule } from '../controllers/rule.ts';
import type { Draw } from '../draw.ts';
import { OUTCOMES } from '../outcome.ts';
import type { Link } from '../links/link.ts';
import type { Replication } from '../databases/replication.ts';
import type { Journal } from '../faults/journal.ts';
import type { Heap } from '../sessions/heap.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Passage } from '../probes/passage.ts';
import type { States } from '../probes/states.ts';
import type { Table } from '../tables/table.ts';
import type { Breakdowns, Workers } from './breakdown.ts';
import type { Gate } from './gate.ts';
import type { Processor } from './processor.ts';
import type { Shedding } from './shedding.ts';
import type { Setup } from './setup.ts';

/** How a sick server answers. */
export interface Sickness {
  /** Whether this request gets an error. */
  strikes(): boolean;
  /** Seconds to the error. */
  seconds(): number;
}

export class Server {
  up = true;
  /** Stopped (hang): nothing computes, nothing is answered, connections are still accepted. */
  hung = false;
  /** Listens no more: new connections are refused, what is in progress goes on. */
  refusing = false;
  /** Answers errors; null = well. */
  sick: Sickness | null = null;
  /** Relative speed now: `pace` times `pressure`. */
  speed: number;
  /** Its own speed times any slow-down fault. */
  pace: number;
  /** What the garbage collection of a filling heap leaves of it, 0 < pressure <= 1. */
  pressure = 1;
  /** What stays in its memory, where that is bounded; sessions that it holds, perhaps with its peers. */
  heap: Heap | null = null;
  sessions: SessionStore | null = null;
  /** Whether it is there, where servers come and go; null = always. */
  presence: Presence | null = null;
  /** Of its data, with its peers. */
  replication: Replication | null = null;
  /** Where its program begins, by request class. */
  entry: Int32Array = new Int32Array(0);
  gates: Gate[] = [];
  /** Where single workers break; where it switches off. */
  workers: Workers | null = null;
  setup: Setup | null = null;
  shedding: Shedding | null = null;
  /** Writes since the last backup, where its data can be lost. */
  journal: Journal | null = null;
  processor: Processor | null = null;
  /** The part of a caller that picks for it (a client-side director with tries of its own): where the caller is. */
  inCaller = false;
  /** One-way trips of a TLS handshake that ends here, beside TCP's; and how many were made. */
  tlsTrips = 0;
  handshakes = 0;
  /** Calls that are here, waiting or served. */
  present = 0;
  /** Kept connections on which no call is here. */
  idleKept = 0;
  keptArea = 0;
  /** Core seconds used by work that has no processor (delays at the server's speed). */
  delayArea = 0;
  computing = 0;
  /** Cumulative counts and sums. */
  calls = 0;
  presentArea = 0;
  responseSum = 0;
  readonly outcomes = new Float64Array(OUTCOMES.length);
  orphaned = 0;
  wastedSeconds = 0;
  send: Link | null = null;
  receive: Link | null = null;
  tables: Table[] | null = null;
  /** Calls stopped by a hang that are to go on after it. */
  readonly stopped: { readonly call: number; readonly generation: number }[] = [];
  private since = 0;

  constructor(
    readonly index: number,
    readonly name: string,
    readonly tier: Tier,
    readonly ownSpeed: number,
    readonly connections: number,
    readonly refusalCost: Draw | null,
    /** A full queue drops SYNs instead of refusing. */
    readonly drops: boolean,
    /** Cores, or workers where each has a core of its own; Infinity where neither is limited. */
    readonly capacity: number,
  ) {
    this.speed = ownSpeed;
    this.pace = ownSpeed;
  }

  /** Brings the sums up to `now`. */
  account(now: number): void {
    const elapsed = now - this.since;
    this.since = now;
    this.presentArea += this.present * elapsed;
    this.keptArea += this.idleKept * elapsed;
    this.delayArea += this.computing * elapsed;
  }
}

/** What the servers of one service have in common. */
export class Tier {
  readonly servers: Server[] = [];
  present = 0;
  replication: Replication | null = null;
  breakdowns: Breakdowns | null = null;
  /** Rules that may turn requests away here. */
  rules: Rule[] | null = null;
  /** Rules that watch its response times. */
  times: RecentTimes[] | null = null;
  /** Probe: time by the number of calls present over all its servers. */
  levels: LevelTimes | null = null;
  /** Probes of states and passages, by their names. */
  probes: Map<string, States | Passage> | null = null;

  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
  ) {}

  /** Cores of its servers, or workers where there are no cores; Infinity where neither is limited. */
  get capacity(): number {
    return this.servers.reduce((sum, server) => sum + server.capacity, 0);
  }

  /** Core-seconds used (worker-seconds where there are no cores) and call-seconds waited, up to `now`. */
  areas(now: number): { readonly busyArea: number; readonly lineArea: number } {
    let busyArea = 0;
    let lineArea = 0;
    for (const server of this.servers) {
      server.account(now);
      server.processor?.account(now);
      busyArea += server.processor?.busyArea ?? server.delayArea;
      for (const gate of server.gates) {
        gate.account(now);
        lineArea += gate.lineArea;
      }
    }
    return { busyArea, lineArea };
  }

  /** A call comes (+1) or goes (-1). */
  change(by: number): void {
    this.present += by;
    this.levels?.change(this.simulation.now, this.present);
    if (this.probes !== null) for (const probe of this.probes.values()) probe.change(this.simulation.now, this.present);
  }
}
