/**
 * Tokens of gates (workers, pooled connections, FIFO cores): taken, waited for, handed to the next in line, given back by
 * whoever ends, and lost with a worker that breaks.
 */
import { Rank } from '../../sim/rank.ts';
import {
  CLASS,
  DEMAND,
  DOUBLE_SHIFT,
  FLAGS,
  Flag,
  HELD,
  INTEGER_SHIFT,
  PC,
  SERVER,
  STATE,
  State,
  TIMER,
  WAITING,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import type { Acquisition } from '../program.ts';
import type { Interrupted, WorkerKeeper } from '../services/breakdown.ts';
import type { Server } from '../services/server.ts';
import { Kind } from './core.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly delays: {
    suspend(call: CallHandle, server: Server): void;
    resume(call: CallHandle): void;
  };
  readonly leaving: {
    abort(call: CallHandle, outcome: OutcomeCode): CallHandle;
    detach(call: CallHandle): void;
  };
  readonly flights: { lost(call: CallHandle, outcome: OutcomeCode): void };
}

export class Tokens implements WorkerKeeper {
  private readonly calls: Rest['calls'];
  private readonly simulation: Rest['simulation'];
  private readonly servers: Rest['servers'];
  constructor(private readonly core: Rest) {
    this.calls = core.calls;
    this.simulation = core.simulation;
    this.servers = core.servers;
  }

  /** A call stands in the line of a gate now, for as long as its acquisition says. */
  wait(call: CallHandle, acquisition: Acquisition): void {
    const { calls, simulation } = this;
    const { address } = this.core;
    const { i, d } = calls;
    const o = call << INTEGER_SHIFT;
    i[o + WAITING] = acquisition.gate + 1;
    i[o + STATE] = State.line;
    if (acquisition.lane >= 0) {
      i[o + TIMER] = simulation.after(acquisition.lane, address + Kind.patience, call);
    } else if (acquisition.patience !== null) {
      const seconds = acquisition.patience.sample(d[(call << DOUBLE_SHIFT) + DEMAND]);
      i[o + TIMER] = simulation.at(simulation.now + seconds, address + Kind.patience, call, Rank.timeout);
    }
  }

  /** It has stood there for as long as it would, and leaves. @returns what it had wanted. */
  impatient(call: CallHandle): Acquisition {
    const { calls, servers, simulation } = this;
    const { program } = this.core;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    servers[i[o + SERVER]].gates[i[o + WAITING] - 1].withdraw(call, simulation.now);
    i[o + WAITING] = 0;
    i[o + STATE] = State.running;
    return program.acquisitions[program.code[2 * i[o + PC] + 1]];
  }

  giveBackAll(call: CallHandle): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    const server = this.servers[i[o + SERVER]];
    let held = i[o + HELD];
    i[o + HELD] = 0;
    while (held !== 0) {
      const gate = 31 - Math.clz32(held);
      held &= ~(1 << gate);
      this.giveBack(call, server, gate);
    }
  }

  giveBack(call: CallHandle, server: Server, gate: number): void {
    const next = server.gates[gate].leave(this.simulation.now, call);
    if (next !== 0) this.grant(next, gate);
  }

  /** A gate has tokens again: those who wait go on. */
  readmit(server: Server, gate: number): void {
    for (;;) {
      const next = server.gates[gate].admit(this.simulation.now);
      if (next === 0) break;
      this.grant(next, gate);
    }
    this.core.drain();
  }

  /**
   * The line at a server's workers has dropped a call, on the way to whom it gives the token. The call ends after that: its
   * end may take others out of the same line.
   */
  dropped(call: CallHandle): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    this.forgetTimer(call);
    i[o + WAITING] = 0;
    i[o + PC] = this.core.program.failing(OUTCOME.rejected);
    this.core.later(call);
  }

  interrupt(call: CallHandle, gate: number, interrupted: Interrupted): void {
    const { core } = this;
    if (interrupted === 'lost') {
      core.later(core.leaving.abort(call, OUTCOME.reset));
    } else {
      const o = call << INTEGER_SHIFT;
      const server = this.servers[this.calls.i[o + SERVER]];
      if (interrupted === 'restart') this.unwind(call, gate);
      else core.delays.suspend(call, server);
      const { i } = core.calls;
      i[o + HELD] &= ~(1 << gate);
      i[o + WAITING] = gate + 1;
      i[o + STATE] = State.line;
      server.gates[gate].putBack(call, this.simulation.now);
      this.readmit(server, gate); // another worker may be idle
    }
    core.drain();
  }

  /** `call` has been handed a token of the gate it stood at. */
  private grant(call: CallHandle, gate: number): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    this.forgetTimer(call);
    i[o + WAITING] = 0;
    i[o + HELD] |= 1 << gate;
    if ((i[o + FLAGS] & Flag.interrupted) !== 0) {
      this.core.delays.resume(call);
      return;
    }
    i[o + PC]++;
    this.core.later(call);
  }

  /** Undoes what a call has begun since it came, so that it can begin anew; it keeps its token of `gate`. */
  private unwind(call: CallHandle, gate: number): void {
    const { calls, servers } = this;
    const { flights, leaving } = this.core;
    const o = call << INTEGER_SHIFT;
    leaving.detach(call);
    if ((calls.i[o + FLAGS] & Flag.leads) !== 0) flights.lost(call, OUTCOME.reset);
    const { i } = calls;
    i[o + HELD] &= ~(1 << gate);
    if (i[o + HELD] !== 0) this.giveBackAll(call);
    i[o + PC] = servers[i[o + SERVER]].entry[i[o + CLASS]];
  }

  private forgetTimer(call: CallHandle): void {
    const { calls, simulation } = this;
    const o = call << INTEGER_SHIFT;
    if (calls.i[o + TIMER] === 0) return;
    simulation.cancelTimer(calls.i[o + TIMER]);
    calls.i[o + TIMER] = 0;
  }
}
