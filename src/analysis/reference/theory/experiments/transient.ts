/**
 * One station from a given start: its state at given times, how long a backlog lasts, arrivals whose rate swings with a
 * period. Many short runs, with the probes that every scenario can ask for.
 */
import { cos, sin } from '../../../../sim/random/elementary.ts';
import type { ProbeDescription, ServiceDescription } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster } from '../../../../models/plain.ts';
import { compute, openLoad, station } from '../parts.ts';
import { list, number, together } from '../quantity.ts';
import type { Quantities } from '../quantity.ts';
import type { OpenStationModel } from '../theory-file.ts';

const STATION = 'station';

type Swing = Extract<OpenStationModel['arrivals'], { process: 'nonhomogeneous-poisson' }>;

/** @param options of the station: room, patience and the like. */
export function transient(model: OpenStationModel, options: Partial<ServiceDescription>): Experiment {
  const { arrivals, service, servers, discipline = 'fifo', initial_number: backlog, times } = model;
  const swing = arrivals.process === 'nonhomogeneous-poisson' ? arrivals : null;
  const workers = servers === 'infinite' ? Infinity : servers;
  const moments = times === undefined ? [] : momentsOf(times, servers === 'infinite' ? swing : null);
  const probes: ProbeDescription[] =
    times === undefined
      ? [
          { kind: 'falls', of: STATION, level: workers },
          { kind: 'falls', of: STATION, level: 0 },
        ]
      : [{ kind: 'states', of: STATION, at: moments }];
  const described = cluster({
    clients: { clients: clients({ ...openLoad(arrivals), backlog }, [call(STATION)]) },
    services: { [STATION]: station(servers, discipline, { '*': [compute(service)] }, options) },
    probes,
  });
  const place = (time: number) => moments.indexOf(time);
  return {
    quantities: times === undefined ? passages(workers) : states(times.map(place), { swing, moments, times, place }),
    prepare: () => ({ cluster: described, watches: [] }),
    transient: {
      // a backlog is gone long before: nothing but its end is asked for
      seconds: times === undefined ? Infinity : moments[moments.length - 1],
      until: times === undefined ? `number ${STATION} falls to 0` : undefined,
      workers,
    },
  };
}

/** The times asked for and, of a load that swings without end, the same and a grid one period later. */
function momentsOf(times: readonly number[], swing: Swing | null): number[] {
  const all = new Set(times);
  if (swing !== null) {
    for (const time of times) all.add(time + swing.period);
    for (const time of gridOf(swing)) all.add(time);
  }
  return [...all].sort((a, b) => a - b);
}

/** Points of the second period. */
function gridOf({ period }: Swing): number[] {
  return Array.from({ length: GRID }, (_, k) => period * (1 + k / GRID));
}

const GRID = 64;

interface Moments {
  readonly swing: Swing | null;
  readonly moments: readonly number[];
  readonly times: readonly number[];
  readonly place: (time: number) => number;
}

function states(asked: readonly number[], { swing, times, place }: Moments): Quantities {
  const means = (observed: Observed, places: readonly number[]) =>
    places.map((k) => observed.counts['states present'][k] / observed.counts.runs[0]);
  const trials = ({ counts }: Observed) => counts.runs[0];
  const shares = (name: string) =>
    ({ ...list(({ counts }) => asked.map((k) => counts[name][k] / counts.runs[0])), trials }) as const;
  const at = list((observed) => means(observed, asked));
  const plain: Quantities = {
    mean_number_at: at,
    mean_number_from_empty: at,
    prob_all_busy_at: shares('states full'),
    prob_empty_at: shares('states empty'),
  };
  if (swing === null) return plain;
  const later = times.map((time) => place(time + swing.period));
  const grid = gridOf(swing).map(place);
  if (later.includes(-1)) return plain;
  const wave = (observed: Observed) => waveOf(means(observed, grid));
  return together([
    plain,
    {
      mean_number_periodic: list((observed) => means(observed, later)),
      mean_number_periodic_max: number((observed) => wave(observed).mean + wave(observed).amplitude),
      lag_of_peak: number((observed) => lagOf(wave(observed).peak, swing)),
    },
  ]);
}

/** The first harmonic over one period: with servers for everybody, the mean number follows a sine exactly as its rate does. */
function waveOf(values: readonly number[]): { readonly mean: number; readonly amplitude: number; readonly peak: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let sine = 0;
  let cosine = 0;
  values.forEach((value, k) => {
    sine += value * sin((TURN * k) / values.length);
    cosine += value * cos((TURN * k) / values.length);
  });
  sine *= 2 / values.length;
  cosine *= 2 / values.length;
  return { mean, amplitude: Math.sqrt(sine * sine + cosine * cosine), peak: peakOf(sine, cosine) };
}

/** Where sine * sin + cosine * cos is largest, in turns: its slope falls through 0 there. */
function peakOf(sine: number, cosine: number): number {
  const slope = (turns: number) => sine * cos(TURN * turns) - cosine * sin(TURN * turns);
  let low = sine >= 0 ? 0 : 0.5;
  let high = low + 0.5;
  if (slope(low) < 0) {
    low -= 0.5;
    high -= 0.5;
  }
  for (let k = 0; k < 50; k++) {
    const middle = (low + high) / 2;
    if (slope(middle) >= 0) low = middle;
    else high = middle;
  }
  return low;
}

/** Seconds by which the number's peak is behind the rate's, which is a quarter of a period after its sine begins. */
function lagOf(peak: number, { period, phase }: Swing): number {
  const rate = 0.25 - phase / TURN;
  const lag = peak - rate;
  return period * (lag - Math.floor(lag));
}

const TURN = 2 * Math.PI;

function passages(workers: number): Quantities {
  const quiet = `number ${STATION} falls to ${workers}`;
  const empty = `number ${STATION} falls to 0`;
  const mean = ({ counts }: Observed, name: string) => counts[name][0] / counts[name][2];
  return {
    mean_time_to_no_queue: number((observed) => mean(observed, quiet)),
    mean_time_to_empty: number((observed) => mean(observed, empty)),
    stddev_time_to_empty: number((observed) => {
      const [, squares, runs] = observed.counts[empty];
      const center = mean(observed, empty);
      return Math.sqrt((squares - runs * center * center) / (runs - 1));
    }),
  };
}
