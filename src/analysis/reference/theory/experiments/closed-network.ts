/** Users who think and then visit stations: machine repair, and product-form networks of one class or several. */
import type { ClientsDescription, Step } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { closedLoad, compute, station } from '../parts.ts';
import { number, responsePercentiles, throughput, together, without } from '../quantity.ts';
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
      ...(stations.length === 1 ? ofOnly(stations[0]) : {}),
      mean_number: number((observed) =>
        stations.reduce((sum, { name }) => sum + observed.services[name].presentArea / observed.seconds, 0),
      ),
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

/** Whole visits always, and what is left of the mean number as the chance of one more. */
function visits({ name, visits_mean: number = 1 }: StationModel): Step[] {
  const always = Math.floor(number);
  const more = number - always;
  const steps: Step[] = Array.from({ length: always }, () => call(name));
  if (more > 0) {
    const branches = [
      { weight: more, steps: [call(name)] },
      { weight: 1 - more, steps: [] },
    ];
    steps.push({ do: 'choice', branches });
  }
  return steps;
}

function workOf({ service, demand_per_class: demands = [] }: StationModel): Record<string, readonly Step[]> {
  if (service !== undefined) return { '*': [compute(service)] };
  return Object.fromEntries(
    demands.flatMap((demand, k) => (demand === null ? [] : [[className(k), [compute(demand)]]])),
  );
}

/** Of the only station, but for what is looked at request by request. */
function ofOnly({ name, servers, discipline }: StationModel): Quantities {
  const all = stationQuantities(name, servers, discipline);
  return without(all, 'last_completion', 'mean_response_over_size', 'dist_number_at_arrival');
}

function stationOfNetwork({ name, servers, discipline }: StationModel): Quantities {
  const at = ({ services }: Observed) => services[name];
  return {
    [`mean_number_${name}`]: number((observed) => at(observed).presentArea / observed.seconds),
    [`mean_residence_${name}`]: number((observed) => at(observed).responseSum / observed.traffic.ok),
    [`utilisation_${name}`]: number((observed) => utilisation(at(observed), servers, discipline)),
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
