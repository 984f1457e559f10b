/**
 * Doubts about a load whose figures cannot all be true: Little's law (users, think time, response and throughput), and ramps that
 * end long before the run does or take longer than the users whom they bring stay.
 */
import type { ClientsDescription, ClosedLoad, ClusterDescription, FaultDescription } from '../models/description.ts';
import { closedBound, leastTimeOf } from './bounds.ts';
import type { Context } from './context.ts';
import type { Slo } from './kinds/slos.ts';
import { displayQuantity } from './units.ts';

/** @param until end of the run in seconds; NaN where it is not given. */
export function doubtLoads(cluster: ClusterDescription, slos: readonly Slo[], until: number, context: Context): void {
  for (const [name, clients] of Object.entries(cluster.clients)) {
    if (clients.load.kind !== 'closed') continue;
    doubtLittle(name, clients, cluster, slos, context);
    doubtStay(name, clients.load, clients, cluster, context);
  }
  doubtIdleEnd(cluster, until, context);
}

/** Requests that a constant load keeps in progress without any waiting, by Little's law; 0 where it varies. */
export function leastInProgress(cluster: ClusterDescription): number {
  return Object.values(cluster.clients).reduce((sum, clients) => {
    const { load } = clients;
    if (load.kind === 'open' && load.rate.kind === 'constant' && load.limit === undefined) {
      return sum + load.rate.rate * leastTimeOf(cluster, clients);
    }
    if (load.kind !== 'closed' || load.users.kind !== 'constant' || load.iterations < Infinity) return sum;
    const { users, think, response } = closedBound(cluster, clients)!;
    return sum + (response > 0 ? (users * response) / (think + response) : 0);
  }, 0);
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** N users do X requests/s only if think time and response together take N / X. */
function doubtLittle(
  name: string,
  clients: ClientsDescription,
  cluster: ClusterDescription,
  slos: readonly Slo[],
  context: Context,
): void {
  const { users, think, response } = closedBound(cluster, clients)!;
  const alone = Object.keys(cluster.clients).length === 1;
  const ours = slos.filter(({ client }) => client === name || (client === null && alone));
  for (const { metric, operator, limit, text } of ours) {
    if (metric.kind !== 'throughput' || !operator.startsWith('>')) continue;
    const cycle = users / limit;
    const left = cycle - think;
    const said = `${count(users)} users do the ${rate(limit)} of "${text}" only if each request takes ${time(cycle)}`;
    const thinking = think > 0 ? `, think time of ${time(think)} included` : '';
    const law = "(Little's law)";
    if (left <= response) {
      context.doubt(
        ['clients', name, 'users'],
        `${said}${thinking}, but it needs ${time(think + response)} without any waiting ${law}: at least ${count(Math.ceil(limit * (think + response)))} users`,
      );
    } else if (meanLimit(ours) > left * SLACK) {
      context.doubt(
        ['clients', name, 'users'],
        `${said}${thinking} ${law}: the mean response of ${time(meanLimit(ours))} that an SLO allows gives ${rate(users / (think + meanLimit(ours)))}`,
      );
    }
  }
}

/** How far an SLO's mean may be above what the throughput allows before it is worth a word. */
const SLACK = 1.1;

/** The largest mean response that the SLOs allow; 0 = they do not say. */
function meanLimit(slos: readonly Slo[]): number {
  const means = slos.filter(({ metric, operator }) => metric.kind === 'mean' && operator.startsWith('<'));
  return means.length === 0 ? 0 : Math.min(...means.map(({ limit }) => limit));
}

/** Users who make a few requests and leave: they have gone before the last has come. */
function doubtStay(
  name: string,
  load: ClosedLoad,
  clients: ClientsDescription,
  cluster: ClusterDescription,
  context: Context,
): void {
  if (load.iterations === Infinity || load.users.kind === 'constant') return;
  const { points } = load.users;
  const peak = points.reduce((best, point, k) => (point.users > points[best].users ? k : best), 0);
  const ramp = points[peak].at - points[0].at;
  const { think, response } = closedBound(cluster, clients)!;
  const stay = load.iterations * (think + response);
  if (!(ramp > stay && stay > 0)) return;
  const present = Math.max(1, Math.round((points[peak].users * stay) / ramp));
  context.doubt(
    ['clients', name, 'users'],
    `come over ${time(ramp)}, but a user stays ${time(stay)} (${count(load.iterations)} of ${time(think + response)}): unless requests wait, some ${count(present)} of ${count(points[peak].users)} are there at once`,
  );
}

/** Nobody comes any more, nothing happens any more, and the run goes on. */
function doubtIdleEnd({ clients, faults }: ClusterDescription, until: number, context: Context): void {
  const ends = Object.entries(clients).map(([name, { load }]) => ({ name, end: endOf(load) }));
  const last = ends.reduce((latest, one) => (one.end > latest.end ? one : latest), ends[0]);
  const happens = faults.reduce((latest, fault) => Math.max(latest, overAt(fault)), 0);
  const over = Math.max(last?.end ?? Infinity, happens);
  if (!(until - over > IDLE * until)) return;
  const { load } = clients[last.name];
  context.doubt(
    ['clients', last.name, load.kind === 'closed' ? 'users' : 'rate'],
    `the load ends at ${time(over)}, the run at ${time(until)}: ${Math.round((100 * (until - over)) / until)} % of what is measured is of nobody`,
  );
}

/** Share of a run without load that is worth a word. */
const IDLE = 0.2;

/** When a fault is over; one that is not mended by itself, when it happens. */
function overAt({ at, for: lasts, again }: FaultDescription): number {
  if (again !== undefined) return Infinity;
  return lasts < Infinity ? at + lasts : at;
}

/** When the last request is due; Infinity = never. */
function endOf(load: ClientsDescription['load']): number {
  const points =
    load.kind === 'open' && load.rate.kind === 'points' && load.limit === undefined
      ? load.rate.points.map(({ at, rate: value }) => ({ at, value }))
      : load.kind === 'closed' && load.users.kind === 'points'
        ? load.users.points.map(({ at, users: value }) => ({ at, value }))
        : [];
  const zero = points.at(-1)?.value === 0;
  const first = points.findLastIndex(({ value }) => value > 0) + 1;
  return zero && first < points.length ? points[first].at : Infinity;
}

function time(seconds: number): string {
  return displayQuantity(seconds, 'time', 3);
}

function rate(perSecond: number): string {
  return `${count(Number(perSecond.toPrecision(3)))} req/s`;
}

function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
