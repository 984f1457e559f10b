/** Classes of requests at one station that serves the more urgent first, without interrupting anybody. */
import { distribution } from '../../../../sim/random/index.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import type { Law } from '../../../theory/given-law.ts';
import { compute, openLoad, station } from '../parts.ts';
import { number, together } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import { meanWaitOfServed, stationProbes, utilisation } from '../station-quantities.ts';
import type { PriorityStationModel } from '../theory-file.ts';

const STATION = 'station';

export function priorityStation({ servers, preemption, classes }: PriorityStationModel): Experiment {
  const named = classes.map((of, k) => ({ ...of, name: `class${k + 1}` }));
  const work = Object.fromEntries(named.map(({ name, service }) => [name, [compute(service)]]));
  const interrupts = preemption === 'resume';
  const described = cluster({
    clients: Object.fromEntries(
      named.map(({ name, priority, arrivals }) => {
        const of = clients(openLoad(arrivals), [call(STATION)], { name });
        return [name, { ...of, mix: of.mix.map((request) => ({ ...request, priority })) }];
      }),
    ),
    services: {
      [STATION]: interrupts
        ? station(servers, 'ps', work, { sharing: 'preemptive' })
        : station(servers, 'fifo', work, { order: 'priority' }),
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
      utilisation: number(({ services }) => utilisation(services[STATION], servers, interrupts ? 'ps' : 'fifo')),
      mean_wait_all: number((observed) => (interrupts ? notServed(observed, named) : meanWaitOfServed(observed, STATION))),
      ...together(quantities),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

/** Mean of the time in which a request is not served, whole or in pieces; of all classes together. */
function notServed({ clients: seen }: Observed, named: readonly { readonly name: string; readonly service: Law }[]): number {
  let sum = 0;
  let all = 0;
  for (const { name, service } of named) {
    const { ok, responseMoments } = seen[name];
    if (ok === 0) continue;
    sum += ok * (responseMoments.mean - distribution(law(service)).mean);
    all += ok;
  }
  return sum / all;
}
