/** Models A and B as a user of simjs writes them: a facility with workers, a generator that sets timers. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import type { Outcome } from '../models/outcome.ts';

interface Request {
  done(callback: () => void): Request;
}
interface Facility {
  readonly name: string;
}
interface Sim {
  time(): number;
  addEntity(entity: new () => Entity): void;
  simulate(endTime: number): boolean;
}
declare class Entity {
  setTimer(duration: number): Request;
  useFacility(facility: Facility, duration: number): Request;
  time(): number;
}
interface SimJs {
  Sim: new () => Sim;
  Entity: typeof Entity;
  Facility: new (name: string, discipline: null, workers: number) => Facility;
}

/** The package is a browser bundle that exports nothing; its last expression is the bundle's own `require`. */
function load(): SimJs {
  const path = createRequire(import.meta.url).resolve('simjs');
  const bundled = runInThisContext(readFileSync(path, 'utf8')) as (module: number) => SimJs;
  return bundled(7);
}

/** An M/M/c queue at utilisation 0.9 for as long as about `customers` arrive; the check is the mean time in system. */
export function simjsQueue(workers: number, customers: number): Outcome {
  const { Sim, Entity, Facility } = load();
  const streams = new Streams('bench', 0);
  const interarrivals = new Exponentials(streams.stream('arrivals'));
  const services = new Exponentials(streams.stream('services'));
  const mean = 1 / (0.9 * workers);
  const facility = new Facility('queue', null, workers);
  let served = 0;
  let timeInSystem = 0;

  class Source extends Entity {
    start(): void {
      this.setTimer(mean * interarrivals.next()).done(() => this.arrive());
    }
    arrive(): void {
      const arrivedAt = this.time();
      this.useFacility(facility, services.next()).done(() => {
        served++;
        timeInSystem += this.time() - arrivedAt;
      });
      this.start();
    }
  }

  const sim = new Sim();
  sim.addEntity(Source);
  sim.simulate(customers * mean);
  return { events: 2 * served, units: served, check: timeInSystem / served };
}
