/**
 * Theory beside a scenario and beside a run: what a request needs of everything that can run out (utilisation law), the
 * bounds that follow, and the exact answer where the scenario is a model that has one.
 */
import type { ClusterDescription, Step } from '../../models/description.ts';
import { boundsOf, closedBound } from '../../scenarios/bounds.ts';
import { invariant } from '../../sim/invariant.ts';
import type { TheoryBound, TheoryResult } from '../result.ts';
import type { Simulated } from '../summarise.ts';
import { closedBounds } from './closed-bounds.ts';
import { exactModel } from './exact-model.ts';
import type { ExactModel } from './exact-model.ts';
import { recognise } from './recognise.ts';
import { lawMoments } from './law-moments.ts';

/** Without a run. */
export interface TheoryOfScenario {
  readonly demands: TheoryResult['demands'];
  readonly bounds: readonly Omit<TheoryBound, 'simulated' | 'enforced'>[];
  readonly exact: ExactModel | null;
}

export function theoryOf(cluster: ClusterDescription): TheoryOfScenario {
  const demands: TheoryResult['demands'][number][] = [];
  const bounds: Omit<TheoryBound, 'simulated' | 'enforced'>[] = [];
  for (const [client, clients] of Object.entries(cluster.clients)) {
    const resources = boundsOf(cluster, clients);
    for (const { name, demand, unit, capacity, fullAt, optimistic } of resources) {
      demands.push({ client, resource: name, demand, unit, capacity, fullAt, atTheLatest: optimistic });
    }
    const [first] = resources;
    const throughput = (limit: number, because: string): void => {
      bounds.push({ client, figure: 'throughput', operator: '<=', limit, unit: '1/s', because });
    };
    if (first !== undefined) throughput(first.fullAt, `${first.name}, utilisation law`);
    const closed = closedBound(cluster, clients);
    if (closed === null) continue;
    const { users, think, response } = closed;
    const slowest = response + think;
    if (slowest > 0) throughput(users / slowest, 'users / (think time + least time of a request)');
    if (response > 0) {
      bounds.push({
        client,
        figure: 'response',
        operator: '>=',
        limit: response,
        unit: 's',
        because: 'least time of a request',
      });
    }
    bounds.push(...balancedBounds(cluster, client));
  }
  const plain = recognise(cluster);
  return { demands, bounds, exact: plain === null ? null : exactModel(plain) };
}

/** Of product-form networks of single servers. */
function balancedBounds(
  cluster: ClusterDescription,
  name: string,
): readonly Omit<TheoryBound, 'simulated' | 'enforced'>[] {
  const plain = recognise(cluster);
  if (plain?.load.kind !== 'closed' || exactModel(plain) === null) return [];
  const { users, think } = plain.load;
  const queues = plain.stations.filter(({ servers }) => servers < Infinity);
  if (queues.length === 0 || queues.some(({ servers }) => servers > 1)) return [];
  const mean = (stations: typeof plain.stations): number[] =>
    stations.map(({ visits, law }) => visits * lawMoments(law)[0]);
  const away = [
    lawMoments(think)[0],
    ...mean(plain.stations.filter(({ servers }) => servers === Infinity)),
    ...plain.delays.map((law) => lawMoments(law)[0]),
  ].reduce((sum, one) => sum + one, 0);
  const { balancedMax, balancedMin } = closedBounds({ users, think: away, demands: mean(queues) });
  const because = 'balanced-job bound';
  return [
    { client: name, figure: 'throughput', operator: '<=', limit: balancedMax, unit: '1/s', because },
    { client: name, figure: 'throughput', operator: '>=', limit: balancedMin, unit: '1/s', because },
  ];
}

/** An interval that misses a bound by so many half-widths, and by that share of it, misses it by no chance. */
const HALF_WIDTHS = 8;
const SLACK = 0.01;

/**
 * @throws InvariantBreach where a steady run without failures breaks a bound that no such run can: a defect of ours.
 */
export function theoryBeside(cluster: ClusterDescription, run: Simulated): TheoryResult {
  const { demands, bounds, exact } = theoryOf(cluster);
  const counts = countsWhatFlows(cluster);
  const rows = bounds.map((bound): TheoryBound => {
    const traffic = run.clients[bound.client];
    const failures = Object.values(traffic.failed).reduce((sum, count) => sum + count, 0);
    const enforced =
      counts &&
      run.method.kind === 'steady state' &&
      run.method.replications > 1 &&
      !run.method.partial &&
      failures === 0;
    const simulated = bound.figure === 'throughput' ? traffic.throughput : traffic.response.mean;
    if (enforced && simulated.level !== null) {
      const room = HALF_WIDTHS * ((simulated.high - simulated.low) / 2) + SLACK * bound.limit;
      const beyond = bound.operator === '<=' ? simulated.value - bound.limit : bound.limit - simulated.value;
      invariant(
        beyond <= room,
        'operational bounds',
        () =>
          `${bound.client}: simulated ${bound.figure} ${simulated.value} ${bound.unit} must be ${bound.operator} ${bound.limit} (${bound.because})`,
      );
    }
    return { ...bound, simulated, enforced };
  });
  return { demands, bounds: rows, exact: exact === null ? null : besideExact(exact, run) };
}

/** Percentiles come from histogram bins of this relative width. */
const BINS = 1e-5;

function besideExact({ model, source, figures }: ExactModel, run: Simulated): TheoryResult['exact'] {
  return {
    model,
    source,
    figures: figures.flatMap((figure) => {
      const { name, value, unit } = figure;
      const simulated = figure.simulated(run);
      if (simulated === null) return [];
      const slack = BINS * Math.abs(value);
      const covered =
        simulated.level === null || Number.isNaN(simulated.value)
          ? null
          : simulated.low - slack <= value && value <= simulated.high + slack;
      return [{ name, value, unit, simulated, covered }];
    }),
  };
}

/**
 * Whether the demands by which bounds are computed count all that happens to a request that succeeds: nothing is tried
 * again, given up, or answered otherwise, every branch is waited for, nothing breaks. A white list, like `recognise`.
 */
function countsWhatFlows(cluster: ClusterDescription): boolean {
  const known = new Set(['clients', 'directors', 'services', 'links', 'faults', 'probes']);
  const rest = Object.entries(cluster).filter(([name]) => !known.has(name));
  if (rest.some(([, value]) => !isEmpty(value)) || cluster.faults.length > 0) return false;
  return (
    Object.values(cluster.clients).every(({ mix }) => mix.every(({ steps }) => steps.every(isCounted))) &&
    Object.values(cluster.directors).every((director) => director.retry === undefined && hasOnly(director, DIRECTOR)) &&
    Object.values(cluster.services).every(
      (service) => hasOnly(service, SERVICE) && Object.values(service.work).every((steps) => steps.every(isCounted)),
    )
  );
}

const SERVICE = new Set(
  'count speeds workers holds queue order full patience connections cores sharing sharingLimit slowdown pools work sendBitsPerSecond receiveBitsPerSecond tables'.split(
    ' ',
  ),
);
const DIRECTOR = new Set(
  'mode scheduler members persistence workers queue full cores relay packetCost sendBitsPerSecond receiveBitsPerSecond whenFull nodes tables linger'.split(
    ' ',
  ),
);
const CALL = new Set('do to requestClass requestBytes responseBytes abandon'.split(' '));

function isCounted(step: Step): boolean {
  switch (step.do) {
    case 'wait':
    case 'compute':
      return step.time.kind !== 'demand';
    case 'call':
      return hasOnly(step, CALL);
    case 'acquire':
    case 'release':
      return true;
    case 'choice':
      return step.branches.every(({ steps }) => steps.every(isCounted));
    case 'parallel':
      return step.need === step.branches.length && step.branches.every((branch) => branch.every(isCounted));
    case 'loop':
      return step.steps.every(isCounted);
    default:
      return false;
  }
}

function hasOnly(thing: object, known: ReadonlySet<string>): boolean {
  return Object.entries(thing).every(([name, value]) => known.has(name) || isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
