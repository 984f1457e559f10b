/** Quantities: what the reference cases name (`mean_wait`, `response_p99`, `dist_number`), as functions of what was observed. */
import type { GateWindow, TrafficWindow } from '../../observations.ts';
import type { Histogram } from '../../../sim/stats/histogram.ts';
import type { Observed } from './observed.ts';

export type Quantity =
  | { readonly kind: 'number'; readonly of: (observed: Observed) => number }
  | {
      readonly kind: 'list';
      readonly of: (observed: Observed) => readonly number[];
      /** Where the entries are shares of independent trials: how many. */
      readonly trials?: (observed: Observed) => number;
    }
  | {
      readonly kind: 'percentile';
      /** In (0, 1). */
      readonly level: number;
      readonly of: (observed: Observed) => number;
      /** Share of the samples below the value of place `index` among the references, and of those not above it. */
      readonly shares: (observed: Observed, reference: number, index: number) => Shares;
    };

export interface Shares {
  readonly below: number;
  readonly notAbove: number;
}

export type Quantities = Readonly<Record<string, Quantity>>;

export const PERCENTILES: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };

export function number(of: (observed: Observed) => number): Quantity {
  return { kind: 'number', of };
}

export function list(of: (observed: Observed) => readonly number[]): Quantity {
  return { kind: 'list', of };
}

/** All but these. */
export function without(quantities: Quantities, ...names: readonly string[]): Quantities {
  return Object.fromEntries(Object.entries(quantities).filter(([name]) => !names.includes(name)));
}

/** Several tables as one. */
export function together(tables: readonly Quantities[]): Quantities {
  return Object.fromEntries(tables.flatMap((table) => Object.entries(table)));
}

/** The same quantities, each computed once only of what was observed: intervals are asked for again as a run grows. */
export function remembered(quantities: Quantities): Quantities {
  return Object.fromEntries(
    Object.entries(quantities).map(([name, quantity]): [string, Quantity] => {
      switch (quantity.kind) {
        case 'number':
          return [name, number(once(quantity.of))];
        case 'list':
          return [name, { ...quantity, of: once(quantity.of) }];
        case 'percentile': {
          // a quantity has one reference, so what was observed decides its shares too
          const known = new WeakMap<Observed, Shares>();
          const shares: typeof quantity.shares = (observed, reference, index) => {
            const found = known.get(observed) ?? quantity.shares(observed, reference, index);
            known.set(observed, found);
            return found;
          };
          return [name, { ...quantity, of: once(quantity.of), shares }];
        }
      }
    }),
  );
}

function once<Value>(of: (observed: Observed) => Value): (observed: Observed) => Value {
  const known = new WeakMap<Observed, { readonly value: Value }>();
  return (observed) => {
    const found = known.get(observed) ?? { value: of(observed) };
    known.set(observed, found);
    return found.value;
  };
}

/** Share of the time at each level of a probe. */
export function levelShares(probe: string): Quantity {
  return list(({ levels }) => shares(levels[probe]));
}

/** Of the number that a probe sees, by shares of the time: the smallest that at least this share does not exceed. */
export function levelPercentile(probe: string, level: number): Quantity {
  const upTo = (observed: Observed, number: number): number =>
    shares(observed.levels[probe]).reduce((sum, share, k) => (k <= number ? sum + share : sum), 0);
  return {
    kind: 'percentile',
    level,
    of: ({ levels }) => {
      let sum = 0;
      return shares(levels[probe]).findIndex((share) => (sum += share) >= level);
    },
    shares: (observed, reference) => ({ below: upTo(observed, reference - 1), notAbove: upTo(observed, reference) }),
  };
}

export function shares(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** `response_p50` and so on, of the requests that succeeded. Counted exactly: service times may have atoms. */
export function responsePercentiles(): Quantities {
  return percentiles('response', (level) => ({
    kind: 'percentile',
    level,
    of: ({ traffic }) => traffic.response.quantile(level),
    shares: ({ traffic, counts }, _reference, index) => ({
      below: counts.below[index] / traffic.ok,
      notAbove: counts.notAbove[index] / traffic.ok,
    }),
  }));
}

/** `wait_p50` and so on, of those who were served; the only atom is at zero. */
export function waitPercentiles(name: string, gate: string): Quantities {
  return percentiles(name, (level) => ({
    kind: 'percentile',
    level,
    of: ({ waits }) => waitQuantile(waits[gate], level),
    shares: ({ waits }, reference) => {
      const histogram = waits[gate];
      if (histogram.count === 0) return { below: 0, notAbove: 1 };
      if (reference > LEAST_WAIT) {
        const share = histogram.countBelow(reference) / histogram.count;
        return { below: share, notAbove: share };
      }
      return { below: 0, notAbove: zeros(histogram) / histogram.count };
    },
  }));
}

export function meanOfWaits(histogram: Histogram): number {
  return momentOfWaits(histogram, 1);
}

/** Standard deviation; a bin is so narrow that its middle stands for it (relative error some 1e-6). */
export function deviationOfWaits(histogram: Histogram): number {
  const mean = momentOfWaits(histogram, 1);
  return Math.sqrt(momentOfWaits(histogram, 2) - mean * mean);
}

/** Requests that succeeded, per second. */
export function throughput({ ok, seconds }: TrafficWindow): number {
  return ok / seconds;
}

/** Share of those let in who had to wait. */
export function waitShare({ waits, arrivals, refusals }: GateWindow): number {
  return waits / (arrivals - refusals);
}

function percentiles(name: string, of: (level: number) => Quantity): Quantities {
  return Object.fromEntries(
    Object.entries(PERCENTILES).map(([percentile, level]) => [`${name}_${percentile}`, of(level)]),
  );
}

/** Where nobody ever has to wait, none is counted. */
function waitQuantile(histogram: Histogram, level: number): number {
  if (histogram.count === 0) return 0;
  return zeros(histogram) >= level * histogram.count ? 0 : histogram.quantile(level);
}

/** Seconds of a wait that is told apart from none. */
const LEAST_WAIT = 1e-9;

/** Waits in the bin that holds zero (and what is below a nanosecond). */
function zeros(histogram: Histogram): number {
  for (const { low, count } of histogram.bins()) return low === 0 ? count : 0;
  return 0;
}

function momentOfWaits(histogram: Histogram, power: 1 | 2): number {
  let sum = 0;
  for (const { low, high, count } of histogram.bins()) {
    const middle = low === 0 ? 0 : (low + high) / 2;
    sum += count * (power === 1 ? middle : middle * middle);
  }
  return sum / histogram.count;
}
