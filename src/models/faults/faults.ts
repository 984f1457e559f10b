/**
 * Faults at given times, and the log of what they led to. A fault that ends by itself (`for`) is undone by the same
 * rule that `restore` applies.
 */
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { FaultDescription } from '../description.ts';

/** What faults act on: a server, or a node of a director. */
export interface FaultTarget {
  crash(): void;
  /** Stops in an orderly way. */
  stop(): void;
  restore(): void;
  setHung(hung: boolean): void;
  /** Speed is multiplied by `factor`; 1 ends it. */
  setSlow(factor: number): void;
  setDraining(draining: boolean): void;
}

/** An entry of the log. Times in seconds; `until` null = it has not ended. */
export interface LogEntry {
  readonly at: number;
  until: number | null;
  readonly text: string;
  readonly kind: 'fault' | 'detection' | 'takeover' | 'recovery';
}

const BEGIN = 0;
const END = 1;

export class Faults {
  private readonly address: number;
  /** What each fault acts on. */
  private readonly targets: readonly (readonly FaultTarget[])[];

  /** @param find what a name stands for; throws where that is nothing. */
  constructor(
    private readonly simulation: Simulation,
    private readonly faults: readonly FaultDescription[],
    find: (target: string) => readonly FaultTarget[],
    readonly log: LogEntry[],
  ) {
    this.address = simulation.register(this);
    this.targets = faults.map(({ target }) => find(target));
    faults.forEach((fault, index) => {
      simulation.at(fault.at, this.address + BEGIN, index, Rank.control);
      if (fault.for < Infinity) simulation.at(fault.at + fault.for, this.address + END, index, Rank.control);
    });
  }

  on(kind: number, index: number): void {
    const fault = this.faults[index];
    for (const target of this.targets[index]) {
      if (kind === BEGIN) begin(fault, target);
      else end(fault, target);
    }
    const now = this.simulation.now;
    const open = this.log.find(
      (entry) => entry.kind === 'fault' && entry.until === null && entry.text.endsWith(` ${fault.target}`),
    );
    if ((kind === END || fault.do === 'restore') && open !== undefined) open.until = now;
    if (kind === BEGIN) {
      const restores = fault.do === 'restore';
      this.log.push({
        at: now,
        until: restores ? now : null,
        text: `${fault.do} ${fault.target}`,
        kind: restores ? 'recovery' : 'fault',
      });
    }
  }
}

function begin(fault: FaultDescription, target: FaultTarget): void {
  switch (fault.do) {
    case 'crash':
      return target.crash();
    case 'stop':
      return target.stop();
    case 'restore':
      return restore(target);
    case 'hang':
      return target.setHung(true);
    case 'slow':
      return target.setSlow(fault.factor);
    case 'drain':
      return target.setDraining(true);
  }
}

function end(fault: FaultDescription, target: FaultTarget): void {
  switch (fault.do) {
    case 'hang':
      return target.setHung(false);
    case 'slow':
      return target.setSlow(1);
    case 'drain':
      return target.setDraining(false);
    case 'crash':
    case 'stop':
      return target.restore();
    case 'restore':
      return target.crash();
  }
}

function restore(target: FaultTarget): void {
  target.setHung(false);
  target.setSlow(1);
  target.setDraining(false);
  target.restore();
}
