/** Model HOLD: `pending` events; the earliest is taken and comes back after Exp(1 s). The least that a simulation can do. */
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import { Rank } from '../../src/sim/rank.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import type { Component } from '../../src/sim/simulation.ts';
import type { Outcome } from './outcome.ts';

class Holder implements Component {
  private readonly simulation: Simulation;
  private readonly address: number;
  private readonly stream: Exponentials;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.address = simulation.register(this);
    this.stream = new Exponentials(new Streams('bench', 0).stream('hold'));
  }

  on(_kind: number, event: number): void {
    const delay = this.stream.next();
    this.simulation.at(this.simulation.now + delay, this.address, event, Rank.completion);
  }
}

/** A hold model whose list is filled; `run` goes on from there. The check is the mean delay, seconds. */
export class Hold {
  private readonly simulation: Simulation;
  private readonly pending: number;

  constructor(pending: number) {
    this.pending = pending;
    this.simulation = new Simulation({ capacity: pending + 2 });
    const holder = new Holder(this.simulation);
    for (let event = 0; event < pending; event++) holder.on(0, event);
  }

  run(operations: number): Outcome {
    const { simulation } = this;
    const { now, events } = simulation;
    simulation.run({ events: events + operations });
    const units = simulation.events - events;
    return { events: units, units, check: ((simulation.now - now) * this.pending) / units };
  }
}
