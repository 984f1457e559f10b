/**
 * Open networks of exponential stations (Jackson): each behaves as an M/M/c of its own with the rate that the traffic
 * equations give. The stages of a line of single servers are independent (Burke), so the law of the whole is known.
 * Source: J. Jackson, "Networks of waiting lines", Operations Research 5 (1957); P. Burke, Oper. Res. 4 (1956); E. Reich 1957.
 */
import { exp } from '../../sim/random/elementary.ts';
import { mmc } from './mmc.ts';
import { NoAnswer } from './refusal.ts';
import type { StationAnswer } from './station.ts';
import { UniformisedTail } from './time-law.ts';
import type { TimeLaw } from './time-law.ts';

export interface JacksonStation {
  /** Arrivals from outside, Poisson, 1/s. */
  readonly outside: number;
  /** Mean service time of a visit, s. */
  readonly service: number;
  readonly servers: number;
  /** P(a request goes to station j next), by j; the rest leaves. */
  readonly next: readonly number[];
}

export interface JacksonAnswer {
  /** From outside, 1/s. */
  readonly throughput: number;
  readonly stations: readonly StationAnswer[];
  readonly meanNumber: number;
  readonly meanResponse: number;
}

export function jackson(stations: readonly JacksonStation[]): JacksonAnswer {
  const rates = trafficRates(stations);
  const answers = stations.map(({ service, servers }, k) => mmc({ rate: rates[k], service, servers }));
  const throughput = stations.reduce((sum, { outside }) => sum + outside, 0);
  const meanNumber = answers.reduce((sum, answer) => sum + answer.meanNumber, 0);
  return { throughput, stations: answers, meanNumber, meanResponse: meanNumber / throughput };
}

/** The time through single-server stages in series: a sum of independent exponentials of these means. */
export function sumOfExponentials(means: readonly number[]): TimeLaw {
  const clock = 1 / Math.min(...means);
  const now = new Float64Array(means.length);
  now[0] = 1;
  let started = false;
  const law = new UniformisedTail(clock, () => {
    if (started) {
      for (let k = means.length - 1; k >= 0; k--) {
        const leaves = now[k] / (means[k] * clock);
        now[k] -= leaves;
        if (k + 1 < means.length) now[k + 1] += leaves;
      }
    }
    started = true;
    return now.reduce((sum, share) => sum + share, 0);
  });
  return {
    mean: means.reduce((sum, mean) => sum + mean, 0),
    stddev: Math.sqrt(means.reduce((sum, mean) => sum + mean * mean, 0)),
    tail: (t) => (means.length === 1 ? exp(-t / means[0]) : law.tail(t)),
  };
}

/** rate_k = outside_k + sum of rate_j next_jk, by elimination with the largest pivot. */
function trafficRates(stations: readonly JacksonStation[]): number[] {
  const count = stations.length;
  const rows = stations.map(({ outside }, k) => [
    ...stations.map(({ next }, j) => (j === k ? 1 : 0) - (next[k] ?? 0)),
    outside,
  ]);
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column + 1; row < count; row++) {
      if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
    }
    if (Math.abs(rows[pivot][column]) < 1e-12) {
      throw new NoAnswer('unstable', 'Jackson network: requests that never leave');
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let row = 0; row < count; row++) {
      if (row === column) continue;
      const factor = rows[row][column] / rows[column][column];
      for (let k = column; k <= count; k++) rows[row][k] -= factor * rows[column][k];
    }
  }
  return rows.map((row, k) => row[count] / row[k]);
}
