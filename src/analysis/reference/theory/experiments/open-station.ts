/** One station under open load: M/M/c, M/G/1, G/M/c, sharing, finite room, impatience, batches, breakdowns, set-up. */
import type { BreakdownsDescription, ClusterDescription, ServiceDescription, TraceLoad } from '../../../../models/description.ts';
import { distribution } from '../../../../sim/random/index.ts';
import type { DistributionSpec } from '../../../../sim/random/index.ts';
import { Streams } from '../../../../sim/random/stream.ts';
import type { Experiment, Replication } from '../experiment.ts';
import type { Watch } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { compute, openLoad, roomFor, station } from '../parts.ts';
import { transient } from './transient.ts';
import { stationProbes, stationQuantities } from '../station-quantities.ts';
import { Completions, LeftBehind, ResponseOverSize } from '../watches.ts';
import type { OpenStationModel } from '../theory-file.ts';

const STATION = 'station';

/** Replications of a run that ends by itself, after so many arrivals. */
const ENDED = 400;
/** Gaps between arrivals in a window where there is no chance. */
const GAPS = 1000;

/** Service times after which hardly anybody is left. */
const LIVES = 10;

export function openStation(model: OpenStationModel): Experiment {
  const { arrivals, servers, discipline = 'fifo', capacity, patience, first_arrival: firstAt, count: limit } = model;
  const { breakdowns, setup } = model;
  const options: Partial<ServiceDescription> = {
    ...(typeof capacity === 'number' ? roomFor(capacity, servers, discipline) : {}),
    ...(patience === undefined ? {} : { patience: law(patience) }),
    ...(breakdowns === undefined ? {} : { breakdowns: breakdownsOf(breakdowns) }),
    ...(setup === undefined ? {} : { setup: { time: law(setup), offAfter: 0 } }),
  };
  if (model.times !== undefined || model.initial_number !== undefined) return transient(model, options);
  const described = (load: ClusterDescription['clients'][string]['load'], ownDemand: boolean): ClusterDescription =>
    cluster({
      clients: { clients: clients(load, [call(STATION)]) },
      services: {
        [STATION]: station(
          servers,
          discipline,
          { '*': [ownDemand ? { do: 'compute', time: { kind: 'demand', scale: 1 } } : compute(model.service)] },
          options,
        ),
      },
      probes: [...stationProbes(STATION), ...(breakdowns === undefined ? [] : [{ kind: 'up', of: STATION } as const])],
    });
  const ended = limit !== undefined;
  const constant = gapOf(arrivals) !== null && model.service.dist === 'deterministic';
  const gaps = gapsOf(arrivals);
  const sized = discipline === 'ps' && gaps !== null && !ended && firstAt === undefined;
  const { last_completion, mean_response_over_size, dist_number_at_arrival, ...plain } = stationQuantities(STATION, servers, discipline);
  return {
    quantities: {
      ...plain,
      ...(ended ? { last_completion } : {}),
      ...(sized ? { mean_response_over_size } : {}),
      ...(arrivals.process === 'batch-poisson' ? {} : { dist_number_at_arrival }),
    },
    prepare: (replication) => {
      const watches: Watch[] = [new LeftBehind(STATION)];
      if (sized && replication.seconds < Infinity) {
        const load = drawnTrace(replication, gaps, law(model.service));
        return { cluster: described(load, true), watches: [...watches, new ResponseOverSize(load.demand)] };
      }
      if (ended) watches.push(new Completions());
      return { cluster: described({ ...openLoad(arrivals), firstAt, limit }, false), watches };
    },
    // with servers for everybody the past is forgotten with those who were there
    settles: servers === 'infinite' ? LIVES * distribution(law(model.service)).mean : undefined,
    window: ended
      ? { warmup: 0, duration: Infinity, replications: constant ? 1 : ENDED }
      : constant
        ? periods(gapOf(arrivals)!, distribution(law(model.service)).mean)
        : undefined,
  };
}

function breakdownsOf(of: NonNullable<OpenStationModel['breakdowns']>): BreakdownsDescription {
  return { every: law(of.time_to_failure), repair: law(of.time_to_repair), crews: of.crews, interrupted: 'resume' };
}

/** Seconds between arrivals, where they are constant. */
function gapOf(arrivals: OpenStationModel['arrivals']): number | null {
  if (arrivals.process !== 'renewal' || arrivals.interarrival.dist !== 'deterministic') return null;
  return arrivals.interarrival.value;
}

/** The law of the time between two arrivals that come one by one; null where there is none. */
function gapsOf(arrivals: OpenStationModel['arrivals']): DistributionSpec | null {
  if (arrivals.process === 'poisson' && arrivals.rate > 0) return { kind: 'exponential', mean: 1 / arrivals.rate };
  return arrivals.process === 'renewal' ? law(arrivals.interarrival) : null;
}

/** A whole number of periods where arrivals and service are constant; it begins and ends between two arrivals. */
function periods(gap: number, service: number): { readonly warmup: number; readonly duration: number } {
  return { warmup: (Math.ceil(service / gap) + 10.5) * gap, duration: GAPS * gap };
}

/** Arrivals and demands drawn beforehand, so that the size of each request is known when it ends. */
function drawnTrace({ seed, number, seconds }: Replication, between: DistributionSpec, demand: DistributionSpec): TraceLoad {
  const streams = new Streams(seed, number);
  const gaps = streams.stream('reference/gaps');
  const sizes = streams.stream('reference/sizes');
  const gap = distribution(between);
  const size = distribution(demand);
  const at: number[] = [];
  const drawn: number[] = [];
  for (let time = gap.sample(gaps.uniform()); time < seconds; time += gap.sample(gaps.uniform())) {
    at.push(time);
    drawn.push(size.sample(sizes.uniform()));
  }
  return { kind: 'trace', at, demand: drawn, priority: [] };
}
