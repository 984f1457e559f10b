/** The quantities of a single queueing station that all requests visit once. */
import { OUTCOMES } from '../../../models/outcome.ts';
import type { ProbeDescription } from '../../../models/description.ts';
import type { ServiceWindow } from '../../observations.ts';
import type { Observed } from './observed.ts';
import {
  PERCENTILES,
  deviationOfWaits,
  levelPercentile,
  levelShares,
  list,
  meanOfWaits,
  number,
  responsePercentiles,
  shares,
  throughput,
  waitPercentiles,
  waitShare,
} from './quantity.ts';
import type { Quantities } from './quantity.ts';
import type { Discipline, Servers } from './theory-file.ts';

const OK = OUTCOMES.indexOf('ok');
const QUEUE_TIMEOUT = OUTCOMES.indexOf('queue-timeout');

/** Probes that `stationQuantities` needs. */
export function stationProbes(name: string): ProbeDescription[] {
  return [
    { kind: 'number', of: name },
    { kind: 'wait', of: name },
  ];
}

/** @param name of the service. */
export function stationQuantities(name: string, servers: Servers, discipline: Discipline = 'fifo'): Quantities {
  const at = (observed: Observed): ServiceWindow => observed.services[name];
  const workers = (observed: Observed) => at(observed).gates.workers ?? NO_LINE;
  const present = (observed: Observed): number[] => shares(observed.levels[`number ${name}`]);
  const meanResponse = number(({ traffic }) => traffic.responseMoments.mean);
  const meanWait = number((observed) => meanWaitOfServed(observed, name));
  return {
    throughput: number(({ traffic }) => throughput(traffic)),
    utilisation: number((observed) => utilisation(at(observed), servers, discipline)),
    mean_number: number((observed) => at(observed).presentArea / observed.seconds),
    var_number: number((observed) => variance(present(observed))),
    number_stddev: number((observed) => Math.sqrt(variance(present(observed)))),
    mean_servers_up: number((observed) => workersUp(at(observed), servers)),
    utilisation_of_up_servers: number(
      (observed) => workers(observed).busyArea / observed.seconds / workersUp(at(observed), servers),
    ),
    dist_servers_up: levelShares(`up ${name}`),
    fraction_off: number((observed) => at(observed).offArea / observed.seconds),
    fraction_setup: number((observed) => at(observed).setupArea / observed.seconds),
    fraction_busy: number((observed) => utilisation(at(observed), servers, discipline)),
    mean_queue: number((observed) => workers(observed).lineArea / observed.seconds),
    mean_wait: meanWait,
    mean_wait_served: number(({ waits }) => meanOfWaits(waits[name])),
    mean_wait_all: number((observed) => workers(observed).waited / workers(observed).arrivals),
    mean_wait_given_wait: number((observed) => workers(observed).waited / workers(observed).waits),
    max_wait: number(({ waits }) => waits[name].maximum),
    stddev_wait: number(({ waits }) => deviationOfWaits(waits[name])),
    mean_response: meanResponse,
    mean_response_served: meanResponse,
    stddev_response: number(({ traffic }) => traffic.responseMoments.standardDeviation),
    prob_wait: number((observed) => waitShare(workers(observed))),
    prob_block: number((observed) => refused(at(observed)) / at(observed).ended),
    prob_renege: number((observed) => at(observed).outcomes[QUEUE_TIMEOUT] / at(observed).ended),
    dist_number: levelShares(`number ${name}`),
    ...responsePercentiles(),
    ...waitPercentiles('wait', name),
    ...waitPercentiles('wait_served', name),
    ...Object.fromEntries(
      Object.entries(PERCENTILES).map(([percentile, level]) => [
        `number_${percentile}`,
        levelPercentile(`number ${name}`, level),
      ]),
    ),
    dist_number_at_arrival: list(({ counts }) => shares(counts['left behind'])),
    mean_response_over_size: number(({ counts }) => counts['response over size'][0] / counts['response over size'][1]),
    last_completion: number(({ counts }) => Math.max(...counts.completions)),
  };
}

/** Of a station where everybody is served at once. */
const NO_LINE = { busyArea: 0, lineArea: 0, waited: 0, waits: 0, arrivals: 1, refusals: 0 };

/** Busy share of a server: of its workers, or of its cores where those are shared. */
export function utilisation(
  { gates, computeArea, seconds }: ServiceWindow,
  servers: Servers,
  discipline: Discipline = 'fifo',
): number {
  if (servers === 'infinite') return 0;
  const workers = discipline === 'ps' ? undefined : gates.workers;
  return (workers?.busyArea ?? computeArea) / seconds / servers;
}

/** Who found no room. */
function refused({ ended, outcomes }: ServiceWindow): number {
  return ended - outcomes[OK] - outcomes[QUEUE_TIMEOUT];
}

/** Mean number of workers that are up. */
function workersUp({ brokenArea, seconds }: ServiceWindow, servers: Servers): number {
  return (servers === 'infinite' ? Infinity : servers) - brokenArea / seconds;
}

/** Mean wait at the workers of a service of those who got one; nobody may have given up. */
export function meanWaitOfServed(observed: Observed, gate: string): number {
  const [service, pool = 'workers'] = gate.split('.');
  const line = observed.services[service].gates[pool];
  return line === undefined ? 0 : line.waited / observed.waits[gate].count;
}

function variance(present: readonly number[]): number {
  let mean = 0;
  let squares = 0;
  present.forEach((share, k) => {
    mean += k * share;
    squares += k * k * share;
  });
  return squares - mean * mean;
}
