/** Each request forks into one task for each of several stations, and is done when all of them are. */
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { compute, openLoad, station } from '../parts.ts';
import { number } from '../quantity.ts';
import { utilisation } from '../station-quantities.ts';
import type { ServiceWindow } from '../../../observations.ts';
import type { ForkJoinModel } from '../theory-file.ts';

export function forkJoin({ arrivals, branches, service, servers_per_branch: servers }: ForkJoinModel): Experiment {
  const names = Array.from({ length: branches }, (_, k) => `branch${k + 1}`);
  const described = cluster({
    clients: {
      clients: clients(openLoad(arrivals), [
        { do: 'parallel', branches: names.map((name) => [call(name)]), need: branches },
      ]),
    },
    services: Object.fromEntries(names.map((name) => [name, station(servers, 'fifo', { '*': [compute(service)] })])),
  });
  const total = (observed: Observed, of: (window: ServiceWindow) => number): number =>
    names.reduce((sum, name) => sum + of(observed.services[name]), 0);
  return {
    quantities: {
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      utilisation: number((observed) => total(observed, (branch) => utilisation(branch, servers)) / branches),
      mean_response_task: number(
        (observed) => total(observed, ({ responseSum }) => responseSum) / total(observed, ({ ended }) => ended),
      ),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}
