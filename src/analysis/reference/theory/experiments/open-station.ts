/** One station under open load: M/M/c, M/G/1, G/M/c, sharing, finite room, impatience, batches, breakdowns, set-up. */
import type { BreakdownsDescription, ClusterDescription, TraceLoad } from '../../../../models/description.ts';
import { distribution } from '../../../../sim/random/index.ts';
import type { DistributionSpec } from '../../../../sim/random/index.ts';
import { Streams } from '../../../../sim/random/stream.ts';
import type { Experiment, Replication } from '../experiment.ts';
import type { Watch } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { compute, openLoad, station } from '../parts.ts';
import { transient } from './transient.ts';
import { stationProbes, stationQuantities } from '../station-quantities.ts';
import { Completions, LeftBehind, ResponseOverSize } from '../watches.ts';
import type { OpenStationModel } from '../theory-file.ts';

const STATION = 'station';

/** A window of a whole number of periods, where arrivals and service are constant. */
const PERIODIC = { warmup: 1, duration: 10 };

/** Service times after which hardly anybody is left. */
const LIVES = 10;

export function openStation(model: OpenStationModel): Experiment {
  const { arrivals, servers, discipline = 'fifo', capacity, patience, first_arrival: firstAt, count: limit } = model;
  const { breakdowns, setup } = model;
  if (model.times !== undefined || model.initial_number !== undefined) return transient(model);
  const queue = typeof capacity === 'number' && servers !== 'infinite' ? capacity - servers : Infinity;
  const described = (load: ClusterDescription['clients'][string]['load'], ownDemand: boolean): ClusterDescription =>
    cluster({
      clients: { clients: clients(load, [call(STATION)]) },
      services: {
        [STATION]: station(
          servers,
          discipline,
          { '*': [ownDemand ? { do: 'compute', time: { kind: 'demand', scale: 1 } } : compute(model.service)] },
          {
            queue,
            patience: patience === undefined ? undefined : law(patience),
            breakdowns: breakdowns === undefined ? undefined : breakdownsOf(breakdowns),
            setup: setup === undefined ? undefined : { time: law(setup), offAfter: 0 },
          },
        ),
      },
      probes: [...stationProbes(STATION), ...(breakdowns === undefined ? [] : [{ kind: 'up', of: STATION } as const])],
    });
  const ended = limit !== undefined;
  const periodic = isConstant(arrivals) && model.service.dist === 'deterministic';
  return {
    quantities: stationQuantities(STATION, servers),
    prepare: (replication) => {
      if (discipline === 'ps' && arrivals.process === 'poisson' && replication.seconds < Infinity) {
        const load = drawnTrace(replication, arrivals.rate, law(model.service));
        return { cluster: described(load, true), watches: [new ResponseOverSize(load.demand)] };
      }
      const watches: Watch[] = [new LeftBehind(STATION)];
      if (ended) watches.push(new Completions());
      return { cluster: described({ ...openLoad(arrivals), firstAt, limit }, false), watches };
    },
    // with servers for everybody the past is forgotten with those who were there
    settles: servers === 'infinite' ? LIVES * distribution(law(model.service)).mean : undefined,
    window: ended ? { warmup: 0, duration: Infinity } : periodic ? PERIODIC : undefined,
  };
}

function breakdownsOf(of: NonNullable<OpenStationModel['breakdowns']>): BreakdownsDescription {
  return { every: law(of.time_to_failure), repair: law(of.time_to_repair), crews: of.crews, interrupted: 'resume' };
}

function isConstant(arrivals: OpenStationModel['arrivals']): boolean {
  return arrivals.process === 'renewal' && arrivals.interarrival.dist === 'deterministic';
}

/** Arrivals and demands drawn beforehand, so that the size of each request is known when it ends. */
function drawnTrace({ seed, number, seconds }: Replication, rate: number, demand: DistributionSpec): TraceLoad {
  const streams = new Streams(seed, number);
  const gaps = streams.stream('reference/gaps');
  const sizes = streams.stream('reference/sizes');
  const gap = distribution({ kind: 'exponential', mean: 1 / rate });
  const size = distribution(demand);
  const at: number[] = [];
  const drawn: number[] = [];
  for (let time = gap.sample(gaps.uniform()); time < seconds; time += gap.sample(gaps.uniform())) {
    at.push(time);
    drawn.push(size.sample(sizes.uniform()));
  }
  return { kind: 'trace', at, demand: drawn, priority: [] };
}
