/**
 * What is at services already when the run begins, as after an outage: requests that nobody waits for any more, due at
 * time 0, before the clients' first. Each does the work of its class; the servers of a service have theirs in turn.
 * Left out: work that was half done.
 */
import { Rank } from '../../sim/rank.ts';
import type { Component, Simulation } from '../../sim/simulation.ts';
import type { Caller } from '../clients/caller.ts';
import type { Execution, Launch } from '../execution.ts';

/** Some requests that are alike. */
export interface BacklogPart {
  readonly count: number;
  /** One for each server that is there; their `origin` and `request` are set here. */
  readonly launches: readonly Launch[];
}

export class Backlog implements Component, Caller {
  constructor(
    simulation: Simulation,
    private readonly execution: Execution,
    private readonly parts: readonly BacklogPart[],
  ) {
    const caller = execution.callers.push(this) - 1;
    for (const { launches } of parts) for (const launch of launches) launch.client = caller;
    simulation.at(0, simulation.register(this), 0, Rank.arrival);
  }

  on(): void {
    let request = 0;
    for (const { count, launches } of this.parts) {
      for (let k = 0; k < count; k++) {
        const launch = launches[k % launches.length];
        launch.origin = launch.request = launch.key = request++;
        this.execution.launch(launch);
      }
    }
  }

  answered(): void {
    // nobody waits for it
  }
}
