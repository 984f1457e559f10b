/** Given arrivals and service times at one station: no chance, every completion has its time. */
import type { Experiment } from '../experiment.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { station } from '../parts.ts';
import { list, number } from '../quantity.ts';
import { Completions } from '../watches.ts';
import type { TraceModel } from '../theory-file.ts';

const STATION = 'station';

export function trace({ arrivals, services, servers, discipline, priorities = [] }: TraceModel): Experiment {
  const described = cluster({
    clients: {
      clients: clients({ kind: 'trace', at: arrivals, demand: services, priority: priorities }, [call(STATION)]),
    },
    services: {
      [STATION]: station(
        servers,
        discipline === 'ps' ? 'ps' : 'fifo',
        { '*': [{ do: 'compute', time: { kind: 'demand', scale: 1 } }] },
        { order: discipline === 'priority' ? 'priority' : 'fifo' },
      ),
    },
  });
  return {
    quantities: {
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      max_response: number(({ traffic }) => traffic.responseMoments.maximum),
      table_completions: list(({ counts }) => counts.completions),
    },
    prepare: () => ({ cluster: described, watches: [new Completions()] }),
    window: { warmup: 0, duration: Infinity },
  };
}
