/**
 * Turns a description into a run: makes servers, directors and clients, compiles their steps, and connects them.
 * The order of construction is the order of the description, so that equal descriptions give equal runs.
 */
import { Streams } from '../sim/random/stream.ts';
import { Simulation } from '../sim/simulation.ts';
import { Histogram } from '../sim/stats/histogram.ts';
import { LevelTimes } from '../sim/stats/level-times.ts';
import { Autoscaler } from './autoscalers/autoscaler.ts';
import { Cache } from './caches/cache.ts';
import { Calls } from './calls.ts';
import { FixedPool } from './connections/fixed-pool.ts';
import { GrowingPool } from './connections/growing-pool.ts';
import { PoolEnd } from './connections/pool.ts';
import type { Clients } from './clients/clients.ts';
import { Departure } from './clients/departure.ts';
import { ClosedClients } from './clients/closed.ts';
import type { UserConnections } from './clients/closed.ts';
import { OpenClients } from './clients/open.ts';
import { Keys } from './clients/keys.ts';
import { RequestSource } from './clients/request-source.ts';
import type { CompiledClass } from './clients/request-source.ts';
import { TraceClients } from './clients/trace.ts';
import { Traffic } from './clients/traffic.ts';
import { Rule, Rules } from './controllers/rule.ts';
import type {
  CallStep,
  ClientsDescription,
  ClusterDescription,
  DirectorDescription,
  PoolDescription,
  ProbeDescription,
  ServiceDescription,
  Step,
} from './description.ts';
import { Replication } from './databases/replication.ts';
import { SemiSync } from './databases/semi-sync.ts';
import { Director, WorkerProcesses } from './directors/director.ts';
import { NearDirectors, seenFrom } from './directors/near.ts';
import { PersistenceTable } from './directors/persistence.ts';
import { Upstream } from './directors/scheduler.ts';
import { schedulers } from './directors/schedulers/index.ts';
import { plainSurroundings } from './directors/surroundings.ts';
import type { Surroundings } from './directors/surroundings.ts';
import { compileHandshake } from './connections/handshake.ts';
import { Draw } from './draw.ts';
import { Execution } from './execution.ts';
import type { Launch } from './execution.ts';
import { Failover } from './failover/failover.ts';
import type { LogEntry } from './faults/log.ts';
import { Link } from './links/link.ts';
import { Places } from './links/places.ts';
import { OUTCOME } from './outcome.ts';
import { plainDirector } from './plain.ts';
import { Passage } from './probes/passage.ts';
import { States } from './probes/states.ts';
import { Op, Program } from './program.ts';
import { Run } from './run.ts';
import { Backlog } from './services/backlog.ts';
import { Breakdowns, Workers, resumes } from './services/breakdown.ts';
import { Gate } from './services/gate.ts';
import { PriorityLine, QueueLine, RandomLine } from './services/line.ts';
import type { WaitingLine } from './services/line.ts';
import { PreemptiveProcessor } from './services/preemptive-processor.ts';
import type { Processor } from './services/processor.ts';
import { Server, Tier } from './services/server.ts';
import { AdaptiveLifoLine } from './services/lines/adaptive-lifo.ts';
import { ControlledDelayLine } from './services/lines/controlled-delay.ts';
import { Setup } from './services/setup.ts';
import { Shedding } from './services/shedding.ts';
import { SharingProcessor } from './services/sharing-processor.ts';
import { slowdown } from './services/slowdown.ts';
import { Heap } from './sessions/heap.ts';
import { SessionStore } from './sessions/session-store.ts';
import { UseSession } from './sessions/use-session.ts';
import { Site } from './site.ts';
import { SiteMaker } from './site-maker.ts';
import { Emitter } from './steps/emitter.ts';
import type { Owner, OwnPool } from './steps/emitter.ts';
import { compileStep } from './steps/index.ts';
import { ConsumerGroup } from './streams/group.ts';
import { Topic } from './streams/topic.ts';
import { Table } from './tables/table.ts';

export interface BuildOptions {
  readonly seed: string | number;
  /** Number of the replication, from 0: the streams of two replications have nothing in common. */
  readonly replication: number;
  readonly list?: 'calendar' | 'heap';
  /** Puts events of equal time and rank in random order. */
  readonly shuffleTies?: boolean;
  /** Names, addresses and texts that a director's hash rules see, instead of the plain ones. */
  readonly surroundings?: (plain: Surroundings, director: string) => Surroundings;
  /** Most events of the run; it then stops with `budget`. */
  readonly eventsMax?: number;
  /** Most bytes its stores may hold. */
  readonly bytesMax?: number;
}

/** Most gates a server may have: one bit each in a call. */
const GATES_MAX = 30;

/** @throws RangeError where the description cannot be built (the loader has said so before, in the file's words). */
export function build(description: ClusterDescription, options: BuildOptions): Run {
  return new Builder(description, options).build();
}

interface Gates {
  readonly door: number;
  readonly owner: Owner;
  /** Makes the gates of one server, in the order of their numbers. */
  readonly make: (server: string) => Gate[];
}

interface PoolToMake {
  readonly server: Server;
  /** Its name, and the number of its gate. */
  readonly pool: string;
  readonly gate: number;
  readonly description: PoolDescription;
}

class Builder {
  private readonly streams: Streams;
  private readonly simulation: Simulation;
  private readonly calls: Calls;
  private readonly program = new Program();
  private readonly execution: Execution;
  private readonly tiers = new Map<string, Tier>();
  private readonly directors = new Map<string, Director>();
  private readonly caches = new Map<string, Cache>();
  private readonly topics = new Map<string, Topic>();
  private readonly clients = new Map<string, Clients>();
  private readonly rules = new Map<string, Rule>();
  private readonly tables: Table[] = [];
  private readonly pools: PoolToMake[] = [];
  private readonly links: Link[] = [];
  private readonly log: LogEntry[] = [];
  private readonly classes = new Map<string, number>();
  private readonly sites: SiteMaker;

  constructor(
    private readonly description: ClusterDescription,
    private readonly options: BuildOptions,
  ) {
    this.streams = new Streams(options.seed, options.replication);
    this.simulation = new Simulation({
      list: options.list,
      shuffleTies: options.shuffleTies === true ? this.streams.stream('ties') : undefined,
      budget: { events: options.eventsMax, bytes: options.bytesMax },
    });
    this.calls = new Calls(this.simulation.budget);
    this.execution = new Execution(this.simulation, this.calls, this.program);
    this.program.sites.push(new Site(0, 'none'));
    this.sites = new SiteMaker({
      description,
      simulation: this.simulation,
      streams: this.streams,
      program: this.program,
      tiers: this.tiers,
      directors: this.directors,
      links: this.links,
      log: this.log,
      classOf: (name) => this.classOf(name),
      serverName: (server) => this.execution.servers[server]?.name ?? null,
      implicit: (service) => this.implicitDirector(service),
      placesOf: (zones) => this.placesOf(zones),
    });
  }

  build(): Run {
    const { description } = this;
    for (const { mix } of Object.values(description.clients)) for (const { name } of mix) this.classOf(name);
    for (const { work, backlog = {} } of Object.values(description.services)) {
      for (const name of Object.keys(work)) if (name !== '*') this.classOf(name);
      for (const name of Object.keys(backlog)) this.classOf(name);
    }
    this.makeCaches();
    for (const name of Object.keys(description.topics ?? {})) this.classOf(name);
    const programs: (() => void)[] = [];
    for (const [name, service] of Object.entries(description.services)) programs.push(this.service(name, service));
    for (const [name, director] of Object.entries(description.directors)) programs.push(this.front(name, director));
    for (const [name, director] of Object.entries(description.directors)) this.director(name, director);
    for (const pool of this.pools) this.makePool(pool);
    this.makeTopics();
    for (const compile of programs) compile();
    for (const [name, clients] of Object.entries(description.clients)) this.addClients(name, clients);
    const autoscalers = this.makeAutoscalers();
    this.makeGroups();
    const failover =
      description.faults.length === 0 &&
      Object.values(description.directors).every(({ check }) => check?.cost === undefined)
        ? null
        : new Failover({
            description,
            simulation: this.simulation,
            execution: this.execution,
            streams: this.streams,
            tiers: this.tiers,
            directors: this.directors,
            caches: this.caches,
            clients: [...this.clients.keys()],
            log: this.log,
            classOf: (name) => this.classOf(name),
          });
    for (const probe of description.probes) this.probe(probe);
    this.makeRules();
    this.makeBacklog();
    for (const clients of this.clients.values()) clients.begin();
    return new Run({
      simulation: this.simulation,
      execution: this.execution,
      clients: this.clients,
      tiers: this.tiers,
      directors: [...this.directors.values()],
      tables: this.tables,
      links: this.links,
      caches: this.caches,
      flows: this.sites.flows,
      autoscalers,
      topics: this.topics,
      rules: this.rules,
      log: this.log,
      failover,
      seed: this.options.seed,
    });
  }

  private classOf(name: string): number {
    const known = this.classes.get(name);
    if (known !== undefined) return known;
    this.classes.set(name, this.classes.size);
    return this.classes.size - 1;
  }

  /** After every director is there: servers that are not there yet are barred at each. */
  private makeAutoscalers(): ReadonlyMap<string, Autoscaler> {
    const { simulation, execution, streams, log } = this;
    const made = new Map<string, Autoscaler>();
    for (const [name, { autoscaler }] of Object.entries(this.description.services)) {
      if (autoscaler === undefined) continue;
      const context = {
        simulation,
        execution,
        streams,
        log,
        lag: (topic: string, group: string) => this.lagOf(topic, group),
      };
      made.set(name, new Autoscaler(this.tiers.get(name)!, autoscaler, context));
    }
    return made;
  }

  private lagOf(topic: string, group: string): number {
    return this.topics.get(topic)?.groups.find(({ name }) => name === group)?.lag ?? 0;
  }

  private makeTopics(): void {
    for (const [name, description] of Object.entries(this.description.topics ?? {})) {
      const { broker } = description;
      const site = broker === undefined ? -1 : this.siteFrom(name, broker);
      const launch = broker === undefined ? null : this.launchOf(site, this.classOf(name));
      const topic = new Topic(name, description, this.simulation, this.execution, launch);
      this.topics.set(name, topic);
    }
  }

  /** After the autoscalers, which say which servers are there; callers come after the clients. */
  private makeGroups(): void {
    const { simulation, execution, streams, log, description } = this;
    for (const [name, topic] of this.topics) {
      if (topic.launch !== null) topic.launch.client = execution.callers.push(topic) - 1;
      for (const [service, group] of Object.entries(topic.description.groups)) {
        const tier = this.tiers.get(service);
        if (tier === undefined) throw new RangeError(`${service} consumes ${name}, and is no service`);
        const stream = (purpose: string): ReturnType<Streams['stream']> =>
          streams.stream(`${name}/${service}/${purpose}`);
        const into = group.emits === undefined ? null : this.topics.get(group.emits.to);
        if (into === undefined) throw new RangeError(`${service} emits to "${group.emits?.to}", which is no topic`);
        const made = new ConsumerGroup(service, topic, group, {
          simulation,
          execution,
          log,
          record: new Draw(group.record, stream('record')),
          rebalance: new Draw(group.rebalance, stream('rebalance')),
          pause: group.checkpoint === undefined ? null : new Draw(group.checkpoint.pause, stream('checkpoint')),
          chance: stream('emit'),
          servers: tier.servers.map((server) => ({ server, site: this.siteFrom(service, server.name) })),
          caller: execution.callers.length,
          requestClass: this.classOf(name),
          into,
          changing: description.faults.length > 0 || description.services[service].autoscaler !== undefined,
        });
        execution.callers.push(made);
        topic.groups.push(made);
      }
    }
  }

  /** After all other callers; a service that scales has the servers that it begins with. */
  private makeBacklog(): void {
    const parts = Object.entries(this.description.services).flatMap(([name, { backlog = {}, autoscaler }]) => {
      const { servers } = this.tiers.get(name)!;
      const there = servers.slice(0, autoscaler?.from ?? servers.length);
      const sites = Object.keys(backlog).length === 0 ? [] : there.map((server) => this.siteFrom(name, server.name));
      return Object.entries(backlog).map(([requestClass, count]) => ({
        count,
        launches: sites.map((site) => this.launchOf(site, this.classOf(requestClass))),
      }));
    });
    if (parts.length > 0) new Backlog(this.simulation, this.execution, parts);
  }

  /** A site for calls that no step makes. */
  private siteFrom(caller: string, to: string): number {
    const site = { to, requestBytes: 0, responseBytes: 0, abandon: 'keep' } as const;
    return this.sites.make(caller, site, `${caller}/to-${to}`);
  }

  private launchOf(site: number, requestClass: number): Launch {
    return {
      ...{ client: 0, origin: 0, site, start: 0, requestClass, priority: 0, key: 0, request: 0 },
      ...{ demand: 0, due: 0 },
    };
  }

  /** Caches over the largest catalogue that any clients ask for. */
  private makeCaches(): void {
    const { caches = {}, clients, probes } = this.description;
    const keys = Object.values(clients).flatMap((one) => (one.keys === undefined ? [] : [one.keys]));
    const items = keys.reduce((most, one) => Math.max(most, one.items), 0);
    const all = keys.some(({ absent }) => absent > 0) ? 2 * items : items;
    for (const [name, description] of Object.entries(caches)) {
      const counted = probes.some(({ kind, of }) => kind === 'items' && of === name);
      const random = this.streams.stream(`${name}/cache`);
      this.caches.set(name, new Cache(name, description, this.simulation, all, items, counted, random));
    }
  }

  private makeRules(): void {
    const { simulation, execution, tiers, log } = this;
    const traffic = new Map([...this.clients].map(([name, one]) => [name, one.traffic]));
    for (const [name, rule] of Object.entries(this.description.rules ?? {})) {
      const stream = this.streams.stream(`${name}/rule`);
      this.rules.set(name, new Rule(name, rule, { simulation, execution, tiers, traffic, log }, stream));
    }
    if (this.rules.size > 0) new Rules(simulation, [...this.rules.values()]);
  }

  // ------------------------------------------------------------------------------------------------------ services

  /** Makes the servers of a service; returns what compiles its work, once everything it may call exists. */
  private service(name: string, description: ServiceDescription): () => void {
    const tier = new Tier(this.simulation, name);
    this.tiers.set(name, tier);
    const gates = this.gates(name, description);
    for (let k = 0; k < description.count; k++) {
      this.server(tier, `${name}.${k + 1}`, description, description.speeds[k], gates);
    }
    this.sessions(tier, description);
    this.replication(tier, description);
    this.unreliable(tier, description, gates.door);
    this.shedding(tier, description, gates.door);
    return () => this.compileWork(tier, description, gates);
  }

  private server(tier: Tier, name: string, description: ServiceDescription, speed: number, gates: Gates): Server {
    const { refusalCost, connections, full } = description;
    const cost = refusalCost === undefined ? null : new Draw(refusalCost, this.streams.stream(`${name}/refusal`));
    const server = new Server(
      this.execution.servers.length,
      name,
      tier,
      speed,
      connections,
      cost,
      full === 'drop',
      Math.min(description.cores, description.workers),
    );
    server.tlsTrips = 2 * (description.tls?.roundTrips ?? 0);
    server.gates = gates.make(name);
    server.processor = this.processor(description, speed);
    server.send = this.card(`${name} send`, description.sendBitsPerSecond);
    server.receive = this.card(`${name} receive`, description.receiveBitsPerSecond);
    for (const table of description.tables) {
      server.tables ??= [];
      server.tables.push(this.table(new Table(this.simulation, table, name)));
    }
    for (const [pool, { to, grows }] of Object.entries(description.pools)) {
      if (grows === undefined && (to === undefined || this.description.faults.length === 0)) continue;
      this.pools.push({ server, pool, gate: gates.owner.pools[pool].gate, description: description.pools[pool] });
    }
    this.execution.servers.push(server);
    tier.servers.push(server);
    return server;
  }

  /** Once whatever it may lead to exists. */
  private makePool({ server, pool, gate, description: { to, grows, size } }: PoolToMake): void {
    const { simulation, execution } = this;
    const end = this.poolEnd(to);
    if (grows === undefined) {
      const made = new FixedPool(server, end, size);
      server.gates[gate].attendant = made;
      execution.connecting.pools.push(made);
      return;
    }
    const { least, idleTimeout } = grows;
    const connect = new Draw(grows.connect, this.streams.stream(`${server.name}/${pool}/connect`));
    const made = new GrowingPool(simulation, execution.tokens, server, end, gate, least, idleTimeout, connect);
    server.gates[gate].attendant = made;
    execution.connecting.pools.push(made);
  }

  private poolEnd(to: string | undefined): PoolEnd {
    const director = to === undefined ? undefined : this.directors.get(to);
    if (director !== undefined) {
      const { front, description, members } = director;
      if (description.mode === 'client-side') return new PoolEnd(members, null);
      if (front !== null) return new PoolEnd([front], director);
      return new PoolEnd(description.mode === 'proxy' ? [] : members, director);
    }
    const [service, number] = to?.split('.') ?? [''];
    const servers = this.tiers.get(service)?.servers ?? [];
    return new PoolEnd(number === undefined ? servers : servers.filter(({ name }) => name === to), null);
  }

  /** Heaps, and the stores that fill them: one a server, or one for all of a service. */
  private sessions(tier: Tier, { sessions, heap }: ServiceDescription): void {
    if (sessions === undefined) return;
    if (heap !== undefined) {
      for (const server of tier.servers) {
        server.heap = new Heap(heap.size, heap.gc, (factor) => this.execution.delays.setPressure(server, factor));
      }
    }
    const store = (servers: readonly Server[]): SessionStore => {
      const heaps = servers.flatMap((server) => (server.heap === null ? [] : [server.heap]));
      return new SessionStore(this.simulation, sessions.lifetime, sessions.per === 'user', heaps);
    };
    const common = sessions.keep === 'replicated' ? store(tier.servers) : null;
    for (const server of tier.servers) server.sessions = common ?? store([server]);
  }

  private replication(tier: Tier, { replication }: ServiceDescription): void {
    if (replication === undefined) return;
    const all = replication.writes.length === 0;
    const writes = new Uint8Array(this.classes.size).fill(all ? 1 : 0);
    for (const name of replication.writes) writes[this.classOf(name)] = 1;
    const apply = new Draw(replication.apply, this.streams.stream(`${tier.name}/apply`));
    tier.replication = new Replication(this.simulation, tier.servers, writes, apply, replication.workers);
    for (const server of tier.servers) server.replication = tier.replication;
    const { semiSync } = replication;
    if (semiSync === undefined) return;
    const { simulation, calls, log, execution } = this;
    tier.replication.semiSync = new SemiSync({
      ...{ simulation, calls, log, writes, servers: tier.servers, timeout: semiSync.timeout },
      ack: new Draw(semiSync.ack, this.streams.stream(`${tier.name}/ack`)),
      pause: (call, seconds) => execution.delays.wait(call, seconds),
      hasten: (call, generation, seconds) => execution.delays.hasten(call, generation, seconds),
    });
  }

  private shedding(tier: Tier, { shed }: ServiceDescription, door: number): void {
    if (shed === undefined) return;
    if (door < 0) throw new RangeError(`${tier.name}: shedding needs workers that are held for the request`);
    for (const server of tier.servers) {
      server.shedding = new Shedding(shed, server.gates[door], this.streams.stream(`${server.name}/shedding`));
    }
  }

  /** Workers that break, servers that switch off. */
  private unreliable(tier: Tier, description: ServiceDescription, door: number): void {
    const { breakdowns, setup, workers } = description;
    if (breakdowns === undefined && setup === undefined) return;
    if (door < 0 || (breakdowns !== undefined && setup !== undefined)) {
      throw new RangeError(
        `${tier.name}: breakdowns or setup need workers that are held for the request, one of the two`,
      );
    }
    if (setup !== undefined) {
      const time = new Draw(setup.time, this.streams.stream(`${tier.name}/setup`));
      for (const server of tier.servers) {
        server.setup = new Setup(this.simulation, this.execution.tokens, server, door, time, setup.offAfter);
        server.gates[door].attendant = server.setup;
      }
    }
    if (breakdowns !== undefined) {
      const { interrupted, crews } = breakdowns;
      if (interrupted === 'resume' && !resumes(description)) {
        throw new RangeError(`${tier.name}: only requests that compute and wait can resume at another worker`);
      }
      const each = tier.servers.map((server) => {
        server.workers = new Workers(server, server.gates[door], workers);
        server.gates[door].attendant = server.workers;
        return server.workers;
      });
      const every = new Draw(breakdowns.every, this.streams.stream(`${tier.name}/breakdowns`));
      const repair = new Draw(breakdowns.repair, this.streams.stream(`${tier.name}/repairs`));
      tier.breakdowns = new Breakdowns(this.simulation, this.execution.tokens, door, each, {
        every,
        repair,
        crews,
        interrupted,
      });
    }
  }

  private gates(name: string, description: ServiceDescription): Gates {
    const { workers, queue, order, holds, cores, sharing, sharingLimit, pools } = description;
    const makers: ((server: string) => Gate)[] = [];
    const add = (gate: string, tokens: number, room: number, line: ServiceDescription['order']): number => {
      const made = (server: string): Gate => this.gate(gate, tokens, room, this.line(line, `${server}/${gate}`));
      return makers.push(made) - 1;
    };
    const door = workers < Infinity ? add('workers', workers, queue, order) : -1;
    const computeGates = holds === 'compute' && door >= 0 ? [door] : [];
    if (sharing !== 'processor' && sharing !== 'preemptive' && cores < Infinity) {
      computeGates.push(add('cores', cores, Infinity, sharing));
    } else if (sharing === 'processor' && sharingLimit < Infinity) {
      computeGates.push(add('processor', sharingLimit, Infinity, 'fifo'));
    }
    const own: Record<string, OwnPool> = {};
    for (const [poolName, pool] of Object.entries(pools)) {
      own[poolName] = { gate: add(poolName, pool.size, Infinity, 'fifo'), to: pool.to, patience: pool.patience };
    }
    if (makers.length > GATES_MAX) throw new RangeError(`${name} has more than ${GATES_MAX} pools`);
    return {
      door: holds === 'request' ? door : -1,
      owner: {
        name,
        computeGates,
        pools: own,
        ...(this.generates(name) ? { departure: new Departure(this.simulation, this.calls) } : {}),
      },
      make: (server) => makers.map((make) => make(server)),
    };
  }

  /** Whether some clients' requests are made by this service. */
  private generates(name: string): boolean {
    return Object.values(this.description.clients).some(({ generator }) => generator === name);
  }

  private gate(name: string, tokens: number, room: number, line: WaitingLine): Gate {
    const gate = new Gate(this.calls, name, tokens, room, line);
    if (line instanceof ControlledDelayLine) {
      line.dropped = (call) => {
        gate.left(call, this.simulation.now);
        this.execution.tokens.dropped(call);
      };
    }
    return gate;
  }

  private line(order: ServiceDescription['order'], name: string): WaitingLine {
    if (typeof order !== 'string') {
      return order.kind === 'adaptive-lifo'
        ? new AdaptiveLifoLine(this.calls, this.simulation, order.after)
        : new ControlledDelayLine(this.calls, this.simulation, order);
    }
    if (order === 'random') return new RandomLine(this.calls, this.streams.stream(`${name}/order`));
    if (order === 'priority') return new PriorityLine(this.calls);
    return new QueueLine(this.calls, order === 'lifo');
  }

  /** A processor, where requests can get in each other's way on one; else work is a plain delay. */
  private processor(description: ServiceDescription, speed: number): Processor | null {
    const { cores, sharing, workers, slowdown: slow } = description;
    if (sharing === 'preemptive') {
      return new PreemptiveProcessor(this.simulation, this.calls, this.execution, cores, speed);
    }
    if (sharing !== 'processor') {
      if (slow !== undefined) throw new RangeError(`a slowdown under load needs "sharing: processor"`);
      return null;
    }
    if (slow === undefined && (cores === Infinity || workers <= cores) && description.refusalCost === undefined)
      return null;
    const factor = slow === undefined ? null : slowdown(slow);
    return new SharingProcessor(this.simulation, this.calls, this.execution, cores, speed, factor);
  }

  private compileWork(tier: Tier, description: ServiceDescription, gates: Gates): void {
    const { work, patience, sessions } = description;
    const entries = new Map<string, number>();
    for (const [className, steps] of Object.entries(work)) {
      entries.set(className, this.program.length);
      const emitter = this.emitter(gates.owner, className === '*' ? tier.name : `${tier.name}/${className}`);
      if (gates.door >= 0) {
        emitter.acquire(gates.door, {
          patience: patience ?? Infinity,
          impatient: OUTCOME['queue-timeout'],
          door: true,
        });
      }
      if (description.tls !== undefined) compileHandshake(description.tls, emitter, this.execution);
      if (sessions !== undefined) {
        const { replication } = sessions;
        const copying = replication === undefined ? null : emitter.boundDraw(replication, 'replication');
        emitter.action(new UseSession(this.execution, copying));
      }
      emitter.steps(steps);
      tier.replication?.semiSync?.steps(emitter.here).forEach((step) => emitter.action(step));
      emitter.emit(Op.end);
    }
    const entry = new Int32Array(this.classes.size);
    const any = entries.get('*') ?? (entries.size === 1 ? [...entries.values()][0] : undefined);
    for (const [className, index] of this.classes) entry[index] = entries.get(className) ?? any ?? 0;
    for (const server of tier.servers) server.entry = entry;
  }

  private emitter(owner: Owner, path: string): Emitter {
    return new Emitter(
      this.program,
      this.simulation,
      this.streams,
      owner,
      path,
      (description, name) => this.sites.make(owner.name, description, name),
      compileStep,
      { caches: this.caches, flights: this.execution.flights, topics: this.topics, calls: this.calls },
      (rule) => () => this.rules.get(rule)!,
    );
  }

  private card(name: string, bitsPerSecond: number): Link | null {
    if (bitsPerSecond === Infinity) return null;
    const link = new Link(name, bitsPerSecond, null, 0);
    this.links.push(link);
    return link;
  }

  private table(table: Table): Table {
    this.tables.push(table);
    return table;
  }

  // ----------------------------------------------------------------------------------------------------- directors

  /** A proxy with limits, costs or retries of its own is a server too: a tier of one under the director's name. */
  private front(name: string, director: DirectorDescription): () => void {
    const { workers, relay, cores, retry, queue, full, tryTimeout, breaker } = director;
    const plain = workers === Infinity && relay === undefined && cores === Infinity;
    const bare = plain && director.tls === undefined;
    if (bare && retry === undefined && tryTimeout === undefined && breaker === undefined) return () => undefined;
    const timeout = tryTimeout === undefined ? undefined : ({ kind: 'deterministic', value: tryTimeout } as const);
    const relaySteps: Step[] = [];
    if (relay !== undefined)
      relaySteps.push(cores < Infinity ? { do: 'compute', time: relay } : { do: 'wait', time: relay });
    const description: ServiceDescription = {
      count: 1,
      speeds: [1],
      workers,
      holds: 'request',
      queue,
      order: 'fifo',
      full,
      connections: Infinity,
      ...(director.tls === undefined ? {} : { tls: director.tls }),
      cores,
      sharing: 'processor',
      sharingLimit: Infinity,
      pools: {},
      work: {
        '*': [
          ...relaySteps,
          { do: 'call', to: name, requestBytes: 0, responseBytes: 0, abandon: 'keep', retry, timeout, breaker },
        ],
      },
      sendBitsPerSecond: Infinity,
      receiveBitsPerSecond: Infinity,
      tables: [],
    };
    return this.service(name, description);
  }

  private director(name: string, description: DirectorDescription): Director {
    const members = description.members.map(({ service, server }) => {
      const found = this.tiers.get(service)?.servers[server];
      if (found === undefined) throw new RangeError(`${name} has no member ${service}.${server + 1}`);
      return found;
    });
    const director = this.makeDirector(name, description, members);
    this.directors.set(name, director);
    director.front = this.tiers.get(name)?.servers[0] ?? null;
    if (director.front !== null) director.front.inCaller = description.mode === 'client-side';
    director.send = this.card(`${name} send`, description.sendBitsPerSecond);
    director.receive = this.card(`${name} receive`, description.receiveBitsPerSecond);
    if (description.packetCost > 0) {
      director.forwarding = new Link(`${name} forwarding`, Infinity, null, description.packetCost);
      this.links.push(director.forwarding);
    }
    director.tables = description.tables.map((table) => this.table(new Table(this.simulation, table, name)));
    if (description.persistence > 0) {
      director.persistence = new PersistenceTable(description.persistence, description.linger);
    }
    const { processes = 1 } = description;
    if (processes > 1) this.split(director, processes, description, members);
    if (description.near !== undefined) this.splitByZone(director, description.near, description, members);
    return director;
  }

  /** Makes the director as it is in each zone; it is itself for those who are in none. */
  private splitByZone(
    director: Director,
    zones: readonly (readonly string[])[],
    description: DirectorDescription,
    members: readonly Server[],
  ): void {
    const places = this.placesOf(zones);
    const byZone = zones.map((_, zone) => {
      const seen = seenFrom(description, (member) => places.ofServer(members[member].index) === zone);
      const one = this.makeDirector(director.name, seen, members, `${director.name}/zone ${zone + 1}`);
      one.avoided = director.avoided;
      one.persistence = director.persistence;
      return one;
    });
    director.processes = new NearDirectors(director, byZone, places);
  }

  /** After every service and proxy: all servers are there. */
  private placesOf(zones: readonly (readonly string[])[]): Places {
    const { clients, directors } = this.description;
    const isDirector = (name: string): boolean => Object.hasOwn(directors, name);
    return new Places(zones, this.execution.servers, Object.keys(clients), this.directors, isDirector);
  }

  /** Makes the worker processes of a director: the first is the director itself. */
  private split(
    director: Director,
    processes: number,
    description: DirectorDescription,
    members: readonly Server[],
  ): void {
    const all = [director];
    for (let k = 2; k <= processes; k++) {
      const one = this.makeDirector(director.name, description, members, `${director.name}/${k}`);
      one.avoided = director.avoided;
      one.persistence = director.persistence;
      all.push(one);
    }
    director.processes = new WorkerProcesses(all, this.streams.stream(`${director.name}/process`));
  }

  /** @param chance name of its streams. */
  private makeDirector(
    name: string,
    description: DirectorDescription,
    members: readonly Server[],
    chance = name,
  ): Director {
    const kind = schedulers.get(description.scheduler.id);
    if (kind === undefined) throw new RangeError(`there is no scheduler "${description.scheduler.id}"`);
    const upstream = new Upstream(members.length);
    const index = this.execution.directors.length;
    const director = new Director(
      this.simulation,
      this.calls,
      index,
      name,
      description,
      members,
      upstream,
      this.streams.stream(`${chance}/clock`),
    );
    const options = kind.options.parse(description.scheduler.options);
    const plain = plainSurroundings(
      members.map((member) => member.name),
      () => this.simulation.now,
    );
    const around = this.options.surroundings?.(plain, name) ?? plain;
    director.scheduler = kind.make(options, upstream, this.streams.stream(`${chance}/scheduler`), around);
    this.execution.directors.push(director);
    return director;
  }

  /** A service of several servers that is called by name: its callers take turns, as a client library does. */
  private implicitDirector(service: string): Director {
    const { servers } = this.tiers.get(service)!;
    const members = servers.map((_, server) => ({ service, server, weight: 1, limit: Infinity }));
    const description = plainDirector({ members, nodes: [] });
    return this.makeDirector(service, description, servers);
  }

  // ------------------------------------------------------------------------------------------------------- clients

  private addClients(name: string, description: ClientsDescription): void {
    const index = this.execution.callers.length;
    const traffic = new Traffic(name, description.generator !== undefined);
    const owner: Owner = { name, computeGates: [], pools: {} };
    const tables = description.tables.map((table) => this.table(new Table(this.simulation, table, name)));
    const keeps = description.keep === 'request' ? null : description.load.kind === 'closed' ? 'user' : 'anybody';
    this.sites.clientTables.set(name, { tables, keeps });
    const classes: CompiledClass[] = description.mix.map(({ name: className, share, priority, steps }) => {
      const emitter = this.emitter(owner, description.mix.length === 1 ? name : `${name}/${className}`);
      const requestClass = this.classOf(className);
      const only = steps.length === 1 ? steps[0] : undefined;
      if (only?.do === 'call' && isPlain(only)) {
        return { share, priority, requestClass, site: emitter.site(only), start: 0 };
      }
      const start = this.program.length;
      emitter.steps(steps);
      emitter.emit(Op.end);
      return { share, priority, requestClass, site: -1, start };
    });
    const { sources, keys } = description;
    const items = Math.max(0, ...[...this.caches.values()].map(({ catalogue }) => catalogue));
    const asked = keys === undefined ? null : new Keys(keys, items, this.streams.stream(`${name}/keys`));
    const source = new RequestSource(this.execution, index, classes, sources, this.streams, name, asked);
    const kept = this.sites.keptOf(name);
    this.execution.connecting.kept.push(...kept);
    const connections: UserConnections = {
      came: (user) => kept.forEach((one) => one.came(user)),
      left: (user) => kept.forEach((one) => this.execution.connecting.userLeaves(one, user)),
    };
    const clients = this.makeClients(description, source, traffic, kept.length > 0 ? connections : null);
    this.execution.callers.push(clients);
    this.clients.set(name, clients);
  }

  private makeClients(
    { load }: ClientsDescription,
    source: RequestSource,
    traffic: Traffic,
    connections: UserConnections | null,
  ): Clients {
    switch (load.kind) {
      case 'open':
        return new OpenClients(this.simulation, source, traffic, load, this.streams);
      case 'closed':
        return new ClosedClients(this.simulation, source, traffic, load, this.streams, connections);
      case 'trace':
        return new TraceClients(this.simulation, source, traffic, load);
    }
  }

  // -------------------------------------------------------------------------------------------------------- probes

  private probe(probe: ProbeDescription): void {
    if (probe.kind === 'makespan') {
      const clients = this.clients.get(probe.of);
      if (clients === undefined) throw new RangeError(`a probe measures "${probe.of}", which is no client`);
      clients.traffic.timed = true;
      return;
    }
    if (probe.kind === 'items') return; // its cache counts from the start
    const [service, pool] = probe.of.split('.');
    const tier = this.tiers.get(service);
    if (tier === undefined) throw new RangeError(`a probe measures "${probe.of}", which is no service`);
    switch (probe.kind) {
      case 'number':
        tier.levels = new LevelTimes();
        break;
      case 'up':
        if (tier.breakdowns === null) throw new RangeError(`a probe measures "${probe.of}", whose workers never break`);
        tier.breakdowns.levels = new LevelTimes(0, tier.breakdowns.upNow);
        break;
      case 'wait':
        for (const server of tier.servers) for (const gate of server.gates) gate.waitHistogram = new Histogram();
        break;
      case 'in-use':
        for (const server of tier.servers) {
          const gate = server.gates.find(({ name }) => name === pool);
          if (gate === undefined) throw new RangeError(`a probe measures "${probe.of}", which is no pool`);
          gate.levels = new LevelTimes();
        }
        break;
      case 'states':
        (tier.probes ??= new Map()).set(`number ${service} at times`, new States(probe.at));
        break;
      case 'falls':
      case 'reaches': {
        const falling = probe.kind === 'falls';
        const name = `number ${service} ${falling ? 'falls to' : 'reaches'} ${probe.level}`;
        (tier.probes ??= new Map()).set(name, new Passage(probe.level, falling));
        break;
      }
    }
  }
}

/** A call whose answer is its request's, whatever it is. */
function isPlain({ otherwise, fallback, hedge }: CallStep): boolean {
  return otherwise === undefined && fallback === undefined && hedge === undefined;
}
