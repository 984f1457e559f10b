/**
 * Closed networks of one class in product form: FIFO stations with exponential service, processor sharing or delays with
 * any law; several servers. By convolution in logarithms: positive terms only, so it is stable where exact MVA with several
 * servers is not; the answers are MVA's.
 * Source: J. Buzen, "Computational algorithms for closed queueing networks with exponential servers", CACM 16 (1973);
 * M. Reiser and S. Lavenberg, "Mean-value analysis of closed multichain queueing networks", JACM 27 (1980).
 * Cost: stations x users².
 */
import { exp, ln, log1p } from '../../sim/random/elementary.ts';
import { NoAnswer, requireCount } from './refusal.ts';

export interface ClosedStation {
  /** Seconds that a request needs of it in all, its visits together. */
  readonly demand: number;
  /** Infinity = a delay. */
  readonly servers: number;
}

export interface ClosedAnswer {
  readonly throughput: number;
  /** Seconds, think time not in it. */
  readonly meanResponse: number;
  readonly stations: readonly {
    readonly meanNumber: number;
    /** Seconds at the station, over all visits of a request. */
    readonly residence: number;
    readonly utilisation: number;
  }[];
}

const USERS_MAX = 2000;

/** @param think mean, s. */
export function closedNetwork(users: number, think: number, stations: readonly ClosedStation[]): ClosedAnswer {
  requireCount('closed network', { users });
  if (users > USERS_MAX) throw new NoAnswer('size', `closed network: at most ${USERS_MAX} users, got ${users}`);
  if (!(think >= 0 && stations.every(({ demand }) => demand >= 0 && demand < Infinity))) {
    throw new NoAnswer('input', 'closed network: demands and think time must be >= 0');
  }
  const factors = [...stations, { demand: think, servers: Infinity }].map((station) => logFactors(station, users));
  /** Of the stations before each, and after it. */
  const before = [logFactors({ demand: 0, servers: 1 }, users)];
  for (const factor of factors) before.push(convolve(before[before.length - 1], factor));
  const after = [logFactors({ demand: 0, servers: 1 }, users)];
  for (const factor of [...factors].reverse()) after.unshift(convolve(factor, after[0]));
  const all = before[factors.length];
  if (all[users] === -Infinity) throw new NoAnswer('input', 'closed network: some demand must be > 0');
  const throughput = exp(all[users - 1] - all[users]);
  const answers = stations.map(({ demand, servers }, k) => {
    const others = convolve(before[k], after[k + 1]);
    let meanNumber = 0;
    for (let j = 1; j <= users; j++) meanNumber += j * exp(factors[k][j] + others[users - j] - all[users]);
    return {
      meanNumber,
      residence: meanNumber / throughput,
      utilisation: servers === Infinity ? throughput * demand : (throughput * demand) / servers,
    };
  });
  const meanNumber = answers.reduce((sum, answer) => sum + answer.meanNumber, 0);
  return { throughput, meanResponse: meanNumber / throughput, stations: answers };
}

/** ln of demand^n / (product of min(i, servers)), n = 0..users. */
function logFactors({ demand, servers }: ClosedStation, users: number): number[] {
  const factors = [0];
  for (let n = 1; n <= users; n++) {
    factors.push(demand > 0 ? factors[n - 1] + ln(demand / Math.min(n, servers)) : -Infinity);
  }
  return factors;
}

function convolve(a: readonly number[], b: readonly number[]): number[] {
  return a.map((_, n) => {
    let largest = -Infinity;
    for (let j = 0; j <= n; j++) largest = Math.max(largest, a[j] + b[n - j]);
    if (largest === -Infinity) return largest;
    let rest = -1; // the largest itself
    for (let j = 0; j <= n; j++) {
      const term = a[j] + b[n - j] - largest;
      if (term > -50) rest += exp(term);
    }
    return largest + log1p(rest);
  });
}

export interface ClosedClass {
  readonly users: number;
  readonly think: number;
  /** Seconds of each station that a request of the class needs. */
  readonly demands: readonly number[];
}

export interface ClosedClassesAnswer {
  readonly throughputs: readonly number[];
  readonly responses: readonly number[];
  readonly stations: readonly { readonly meanNumber: number; readonly utilisation: number }[];
}

const POPULATIONS_MAX = 2_000_000;

/** Several classes at single-server (processor-sharing) stations, by exact mean-value analysis over all populations. */
export function closedClasses(classes: readonly ClosedClass[]): ClosedClassesAnswer {
  const stations = classes[0].demands.length;
  const sizes = classes.map(({ users }) => users + 1);
  const populations = sizes.reduce((product, size) => product * size, 1);
  if (populations * stations > POPULATIONS_MAX) throw new NoAnswer('size', 'closed classes: too many populations');
  const strides = sizes.map((_, k) => sizes.slice(0, k).reduce((product, size) => product * size, 1));
  const numbers = new Float64Array(populations * stations);
  let throughputs: number[] = [];
  let responses: number[] = [];
  for (let population = 1; population < populations; population++) {
    throughputs = [];
    responses = [];
    classes.forEach(({ think, demands }, k) => {
      const present = Math.floor(population / strides[k]) % sizes[k];
      const without = (population - strides[k]) * stations;
      const residences = demands.map((demand, i) => (present > 0 ? demand * (1 + numbers[without + i]) : 0));
      const response = residences.reduce((sum, residence) => sum + residence, 0);
      const throughput = present > 0 ? present / (think + response) : 0;
      throughputs.push(throughput);
      responses.push(response);
      residences.forEach((residence, i) => (numbers[population * stations + i] += throughput * residence));
    });
  }
  return {
    throughputs,
    responses,
    stations: Array.from({ length: stations }, (_, i) => ({
      meanNumber: numbers[(populations - 1) * stations + i],
      utilisation: classes.reduce((sum, { demands }, k) => sum + throughputs[k] * demands[i], 0),
    })),
  };
}
