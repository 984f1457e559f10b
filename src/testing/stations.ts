/**
 * Stations of which theory says more than of clusters in general: one service, workers that take requests in the order in
 * which they come (G/G/c, FIFO), and what more speed or more workers do to them along one sample path.
 *
 * With common random numbers the n-th request brings the same work to every variant, so that each completes no later where
 * the servers are faster or more numerous (Kiefer and Wolfowitz 1955; Shaked and Shanthikumar, Stochastic Orders, 2007,
 * chapter 14). No such law holds along a path for finite queues, other orders or feedback: they are left out on purpose.
 */
import fc from 'fast-check';
import { build } from '../models/build.ts';
import { plainCall, plainClients, plainCluster, plainService } from '../models/plain.ts';

export interface Station {
  /** Due times of the requests, seconds, not falling. */
  readonly at: readonly number[];
  /** Work of each, seconds at speed 1. */
  readonly demand: readonly number[];
  readonly workers: number;
  readonly speed: number;
}

/** Stations with 2 to 60 requests, some at the same time, some without work. */
export function station(): fc.Arbitrary<Station> {
  return fc
    .record({
      gaps: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 60 }),
      demands: fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 60, maxLength: 60 }),
      workers: fc.integer({ min: 1, max: 4 }),
      speed: fc.constantFrom(0.5, 1, 2),
    })
    .map(({ gaps, demands, workers, speed }) => {
      let now = 0;
      const at = gaps.map((gap) => (now += gap) / 1024);
      return { at, demand: demands.slice(0, at.length).map((work) => work / 1024), workers, speed };
    });
}

/** The times at which the requests of a station end, by their order of arrival. */
export function completions({ at, demand, workers, speed }: Station): number[] {
  const cluster = plainCluster({
    clients: { trace: plainClients({ kind: 'trace', at, demand, priority: [] }, [plainCall('station')]) },
    services: {
      station: plainService({
        speeds: [speed],
        workers,
        work: { '*': [{ do: 'compute', time: { kind: 'demand', scale: 1 } }] },
      }),
    },
  });
  const run = build(cluster, { seed: 1, replication: 0 });
  const ends: number[] = [];
  run.parts.clients.get('trace')!.traffic.onRow = ({ request, end }) => {
    ends[request] = end;
  };
  run.advance({});
  run.check();
  return ends;
}

/** The same by Kiefer and Wolfowitz's recursion: each request goes to the worker that is free first. */
export function completionsByRecursion({ at, demand, workers, speed }: Station): number[] {
  const free = new Array<number>(workers).fill(0);
  return at.map((arrival, request) => {
    const first = free.indexOf(Math.min(...free));
    free[first] = Math.max(arrival, free[first]) + demand[request] / speed;
    return free[first];
  });
}
