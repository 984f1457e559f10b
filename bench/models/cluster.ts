/**
 * Model D: a closed web cluster. 5,000 users think Exp(1 s); weighted least connections over the servers (weights
 * 2, 3, 4 repeating, ties to the first); a server has 8 threads, FIFO, Exp(10 ms), then the request needs one of the
 * server's 20 connections, FIFO, and a worker of the shared database (64, FIFO, Exp(5 ms)). A client gives up 30 s
 * after dispatch; the request goes on. Latencies go into a log-linear histogram.
 * For the price of timers there are variants: no timers at all; the client's and those of 150,000 idle connections
 * besides; or, in place of the client's, these 150,000, one of which is set anew at each dispatch.
 */
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import { Rank } from '../../src/sim/rank.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import type { Component } from '../../src/sim/simulation.ts';
import type { Outcome } from './outcome.ts';
import { WinnerTree } from './winner-tree.ts';

const USERS = 5000;
const THINK_MEAN = 1;
const TIMEOUT = 30;
const KEPT_CONNECTIONS = 150_000;
const KEEP_ALIVE = 1e6; // they never fire
const NO_TIMER = -1;
const WEB_THREADS = 8;
const WEB_MEAN = 0.01;
const CONNECTIONS = 20;
const DATABASE_WORKERS = 64;
const DATABASE_MEAN = 0.005;

/** Requests in flight: numbers from a free list, with one link each for the line they wait in. */
class Requests {
  readonly user: Int32Array;
  readonly server: Int32Array;
  readonly timer: Int32Array; // 0 = the client has gone, NO_TIMER = it waits for ever
  readonly sentAt: Float64Array;
  readonly next: Int32Array;
  private free = 1;

  constructor(capacity: number) {
    this.user = new Int32Array(capacity);
    this.server = new Int32Array(capacity);
    this.timer = new Int32Array(capacity);
    this.sentAt = new Float64Array(capacity);
    this.next = new Int32Array(capacity);
    for (let request = 1; request < capacity - 1; request++) this.next[request] = request + 1;
  }

  open(): number {
    const request = this.free;
    if (request === 0) throw new Error('more requests in flight than the model has room for');
    this.free = this.next[request];
    return request;
  }

  close(request: number): void {
    this.next[request] = this.free;
    this.free = request;
  }
}

/** A first-in first-out line of requests. */
class Line {
  private first = 0;
  private last = 0;

  add(next: Int32Array, request: number): void {
    next[request] = 0;
    if (this.last === 0) this.first = request;
    else next[this.last] = request;
    this.last = request;
  }

  /** The request that waited longest, 0 if there is none. */
  take(next: Int32Array): number {
    const request = this.first;
    if (request !== 0) {
      this.first = next[request];
      if (this.first === 0) this.last = 0;
    }
    return request;
  }
}

/** One kind of token with its line. */
class Gate {
  private tokens: number;
  private readonly line = new Line();

  constructor(tokens: number) {
    this.tokens = tokens;
  }

  /** Whether the request has a token now; if not, it waits in line. */
  enter(next: Int32Array, request: number): boolean {
    if (this.tokens > 0) {
      this.tokens--;
      return true;
    }
    this.line.add(next, request);
    return false;
  }

  /** Gives a token back: the request that has it now, or 0. */
  leave(next: Int32Array): number {
    const request = this.line.take(next);
    if (request === 0) this.tokens++;
    return request;
  }
}

/** Latency counts in 128 bins an octave, from the bits of the double. */
class Latencies {
  sum = 0;
  count = 0;
  private readonly counts = new Int32Array(65536);
  private readonly double = new Float64Array(1);
  private readonly words = new Uint32Array(this.double.buffer);

  record(seconds: number): void {
    this.sum += seconds;
    this.count++;
    this.double[0] = seconds * 1e6 + 1;
    this.counts[(this.words[1] >>> 13) - (1023 << 7)]++;
  }
}

export type Timers = 'client' | 'none' | 'outstanding' | 'keep-alive';

/** Connections that are closed when idle for too long; each use puts that off. */
class KeptConnections implements Component {
  private readonly simulation: Simulation;
  private readonly address: number;
  private readonly lane: number;
  private readonly timers: Int32Array;
  private next = 0;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.address = simulation.register(this);
    this.lane = simulation.lane(KEEP_ALIVE);
    this.timers = Int32Array.from({ length: KEPT_CONNECTIONS }, (_, i) => simulation.after(this.lane, this.address, i));
  }

  useOne(): void {
    const { simulation } = this;
    const connection = this.next;
    simulation.cancelTimer(this.timers[connection]);
    this.timers[connection] = simulation.after(this.lane, this.address, connection);
    this.next = (connection + 7919) % KEPT_CONNECTIONS;
  }

  on(): void {
    throw new Error('a connection was idle for longer than the run lasts');
  }
}

const ClientKind = { dispatch: 0, timeout: 1 } as const;

class Clients implements Component {
  readonly latencies = new Latencies();
  private readonly simulation: Simulation;
  private readonly requests: Requests;
  private readonly address: number;
  private readonly timeouts: number;
  private readonly think: Exponentials;
  private readonly giveUpAfterTimeout: boolean;
  private readonly connections: KeptConnections | undefined;
  private web!: Web;

  constructor(simulation: Simulation, requests: Requests, streams: Streams, timers: Timers) {
    this.simulation = simulation;
    this.requests = requests;
    this.address = simulation.register(this);
    this.timeouts = simulation.lane(TIMEOUT);
    this.think = new Exponentials(streams.stream('think'));
    this.giveUpAfterTimeout = timers === 'client' || timers === 'outstanding';
    const connections =
      timers === 'outstanding' || timers === 'keep-alive' ? new KeptConnections(simulation) : undefined;
    this.connections = timers === 'keep-alive' ? connections : undefined;
  }

  start(web: Web): void {
    this.web = web;
    for (let user = 0; user < USERS; user++) this.thinkFirst(user);
  }

  on(kind: number, argument: number): void {
    if (kind === ClientKind.dispatch) this.dispatch(argument);
    else this.giveUp(argument);
  }

  /** The last thing that happens to a request, whether its client waits or not. */
  answered(request: number): void {
    const { requests, simulation } = this;
    const timer = requests.timer[request];
    if (timer !== 0) {
      if (timer !== NO_TIMER) simulation.cancelTimer(timer);
      this.latencies.record(simulation.now - requests.sentAt[request]);
      this.thinkFirst(requests.user[request]);
    }
    requests.close(request);
  }

  private dispatch(user: number): void {
    const { requests, simulation } = this;
    const request = requests.open();
    requests.user[request] = user;
    requests.sentAt[request] = simulation.now;
    requests.timer[request] = this.giveUpAfterTimeout
      ? simulation.after(this.timeouts, this.address + ClientKind.timeout, request)
      : NO_TIMER;
    this.connections?.useOne();
    this.web.submit(request);
  }

  private giveUp(request: number): void {
    this.requests.timer[request] = 0;
    this.thinkFirst(this.requests.user[request]);
  }

  private thinkFirst(user: number): void {
    const until = this.simulation.now + THINK_MEAN * this.think.next();
    this.simulation.at(until, this.address + ClientKind.dispatch, user, Rank.arrival);
  }
}

/** The director and its servers. */
class Web implements Component {
  private readonly simulation: Simulation;
  private readonly requests: Requests;
  private readonly address: number;
  private readonly service: Exponentials;
  private readonly threads: Gate[] = [];
  private readonly connections: Gate[] = [];
  private readonly active: Int32Array;
  private readonly perConnection: Int32Array; // 12 / weight
  private readonly loads: WinnerTree;
  private readonly clients: Clients;
  private database!: Database;

  constructor(simulation: Simulation, requests: Requests, streams: Streams, servers: number, clients: Clients) {
    this.simulation = simulation;
    this.requests = requests;
    this.address = simulation.register(this);
    this.service = new Exponentials(streams.stream('web'));
    this.active = new Int32Array(servers);
    this.perConnection = Int32Array.from({ length: servers }, (_, server) => 12 / (2 + (server % 3)));
    this.loads = new WinnerTree(servers);
    this.clients = clients;
    for (let server = 0; server < servers; server++) {
      this.threads.push(new Gate(WEB_THREADS));
      this.connections.push(new Gate(CONNECTIONS));
    }
  }

  connect(database: Database): void {
    this.database = database;
  }

  submit(request: number): void {
    const server = this.loads.least;
    this.requests.server[request] = server;
    this.changeLoad(server, 1);
    if (this.threads[server].enter(this.requests.next, request)) this.serve(request);
  }

  on(_kind: number, request: number): void {
    const { next, server } = this.requests;
    const home = server[request];
    const granted = this.threads[home].leave(next);
    if (granted !== 0) this.serve(granted);
    if (this.connections[home].enter(next, request)) this.database.submit(request);
  }

  /** The database has answered. */
  answered(request: number): void {
    const server = this.requests.server[request];
    const granted = this.connections[server].leave(this.requests.next);
    if (granted !== 0) this.database.submit(granted);
    this.changeLoad(server, -1);
    this.clients.answered(request);
  }

  private serve(request: number): void {
    const until = this.simulation.now + WEB_MEAN * this.service.next();
    this.simulation.at(until, this.address, request, Rank.completion);
  }

  private changeLoad(server: number, by: number): void {
    const active = this.active[server] + by;
    this.active[server] = active;
    this.loads.set(server, active * this.perConnection[server]);
  }
}

class Database implements Component {
  private readonly simulation: Simulation;
  private readonly requests: Requests;
  private readonly address: number;
  private readonly service: Exponentials;
  private readonly workers = new Gate(DATABASE_WORKERS);
  private readonly web: Web;

  constructor(simulation: Simulation, requests: Requests, streams: Streams, web: Web) {
    this.simulation = simulation;
    this.requests = requests;
    this.address = simulation.register(this);
    this.service = new Exponentials(streams.stream('database'));
    this.web = web;
  }

  submit(request: number): void {
    if (this.workers.enter(this.requests.next, request)) this.serve(request);
  }

  on(_kind: number, request: number): void {
    const granted = this.workers.leave(this.requests.next);
    if (granted !== 0) this.serve(granted);
    this.web.answered(request);
  }

  private serve(request: number): void {
    const until = this.simulation.now + DATABASE_MEAN * this.service.next();
    this.simulation.at(until, this.address, request, Rank.completion);
  }
}

/** Runs until `requests` are answered in time; the check is their mean latency, ms. */
export function cluster(servers: number, requests: number, timers: Timers = 'client'): Outcome {
  const simulation = new Simulation({ capacity: 16384 });
  const streams = new Streams('bench', 0);
  const store = new Requests(1 << 17);
  const clients = new Clients(simulation, store, streams, timers);
  const web = new Web(simulation, store, streams, servers, clients);
  web.connect(new Database(simulation, store, streams, web));
  clients.start(web);
  const { latencies } = clients;
  simulation.run({ when: () => latencies.count >= requests });
  return { events: simulation.events, units: latencies.count, check: (latencies.sum / latencies.count) * 1000 };
}
