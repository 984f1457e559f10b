/** Classes of requests at one station that serves the more urgent first, without interrupting anybody. */
import { distribution } from '../../../../sim/random/index.ts';
import type { Experiment } from '../experiment.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { compute, openLoad, station } from '../parts.ts';
import { number, together } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import { meanWaitOfServed, stationProbes, utilisation } from '../station-quantities.ts';
import type { PriorityStationModel } from '../theory-file.ts';

const STATION = 'station';

export function priorityStation({ servers, classes }: PriorityStationModel): Experiment {
  const named = classes.map((of) => ({ ...of, name: `class${of.priority}` }));
  const described = cluster({
    clients: Object.fromEntries(
      named.map(({ name, priority, arrivals }) => {
        const of = clients(openLoad(arrivals), [call(STATION)], { name });
        return [name, { ...of, mix: of.mix.map((request) => ({ ...request, priority })) }];
      }),
    ),
    services: {
      [STATION]: station(
        servers,
        'fifo',
        Object.fromEntries(named.map(({ name, service }) => [name, [compute(service)]])),
        { order: 'priority' },
      ),
    },
    probes: stationProbes(STATION),
  });
  const quantities: Quantities[] = named.map(({ name, service }) => {
    const { mean } = distribution(law(service));
    return {
      [`mean_response_${name}`]: number((observed) => observed.clients[name].responseMoments.mean),
      // waits are not kept by class; service is independent of them, and its mean is known
      [`mean_wait_${name}`]: number((observed) => observed.clients[name].responseMoments.mean - mean),
    };
  });
  return {
    quantities: {
      utilisation: number(({ services }) => utilisation(services[STATION], servers)),
      mean_wait_all: number((observed) => meanWaitOfServed(observed, STATION)),
      ...together(quantities),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}
