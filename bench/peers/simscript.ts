/** Models A and B as a user of simscript writes them: an entity with an async script for each customer. */
import { Entity, Queue, RandomVar, Simulation, SimulationState } from 'simscript';
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import type { RandomStream } from '../../src/sim/random/stream.ts';
import type { Outcome } from '../models/outcome.ts';

class Exponential extends RandomVar {
  private readonly times: Exponentials;
  private readonly mean: number;
  constructor(stream: RandomStream, mean: number) {
    super();
    this.times = new Exponentials(stream);
    this.mean = mean;
  }
  override sample(): number {
    return this.mean * this.times.next();
  }
}

/** An M/M/c queue at utilisation 0.9 for `customers`; the check is the mean time in the system. */
export async function simscriptQueue(workers: number, customers: number): Promise<Outcome> {
  // The library hands over to the browser's display from time to time.
  Object.assign(globalThis, { requestAnimationFrame: (callback: () => void) => setImmediate(callback) });
  const streams = new Streams('bench', 0);
  const services = new Exponential(streams.stream('services'), 1);
  const waiting = new Queue('waiting');
  const busy = new Queue('busy', workers);
  let served = 0;
  let timeInSystem = 0;

  class Customer extends Entity {
    override async script(): Promise<void> {
      const arrivedAt = this.simulation.timeNow;
      await this.seize(busy, services.sample(), waiting);
      served++;
      timeInSystem += this.simulation.timeNow - arrivedAt;
    }
  }

  const simulation = new Simulation();
  simulation.generateEntities(Customer, new Exponential(streams.stream('arrivals'), 1 / (0.9 * workers)), customers);
  const finished = new Promise<void>((resolve) => {
    simulation.stateChanged.addEventListener(() => {
      if (simulation.state === SimulationState.Finished) resolve();
    });
  });
  await simulation.start();
  await finished;
  return { events: 2 * served, units: served, check: timeInSystem / served };
}
