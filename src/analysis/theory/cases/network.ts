/** Reference cases of several stations. */
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import { closedClasses, closedNetwork } from '../closed-network.ts';
import { forkJoinPair } from '../fork-join.ts';
import { jackson, sumOfExponentials } from '../jackson.ts';
import { lawMoments } from '../law-moments.ts';
import { machineRepair } from '../machine-repair.ts';
import { mmc } from '../mmc.ts';
import { timeQuantile } from '../time-law.ts';
import { percentilesOf } from './case.ts';
import type { CaseAnswer } from './case.ts';
import { stationFigures } from './station.ts';

interface Station {
  readonly name: string;
  readonly service: Law;
  readonly visits_mean?: number;
  readonly servers: number | 'infinite';
  readonly demand_per_class?: readonly (Law | null)[];
  readonly external_arrivals?: { readonly rate: number };
}

function meanOf(of: Law): number {
  return lawMoments(law(of))[0];
}

function serversOf({ servers }: Station): number {
  return servers === 'infinite' ? Infinity : servers;
}

export function openNetworkCase(model: {
  readonly arrivals?: { readonly rate: number };
  readonly stations: readonly Station[];
  readonly routing_probabilities?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}): CaseAnswer {
  const { stations, arrivals, routing_probabilities: routing } = model;
  const answer = jackson(
    stations.map((station, k) => ({
      outside: arrivals === undefined ? station.external_arrivals!.rate : k === 0 ? arrivals.rate : 0,
      service: meanOf(station.service),
      servers: serversOf(station),
      next: stations.map(({ name }, j) =>
        routing === undefined ? Number(j === k + 1) : (routing[station.name]?.[name] ?? 0),
      ),
    })),
  );
  const figures: Record<string, number> = {
    throughput: answer.throughput,
    mean_number: answer.meanNumber,
    mean_response: answer.meanResponse,
  };
  stations.forEach(({ name }, k) => {
    const at = answer.stations[k];
    figures[`rate_${name}`] = at.throughput;
    figures[`utilisation_${name}`] = at.utilisation;
    figures[`mean_response_visit_${name}`] = at.meanResponse;
    figures[`mean_number_${name}`] = at.meanNumber;
    figures[`mean_response_stage${k + 1}`] = at.meanResponse;
    figures[`mean_number_stage${k + 1}`] = at.meanNumber;
  });
  if (routing !== undefined || stations.some(({ servers }) => servers !== 1)) return figures;
  const whole = sumOfExponentials(answer.stations.map(({ meanResponse }) => meanResponse));
  return {
    ...figures,
    stddev_response: whole.stddev,
    ...percentilesOf('response', (level) => timeQuantile(whole, level)),
  };
}

export function closedCase(model: {
  readonly users?: number;
  readonly think?: Law;
  readonly classes?: readonly { readonly users: number; readonly think: Law }[];
  readonly stations?: readonly Station[];
  readonly script?: readonly unknown[];
}): CaseAnswer | null {
  const { users, think, classes, stations = [], script } = model;
  if (script !== undefined) return null;
  if (classes !== undefined) return classesFigures(classes, stations);
  if (users === undefined || think === undefined) return null;
  if (stations.length === 1 && stations[0].servers !== 'infinite' && (stations[0].visits_mean ?? 1) === 1) {
    const [{ servers, service }] = stations;
    return stationFigures(machineRepair({ users, think: meanOf(think), service: meanOf(service), servers }));
  }
  const answer = closedNetwork(
    users,
    meanOf(think),
    stations.map((station) => ({
      demand: (station.visits_mean ?? 1) * meanOf(station.service),
      servers: serversOf(station),
    })),
  );
  return {
    throughput: answer.throughput,
    mean_response: answer.meanResponse,
    ...Object.fromEntries(
      stations.flatMap(({ name }, k) => [
        [`mean_number_${name}`, answer.stations[k].meanNumber],
        [`mean_residence_${name}`, answer.stations[k].residence],
        [`utilisation_${name}`, answer.stations[k].utilisation],
      ]),
    ),
  };
}

function classesFigures(
  classes: readonly { readonly users: number; readonly think: Law }[],
  stations: readonly Station[],
): CaseAnswer | null {
  if (stations.some(({ servers }) => servers !== 1)) return null;
  const answer = closedClasses(
    classes.map(({ users, think }, k) => ({
      users,
      think: meanOf(think),
      demands: stations.map(({ demand_per_class: demands }) => {
        const demand = demands?.[k] ?? null;
        return demand === null ? 0 : meanOf(demand);
      }),
    })),
  );
  return {
    ...Object.fromEntries(
      classes.flatMap((_, k) => [
        [`throughput_class${k + 1}`, answer.throughputs[k]],
        [`mean_response_class${k + 1}`, answer.responses[k]],
      ]),
    ),
    ...Object.fromEntries(
      stations.flatMap(({ name }, k) => [
        [`mean_number_${name}`, answer.stations[k].meanNumber],
        [`utilisation_${name}`, answer.stations[k].utilisation],
      ]),
    ),
  };
}

export function forkJoinCase(model: {
  readonly arrivals: { readonly rate: number };
  readonly branches: number;
  readonly service: Law;
  readonly servers_per_branch: number;
}): CaseAnswer | null {
  if (model.branches !== 2 || model.servers_per_branch !== 1 || model.service.dist !== 'exponential') return null;
  const service = meanOf(model.service);
  const { request, task } = forkJoinPair(model.arrivals.rate, service);
  return { mean_response: request, utilisation: model.arrivals.rate * service, mean_response_task: task };
}

export function cacheAsideCase(model: {
  readonly arrivals: { readonly rate: number };
  readonly hit_ratio: number;
  readonly cache_time: Law;
  readonly db: { readonly service: Law; readonly servers: number };
}): CaseAnswer {
  const misses = 1 - model.hit_ratio;
  const rate = model.arrivals.rate * misses;
  const service = meanOf(model.db.service);
  const database = mmc({ rate, service, servers: model.db.servers });
  const cache = meanOf(model.cache_time);
  return {
    mean_response: cache + misses * database.meanResponse,
    mean_response_miss: cache + database.meanResponse,
    rate_db: rate,
    utilisation_db: database.utilisation,
    capacity_total: model.db.servers / service / misses,
  };
}
