/** Networks of stations under open load: in series, or routed by probabilities (Jackson). */
import type { Step } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { compute, openLoad, station } from '../parts.ts';
import { number, responsePercentiles, throughput, together } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import { utilisation } from '../station-quantities.ts';
import type { OpenNetworkModel, ServingStation } from '../theory-file.ts';

export function openNetwork(model: OpenNetworkModel): Experiment | string {
  const { routing_probabilities: routes, arrivals } = model;
  // arrivals at the network as a whole come to its first station
  const stations = model.stations.map((of, k) => (arrivals !== undefined && k === 0 ? { ...of, external_arrivals: arrivals } : of));
  const rate = stations.reduce((sum, { external_arrivals: own }) => sum + (own?.rate ?? 0), 0);
  if (!(rate > 0)) return 'nobody arrives';
  const steps = routes === undefined ? stations.map(({ name }) => call(name)) : [walk(stations, routes, rate)];
  const described = cluster({
    clients: { clients: clients(openLoad({ process: 'poisson', rate }), steps) },
    services: Object.fromEntries(
      stations.map(({ name, servers, discipline = 'fifo', service }) => [
        name,
        station(servers, discipline, { '*': [compute(service)] }),
      ]),
    ),
  });
  return {
    quantities: {
      throughput: number(({ traffic }) => throughput(traffic)),
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      stddev_response: number(({ traffic }) => traffic.responseMoments.standardDeviation),
      mean_number: number((observed) =>
        stations.reduce((sum, { name }) => sum + observed.services[name].presentArea / observed.seconds, 0),
      ),
      ...responsePercentiles(),
      ...together(stations.map(stationOfNetwork)),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

/** Its figures, under the names of both kinds of network. */
function stationOfNetwork({ name, servers, discipline }: ServingStation, index: number): Quantities {
  const at = ({ services }: Observed) => services[name];
  const meanNumber = number((observed) => at(observed).presentArea / observed.seconds);
  const meanVisit = number((observed) => at(observed).responseSum / at(observed).ended);
  return {
    [`rate_${name}`]: number((observed) => at(observed).ended / observed.seconds),
    [`utilisation_${name}`]: number((observed) => utilisation(at(observed), servers, discipline)),
    [`mean_number_${name}`]: meanNumber,
    [`mean_number_stage${index + 1}`]: meanNumber,
    [`mean_response_visit_${name}`]: meanVisit,
    [`mean_response_stage${index + 1}`]: meanVisit,
  };
}

function walk(
  stations: readonly ServingStation[],
  routes: Readonly<Record<string, Readonly<Record<string, number>>>>,
  rate: number,
): Step {
  const entries = stations.filter(({ external_arrivals: own }) => own !== undefined && own.rate > 0);
  return {
    do: 'walk',
    start: Object.fromEntries(entries.map(({ name, external_arrivals: own }) => [name, own!.rate / rate])),
    places: Object.fromEntries(stations.map(({ name }) => [name, { steps: [call(name)], next: routes[name] ?? {} }])),
  };
}
