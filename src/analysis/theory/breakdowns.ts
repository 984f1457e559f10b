/**
 * Servers that break down, busy or idle, after exponential times; who is interrupted resumes.
 *
 * M/G/1: a service with all the repairs that fall into it is the completion time C = S + R1 + ... + RN, N Poisson of rate f S; whoever
 * finds nobody waits for the rest of a repair that is under way.
 * Source: B. Avi-Itzhak and P. Naor, "Some queuing problems with the service station subject to breakdown", Operations
 * Research 11 (1963); A. Federgruen and L. Green, "Queueing systems with service interruptions", Operations Research 34
 * (1986).
 *
 * M/M/c with exponential repairs: the Markov chain of number and servers up, which is the same at every level from c on.
 * Source: I. Mitrani and B. Avi-Itzhak, "A many-server queue with service interruptions", Operations Research 16 (1968);
 * M. Neuts, Matrix-Geometric Solutions in Stochastic Models (1981); G. Latouche and V. Ramaswami, "A logarithmic reduction
 * algorithm for quasi-birth-death processes", Journal of Applied Probability 30 (1993).
 */
import type { DistributionSpec } from '../../sim/random/index.ts';
import { delayTransform, delayedResponse } from './delayed-start.ts';
import { lawMoments } from './law-moments.ts';
import { phaseType } from './phase-type.ts';
import { stationary, sum } from './markov.ts';
import { added, applied, diagonal, product, solved } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { NoAnswer, requireCount, requirePositive, requireStable } from './refusal.ts';
import type { TimeLaw } from './time-law.ts';
import { ONE, lawTransform, minus, plus, scaled } from './transform.ts';
import type { Complex, Transform } from './transform.ts';

export interface BreakingServer {
  /** Arrivals, 1/s. */
  readonly rate: number;
  readonly service: DistributionSpec;
  /** Mean time from being up to failing, exponential, s. */
  readonly toFailure: number;
  readonly repair: DistributionSpec;
}

export interface BreakingServerAnswer {
  /** Before the service begins. */
  readonly meanWait: number;
  readonly meanResponse: number;
  readonly meanNumber: number;
  /** Share of the time that it is up. */
  readonly up: number;
  /** null where the service has no phases, or the repair no plain transform. */
  readonly response: TimeLaw | null;
}

/** @throws NoAnswer where no steady state exists or a law has no variance. */
export function breakingServer({ rate, service, toFailure, repair }: BreakingServer): BreakingServerAnswer {
  const [mean, second] = lawMoments(service);
  const [repairMean, repairSecond] = lawMoments(repair);
  requirePositive('breakdowns', { rate, 'mean service time': mean, toFailure, 'mean repair': repairMean });
  if (!(second < Infinity && repairSecond < Infinity)) {
    throw new NoAnswer('input', 'breakdowns: a service or repair without variance has no mean wait');
  }
  const failing = 1 / toFailure;
  /** Seconds of completion for a second of service. */
  const stretch = 1 + failing * repairMean;
  const load = rate * mean * stretch;
  requireStable('breakdowns', load);
  // what is left of the service in progress with its repairs, and of the repair in progress; then those in line before
  const found = (rate * stretch * stretch * second) / 2 + (failing * repairSecond) / (2 * stretch);
  const meanWait = found / (1 - load);
  const meanResponse = meanWait + mean * stretch;
  return {
    meanWait,
    meanResponse,
    meanNumber: rate * meanResponse,
    up: 1 / stretch,
    response: responseOf({ rate, service, toFailure, repair }, stretch, meanResponse),
  };
}

function responseOf(
  { rate, service, toFailure, repair }: BreakingServer,
  stretch: number,
  meanResponse: number,
): TimeLaw | null {
  const serving = phaseType(service) === null ? null : lawTransform(service);
  const mending = delayTransform(repair);
  if (serving === null || mending === null) return null;
  const failing = 1 / toFailure;
  const completion: Transform = (s) => serving(plus(s, scaled(minus(ONE, mending(s)), failing)));
  // an idle time begins with the server up, and ends with an arrival: how often it breaks meanwhile
  const first = failing / (failing + rate);
  const outlived = mending({ re: rate, im: 0 }).re;
  const breaks = first / (1 - first * outlived);
  const broken = breaks * (1 - outlived);
  const mean = lawMoments(service)[0] * stretch;
  // E[e^(-s (R - T)); T < R] for T exponential of the arrivals' rate is rate (E[e^(-sR)] - outlived) / (rate - s)
  const late: Transform = (s) => {
    const whole = scaled(minus(constant(rate), s), 1 - broken);
    const rest = scaled(minus(mending(s), constant(outlived)), breaks * rate);
    return minus(constant(rate), plus(whole, rest));
  };
  return delayedResponse(
    {
      rate,
      service: { mean, transform: completion },
      delay: { mean: breaks * (lawMoments(repair)[0] - (1 - outlived) / rate), late },
    },
    meanResponse,
  );
}

function constant(re: number): Complex {
  return { re, im: 0 };
}

export interface BreakingServers {
  /** Arrivals, 1/s. */
  readonly rate: number;
  /** Mean times, exponential, s. */
  readonly service: number;
  readonly toFailure: number;
  readonly toRepair: number;
  readonly servers: number;
  /** Servers that can be mended at once. */
  readonly crews: number;
}

/** @throws NoAnswer where no steady state exists. Cost: servers to the power of 4. */
export function breakingServers({ rate, service, servers, toFailure, toRepair, crews }: BreakingServers): {
  readonly meanNumber: number;
  readonly meanUp: number;
} {
  requirePositive('breakdowns', { rate, service, toFailure, toRepair });
  requireCount('breakdowns', { servers, crews });
  const phases = Array.from({ length: servers + 1 }, (_, up) => up);
  const fails = (up: number): number => up / toFailure;
  const mends = (up: number): number => Math.min(crews, servers - up) / toRepair;
  const meanUp = meanUpOf(phases, fails, mends);
  requireStable('breakdowns', (rate * service) / meanUp);
  const served = (level: number): Matrix => diagonal(phases.map((up) => Math.min(level, up) / service));
  /** What leaves a state, less what moves between phases. */
  const out = (level: number): Matrix =>
    phases.map((from) =>
      phases.map((to) => {
        if (to === from) return rate + Math.min(level, from) / service + fails(from) + mends(from);
        if (to === from - 1) return -fails(from);
        return to === from + 1 ? -mends(from) : 0;
      }),
    );
  const come = diagonal(phases.map(() => rate));
  const first = firstDown(out(servers), come, served(servers));
  /** Time at each phase one level up, by phase at this level, before it is reached again: times the rates of coming. */
  const ratios: Matrix[] = [];
  ratios[servers - 1] = solved(added(out(servers), product(come, first), -1), come);
  for (let level = servers - 1; level > 0; level--) {
    ratios[level - 1] = solved(added(out(level), product(ratios[level], served(level + 1)), -1), come);
  }
  const empty = added(out(0), product(ratios[0], served(1)), -1);
  let level = byServersUp(phases, (from, to) => Math.max(0, -empty[from][to]));
  let all = sum(level);
  let number = 0;
  for (let k = 1; k < servers; k++) {
    level = applied(level, ratios[k - 1]);
    all += sum(level);
    number += k * sum(level);
  }
  // from `servers` on each level is the one before times the same ratio
  const ratio = ratios[servers - 1];
  const last = applied(level, ratio);
  const beyond = added(diagonal(phases.map(() => 1)), ratio, -1);
  const ones = phases.map(() => [1]);
  const whole = solved(beyond, ones);
  const twice = solved(beyond, whole);
  const tail = last.reduce((total, share, up) => total + share * whole[up][0], 0);
  all += tail;
  // sum of (servers + k) last ratio^k
  number += (servers - 1) * tail + last.reduce((total, share, up) => total + share * twice[up][0], 0);
  return { meanNumber: number / all, meanUp };
}

/** Servers up come and go whoever is there. */
function meanUpOf(phases: readonly number[], fails: (up: number) => number, mends: (up: number) => number): number {
  const shares = byServersUp(phases, (up, to) => (to === up - 1 ? fails(up) : to === up + 1 ? mends(up) : 0));
  return phases.reduce((total, up) => total + up * shares[up], 0);
}

/** Shares of time by the number of servers up. All of them up is the usual state: the others' weights are found from its. */
function byServersUp(phases: readonly number[], rate: (from: number, to: number) => number): readonly number[] {
  const most = phases.length - 1;
  const law = stationary(phases.length, (down, emit) => {
    for (const to of phases) if (to !== most - down) emit(most - to, rate(most - down, to));
  });
  return phases.map((up) => law[most - up]);
}

/** Doublings of the logarithmic reduction: each squares the distance from the end. */
const DOUBLINGS = 60;

/** By phase at a level, the phase at which the level below is first reached. */
function firstDown(out: Matrix, up: Matrix, down: Matrix): Matrix {
  let higher = solved(out, up);
  let lower = solved(out, down);
  let first = lower;
  let climbed = higher;
  const one = diagonal(out.map(() => 1));
  for (let k = 0; k < DOUBLINGS; k++) {
    const back = added(one, added(product(higher, lower), product(lower, higher)), -1);
    const upTwice = product(higher, higher);
    const downTwice = product(lower, lower);
    higher = solved(back, upTwice);
    lower = solved(back, downTwice);
    const more = product(climbed, lower);
    first = added(first, more);
    if (Math.max(...more.flat()) < 1e-16) break;
    climbed = product(climbed, higher);
  }
  return first;
}
