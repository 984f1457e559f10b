/** Reference cases of one open station. */
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import { batchStation } from '../batch.ts';
import { erlangA } from '../erlang-a.ts';
import { gm1 } from '../gm1.ts';
import { lawMoments } from '../law-moments.ts';
import { mdc } from '../mdc.ts';
import { mg1 } from '../mg1.ts';
import { poissonNumber } from '../mginf.ts';
import { mmc } from '../mmc.ts';
import { mmck } from '../mmck.ts';
import { phaseStation } from '../phase-station.ts';
import { phaseType } from '../phase-type.ts';
import { priorityStation } from '../priority.ts';
import { processorSharing } from '../processor-sharing.ts';
import { setupStation } from '../setup.ts';
import type { StationAnswer } from '../station.ts';
import { timeQuantile } from '../time-law.ts';
import { percentilesOf } from './case.ts';
import type { CaseAnswer } from './case.ts';
import { transientStationCase } from './transient.ts';

export type CaseArrivals =
  | { readonly process: 'poisson'; readonly rate: number }
  | { readonly process: 'renewal'; readonly interarrival: Law }
  | { readonly process: 'batch-poisson'; readonly batch_rate: number; readonly batch_size: number };

interface OpenStation {
  readonly arrivals: CaseArrivals;
  readonly service: Law;
  readonly servers: number | 'infinite';
  readonly capacity?: number | null;
  readonly discipline?: 'fifo' | 'ps';
  readonly patience?: Law;
  readonly setup?: Law;
}

/** What this file understands of a model; a case with anything else is not of this kind. */
const KNOWN = ['kind', 'arrivals', 'service', 'servers', 'capacity', 'discipline', 'patience', 'setup'];
/** Entries of a list of shares: more than any case names. */
const SHARES = 400;

export function openStationCase(model: OpenStation): CaseAnswer | null {
  if (Object.keys(model).some((key) => !KNOWN.includes(key))) return transientStationCase(model);
  const { arrivals, servers, capacity = null, discipline = 'fifo', patience, setup } = model;
  const service = law(model.service);
  const mean = lawMoments(service)[0];
  const exponential = service.kind === 'exponential';
  const poisson = arrivals.process === 'poisson' ? arrivals.rate : null;
  if (servers === 'infinite') return poisson === null ? null : numberFigures(poisson, mean);
  if (arrivals.process === 'batch-poisson') {
    if (!exponential || servers !== 1 || capacity !== null || discipline !== 'fifo') return null;
    return stationFigures(batchStation(arrivals.batch_rate, arrivals.batch_size, mean));
  }
  if (setup !== undefined) {
    if (poisson === null || servers !== 1) return null;
    const answer = setupStation(poisson, service, law(setup));
    return {
      mean_wait: answer.meanWait,
      mean_response: answer.meanResponse,
      mean_number: answer.meanNumber,
      throughput: poisson,
      fraction_off: answer.off,
      fraction_setup: answer.settingUp,
      fraction_busy: answer.busy,
    };
  }
  if (poisson === null) return renewalFigures(model, servers);
  const options = { rate: poisson, service: mean, servers };
  if (discipline === 'ps') {
    const answer = stationFigures(processorSharing({ ...options, exponential }));
    // the time at one core is proportional to the size, so the mean of the ratio is that of any size
    return servers === 1 ? { ...answer, mean_response_over_size: 1 / (1 - poisson * mean) } : answer;
  }
  if (patience !== undefined) {
    const giving = law(patience);
    return exponential && giving.kind === 'exponential' ? impatientFigures(options, giving.mean) : null;
  }
  if (capacity !== null) return exponential ? stationFigures(mmck({ ...options, capacity })) : null;
  if (servers === 1) return stationFigures(mg1(poisson, service));
  if (service.kind === 'deterministic') return stationFigures(mdc(options));
  return exponential ? stationFigures(mmc(options)) : null;
}

function renewalFigures(model: OpenStation, servers: number): CaseAnswer | null {
  const { arrivals, capacity = null, discipline = 'fifo', patience } = model;
  if (arrivals.process !== 'renewal' || capacity !== null || discipline !== 'fifo' || patience !== undefined)
    return null;
  const service = law(model.service);
  const interarrival = law(arrivals.interarrival);
  if (service.kind === 'exponential' && servers === 1) {
    const answer = gm1(interarrival, service.mean);
    return { ...stationFigures(answer), dist_number_at_arrival: list(answer.foundShare) };
  }
  if (service.kind === 'deterministic' && interarrival.kind === 'deterministic') {
    const utilisation = service.value / interarrival.value / servers;
    return utilisation < 1 ? { mean_wait: 0, mean_response: service.value, utilisation } : null;
  }
  const coming = phaseType(interarrival);
  const serving = phaseType(service);
  return coming === null || serving === null ? null : stationFigures(phaseStation(coming, serving, servers));
}

function impatientFigures(
  options: { readonly rate: number; readonly service: number; readonly servers: number },
  patience: number,
): CaseAnswer {
  const answer = erlangA({ ...options, patience });
  return {
    ...stationFigures(answer),
    prob_renege: answer.renegeShare,
    mean_wait_all: answer.meanWaitAll,
    mean_wait_served: answer.meanWait,
    mean_response_served: answer.meanResponse,
    ...percentilesOf('wait_served', (level) => timeQuantile(answer.wait!, level)),
  };
}

/** Every quantity that the answer has. */
export function stationFigures(answer: StationAnswer): CaseAnswer {
  const { wait, response, numberShare } = answer;
  return {
    utilisation: answer.utilisation,
    throughput: answer.throughput,
    mean_number: answer.meanNumber,
    mean_queue: answer.meanQueue,
    mean_wait: answer.meanWait,
    mean_response: answer.meanResponse,
    prob_wait: answer.waitShare,
    prob_block: answer.blockShare,
    ...(answer.waitShare > 0 ? { mean_wait_given_wait: answer.meanWait / answer.waitShare } : {}),
    ...(wait === null ? {} : { stddev_wait: wait.stddev }),
    // percentiles from a transform are costly, and no case asks for those of the wait
    ...(wait === null || wait.resolution !== undefined
      ? {}
      : percentilesOf('wait', (level) => timeQuantile(wait, level))),
    ...(response === null
      ? {}
      : { stddev_response: response.stddev, ...percentilesOf('response', (level) => timeQuantile(response, level)) }),
    ...(numberShare === null ? {} : { dist_number: list(numberShare) }),
  };
}

function list(share: (k: number) => number): readonly number[] {
  return Array.from({ length: SHARES }, (_, k) => share(k));
}

function numberFigures(rate: number, service: number): CaseAnswer {
  const number = poissonNumber(rate, service);
  return {
    mean_number: number.mean,
    var_number: number.mean,
    number_stddev: Math.sqrt(number.mean),
    ...percentilesOf('number', (level) => number.quantile(level)),
    dist_number: list((k) => number.share(k)),
  };
}

export function priorityCase(model: {
  readonly servers: number;
  readonly preemption: 'none' | 'resume';
  readonly classes: readonly { readonly arrivals: { readonly rate: number }; readonly service: Law }[];
}): CaseAnswer {
  const answer = priorityStation(
    model.classes.map(({ arrivals, service }) => ({ rate: arrivals.rate, service: law(service) })),
    { servers: model.servers, preemptive: model.preemption === 'resume' },
  );
  return {
    utilisation: answer.utilisation,
    mean_wait_all: answer.meanWait,
    ...Object.fromEntries(
      answer.waits.flatMap((wait, k) => [
        [`mean_wait_class${k + 1}`, wait],
        [`mean_response_class${k + 1}`, answer.responses[k]],
      ]),
    ),
  };
}
