/** Models A and B: an M/M/c queue at utilisation 0.9, service mean 1 s, one component for arrivals and workers. */
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import { Rank } from '../../src/sim/rank.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import type { Component } from '../../src/sim/simulation.ts';
import type { Outcome } from './outcome.ts';

const Kind = { arrival: 0, completion: 1 } as const;
const UTILISATION = 0.9;

class Queue implements Component {
  served = 0;
  timeInSystem = 0;
  private readonly simulation: Simulation;
  private readonly address: number;
  private readonly interarrivals: Exponentials;
  private readonly services: Exponentials;
  private readonly interarrivalMean: number;
  private readonly target: number;
  private readonly arrivedAt: Float64Array; // by worker
  private readonly idle: Int32Array; // a stack of workers
  private idleCount: number;
  private waiting = new Float64Array(1024); // arrival times, a ring
  private waitingFirst = 0;
  private waitingCount = 0;

  constructor(simulation: Simulation, workers: number, target: number) {
    const streams = new Streams('bench', 0);
    this.simulation = simulation;
    this.address = simulation.register(this);
    this.interarrivals = new Exponentials(streams.stream('arrivals'));
    this.services = new Exponentials(streams.stream('services'));
    this.interarrivalMean = 1 / (UTILISATION * workers);
    this.target = target;
    this.arrivedAt = new Float64Array(workers);
    this.idle = Int32Array.from({ length: workers }, (_, worker) => worker);
    this.idleCount = workers;
    this.scheduleArrival();
  }

  get done(): boolean {
    return this.served >= this.target;
  }

  on(kind: number, worker: number): void {
    if (kind === Kind.arrival) this.arrive();
    else this.complete(worker);
  }

  private arrive(): void {
    const { now } = this.simulation;
    this.scheduleArrival();
    if (this.idleCount > 0) this.serve(this.idle[--this.idleCount], now);
    else this.join(now);
  }

  private complete(worker: number): void {
    this.timeInSystem += this.simulation.now - this.arrivedAt[worker];
    this.served++;
    if (this.waitingCount > 0) this.serve(worker, this.leave());
    else this.idle[this.idleCount++] = worker;
  }

  private serve(worker: number, arrivedAt: number): void {
    this.arrivedAt[worker] = arrivedAt;
    const service = this.services.next();
    this.simulation.at(this.simulation.now + service, this.address + Kind.completion, worker, Rank.completion);
  }

  private scheduleArrival(): void {
    const interarrival = this.interarrivalMean * this.interarrivals.next();
    this.simulation.at(this.simulation.now + interarrival, this.address + Kind.arrival, 0, Rank.arrival);
  }

  private join(arrivedAt: number): void {
    if (this.waitingCount === this.waiting.length) this.grow();
    this.waiting[(this.waitingFirst + this.waitingCount++) & (this.waiting.length - 1)] = arrivedAt;
  }

  private leave(): number {
    const arrivedAt = this.waiting[this.waitingFirst];
    this.waitingFirst = (this.waitingFirst + 1) & (this.waiting.length - 1);
    this.waitingCount--;
    return arrivedAt;
  }

  private grow(): void {
    const old = this.waiting;
    this.waiting = new Float64Array(old.length * 2);
    for (let i = 0; i < this.waitingCount; i++) this.waiting[i] = old[(this.waitingFirst + i) & (old.length - 1)];
    this.waitingFirst = 0;
  }
}

/** Runs until `customers` are served; the check is their mean time in the system, seconds. */
export function queue(workers: number, customers: number): Outcome {
  const simulation = new Simulation();
  const model = new Queue(simulation, workers, customers);
  simulation.run({ when: () => model.done });
  return { events: simulation.events, units: model.served, check: model.timeInSystem / model.served };
}
