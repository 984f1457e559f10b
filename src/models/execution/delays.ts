/**
 * Time that passes for a call: plain waits, and work that is a delay at the speed of its server (where every worker has
 * a core of its own; shared cores are a `Processor`). Work follows the server: slower, faster, stopped (a hang) and gone
 * on with, nothing of it lost.
 */
import { Rank } from '../../sim/rank.ts';
import { DOUBLE_SHIFT, EVENT, FLAGS, Flag, GENERATION, INTEGER_SHIFT, LEFT, SERVER, STATE, State } from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import type { Server } from '../services/server.ts';
import { Kind } from './core.ts';
import type { Core } from './core.ts';

export class Delays {
  private readonly calls: Core['calls'];
  private readonly simulation: Core['simulation'];
  private readonly servers: Core['servers'];
  constructor(private readonly core: Core) {
    this.calls = core.calls;
    this.simulation = core.simulation;
    this.servers = core.servers;
  }

  /** Makes a call wait, which costs nobody anything; it goes on where its PC says. */
  wait(call: CallHandle, seconds: number): void {
    const { calls, simulation } = this;
    const { address } = this.core;
    const o = call << INTEGER_SHIFT;
    calls.i[o + STATE] = State.delay;
    calls.i[o + EVENT] = simulation.at(simulation.now + seconds, address + Kind.delay, call, Rank.completion);
  }

  /** A call that waits goes on after other seconds, counted from now; one that has ended meanwhile does not. */
  hasten(call: CallHandle, generation: number, seconds: number): void {
    const { calls, simulation } = this;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    if (i[o + GENERATION] !== generation || i[o + STATE] !== State.delay) return;
    simulation.cancel(i[o + EVENT]);
    this.wait(call, seconds);
  }

  /** A call computes at a server that has no processor. @param work seconds at speed 1. */
  compute(call: CallHandle, server: Server, work: number): void {
    const { calls, simulation } = this;
    calls.i[(call << INTEGER_SHIFT) + FLAGS] |= Flag.computing;
    server.account(simulation.now);
    server.computing++;
    this.run(call, server, work);
  }

  /** A delay is over. @returns whether its call goes on: not where its server hangs. */
  over(call: CallHandle): boolean {
    const { calls, servers } = this;
    const { i } = calls;
    const o = call << INTEGER_SHIFT;
    i[o + STATE] = State.running;
    const index = i[o + SERVER];
    if (index < 0) return true;
    const server = servers[index];
    if ((i[o + FLAGS] & Flag.computing) !== 0) this.endCompute(call, server);
    if (!server.hung) return true;
    this.stop(call, server);
    return false;
  }

  /** A call computes no more, done or not. */
  endCompute(call: CallHandle, server: Server): void {
    const { calls, simulation } = this;
    server.account(simulation.now);
    server.computing--;
    calls.i[(call << INTEGER_SHIFT) + FLAGS] &= ~Flag.computing;
  }

  /** Stops a call with its server; it goes on when the server does. */
  stop(call: CallHandle, server: Server): void {
    const { i } = this.calls;
    const o = call << INTEGER_SHIFT;
    i[o + STATE] = State.stopped;
    server.stopped.push({ call, generation: i[o + GENERATION] });
  }

  // ------------------------------------------------------------------------------------------------ the server's pace

  /** The server stops (hang) or goes on; connections are accepted all the while. */
  setHung(server: Server, hung: boolean): void {
    if (server.hung === hung) return;
    server.hung = hung;
    const speed = server.speed;
    if (hung) {
      server.processor?.setSpeed(0);
      this.rescale(server, speed, 0);
      return;
    }
    server.processor?.setSpeed(speed);
    for (const { call, generation } of server.stopped.splice(0)) {
      const { i, d } = this.calls;
      const o = call << INTEGER_SHIFT;
      if (i[o + GENERATION] !== generation || i[o + STATE] !== State.stopped) continue;
      if ((i[o + FLAGS] & Flag.computing) !== 0) this.run(call, server, d[(call << DOUBLE_SHIFT) + LEFT]);
      else this.core.later(call);
    }
    this.core.drain();
  }

  /** Changes a server's speed (slow fault); running work goes on at the new one. */
  setSpeed(server: Server, speed: number): void {
    server.pace = speed;
    this.changeSpeed(server);
  }

  /** What its heap leaves of a server's speed. */
  setPressure(server: Server, factor: number): void {
    server.pressure = factor;
    this.changeSpeed(server);
  }

  private changeSpeed(server: Server): void {
    const before = server.speed;
    const speed = server.pace * server.pressure;
    server.speed = speed;
    if (server.hung || before === speed) return;
    server.processor?.setSpeed(speed);
    if (server.computing > 0) this.rescale(server, before, speed);
  }

  private run(call: CallHandle, server: Server, work: number): void {
    const { calls, simulation } = this;
    const { address } = this.core;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    if (server.hung) {
      calls.d[x + LEFT] = work;
      this.stop(call, server);
      return;
    }
    const end = simulation.now + work / server.speed;
    calls.d[x + LEFT] = end;
    calls.i[o + STATE] = State.delay;
    calls.i[o + EVENT] = simulation.at(end, address + Kind.delay, call, Rank.completion);
  }

  /** Running delays of a server go on at another speed; 0 stops them. Scans the calls: for faults, not for the hot path. */
  private rescale(server: Server, before: number, speed: number): void {
    const { calls, simulation } = this;
    for (let call = 1; call <= calls.top; call++) {
      const { i, d } = calls;
      const o = call << INTEGER_SHIFT;
      const computes = i[o + STATE] === State.delay && (i[o + FLAGS] & Flag.computing) !== 0;
      if (!computes || i[o + SERVER] !== server.index) continue;
      simulation.cancel(i[o + EVENT]);
      i[o + EVENT] = 0;
      const left = Math.max(0, d[(call << DOUBLE_SHIFT) + LEFT] - simulation.now) * before;
      d[(call << DOUBLE_SHIFT) + LEFT] = left;
      if (speed === 0) this.stop(call, server);
      else this.run(call, server, left);
    }
  }

  // ------------------------------------------------------------------------------------------------ broken workers

  /** Stops what a call computes or waits for, keeping what is left of it. */
  suspend(call: CallHandle, server: Server): void {
    const { calls, simulation } = this;
    const { i, d } = calls;
    const { now } = simulation;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    i[o + FLAGS] |= Flag.interrupted;
    if (i[o + STATE] === State.processor) {
      d[x + LEFT] = server.processor!.withdraw(call);
      i[o + FLAGS] |= Flag.midCompute;
      return;
    }
    const running = i[o + STATE] === State.delay;
    if ((i[o + FLAGS] & Flag.computing) !== 0) {
      // else it is stopped, and LEFT is work already
      if (running) d[x + LEFT] = Math.max(0, d[x + LEFT] - now) * server.speed;
      this.endCompute(call, server);
      i[o + FLAGS] |= Flag.midCompute;
    } else if (running) {
      d[x + LEFT] = simulation.due(i[o + EVENT]) - now;
      i[o + FLAGS] |= Flag.midWait;
    }
    if (running) simulation.cancel(i[o + EVENT]);
    i[o + EVENT] = 0;
  }

  /** Goes on where `suspend` stopped it. */
  resume(call: CallHandle): void {
    const { calls, servers } = this;
    const { i, d } = calls;
    const o = call << INTEGER_SHIFT;
    const flags = i[o + FLAGS];
    const left = d[(call << DOUBLE_SHIFT) + LEFT];
    i[o + FLAGS] = flags & ~(Flag.interrupted | Flag.midCompute | Flag.midWait);
    if ((flags & Flag.midWait) !== 0) {
      this.wait(call, left);
      return;
    }
    if ((flags & Flag.midCompute) === 0) {
      this.core.later(call);
      return;
    }
    const server = servers[i[o + SERVER]];
    if (server.processor === null) {
      this.compute(call, server, left);
      return;
    }
    i[o + STATE] = State.processor;
    server.processor.submit(call, left);
  }
}
