/**
 * Checks, takeovers and faults of one run, connected: faults act on servers and nodes, nodes have or lose their
 * director's address, checks decide about members, cuts keep packets from passing. Made only where a scenario has faults:
 * without them it could change nothing.
 *
 * What a takeover costs: a proxy's connections are always lost. A node that forwards packets (NAT, direct return, tunnel)
 * takes the connections in progress with it unless the nodes copy their tables (`sync`). A node that dies without a word
 * says nothing to anybody: who waits is told (reset) when the address is taken over and its packets meet a node that does
 * not know them, or by a timeout of its own. With direct return answers pass by the dead node.
 */
import type { Streams } from '../../sim/random/stream.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Cache } from '../caches/cache.ts';
import type { CallHandle } from '../calls.ts';
import { INTEGER_SHIFT, SERVER, SITE } from '../calls.ts';
import type { BackupDescription, ClusterDescription, FaultDescription } from '../description.ts';
import type { Director } from '../directors/director.ts';
import { Draw } from '../draw.ts';
import type { Execution } from '../execution.ts';
import { Episodes } from '../faults/episodes.ts';
import type { LostData } from '../faults/episodes.ts';
import { Faults } from '../faults/faults.ts';
import { Journal } from '../faults/journal.ts';
import { note } from '../faults/log.ts';
import type { LogEntry } from '../faults/log.ts';
import { FaultTarget } from '../faults/target.ts';
import type { Actor } from '../faults/target.ts';
import type { Server, Tier } from '../services/server.ts';
import { HealthCheck } from './health-check.ts';
import type { AddressOwner, Pair } from './pair.ts';
import { Reach } from './reach.ts';
import type { Cut, End } from './reach.ts';
import { Standby } from './standby.ts';
import { Vrrp } from './vrrp.ts';

export interface FailoverContext {
  readonly description: ClusterDescription;
  readonly simulation: Simulation;
  readonly execution: Execution;
  readonly streams: Streams;
  readonly tiers: ReadonlyMap<string, Tier>;
  readonly directors: ReadonlyMap<string, Director>;
  readonly caches: ReadonlyMap<string, Cache>;
  /** Names of the clients, in the order of their numbers. */
  readonly clients: readonly string[];
  readonly log: LogEntry[];
  /** Number of a request class. */
  classOf(name: string): number;
}

/** Of what a probe costs, beside requests of all classes. */
const PROBE_PRIORITY = 0;

export class Failover {
  /** Nodes of each director. */
  readonly pairs = new Map<string, Pair>();
  private readonly targets = new Map<string, FaultTarget>();
  private readonly reach = new Reach();
  private readonly serverEnds: readonly End[];
  private readonly clientEnds: readonly End[];
  private readonly nodeEnds = new Map<string, readonly End[]>();
  /** Directors whose node has died without a word, so that answers through it do not come. */
  private readonly silent = new Set<Director>();
  private readonly faults: Faults;
  /** Of the servers whose data a fault takes, by fault. */
  private readonly journals = new Map<number, readonly Journal[]>();
  /** What each fault led to. */
  readonly episodes: Episodes;

  constructor(private readonly context: FailoverContext) {
    const { description, simulation, streams, directors, execution, tiers, caches, clients, log } = context;
    this.episodes = new Episodes(
      () => execution.directors,
      () => execution.connecting.reopened(),
      execution.connecting.watchAnew(),
    );
    this.serverEnds = execution.servers.map(({ name }) => this.reach.end(name));
    this.clientEnds = clients.map((name) => this.reach.end(`clients ${name}`));
    for (const tier of tiers.values()) {
      if (directors.has(tier.name)) continue;
      for (const server of tier.servers) this.targets.set(server.name, new FaultTarget(this.serverActor(server)));
    }
    for (const [name, cache] of caches) this.targets.set(name, new FaultTarget(cacheActor(name, cache)));
    for (const [name, director] of directors) {
      const { nodes, check } = director.description;
      this.nodeEnds.set(
        name,
        nodes.map((node) => this.reach.end(`${name}.${node.name}`)),
      );
      const pair = this.pair(name, director);
      this.pairs.set(name, pair);
      nodes.forEach((node, index) => {
        const nodeName = `${name}.${node.name}`;
        this.targets.set(nodeName, new FaultTarget(this.nodeActor(nodeName, director, pair, index)));
      });
      for (const one of director.processes?.directors ?? [director]) {
        one.ejected = (member, by) => this.ejected(director, member, by);
      }
      if (check === undefined) continue;
      if (check.startsDown === true) {
        for (const one of director.processes?.directors ?? [director]) {
          director.members.forEach((_, member) => one.setUp(member, false));
        }
      }
      new HealthCheck(
        simulation,
        check,
        director.members,
        (member) => this.passes(this.nodeEnd(name), this.serverEnds[director.members[member].index]),
        (member, up) => this.decided(director, member, up),
        streams.stream(`${name}/check`),
        check.cost === undefined
          ? undefined
          : (member) => execution.door.burden(director.members[member], check.cost!, PROBE_PRIORITY),
      );
    }
    description.faults.forEach(({ backup, targets: zone, target }, index) => {
      if (backup !== undefined) this.journals.set(index, this.journalsOf(backup, zone ?? [target]));
    });
    this.faults = new Faults(
      {
        simulation,
        streams,
        log,
        find: (target) => this.find(target),
        cut: (fault) => this.cutOf(fault),
        setCut: (cut, on) => this.setCut(cut, on),
        episode: (fault, begins, names) => {
          if (begins) this.episodes.begin(fault, names, simulation.now, this.loseData(fault));
          else this.episodes.end(fault, names, simulation.now);
        },
      },
      description.faults,
    );
  }

  /** Whether a server or a node is down. */
  isDown(name: string): boolean {
    return this.targets.get(name)?.down ?? false;
  }

  // ------------------------------------------------------------------------------------------------ data

  private journalsOf({ every, writes }: BackupDescription, names: readonly string[]): readonly Journal[] {
    const classes = writes.length === 0 ? null : new Set(writes.map((name) => this.context.classOf(name)));
    const hit = new Set(names.flatMap((name) => this.find(name).map(({ actor }) => actor.name)));
    return this.context.execution.servers
      .filter(({ name }) => hit.has(name))
      .map((server) => (server.journal = new Journal(every, classes, server.journal)));
  }

  /** What a fault that begins now takes of the data since the last backup; null where it takes none. */
  private loseData(fault: number): LostData | null {
    const journals = this.journals.get(fault);
    if (journals === undefined) return null;
    const { simulation, description, log } = this.context;
    const { now } = simulation;
    const each = journals.map((journal) => journal.lose(now));
    const writes = each.reduce((sum, one) => sum + one.writes, 0);
    const age = each.reduce((most, one) => Math.max(most, one.age), 0);
    const text = `${description.faults[fault].target}: ${writes} writes since the last backup, ${Math.round(age)} s before, are lost`;
    note(log, { at: now, until: now, text, kind: 'fault' });
    return { writes, age };
  }

  // ------------------------------------------------------------------------------------------------ who acts

  private pair(name: string, director: Director): Pair {
    const { simulation, streams } = this.context;
    const { takeover } = director.description;
    const owner = this.addressOwner(name, director);
    return takeover === undefined
      ? new Vrrp(simulation, director.description, owner, streams.stream(`${name}/vrrp`))
      : new Standby(simulation, director.description, owner, new Draw(takeover, streams.stream(`${name}/takeover`)));
  }

  private addressOwner(name: string, director: Director): AddressOwner {
    const { execution, simulation, log } = this.context;
    const { mode, sync, nodes } = director.description;
    const forwards = director.front === null && mode !== 'proxy';
    return {
      lost: (_, silent) => {
        director.reachable = false;
        const repliesPass = mode !== 'dr' && mode !== 'tun';
        if (repliesPass && (silent || forwards)) {
          this.silent.add(director);
          this.cutsChanged();
        }
        if (director.front !== null) execution.failures.kill(director.front);
        else if (!forwards && !silent) execution.failures.loseThrough(director);
      },
      taken: (node, keeps) => {
        const text = `${name}: ${node} has the address`;
        note(log, { at: simulation.now, until: simulation.now, text, kind: 'takeover' });
        const by = director.description.takeover === undefined ? 'VRRP' : 'hot standby';
        this.episodes.noticed(
          nodes.map((one) => `${name}.${one.name}`),
          `${by} of ${name}`,
          simulation.now,
        );
        director.node = nodes.findIndex(({ name: one }) => one === node);
        if (!keeps) {
          if (director.front !== null) {
            if (director.reachable) execution.failures.kill(director.front);
          } else if (!(forwards && sync === true)) execution.failures.loseThrough(director);
        }
        if (director.front !== null) execution.failures.restore(director.front);
        director.reachable = true;
        if (this.silent.delete(director)) this.cutsChanged();
      },
      settled: () => {
        for (const node of nodes) {
          const target = this.targets.get(`${name}.${node.name}`);
          if (target?.down === true) this.faults.settled(target);
        }
      },
      hears: (a, b) => {
        const ends = this.nodeEnds.get(name)!;
        return this.passes(ends[a], ends[b]);
      },
      plugged: (node) => this.reach.plugged(this.nodeEnds.get(name)![node]),
    };
  }

  /** Passive checks leave a member out: the first to notice where no active check has. */
  private ejected(director: Director, member: number, by: string): void {
    const { simulation, log } = this.context;
    const { name } = director.members[member];
    if (!this.episodes.noticed([name], `${by} of ${director.name}`, simulation.now)) return;
    const text = `${director.name} leaves out ${name} (${by})`;
    note(log, { at: simulation.now, until: simulation.now, text, kind: 'detection' });
  }

  private decided(director: Director, member: number, up: boolean): void {
    const { execution, simulation, log } = this.context;
    for (const one of director.processes?.directors ?? [director]) one.setUp(member, up);
    if (!up) {
      this.episodes.noticed([director.members[member].name], `health check of ${director.name}`, simulation.now);
    }
    const text = `${director.name} ${up ? 'puts back' : 'takes out'} ${director.members[member].name}`;
    note(log, { at: simulation.now, until: simulation.now, text, kind: 'detection' });
    execution.placing.admit(director);
  }

  private serverActor(server: Server): Actor {
    const { execution } = this.context;
    const setDown = (one: Server, down: boolean): void => {
      if (one.presence !== null) one.presence.setCrashed(down);
      else if (down) execution.failures.kill(one);
      else execution.failures.restore(one);
    };
    return {
      name: server.name,
      crash: () => setDown(server, true),
      stop: () => setDown(server, true),
      restore: () => setDown(server, false),
      setHung: (hung) => execution.delays.setHung(server, hung),
      setSpeed: (factor) => {
        if (server.presence !== null) server.presence.setSlowed(factor);
        else execution.delays.setSpeed(server, server.ownSpeed * factor);
      },
      setDraining: (draining) => {
        for (const director of execution.directors) {
          director.members.forEach((member, index) => {
            if (member === server) director.setDraining(index, draining);
          });
          execution.placing.admit(director);
        }
      },
      setRefusing: (refusing) => {
        server.refusing = refusing;
      },
      setSick: (sick) => {
        server.sick = sick;
      },
      setKilled: nothing,
      setScript: nothing,
    };
  }

  private nodeActor(name: string, director: Director, pair: Pair, node: number): Actor {
    const { execution } = this.context;
    const { front } = director;
    const whole = (act: (server: Server) => void): void => {
      if (pair.active === node && front !== null) act(front);
    };
    return {
      name,
      crash: () => pair.fall(node, false),
      stop: () => pair.fall(node, true),
      restore: () => pair.rise(node),
      setHung: (hung) => whole((server) => execution.delays.setHung(server, hung)),
      setSpeed: (factor) => whole((server) => execution.delays.setSpeed(server, server.ownSpeed * factor)),
      setKilled: (killed) => {
        if (killed) pair.kill(node);
        else pair.rise(node);
      },
      setScript: (failing) => pair.setScript(node, failing),
      setDraining: nothing,
      setRefusing: nothing,
      setSick: nothing,
    };
  }

  /**
   * What a name stands for: a server, the servers of a service, a cache, the nodes of a director; nothing for clients, who may
   * stand in a zone with servers but to whom no fault happens.
   *
   * @throws RangeError if it names nothing.
   */
  private find(target: string): readonly FaultTarget[] {
    const dot = target.indexOf('.');
    const name = dot < 0 ? target : target.slice(0, dot);
    const director = this.context.directors.get(name);
    const names =
      dot >= 0 || this.context.caches.has(name)
        ? [target]
        : director !== undefined
          ? director.description.nodes.map((node) => `${name}.${node.name}`)
          : (this.context.tiers.get(name)?.servers ?? []).map((server) => server.name);
    const found = names.map((one) => this.targets.get(one)).filter((one) => one !== undefined);
    if (found.length === 0 && !this.context.clients.includes(target)) {
      throw new RangeError(`a fault names "${target}", which is no server and no node`);
    }
    return found;
  }

  // ------------------------------------------------------------------------------------------------ who reaches whom

  private cutOf({ sides, targets, target }: FaultDescription): Cut {
    if (sides === undefined) return { these: this.endsOf(targets ?? [target]), those: null };
    return { these: this.endsOf(sides[0]), those: this.endsOf(sides[1]) };
  }

  private endsOf(names: readonly string[]): ReadonlySet<End> {
    const ends = new Set<End>();
    for (const name of names) {
      const client = this.context.clients.indexOf(name);
      if (client >= 0) ends.add(this.clientEnds[client]);
      else for (const { actor } of this.find(name)) ends.add(this.reach.end(actor.name));
    }
    return ends;
  }

  private setCut(cut: Cut, on: boolean): void {
    if (on) this.reach.add(cut);
    else this.reach.remove(cut);
    for (const pair of this.pairs.values()) pair.relink();
    this.cutsChanged();
  }

  private cutsChanged(): void {
    const any = this.reach.cutting || this.silent.size > 0;
    this.context.execution.transit.setCut(any ? (call) => this.isCut(call) : null);
  }

  /** Whether packets of a call, which has its server, are lost on the way to it or back. */
  private isCut(call: CallHandle): boolean {
    const { execution } = this.context;
    const i = execution.calls.i;
    const o = call << INTEGER_SHIFT;
    const { director } = execution.program.sites[i[o + SITE]];
    const index = i[o + SERVER];
    const caller = execution.transit.callerOf(call);
    const fromFront = director?.front != null && caller === director.front.index;
    if (director !== null && !fromFront && this.silent.has(director)) return true;
    if (!this.reach.cutting || index < 0) return false;
    const from = caller < 0 ? (this.clientEnds.at(~caller) ?? this.endOfServer(index)) : this.endOfServer(caller);
    const to = this.endOfServer(index);
    const { mode } = director?.description ?? { mode: 'client-side' };
    if (director === null || mode === 'client-side' || director.front !== null) return !this.passes(from, to);
    const node = this.nodeEnd(director.name);
    if (!this.passes(from, node) || !this.passes(node, to)) return true;
    return (mode === 'dr' || mode === 'tun') && !this.passes(from, to);
  }

  /** Where a server is: a proxy's own server is wherever its active node is. */
  private endOfServer(index: number): End {
    const { name } = this.context.execution.servers[index].tier;
    return this.pairs.has(name) ? this.nodeEnd(name) : this.serverEnds[index];
  }

  private nodeEnd(director: string): End {
    return this.nodeEnds.get(director)![Math.max(0, this.pairs.get(director)!.active)];
  }

  private passes(a: End, b: End): boolean {
    return !this.reach.cutting || this.reach.passes(a, b);
  }
}

/** A cache that crashes is empty when it is back; until then every lookup misses. */
function cacheActor(name: string, cache: Cache): Actor {
  const down = (): void => {
    cache.up = false;
    cache.clear();
  };
  const up = (): void => {
    cache.up = true;
  };
  return {
    name,
    crash: down,
    stop: down,
    restore: up,
    setHung: nothing,
    setSpeed: nothing,
    setDraining: nothing,
    setRefusing: nothing,
    setSick: nothing,
    setKilled: nothing,
    setScript: nothing,
  };
}

function nothing(): void {
  // does not concern it
}
