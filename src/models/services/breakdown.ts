/**
 * Breakdowns of single workers: each worker of each server, busy or idle, fails when its own clock says so and is mended
 * by one of the service's crews, first broken first mended. A broken worker is a token that its gate has not got.
 * What it was doing goes back to the head of the line and goes on where it was, begins anew, or is lost.
 * Source: Mitrani and Avi-Itzhak, "A many-server queue with service interruptions", Operations Research 16 (1968).
 *
 * Left out: clocks that run only while a worker is busy, wear, crews that differ. A crash of the server neither breaks
 * nor mends its workers, and their clocks go on. O(1) a failure or repair; no events but these two a worker.
 */
import type { Component, Simulation } from '../../sim/simulation.ts';
import { Rank } from '../../sim/rank.ts';
import type { LevelTimes } from '../../sim/stats/level-times.ts';
import type { CallHandle } from '../calls.ts';
import type { ServiceDescription, Step } from '../description.ts';
import type { Draw } from '../draw.ts';
import type { Attendant, Gate } from './gate.ts';
import type { Server } from './server.ts';

/** What becomes of the request that a broken worker was serving. */
export type Interrupted = 'resume' | 'restart' | 'lost';

/** What the execution does for workers that come and go. */
export interface WorkerKeeper {
  /** The worker that `call` holds, a token of its server's `gate`, is gone. */
  interrupt(call: CallHandle, gate: number, interrupted: Interrupted): void;
  /** The gate of `server` has tokens again: those who wait go on. */
  readmit(server: Server, gate: number): void;
}

const BROKEN = -1;
const IDLE = 0;

/** Kinds of events. */
const FAILS = 0;
const MENDED = 1;

/** Which worker of one server serves whom. */
export class Workers implements Attendant {
  /** Broken now, and worker-seconds broken so far; bring up to date with `account`. */
  broken = 0;
  brokenArea = 0;
  /** Failures so far. */
  failures = 0;
  private since = 0;
  /** By worker: the call it serves, or IDLE or BROKEN. */
  private readonly serves: Int32Array;
  /** Idle workers, in no order; and by worker its place there. */
  private readonly idle: Int32Array;
  private readonly placeOf: Int32Array;
  private idlers: number;
  /** By call: its worker. */
  private workerOf = new Int32Array(64);

  constructor(
    readonly server: Server,
    readonly gate: Gate,
    readonly size: number,
  ) {
    this.serves = new Int32Array(size);
    this.idle = Int32Array.from({ length: size }, (_, k) => size - 1 - k);
    this.placeOf = Int32Array.from({ length: size }, (_, k) => size - 1 - k);
    this.idlers = size;
  }

  taken(call: CallHandle): void {
    const worker = this.idle[--this.idlers];
    this.assign(worker, call);
  }

  passed(from: CallHandle, to: CallHandle): void {
    const worker = this.workerOf[from];
    if (this.serves[worker] !== from) {
      // it broke; but who ended with `from` may have left another
      if (to !== 0) this.taken(to);
    } else if (to === 0) this.rest(worker);
    else this.assign(worker, to);
  }

  joined(): void {
    // whoever waits, waits for a worker that is busy or broken
  }

  /** @returns the call that it was serving; 0 = none. */
  breaks(worker: number, now: number): CallHandle {
    this.account(now);
    this.broken++;
    this.failures++;
    const call = this.serves[worker];
    if (call === IDLE) {
      const place = this.placeOf[worker];
      const last = this.idle[--this.idlers];
      this.idle[place] = last;
      this.placeOf[last] = place;
    }
    this.serves[worker] = BROKEN;
    return call;
  }

  mended(worker: number, now: number): void {
    this.account(now);
    this.broken--;
    this.rest(worker);
  }

  /** Brings the sum up to `now`. */
  account(now: number): void {
    this.brokenArea += this.broken * (now - this.since);
    this.since = now;
  }

  /** Workers that are idle, for the invariants. */
  get resting(): number {
    return this.idlers;
  }

  private assign(worker: number, call: CallHandle): void {
    if (call >= this.workerOf.length) {
      const larger = new Int32Array(2 * call);
      larger.set(this.workerOf);
      this.workerOf = larger;
    }
    this.serves[worker] = call;
    this.workerOf[call] = worker;
  }

  private rest(worker: number): void {
    this.serves[worker] = IDLE;
    this.placeOf[worker] = this.idlers;
    this.idle[this.idlers++] = worker;
  }
}

/** The clocks and crews of one service. */
export class Breakdowns implements Component {
  /** Probe: time by the number of workers up over all servers. */
  levels: LevelTimes | null = null;
  private readonly address: number;
  /** Crews with nothing to do. */
  private free: number;
  /** Broken workers that no crew has yet, as a list: by worker the next, 0 = none, else worker + 1. */
  private readonly next: Int32Array;
  private first = 0;
  private last = 0;
  private up: number;

  /**
   * @param gate number of the workers' gate at each server.
   * @param each workers of each server, all of one size.
   */
  constructor(
    private readonly simulation: Simulation,
    private readonly keeper: WorkerKeeper,
    private readonly gate: number,
    private readonly each: readonly Workers[],
    private readonly laws: {
      readonly every: Draw;
      readonly repair: Draw;
      readonly crews: number;
      readonly interrupted: Interrupted;
    },
  ) {
    this.address = simulation.register(this);
    this.free = laws.crews;
    this.up = each.reduce((sum, { size }) => sum + size, 0);
    this.next = new Int32Array(this.up);
    for (let worker = 0; worker < this.up; worker++) this.wind(worker);
  }

  /** @param worker counted over all servers. */
  on(kind: number, worker: number): void {
    const { size } = this.each[0];
    const workers = this.each[Math.floor(worker / size)];
    if (kind === FAILS) this.fail(worker, workers, worker % size);
    else this.mend(worker, workers, worker % size);
  }

  /** Workers up over all servers. */
  get upNow(): number {
    return this.up;
  }

  private fail(worker: number, workers: Workers, place: number): void {
    const { now } = this.simulation;
    const { gate } = workers;
    gate.account(now);
    gate.tokens--;
    const call = workers.breaks(place, now);
    this.changeUp(-1);
    if (this.free > 0) {
      this.free--;
      this.repair(worker);
    } else {
      if (this.first === 0) this.first = worker + 1;
      else this.next[this.last - 1] = worker + 1;
      this.last = worker + 1;
    }
    if (call > 0) this.keeper.interrupt(call, this.gate, this.laws.interrupted);
  }

  private mend(worker: number, workers: Workers, place: number): void {
    const { now } = this.simulation;
    workers.mended(place, now);
    workers.gate.account(now);
    workers.gate.tokens++;
    this.changeUp(1);
    this.wind(worker);
    if (this.first === 0) {
      this.free++;
    } else {
      const waiting = this.first - 1;
      this.first = this.next[waiting];
      this.next[waiting] = 0;
      if (this.first === 0) this.last = 0;
      this.repair(waiting);
    }
    this.keeper.readmit(workers.server, this.gate);
  }

  private changeUp(by: number): void {
    this.up += by;
    this.levels?.change(this.simulation.now, this.up);
  }

  private wind(worker: number): void {
    const { simulation, laws } = this;
    simulation.at(simulation.now + laws.every.sample(0), this.address + FAILS, worker, Rank.control);
  }

  private repair(worker: number): void {
    const { simulation, laws } = this;
    simulation.at(simulation.now + laws.repair.sample(0), this.address + MENDED, worker, Rank.control);
  }
}

/**
 * Whether what a request has begun can be carried over to another worker: it only computes and waits. Another service's
 * answer, a connection, a cache's load or a place in a line are bound to who asked for them.
 */
export function resumes({
  work,
  sharing,
  sharingLimit,
  cores,
}: Pick<ServiceDescription, 'work' | 'sharing' | 'sharingLimit' | 'cores'>): boolean {
  const lines = cores < Infinity && (sharing === 'processor' ? sharingLimit < Infinity : sharing !== 'preemptive');
  return !lines && Object.values(work).every(canResume);
}

function canResume(steps: readonly Step[]): boolean {
  return steps.every((step) => {
    switch (step.do) {
      case 'wait':
      case 'compute':
      case 'send':
        return true;
      case 'choice':
        return step.branches.every((branch) => canResume(branch.steps));
      case 'loop':
        return canResume(step.steps);
      case 'walk':
        return Object.values(step.places).every((place) => canResume(place.steps));
      default:
        return false;
    }
  });
}
