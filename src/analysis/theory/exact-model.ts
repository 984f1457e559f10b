/** The exact answer of a recognised cluster: its model by name, the source, and figures that a run has too. */
import type { Figure, Result } from '../result.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import { breakingServer, breakingServers } from './breakdowns.ts';
import { closedNetwork } from './closed-network.ts';
import { erlangA } from './erlang-a.ts';
import { gm1 } from './gm1.ts';
import { jackson, sumOfExponentials } from './jackson.ts';
import { lawMoments } from './law-moments.ts';
import { machineRepair } from './machine-repair.ts';
import { mdc } from './mdc.ts';
import { mg1 } from './mg1.ts';
import { mmc } from './mmc.ts';
import { mmck } from './mmck.ts';
import { processorSharing } from './processor-sharing.ts';
import type { PlainCluster, PlainStation } from './recognise.ts';
import { NoAnswer } from './refusal.ts';
import { setupOfMany, setupStation } from './setup.ts';
import type { SetupAnswer } from './setup.ts';
import type { StationAnswer } from './station.ts';
import { timeQuantile } from './time-law.ts';
import type { TimeLaw } from './time-law.ts';

export interface ExactModel {
  /** `M/M/1`, `closed network (MVA)`. */
  readonly model: string;
  readonly source: string;
  readonly figures: readonly ExactFigure[];
}

export interface ExactFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: Figure['unit'];
  /** What a run shows of it; null where it shows nothing. */
  simulated(run: SimulatedFigures): Figure | null;
}

export type SimulatedFigures = Pick<Result, 'total' | 'services'>;

/** null where the cluster is no model that is answered here, or has no steady state. */
export function exactModel(plain: PlainCluster): ExactModel | null {
  try {
    const { load } = plain;
    if (load.kind === 'closed') return closedModel(plain, load.users, lawMoments(load.think)[0]);
    const [station] = plain.stations;
    const single = plain.stations.length === 1 && station.visits === 1 && plain.delays.length === 0;
    if (load.kind === 'renewal') return single ? renewalModel(station, load.interarrival) : null;
    return single ? openStation(station, load.rate) : openNetwork(plain, load.rate);
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}

const LITTLE = 'Pollaczek and Khinchine; Kleinrock, Queueing Systems I (1975)';
const ERLANG = 'Erlang 1917; Kleinrock, Queueing Systems I (1975)';
const SHARING = 'insensitive to the service law; Kleinrock, Queueing Systems II (1976), Kelly (1979)';
const PRODUCT_FORM = 'product form; Baskett, Chandy, Muntz and Palacios (1975)';

function openStation(station: PlainStation, rate: number): ExactModel | null {
  const { law, servers, discipline, room, patience, byWorkers } = station;
  const service = lawMoments(law)[0];
  const exponential = law.kind === 'exponential';
  const letter = exponential ? 'M' : law.kind === 'deterministic' ? 'D' : 'G';
  if (servers === Infinity) {
    return {
      model: `M/${letter}/infinity`,
      source: PRODUCT_FORM,
      figures: [meanResponse(service), throughput(rate), present(station, rate * service)],
    };
  }
  if (station.breakdowns !== null || station.setup !== null) {
    if (patience !== null || room < Infinity || !byWorkers) return null;
    return station.setup === null ? breakingModel(station, rate, letter) : setupModel(station, rate, letter);
  }
  const options = { rate, service, servers };
  const made = (model: string, source: string, answer: StationAnswer): ExactModel => ({
    model,
    source,
    figures: stationFigures(station, answer),
  });
  if (discipline === 'sharing') {
    return made(`M/${letter}/${servers}-PS`, SHARING, processorSharing({ ...options, exponential }));
  }
  if (patience !== null) {
    if (!exponential || patience.kind !== 'exponential') return null;
    const answer = erlangA({ ...options, patience: patience.mean });
    const model = made(`M/M/${servers}+M (Erlang A)`, 'Palm 1957; Garnett, Mandelbaum and Reiman (2002)', answer);
    return { ...model, figures: [...model.figures, errors(answer.renegeShare)] };
  }
  if (room < Infinity) {
    if (!exponential) return null;
    const capacity = servers + room;
    const answer = mmck({ ...options, capacity });
    const model = made(`M/M/${servers}/${capacity}${room === 0 ? ' (Erlang B)' : ''}`, ERLANG, answer);
    return { ...model, figures: [...model.figures, errors(answer.blockShare)] };
  }
  if (servers === 1) return made(`M/${letter}/1`, exponential ? ERLANG : LITTLE, mg1(rate, law));
  if (exponential) return made(`M/M/${servers}`, ERLANG, mmc(options));
  return law.kind === 'deterministic' ? made(`M/D/${servers}`, 'Crommelin 1932; Franx (2001)', mdc(options)) : null;
}

/** Most workers for which the chain of number and workers up is solved beside a run. */
const BREAKING_MAX = 32;

function breakingModel(station: PlainStation, rate: number, letter: string): ExactModel | null {
  const { name, law, servers } = station;
  const { every, repair, crews } = station.breakdowns!;
  const toFailure = lawMoments(every)[0];
  const service = lawMoments(law)[0];
  const made = (source: string, meanResponse: number, response: TimeLaw | null, up: number): ExactModel => ({
    model: `M/${letter}/${servers} with breakdowns`,
    source,
    figures: [
      ...responseFigures(meanResponse, response),
      throughput(rate),
      utilisation(station, (rate * service) / servers),
      {
        name: `${name} broken`,
        value: 1 - up,
        unit: 'share',
        simulated: ({ services }) => services[name].broken ?? null,
      },
      present(station, rate * meanResponse),
    ],
  });
  if (servers === 1) {
    const { meanResponse, response, up } = breakingServer({ rate, service: law, toFailure, repair });
    return made('Avi-Itzhak and Naor (1963); Federgruen and Green (1986)', meanResponse, response, up);
  }
  if (law.kind !== 'exponential' || repair.kind !== 'exponential' || servers > BREAKING_MAX) return null;
  const { meanNumber, meanUp } = breakingServers({
    ...{ rate, service, servers, toFailure },
    toRepair: repair.mean,
    crews: Math.min(crews, servers),
  });
  return made('Mitrani and Avi-Itzhak (1968); Neuts (1981)', meanNumber / rate, null, meanUp / servers);
}

function setupModel(station: PlainStation, rate: number, letter: string): ExactModel | null {
  const { name, law, servers } = station;
  const { time, offAfter } = station.setup!;
  const service = lawMoments(law)[0];
  const share = (what: 'off' | 'settingUp', value: number): ExactFigure => ({
    name: `${name} ${what === 'off' ? 'off' : 'in set-up'}`,
    value,
    unit: 'share',
    simulated: ({ services }) => services[name][what] ?? null,
  });
  const made = (
    source: string,
    answer: Pick<SetupAnswer, 'meanResponse' | 'off' | 'settingUp'>,
    response: TimeLaw | null,
  ): ExactModel => ({
    model: `M/${letter}/${servers} with set-up`,
    source,
    figures: [
      ...responseFigures(answer.meanResponse, response),
      throughput(rate),
      utilisation(station, (rate * service) / servers),
      share('off', answer.off),
      share('settingUp', answer.settingUp),
      present(station, rate * answer.meanResponse),
    ],
  });
  if (servers === 1) {
    const answer = setupStation(rate, law, time, offAfter);
    return made('Welch (1964)', answer, answer.response);
  }
  if (law.kind !== 'exponential' || time.kind !== 'exponential' || offAfter > 0) return null;
  return made('Markov chain', setupOfMany({ rate, service, servers, setup: time.mean }), null);
}

function renewalModel(station: PlainStation, interarrival: DistributionSpec): ExactModel | null {
  const { law, servers, discipline, room, patience } = station;
  if (law.kind !== 'exponential' || servers !== 1 || discipline !== 'fifo') return null;
  if (room < Infinity || patience !== null || !isReliable(station)) return null;
  const letter = interarrival.kind === 'deterministic' ? 'D' : 'G';
  return {
    model: `${letter}/M/1`,
    source: 'Kleinrock, Queueing Systems I (1975), 6.4',
    figures: stationFigures(station, gm1(interarrival, law.mean)),
  };
}

/** Its workers neither break nor switch off. */
function isReliable({ breakdowns, setup }: PlainStation): boolean {
  return breakdowns === null && setup === null;
}

/** Product form asks for exponential service where there is a line; elsewhere only means matter. */
function isProductForm(station: PlainStation): boolean {
  const { law, servers, discipline, room, patience } = station;
  if (patience !== null || room < Infinity || !isReliable(station)) return false;
  return servers === Infinity || discipline === 'sharing' || law.kind === 'exponential';
}

function openNetwork({ stations, delays }: PlainCluster, rate: number): ExactModel | null {
  if (!stations.every(isProductForm)) return null;
  const queues = stations.filter(({ servers }) => servers < Infinity);
  const waits =
    total(delays.map((law) => lawMoments(law)[0])) +
    total(stations.map(({ servers, visits, law }) => (servers < Infinity ? 0 : visits * lawMoments(law)[0])));
  const answers = queues.map(
    ({ visits, law, servers }) =>
      jackson([{ outside: rate * visits, service: lawMoments(law)[0], servers, next: [0] }]).stations[0],
  );
  const mean = waits + total(answers.map(({ meanNumber }) => meanNumber)) / rate;
  const figures = [meanResponse(mean), throughput(rate)];
  const line = queues.every(
    ({ visits, servers, discipline }) => visits === 1 && servers === 1 && discipline === 'fifo',
  );
  if (line && waits === 0) {
    figures.push(...percentiles(sumOfExponentials(answers.map((answer) => answer.meanResponse))));
  }
  queues.forEach((station, k) => {
    figures.push(utilisation(station, answers[k].utilisation), present(station, answers[k].meanNumber));
  });
  return { model: 'open network (Jackson)', source: `Jackson (1957); ${PRODUCT_FORM}`, figures };
}

function closedModel({ stations, delays }: PlainCluster, users: number, think: number): ExactModel | null {
  if (!stations.every(isProductForm)) return null;
  const [station] = stations;
  const { servers, discipline, law, visits } = station;
  const single = stations.length === 1 && visits === 1 && delays.length === 0 && servers < Infinity;
  if (single && discipline === 'fifo' && think > 0) {
    return {
      model: `M/M/${servers}//${users} (machine repair)`,
      source: 'Gross and others, Fundamentals of Queueing Theory (2008), 2.8; arrival theorem',
      figures: stationFigures(station, machineRepair({ users, think, service: lawMoments(law)[0], servers })),
    };
  }
  const answer = closedNetwork(users, think, [
    ...stations.map((one) => ({ demand: one.visits * lawMoments(one.law)[0], servers: one.servers })),
    ...delays.map((delay) => ({ demand: lawMoments(delay)[0], servers: Infinity })),
  ]);
  return {
    model: 'closed network (MVA)',
    source: `Buzen (1973), Reiser and Lavenberg (1980); ${PRODUCT_FORM}`,
    figures: [
      meanResponse(answer.meanResponse),
      throughput(answer.throughput),
      ...stations.flatMap((one, k) => {
        const { utilisation: busy, meanNumber } = answer.stations[k];
        return one.servers < Infinity ? [utilisation(one, busy), present(one, meanNumber)] : [present(one, meanNumber)];
      }),
    ],
  };
}

// ------------------------------------------------------------------------------------------------------------ figures

function stationFigures(station: PlainStation, answer: StationAnswer): ExactFigure[] {
  return [
    ...responseFigures(answer.meanResponse, answer.response),
    throughput(answer.throughput),
    utilisation(station, answer.utilisation),
    present(station, answer.meanNumber),
  ];
}

function responseFigures(mean: number, law: TimeLaw | null): ExactFigure[] {
  return [meanResponse(mean), ...(law === null ? [] : percentiles(law))];
}

function meanResponse(value: number): ExactFigure {
  return { name: 'mean response', value, unit: 's', simulated: ({ total: { response } }) => response.mean };
}

function percentiles(law: TimeLaw): ExactFigure[] {
  const of = (name: string, level: number, simulated: ExactFigure['simulated']): ExactFigure => ({
    name,
    value: timeQuantile(law, level),
    unit: 's',
    simulated,
  });
  return [
    of('p50', 0.5, ({ total: { response } }) => response.p50),
    of('p95', 0.95, ({ total: { response } }) => response.p95),
    of('p99', 0.99, ({ total: { response } }) => response.p99),
    of('p99.9', 0.999, ({ total: { response } }) => response.p999),
  ];
}

function throughput(value: number): ExactFigure {
  return { name: 'throughput', value, unit: '1/s', simulated: ({ total: all }) => all.throughput };
}

function errors(value: number): ExactFigure {
  return { name: 'errors', value, unit: 'share', simulated: ({ total: all }) => all.errors };
}

function utilisation({ name, byWorkers }: PlainStation, value: number): ExactFigure {
  return {
    name: byWorkers ? `${name} workers busy` : `${name} CPU`,
    value,
    unit: 'share',
    simulated: ({ services }) => (byWorkers ? services[name].workersBusy : services[name].utilisation),
  };
}

function present({ name }: PlainStation, value: number): ExactFigure {
  return { name: `${name} present`, value, unit: '1', simulated: ({ services }) => services[name].present };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
