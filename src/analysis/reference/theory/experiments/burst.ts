/** So many requests at the same instant at one station, nothing else present: how long until all of them are served. */
import type { RequestRow } from '../../../../models/clients/traffic.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed, Watch } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { compute, station } from '../parts.ts';
import { PERCENTILES, number } from '../quantity.ts';
import type { Quantities, Quantity } from '../quantity.ts';
import type { BurstModel } from '../theory-file.ts';

const STATION = 'station';
const USERS = 'clients';

export function burst({ requests, servers, service, discipline }: BurstModel): Experiment {
  const described = cluster({
    clients: {
      [USERS]: clients(
        {
          kind: 'closed',
          users: { kind: 'constant', users: requests },
          think: { kind: 'deterministic', value: 0 },
          start: { kind: 'rendezvous', spread: { kind: 'deterministic', value: 0 } },
          iterations: 1,
          again: {},
        },
        [call(STATION)],
      ),
    },
    services: { [STATION]: station(servers, discipline, { '*': [compute(service)] }) },
    probes: [{ kind: 'makespan', of: USERS }],
  });
  const mean = (name: string) => number(({ counts }) => counts[name][0] / counts[name][2]);
  return {
    quantities: {
      mean_makespan: mean(MAKESPAN),
      makespan: mean(MAKESPAN),
      stddev_makespan: number(({ counts }) => {
        const [sum, squares, runs] = counts[MAKESPAN];
        return Math.sqrt(Math.max(0, squares - (sum * sum) / runs) / (runs - 1));
      }),
      mean_first_completion: mean('first end'),
      mean_completion_half: mean('half ended'),
      mean_response: mean('ends'),
      ...percentiles('response', 'ends of all'),
      ...percentiles('makespan', 'makespans'),
    },
    prepare: () => ({ cluster: described, watches: [new Ends(requests)] }),
    transient: { seconds: Infinity, workers: servers },
  };
}

const MAKESPAN = `makespan ${USERS}`;

/** Every response of every run, and the marks of each run; lists are kept, since a run is short. */
class Ends implements Watch {
  readonly samples: Record<string, number[]> = { 'ends of all': [], makespans: [] };
  readonly counts: Record<string, readonly number[]> = {
    'first end': [0, 0, 0],
    'half ended': [0, 0, 0],
    ends: [0, 0, 0],
  };
  private ended = 0;

  constructor(private readonly requests: number) {}

  row({ due, end }: RequestRow): void {
    this.ended++;
    this.add('ends', end - due);
    this.samples['ends of all'].push(end - due);
    if (this.ended === 1) this.add('first end', end);
    if (this.ended === Math.ceil(this.requests / 2)) this.add('half ended', end);
    if (this.ended === this.requests) this.samples.makespans.push(end);
  }

  private add(name: string, value: number): void {
    const [sum, squares, number] = this.counts[name];
    this.counts[name] = [sum + value, squares + value * value, number + 1];
  }
}

/** Counted against the reference, as all percentiles are. */
function percentiles(name: string, samples: string): Quantities {
  return Object.fromEntries(
    Object.entries(PERCENTILES).map(([percentile, level]): [string, Quantity] => [
      `${name}_${percentile}`,
      {
        kind: 'percentile',
        level,
        of: (observed) => quantile(sorted(observed, samples), level),
        shares: (observed, reference) => ({
          below: shareUpTo(sorted(observed, samples), reference * (1 - ROUNDING)),
          notAbove: shareUpTo(sorted(observed, samples), reference * (1 + ROUNDING)),
        }),
      },
    ]),
  );
}

const ROUNDING = 1e-9;

const sortedLists = new WeakMap<Observed, Map<string, Float64Array>>();

function sorted(observed: Observed, samples: string): Float64Array {
  const own = sortedLists.get(observed) ?? new Map<string, Float64Array>();
  sortedLists.set(observed, own);
  const found = own.get(samples) ?? Float64Array.from(observed.samples?.[samples] ?? []).sort();
  own.set(samples, found);
  return found;
}

function quantile(values: Float64Array, level: number): number {
  return values[Math.max(0, Math.ceil(level * values.length - ROUNDING) - 1)];
}

/** Share of the values that are not above one. */
function shareUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low / values.length;
}
