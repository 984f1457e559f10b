/** Users who think and then visit stations: machine repair, and product-form networks of one class or several. */
import type { ClientsDescription, Step } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { closedLoad, compute, station } from '../parts.ts';
import { number, responsePercentiles, throughput, together } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import { stationProbes, stationQuantities, utilisation } from '../station-quantities.ts';
import type { ClosedModel, StationModel } from '../theory-file.ts';

export function closedNetwork(model: ClosedModel): Experiment {
  const { stations = [] } = model;
  const described = cluster({
    clients: users(model),
    services: Object.fromEntries(
      stations.map((of) => [of.name, station(of.servers, of.discipline ?? 'fifo', workOf(of))]),
    ),
    probes: stations.length === 1 ? stationProbes(stations[0].name) : [],
  });
  return {
    quantities: {
      ...(stations.length === 1 ? stationQuantities(stations[0].name, stations[0].servers) : {}),
      throughput: number(({ traffic }) => throughput(traffic)),
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      ...responsePercentiles(),
      ...together([...stations.map(stationOfNetwork), ...(model.classes ?? []).map((_, k) => ofClass(k))]),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

function users({ users: number = 0, think, classes, stations = [] }: ClosedModel): Record<string, ClientsDescription> {
  if (classes === undefined) {
    return { clients: clients(closedLoad(number, think!), stations.flatMap(visits)) };
  }
  return Object.fromEntries(
    classes.map((of, k) => {
      const visited = stations.filter(({ demand_per_class: demands }) => demands?.[k] != null);
      return [className(k), clients(closedLoad(of.users, of.think), visited.flatMap(visits), { name: className(k) })];
    }),
  );
}

/** @throws RangeError unless the number of visits is whole: then every request makes the same. */
function visits({ name, visits_mean: number = 1 }: StationModel): Step[] {
  if (!Number.isInteger(number)) throw new RangeError(`${name}: ${number} visits are not a whole number`);
  return Array.from({ length: number }, () => call(name));
}

function workOf({ service, demand_per_class: demands = [] }: StationModel): Record<string, readonly Step[]> {
  if (service !== undefined) return { '*': [compute(service)] };
  return Object.fromEntries(
    demands.flatMap((demand, k) => (demand === null ? [] : [[className(k), [compute(demand)]]])),
  );
}

function stationOfNetwork({ name, servers }: StationModel): Quantities {
  const at = ({ services }: Observed) => services[name];
  return {
    [`mean_number_${name}`]: number((observed) => at(observed).presentArea / observed.seconds),
    [`mean_residence_${name}`]: number((observed) => at(observed).responseSum / observed.traffic.ok),
    [`utilisation_${name}`]: number((observed) => utilisation(at(observed), servers)),
  };
}

function ofClass(index: number): Quantities {
  const name = className(index);
  return {
    [`throughput_${name}`]: number((observed) => throughput(observed.clients[name])),
    [`mean_response_${name}`]: number((observed) => observed.clients[name].responseMoments.mean),
  };
}

function className(index: number): string {
  return `class${index + 1}`;
}
