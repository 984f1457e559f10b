/** A dispatcher in front of single-queue backends: splits at random or in turn, shortest queues, least connections. */
import type { ClusterDescription, DirectorDescription } from '../../../../models/description.ts';
import type { ServiceWindow } from '../../../observations.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed, Watch } from '../observed.ts';
import { pow } from '../../../../sim/random/elementary.ts';
import { distribution } from '../../../../sim/random/index.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainDirector } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { compute, openLoad, station } from '../parts.ts';
import { powerOfChoices } from '../../../theory/balanced.ts';
import { schedulerNamed } from '../scheduler-names.ts';
import { list, number, responsePercentiles, shares, throughput, together } from '../quantity.ts';
import type { Quantities, Quantity } from '../quantity.ts';
import { utilisation } from '../station-quantities.ts';
import type { BalancedModel } from '../theory-file.ts';
import { Turns } from '../watches.ts';

const DIRECTOR = 'balancer';
/** Share of their mean number that very many backends, which are empty at first, may still lack after the warm-up. */
const LACKING = 1e-3;
/** Step of the mean-field equations, in service times; most of these; and the levels that are looked at. */
const STEP = 0.05;
const LIVES_MAX = 1000;
const LEVELS = 300;

type Backend = NonNullable<BalancedModel['backends']>[number];
type Policy = BalancedModel['policy'];
type Scheduler = DirectorDescription['scheduler'];

/**
 * Backends over the fewest that "n >= 500" asks for: the bias of n backends against infinitely many is O(1/n), and at the
 * fewest it is most of what a distribution may be off.
 */
const MANY = 4;

/** @returns the reason where no scheduler has the policy. */
export function balanced({ arrivals, policy, backends: given, backends_count: count, service }: BalancedModel): Experiment | string {
  const backends = given ?? (typeof count === 'number' ? many(count, service!) : many(MANY * Number(/\d+/.exec(count!)![0]), service!));
  const rate = 'rate' in arrivals ? arrivals.rate : arrivals.rate_per_backend * backends.length;
  const scheduler = schedulerOf(policy, backends.length);
  if (typeof scheduler === 'string') return scheduler;
  const weights = policy.probabilities ?? policy.weights ?? backends.map(() => 1);
  const described = cluster({
    clients: { clients: clients(openLoad({ process: 'poisson', rate }), [call(DIRECTOR)]) },
    directors: { [DIRECTOR]: dispatcher(scheduler, backends, weights) },
    services: Object.fromEntries(
      backends.map((of) => [of.name, station(of.servers, of.discipline ?? 'fifo', { '*': [compute(of.service)] })]),
    ),
    probes: backends.map(({ name }) => ({ kind: 'number', of: name })),
  });
  const experiment = experimentOf(described, backends, inTurn(scheduler.id, weights));
  if (service === undefined) return experiment;
  // a window has few requests a backend where there are very many of them
  const { mean } = distribution(law(service));
  const choices = policy.name === 'power-of-d' ? (policy.d ?? 2) : 1;
  return { ...experiment, settles: mean * settlingTime((rate / backends.length) * mean, choices) };
}

/**
 * Service times after which very many backends that were empty have nearly the number they will have: the mean-field
 * equations ds_k/dt = load (s_(k-1)^d - s_k^d) - (s_k - s_(k+1)) of the shares with at least k present (M. Mitzenmacher, "The power of
 * two choices in randomized load balancing", IEEE TPDS 12, 2001), by Euler's steps. One choice is the slowest.
 * @throws NoAnswer for a load without a steady state.
 */
function settlingTime(load: number, choices: number): number {
  const all = choices > 1 ? load * powerOfChoices(load, choices, 1).meanResponse : load / (1 - load);
  const enough = (1 - LACKING) * all;
  const shares = new Float64Array(LEVELS + 2);
  shares[0] = 1;
  let time = 0;
  for (let number = 0; number < enough && time < LIVES_MAX; time += STEP) {
    number = 0;
    let before = 1;
    for (let k = 1; k <= LEVELS && before > 0; k++) {
      const own = shares[k];
      const joins = load * (pow(before, choices) - pow(own, choices));
      shares[k] = own + STEP * (joins - (own - shares[k + 1]));
      number += shares[k];
      before = own;
    }
  }
  return time;
}

/** Backends alike; their names do not matter. */
function many(count: number, service: Backend['service']): Backend[] {
  return Array.from({ length: count }, (_, k) => ({ name: `backend${k + 1}`, service, servers: 1 }));
}

/** Picks in a fixed pattern: a number of picks after which it comes again; 0 where there is none. */
function inTurn(id: string, weights: readonly number[]): number {
  if (id === 'lvs/rr') return weights.filter((weight) => weight > 0).length;
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return ['nginx/rr', 'lvs/wrr'].includes(id) && weights.every(Number.isInteger) ? sum : 0;
}

/** @returns the reason where there is none. */
function schedulerOf({ name, d: given, replacement }: Policy, backends: number): Scheduler | string {
  switch (name) {
    case 'jsq':
      // ties go to the first in the list, not at random: the lengths of the queues, in order, are the same process
      return { id: 'lvs/lc', options: {} };
    case 'power-of-d': {
      const d = given ?? 2;
      if (d === 1) return { id: 'random', options: {} };
      // all of them, different ones: that is the shortest queue
      if (replacement !== true && d >= backends) return { id: 'lvs/lc', options: {} };
      // nginx draws two different ones and settles ties at random; Envoy draws any number, perhaps the same twice
      if (d === 2 && replacement !== true) return { id: 'nginx/random', options: { two: 'least_conn' } };
      if (replacement === false && backends < MANY_ENOUGH) return `no product draws ${d} different servers of ${backends}`;
      return { id: 'envoy/least_request', options: { choices: d } };
    }
    default: {
      const id = schedulerNamed(name);
      return id === null ? `no scheduler is called "${name}"` : { id, options: {} };
    }
  }
}

/** Of so many backends hardly ever the same one is drawn twice. */
const MANY_ENOUGH = 500;

function dispatcher(scheduler: Scheduler, backends: readonly Backend[], weights: readonly number[]): DirectorDescription {
  return plainDirector({
    scheduler,
    members: backends.map(({ name }, k) => ({ service: name, server: 0, weight: weights[k], limit: Infinity })),
  });
}

function experimentOf(described: ClusterDescription, backends: readonly Backend[], period: number): Experiment {
  const total = (observed: Observed, of: (window: ServiceWindow) => number): number =>
    backends.reduce((sum, { name }) => sum + of(observed.services[name]), 0);
  const levels = (observed: Observed) => backends.map(({ name }) => observed.levels[`number ${name}`]);
  const watches = (): Watch[] => (period > 0 ? [new Turns(period, backends.map(({ name }) => name))] : []);
  return {
    quantities: {
      throughput: number(({ traffic }) => throughput(traffic)),
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      mean_number: number((observed) => total(observed, ({ presentArea }) => presentArea) / observed.seconds),
      mean_wait: number(
        (observed) =>
          total(observed, ({ gates }) => gates.workers.waited) / total(observed, ({ gates }) => gates.workers.arrivals),
      ),
      prob_wait: number(
        (observed) =>
          total(observed, ({ gates }) => gates.workers.waits) / total(observed, ({ gates }) => gates.workers.arrivals),
      ),
      utilisation: number(
        (observed) =>
          backends.reduce(
            (sum, { name, servers, discipline }) => sum + utilisation(observed.services[name], servers, discipline),
            0,
          ) /
          backends.length,
      ),
      dist_backend_queue: list((observed) => shares(summed(levels(observed)))),
      dist_backend_at_least_k: list((observed) => atLeast(shares(summed(levels(observed))))),
      ...responsePercentiles(),
      ...together(backends.map((backend, k) => ofBackend(backend, total, period, k))),
    },
    prepare: () => ({ cluster: described, watches: watches() }),
  };
}

function ofBackend(
  { name, servers, discipline }: Backend,
  total: (observed: Observed, of: (window: ServiceWindow) => number) => number,
  period: number,
  place: number,
): Quantities {
  const at = ({ services }: Observed) => services[name];
  const share: Quantity =
    period > 0
      ? number(({ counts }) => Turns.share(counts.turns, period, place))
      : number((observed) => at(observed).ended / total(observed, ({ ended }) => ended));
  return {
    [`utilisation_${name}`]: number((observed) => utilisation(at(observed), servers, discipline)),
    [`mean_response_${name}`]: number((observed) => at(observed).responseSum / at(observed).ended),
    [`mean_number_${name}`]: number((observed) => at(observed).presentArea / observed.seconds),
    [`share_${name}`]: share,
  };
}

/** Share of the time with at least so many. */
function atLeast(present: readonly number[]): number[] {
  const rest: number[] = [];
  let sum = 0;
  for (let k = present.length - 1; k >= 0; k--) rest[k] = sum += present[k];
  return rest;
}

/** Place by place. */
function summed(lists: readonly (readonly number[])[]): number[] {
  const sums: number[] = [];
  for (const one of lists) one.forEach((value, k) => (sums[k] = (sums[k] ?? 0) + value));
  return sums;
}
