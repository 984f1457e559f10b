/**
 * Priorities at one station, the first class first, in order of arrival within a class.
 * Source: A. Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954); preemptive resume:
 * L. Kleinrock, Queueing Systems II (1976), 3.4; several servers with one exponential service: R. Davis, Oper. Res. 14 (1966).
 */
import type { DistributionSpec } from '../../sim/random/index.ts';
import { erlangC } from './erlang.ts';
import { lawMoments } from './law-moments.ts';
import { NoAnswer, requireCount, requireStable } from './refusal.ts';

export interface PriorityClass {
  /** Arrivals, Poisson, 1/s. */
  readonly rate: number;
  readonly service: DistributionSpec;
}

export interface PriorityAnswer {
  readonly utilisation: number;
  /** Seconds, by class; the wait of a preempted request is all the time it is not served. */
  readonly waits: readonly number[];
  readonly responses: readonly number[];
  readonly meanWait: number;
}

export function priorityStation(
  classes: readonly PriorityClass[],
  { servers, preemptive }: { readonly servers: number; readonly preemptive: boolean },
): PriorityAnswer {
  requireCount('priorities', { servers });
  const moments = classes.map(({ service }) => lawMoments(service));
  const loads = classes.map(({ rate }, k) => (rate * moments[k][0]) / servers);
  const utilisation = loads.reduce((sum, load) => sum + load, 0);
  requireStable('priorities', utilisation);
  if (servers > 1) {
    const same = classes.every(({ service }, k) => service.kind === 'exponential' && moments[k][0] === moments[0][0]);
    if (preemptive || !same) {
      throw new NoAnswer(
        'input',
        'priorities: several servers only without preemption and with one exponential service',
      );
    }
  }
  /** What is left of the service that a new arrival meets: of everybody's, or of those it must let pass. */
  const rest = (upTo: number): number =>
    servers > 1
      ? (erlangC(servers, utilisation * servers) * moments[0][0]) / servers
      : classes.slice(0, upTo).reduce((sum, { rate }, k) => sum + (rate * moments[k][1]) / 2, 0);
  let above = 0;
  const waits = classes.map((_, k) => {
    const before = 1 - above;
    above += loads[k];
    const line = rest(preemptive ? k + 1 : classes.length) / (before * (1 - above));
    return preemptive ? line + moments[k][0] / before - moments[k][0] : line;
  });
  const all = classes.reduce((sum, { rate }) => sum + rate, 0);
  return {
    utilisation,
    waits,
    responses: waits.map((wait, k) => wait + moments[k][0]),
    meanWait: classes.reduce((sum, { rate }, k) => sum + (rate / all) * waits[k], 0),
  };
}
