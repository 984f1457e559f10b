/**
 * `measured:`: what a dashboard says of today, and what follows from it. Demands come from the utilisation law,
 * D = U x cores / X; what of the response time they do not explain is a wait that does not grow with load; figures that
 * contradict each other are named with both numbers; what cannot be known is listed as missing with the bounds that
 * hold anyway.
 */
import { z } from 'zod';
import type { ClusterDescription, ServiceDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import { flowOf, meanFlow } from '../flow.ts';
import type { Flow } from '../flow.ts';
import { servicesBehind } from '../routes.ts';
import type { Path } from '../problem.ts';
import type { Measured, MeasuredFigure, MeasuredFit, ResponseStatistic } from '../scenario.ts';
import { hintFor } from '../suggest.ts';
import { displayQuantity, parseQuantity } from '../units.ts';
import { count, number, rate, reference, share, time } from './fields.ts';

const serviceFigures = z.strictObject({
  cpu: share('share of its cores that is busy').optional(),
  threads: number('busy workers of one server, on average', 0).optional(),
});

export const measuredSchema = z
  .object({
    of: reference('the clients that the response times are about; all together where there is one').optional(),
    rate: rate('requests a second, when the rest was read').optional(),
    users: count('users present, when the rest was read').optional(),
    mean: time('mean response time', { positive: true }).optional(),
    avg: time('mean response time', { positive: true }).optional(),
    p50: time('median response time', { positive: true }).optional(),
    p90: time('response time that 90 % stay below', { positive: true }).optional(),
    p95: time('response time that 95 % stay below', { positive: true }).optional(),
    p99: time('response time that 99 % stay below', { positive: true }).optional(),
    p999: time('response time that 99.9 % stay below', { positive: true }).optional(),
  })
  .catchall(
    z.union([
      share('SERVICE.cpu: share of its cores that is busy'),
      number('SERVICE.threads: busy workers of one server'),
      serviceFigures,
    ]),
  )
  .meta({ description: 'what a dashboard says of today: rate, p95, app.cpu ...' });

export type MeasuredSurface = z.infer<typeof measuredSchema>;

/** Everything measured, read and with its units. */
export interface MeasuredFigures {
  readonly client: string | null;
  readonly rate: number | null;
  readonly list: readonly MeasuredFigure[];
  readonly utilisation: ReadonlyMap<string, MeasuredFigure>;
}

const statistics: readonly ResponseStatistic[] = ['p95', 'mean', 'p99', 'p90', 'p50', 'p999'];

export function readMeasured(
  surface: MeasuredSurface | undefined,
  services: readonly string[],
  clients: readonly string[],
  context: Context,
): MeasuredFigures {
  const list: MeasuredFigure[] = [];
  const { of: client, ...figures } = surface ?? {};
  if (client !== undefined && !clients.includes(client)) {
    context.problem(['measured', 'of'], `there are no clients "${client}"`, hintFor(client, clients), client);
  }
  for (const [name, value] of Object.entries(figures)) {
    const path = ['measured', name];
    if (typeof value === 'object') {
      for (const [part, inner] of Object.entries(value)) {
        list.push(...readServiceFigure(name, part, inner, [...path, part], services, context));
      }
      continue;
    }
    const [service, part] = name.split('.');
    if (part !== undefined) {
      list.push(...readServiceFigure(service, part, value, path, services, context));
    } else {
      list.push(...readOwnFigure(name, value, path, context));
    }
  }
  const ofKind = (kind: MeasuredFigure['of']['kind']) => list.filter((figure) => figure.of.kind === kind);
  return {
    client: client ?? null,
    rate: ofKind('rate')[0]?.value ?? null,
    list,
    utilisation: new Map(ofKind('utilisation').map((figure) => [(figure.of as { service: string }).service, figure])),
  };
}

/** The rate at which the figures were read, from `measured.rate` or else from the clients. */
export function rateToday(figures: MeasuredFigures, cluster: ClusterDescription, context: Context): number | null {
  if (figures.rate !== null) {
    return figures.rate;
  }
  if (context.missing.some(({ path }) => /^clients\..*\.rate$/.test(path))) {
    return null;
  }
  const rates = Object.values(cluster.clients).map(({ load }) =>
    load.kind === 'open' && load.rate.kind === 'constant' ? load.rate.rate : NaN,
  );
  const sum = rates.reduce((total, one) => total + one, 0);
  return Number.isFinite(sum) && sum > 0 ? sum : null;
}

/**
 * Demand of one `compute: measured` at each service, by the utilisation law.
 * @param without the cluster with measured demands of 0, @param withOne the same with 1 s: the difference counts them.
 */
export function deriveDemands(
  figures: MeasuredFigures,
  without: ClusterDescription,
  withOne: ClusterDescription,
  context: Context,
): ReadonlyMap<string, number> {
  const demands = new Map<string, number>();
  const today = rateToday(figures, without, context);
  const explicit = meanFlow(without).compute;
  const counted = meanFlow(withOne).compute;
  for (const [name, figure] of figures.utilisation) {
    const service = without.services[name];
    const steps = (counted.get(name) ?? 0) - (explicit.get(name) ?? 0);
    const cores = coresOf(service);
    if (!(steps > 0) || cores === null || today === null || figure.value > 1) {
      continue;
    }
    const total = (figure.value * cores) / today;
    const given = explicit.get(name) ?? 0;
    if (given > total) {
      const path = figure.path.split('.');
      context.problem(
        [path[0], path.slice(1).join('.')],
        `contradicts the work of ${name}: ${formatTime(given)} of CPU a request is written, ${percent(figure.value)} of ${cores} cores at ${perSecond(today)} is ${formatTime(total)}`,
        'correct one of them',
      );
      continue;
    }
    demands.set(name, (total - given) / steps);
    context.assume(
      ['services', name, 'work'],
      'derived',
      `${formatTime(total - given)} of CPU a request`,
      `utilisation law: ${percent(figure.value)} x ${cores} cores / ${perSecond(today)}`,
      `CPU that a request costs at ${name}`,
    );
  }
  const [first] = demands.keys();
  if (first !== undefined) {
    const names = [...demands.keys()].join(', ');
    context.assume(
      ['measured', `${first}.cpu`],
      'assumed',
      'exponential',
      `nothing measured tells it (${names})`,
      'spread of work',
    );
  }
  return demands;
}

/** What is missing for `compute: measured` at a service; said once a service. */
export function tellMissing(
  name: string,
  figures: MeasuredFigures,
  cluster: ClusterDescription,
  context: Context,
): void {
  const service = cluster.services[name];
  const today = rateToday(figures, cluster, context);
  const cores = coresOf(service);
  const at = today === null ? '' : ` at ${perSecond(today)}`;
  const certain: string[] = [];
  if (today !== null) {
    certain.push(`at least ${perSecond(today)} (you carry it today)`);
    if (cores !== null) {
      certain.push(`under ${formatTime(cores / today)} CPU a request`);
    }
  }
  if (!figures.utilisation.has(name)) {
    context.missing.push({
      path: `measured.${name}.cpu`,
      what: `the CPU that a request costs at ${name}`,
      certain,
      how: `CPU utilisation of ${name}${at}, or one load test (windtunnel fit)`,
    });
  } else if (cores === null) {
    context.missing.push({
      path: `services.${name}.cores`,
      what: `the cores of ${name}`,
      certain,
      how: 'processor cores of one server',
    });
  } else if (today === null) {
    context.missing.push({
      path: 'measured.rate',
      what: 'the rate at which the CPU was read',
      certain,
      how: 'requests a second at that time',
    });
  }
}

/**
 * Checks the figures against each other and finds what is to be fitted.
 * @returns the measured block of the scenario, and the cluster with the remainder of the response time in it.
 */
export function applyMeasured(
  figures: MeasuredFigures,
  cluster: ClusterDescription,
  demands: ReadonlyMap<string, number>,
  context: Context,
): { readonly measured: Measured; readonly cluster: ClusterDescription } {
  checkFigures(figures, cluster, context);
  const response = statistics.flatMap((stat) =>
    figures.list.filter((figure) => figure.of.kind === 'response' && figure.of.stat === stat),
  )[0];
  const measuredBlock = (fit: MeasuredFit | null): Measured => ({
    rate: rateToday(figures, cluster, context),
    client: figures.client,
    figures: figures.list.map((figure) => ({ ...figure, fitted: isFitted(figure, response, fit, demands) })),
    fit,
  });
  if (demands.size === 0 || context.missing.length > 0 || context.problems.length > 0) {
    return { measured: measuredBlock(null), cluster };
  }
  if (response === undefined) {
    context.assume(
      ['measured'],
      'assumed',
      'none',
      'no response time was measured',
      'a request waits for nothing but CPU, queues and what its work says',
    );
    return { measured: measuredBlock(null), cluster };
  }
  return withRemainder(response, figures, cluster, measuredBlock, context);
}

// ------------------------------------------------------------------------------------------------------------ helpers

function readOwnFigure(name: string, value: unknown, path: Path, context: Context): MeasuredFigure[] {
  const base = { name, path: `measured.${name}`, fitted: false };
  if (name === 'users') {
    return [{ ...base, of: { kind: 'users' }, value: Number(value), unit: '1', range: null }];
  }
  const stat = name === 'avg' ? 'mean' : (name as ResponseStatistic);
  if (name !== 'rate' && !statistics.includes(stat)) {
    const known = ['rate', 'users', 'mean', 'p50', 'p95', 'p99', 'of', 'SERVICE.cpu', 'SERVICE.threads'];
    context.problem(path, `unknown figure "${name}"`, hintFor(name, known));
    return [];
  }
  const dimension = name === 'rate' ? 'rate' : 'time';
  const read = parseQuantity(String(value), dimension);
  const number = context.quantity(String(value), dimension, path);
  return [
    {
      ...base,
      of: name === 'rate' ? { kind: 'rate' } : { kind: 'response', stat },
      value: number,
      unit: name === 'rate' ? '1/s' : 's',
      range: read.ok ? read.range : null,
    },
  ];
}

function readServiceFigure(
  service: string,
  part: string,
  value: unknown,
  path: Path,
  services: readonly string[],
  context: Context,
): MeasuredFigure[] {
  if (context.isBroken(service)) {
    return [];
  }
  if (!services.includes(service)) {
    context.problem(path, `there is no service "${service}"`, hintFor(service, services));
    return [];
  }
  const base = { name: `${service}.${part}`, path: `measured.${service}.${part}`, fitted: false };
  if (part === 'threads' && typeof value === 'number') {
    return [{ ...base, of: { kind: 'threads', service }, value, unit: '1', range: null }];
  }
  if (part === 'cpu' && typeof value === 'string') {
    const read = parseQuantity(value, 'share');
    const busy = context.quantity(value, 'share', path);
    if ((read.ok ? (read.range?.high ?? read.value) : busy) > 1) {
      context.problem(
        path,
        `is ${percent(busy)}; cores cannot be busy for more than 100 %`,
        'give the mean over all cores of its servers',
        value,
      );
    }
    if (busy === 0) {
      context.problem(
        path,
        'is 0 %: nothing can be derived from it',
        'give its digits (0.4 %), or leave it out',
        value,
      );
    }
    return [
      { ...base, of: { kind: 'utilisation', service }, value: busy, unit: 'share', range: read.ok ? read.range : null },
    ];
  }
  const rule =
    part === 'cpu' || part === 'threads'
      ? `${part} must be ${part === 'cpu' ? 'a share such as "45 %"' : 'a number'}`
      : `unknown figure "${part}" of ${service}`;
  context.problem(path, rule, `figures of a service: ${service}.cpu: 45 %, ${service}.threads: 12`, value);
  return [];
}

/** Cores of all servers together, at speed 1; null where they are not given. */
function coresOf({ cores, speeds }: ServiceDescription): number | null {
  return cores === Infinity ? null : cores * speeds.reduce((sum, speed) => sum + speed, 0);
}

function checkFigures(figures: MeasuredFigures, cluster: ClusterDescription, context: Context): void {
  const today = rateToday(figures, cluster, context);
  const flow = meanFlow(cluster);
  const statistic = (wanted: ResponseStatistic) =>
    figures.list.find(({ of }) => of.kind === 'response' && of.stat === wanted);
  checkRate(figures, cluster, context);
  checkOrder(figures, context);
  const computed = [...flow.compute.values()].reduce((sum, one) => sum + one, 0);
  const mean = statistic('mean');
  const bound = mean ?? statistic('p95') ?? statistic('p99');
  if (bound !== undefined && computed > bound.value) {
    const rule = `is ${formatTime(bound.value)}, but a request computes ${formatTime(computed)} on average`;
    context.problem(
      ['measured', bound.name],
      `${rule}: they contradict each other`,
      'check the rate, the utilisations and the cores',
      formatTime(bound.value),
    );
  }
  if (today === null) {
    return;
  }
  for (const { of, value, name } of figures.list) {
    if (of.kind === 'users' && mean !== undefined && today * mean.value > value * (1 + TOLERANCE)) {
      context.doubt(
        ['measured', 'users'],
        `${value} users, but ${perSecond(today)} x ${formatTime(mean.value)} = ${round(today * mean.value)} requests in progress (Little's law)`,
      );
    }
    if (of.kind === 'threads') {
      checkThreads(of.service, value, name, today, mean?.value, cluster, context);
    }
  }
  checkWorkers(today, mean?.value, flow, cluster, context);
}

function checkRate(figures: MeasuredFigures, cluster: ClusterDescription, context: Context): void {
  const sent = rateToday({ ...figures, rate: null }, cluster, context);
  if (figures.rate !== null && sent !== null && Math.abs(sent - figures.rate) > 1e-3 * figures.rate) {
    context.doubt(
      ['measured', 'rate'],
      `is ${perSecond(figures.rate)}, the clients send ${perSecond(sent)}: demands are those of the first, the run is at the second`,
    );
  }
}

function checkOrder(figures: MeasuredFigures, context: Context): void {
  const order: readonly ResponseStatistic[] = ['p50', 'p90', 'p95', 'p99', 'p999'];
  const given = order.flatMap((stat) => figures.list.filter(({ of }) => of.kind === 'response' && of.stat === stat));
  given.forEach((figure, i) => {
    if (i > 0 && figure.value < given[i - 1].value) {
      const rule = `is ${formatTime(figure.value)}, less than ${given[i - 1].name}, ${formatTime(given[i - 1].value)}`;
      context.problem(
        ['measured', figure.name],
        rule,
        'a higher percentile cannot be smaller',
        formatTime(figure.value),
      );
    }
  });
}

function checkThreads(
  service: string,
  threads: number,
  name: string,
  today: number,
  mean: number | undefined,
  cluster: ClusterDescription,
  context: Context,
): void {
  const { count: servers, cores, workers } = cluster.services[service];
  const visits = meanFlow(cluster).visits.get(service) ?? 0;
  const cpu = meanFlow(cluster).compute.get(service) ?? 0;
  const all = threads * servers;
  const path = ['measured', name];
  if (threads > workers) {
    context.problem(path, `is ${threads} busy workers, ${service} has ${workers}`, 'correct one of them', threads);
  }
  if (today * cpu > all * (1 + TOLERANCE) && cores < Infinity) {
    context.problem(
      path,
      `is ${round(all)} busy workers on ${servers} servers, but ${round(today * cpu)} cores are busy: each needs a worker`,
      'correct one of them',
      threads,
    );
  }
  if (mean !== undefined && visits > 0 && all > today * mean * (1 + TOLERANCE)) {
    context.doubt(
      path,
      `${round(all)} busy workers at ${perSecond(today)} are ${formatTime(all / today)} a request (Little's law), more than the mean response of ${formatTime(mean)}`,
    );
  }
}

function checkWorkers(
  today: number,
  mean: number | undefined,
  flow: Flow,
  cluster: ClusterDescription,
  context: Context,
): void {
  for (const [name, { workers, count: servers }] of Object.entries(cluster.services)) {
    const entry = Object.values(cluster.clients).some(({ mix }) =>
      mix.some(({ steps }) => steps.some((step) => step.do === 'call' && servicesBehind(step.to, cluster).has(name))),
    );
    const needed = mean === undefined || !entry ? today * (flow.compute.get(name) ?? 0) : today * mean;
    if (needed > workers * servers * (1 + TOLERANCE)) {
      context.doubt(
        ['services', name, 'workers'],
        `${name} has ${workers * servers} workers, but today needs ${round(needed)} at once (Little's law)`,
      );
    }
  }
}

function isFitted(
  figure: MeasuredFigure,
  response: MeasuredFigure | undefined,
  fit: MeasuredFit | null,
  demands: ReadonlyMap<string, number>,
): boolean {
  return (figure.of.kind === 'utilisation' && demands.has(figure.of.service)) || (fit !== null && figure === response);
}

function withRemainder(
  response: MeasuredFigure,
  figures: MeasuredFigures,
  cluster: ClusterDescription,
  measuredBlock: (fit: MeasuredFit | null) => Measured,
  context: Context,
): { readonly measured: Measured; readonly cluster: ClusterDescription } {
  const stat = (response.of as { stat: ResponseStatistic }).stat;
  const names = Object.keys(cluster.clients);
  const client = figures.client ?? names[0];
  if (figures.client === null && names.length > 1) {
    context.problem(
      ['measured', response.name],
      `whose response time is it? there are clients ${names.join(', ')}`,
      'say it: measured: { of: NAME, ... }',
    );
    return { measured: measuredBlock(null), cluster };
  }
  const flow = flowOf(cluster, cluster.clients[client]);
  const service = firstService(cluster, client);
  const visits = service === null ? 0 : (flow.visits.get(service) ?? 0);
  if (service === null || !(visits > 0)) {
    return { measured: measuredBlock(null), cluster };
  }
  const known = [...flow.compute.values(), ...flow.wait.values()].reduce((sum, one) => sum + one, 0);
  const guess = response.value / MEAN_OF[stat];
  const placeholder = Math.max(guess - known, guess / 20) / visits;
  const work = Object.fromEntries(
    Object.entries(cluster.services[service].work).map(([name, steps]) => [
      name,
      [...steps, { do: 'wait', time: { kind: 'exponential', mean: placeholder }, role: 'remainder' } as const],
    ]),
  );
  context.assume(
    ['measured', response.name],
    'assumed',
    `${formatTime(response.value)} in all`,
    'the part of the response time that no CPU explains',
    'waits do not grow with load',
  );
  return {
    measured: measuredBlock({ stat, value: response.value, service, placeholder, visits }),
    cluster: { ...cluster, services: { ...cluster.services, [service]: { ...cluster.services[service], work } } },
  };
}

function firstService(cluster: ClusterDescription, client: string): string | null {
  for (const { steps } of cluster.clients[client].mix) {
    for (const step of steps) {
      if (step.do === 'call') {
        return [...servicesBehind(step.to, cluster).keys()][0] ?? null;
      }
    }
  }
  return null;
}

/** Rough ratio of each statistic to the mean, of a sum of a few exponential parts: only a first guess for the fit. */
const MEAN_OF: Readonly<Record<ResponseStatistic, number>> = { mean: 1, p50: 0.9, p90: 1.8, p95: 2.2, p99: 3, p999: 4 };

/** Figures read off a dashboard agree within this. */
const TOLERANCE = 0.05;

function formatTime(seconds: number): string {
  return displayQuantity(seconds, 'time', 3);
}

function percent(value: number): string {
  return `${round(value * 100)} %`;
}

function perSecond(value: number): string {
  return `${round(value)} req/s`;
}

function round(value: number): string {
  const digits = Number(value.toPrecision(4));
  return digits >= 1000 ? digits.toLocaleString('en-US') : String(digits);
}
