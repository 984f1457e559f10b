/** Reference cases of what happens over time, and of workers that break down. */
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import { lawMoments } from '../law-moments.ts';
import { timeQuantile } from '../time-law.ts';
import { breakdowns, burst, drain, stateAt, swing } from '../transient.ts';
import { percentilesOf } from './case.ts';
import type { CaseAnswer } from './case.ts';

interface Station {
  readonly arrivals: {
    readonly process: string;
    readonly rate?: number;
    readonly rate_mean?: number;
    readonly relative_amplitude?: number;
    readonly period?: number;
    readonly phase?: number;
  };
  readonly service: Law;
  readonly servers: number | 'infinite';
  readonly initial_number?: number;
  readonly times?: readonly number[];
  readonly breakdowns?: {
    readonly time_to_failure: Law;
    readonly time_to_repair: Law;
    readonly crews: number;
    readonly on_failure: string;
  };
}

function meanOf(of: Law): number {
  return lawMoments(law(of))[0];
}

/** null where it is none of these, or its law is another. */
export function transientStationCase(model: Station): CaseAnswer | null {
  const { arrivals, servers, times, initial_number: initial, breakdowns: breaking } = model;
  const service = law(model.service);
  const mean = lawMoments(service)[0];
  if (arrivals.process === 'nonhomogeneous-poisson') {
    return servers === 'infinite' && arrivals.phase === 0 ? swingFigures(model) : null;
  }
  if (arrivals.process !== 'poisson' || service.kind !== 'exponential' || servers === 'infinite') return null;
  const options = { rate: arrivals.rate!, service: mean, servers };
  if (breaking !== undefined) {
    if (breaking.on_failure !== 'requeue-head-resume') return null;
    const answer = breakdowns({
      ...options,
      toFailure: meanOf(breaking.time_to_failure),
      toRepair: meanOf(breaking.time_to_repair),
      crews: breaking.crews,
    });
    return {
      mean_number: answer.meanNumber,
      mean_response: answer.meanNumber / options.rate,
      throughput: options.rate,
      mean_servers_up: answer.meanUp,
      dist_servers_up: answer.upShares,
      dist_number: answer.numberShares,
      utilisation_of_up_servers: (options.rate * mean) / answer.meanUp,
    };
  }
  if (initial === undefined) return null;
  if (times !== undefined) {
    const states = stateAt(options, initial, times);
    return {
      mean_number_at: states.map(({ meanNumber }) => meanNumber),
      prob_all_busy_at: states.map(({ allBusy }) => allBusy),
      prob_empty_at: states.map(({ empty }) => empty),
    };
  }
  const empty = drain(options, initial, 0);
  return {
    mean_time_to_no_queue: drain(options, initial, servers).mean,
    mean_time_to_empty: empty.mean,
    stddev_time_to_empty: empty.stddev,
  };
}

function swingFigures({ arrivals, service, times = [] }: Station): CaseAnswer | null {
  const { kind } = law(service);
  if (kind !== 'exponential' && kind !== 'deterministic') return null;
  const answer = swing({
    mean: arrivals.rate_mean!,
    amplitude: arrivals.relative_amplitude!,
    period: arrivals.period!,
    service: meanOf(service),
    constant: kind === 'deterministic',
  });
  return {
    mean_number_from_empty: times.map((time) => answer.fromEmpty(time)),
    mean_number_periodic: times.map((time) => answer.periodic(time)),
    mean_number_periodic_max: answer.highest,
    lag_of_peak: answer.lag,
  };
}

export function burstCase(model: {
  readonly requests: number;
  readonly servers: number;
  readonly service: Law;
  readonly discipline: string;
}): CaseAnswer | null {
  const { requests, servers, discipline } = model;
  const service = law(model.service);
  if (discipline !== 'fifo') return null;
  if (service.kind === 'deterministic') {
    const end = (k: number): number => Math.ceil(k / servers) * service.value;
    let total = 0;
    for (let k = 1; k <= requests; k++) total += end(k);
    return {
      mean_response: total / requests,
      mean_makespan: end(requests),
      mean_first_completion: service.value,
      // rounded before it is rounded up: 0.9 * 100 is 90, not a little more
      ...percentilesOf('response', (level) => end(Math.ceil(Number((level * requests).toPrecision(12))))),
    };
  }
  if (service.kind !== 'exponential') return null;
  const answer = burst(requests, servers, service.mean);
  return {
    mean_makespan: answer.makespan.mean,
    stddev_makespan: answer.makespan.stddev,
    mean_first_completion: answer.firstCompletion,
    mean_completion_half: answer.completion(requests / 2),
    mean_response: answer.response.mean,
    ...percentilesOf('response', (level) => timeQuantile(answer.response, level)),
    ...percentilesOf('makespan', (level) => timeQuantile(answer.makespan, level)),
  };
}
