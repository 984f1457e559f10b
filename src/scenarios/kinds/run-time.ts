/** When a run ends, where the file does not say it: steady state unless something happens at a time. */
import type { ClientsDescription, ClusterDescription, FaultDescription } from '../../models/description.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import type { RunTime } from '../scenario.ts';
import { displayQuantity } from '../units.ts';
import { meanFaultSeconds } from './faults.ts';
import type { timeSchema } from './rest.ts';
import { endOfShape } from './shapes.ts';

export function resolveRunTime(
  surface: z.infer<typeof timeSchema> | undefined,
  cluster: ClusterDescription,
  context: Context,
): RunTime {
  const time = whenItEnds(surface, cluster, context);
  const method = surface?.method;
  if (method === 'batch-means' && time.kind === 'terminating')
    context.problem(['time', 'method'], NO_BATCHES.what, NO_BATCHES.hint);
  return {
    ...time,
    ...(surface?.events === undefined ? {} : { events: surface.events }),
    ...(method === undefined ? {} : { method }),
  };
}

/** What is said where batches are asked of a run that has a beginning and an end. */
export const NO_BATCHES = {
  what: 'batch means need a steady state, and here something happens at a time: one long run says nothing of another',
  hint: 'leave it out: runs from beginning to end are repeated under other chance',
};

function whenItEnds(
  surface: z.infer<typeof timeSchema> | undefined,
  cluster: ClusterDescription,
  context: Context,
): RunTime {
  const read = (key: 'duration' | 'warmup') =>
    surface?.[key] === undefined ? null : context.quantity(surface[key], 'time', ['time', key]);
  const clients = Object.values(cluster.clients);
  const ends = clients.map(endOfLoad);
  // what was stored at once expires at once: something that happens at a time, as a fault is
  const avalanches = Object.values(cluster.caches ?? {}).flatMap(({ start, ttl }) =>
    start === 'together' && ttl < Infinity ? [ttl] : [],
  );
  const lastFault = Math.max(0, ...avalanches, ...cluster.faults.map(endOfFault));
  const breaks = Object.values(cluster.services).some(({ breakdowns }) => breakdowns !== undefined);
  const recurring = breaks || cluster.faults.some(({ again }) => again !== undefined);
  const asked = cluster.probes.flatMap((probe) => (probe.kind === 'states' ? probe.at : []));
  const lastChange = Math.max(lastFault, ...asked, ...ends.map(({ change }) => change ?? 0));
  const waiting =
    clients.some(hasBacklog) || Object.values(cluster.services).some(({ backlog }) => backlog !== undefined);
  const fromTheStart = asked.length > 0 || cluster.probes.some(({ kind }) => FROM_THE_START.has(kind)) || waiting;
  const scales = Object.values(cluster.services).some(({ autoscaler }) => autoscaler !== undefined);
  const ticks =
    scales ||
    Object.values(cluster.topics ?? {}).some(({ groups }) =>
      Object.values(groups).some(({ checkpoint }) => checkpoint !== undefined || cluster.faults.length > 0),
    );
  const steady =
    !fromTheStart &&
    !scales &&
    cluster.faults.length === 0 &&
    avalanches.length === 0 &&
    ends.every(({ change, finite }) => change === 0 && !finite);
  const duration = read('duration');
  const warmup = read('warmup');
  if (duration !== null) {
    if (lastChange > duration) {
      context.doubt(
        ['time', 'duration'],
        `the run ends at ${displayQuantity(duration, 'time')}, but something happens until ${displayQuantity(lastChange, 'time')}`,
      );
    }
    if (warmup !== null && warmup >= duration && !steady) {
      context.problem(['time', 'warmup'], 'must be shorter than the duration', '');
    }
    return {
      kind: steady ? 'steady' : 'terminating',
      duration,
      warmup,
      stopWhenEmpty: surface?.stopWhenEmpty ?? false,
      lastChange,
    };
  }
  if (steady) {
    return { kind: 'steady', duration: null, warmup, stopWhenEmpty: surface?.stopWhenEmpty ?? false, lastChange };
  }
  if (recurring) {
    const why = breaks ? 'workers break again and again' : 'faults come again and again';
    context.problem(['time'], `needs a duration: ${why}`, 'for example time: { duration: 2 h }');
    return { kind: 'terminating', duration: 1, warmup, stopWhenEmpty: false, lastChange };
  }
  const allFinite = ends.every(({ finite }) => finite);
  if (surface?.stopWhenEmpty ?? (allFinite && cluster.faults.length === 0 && !ticks)) {
    if (ticks) {
      context.problem(
        ['time', 'stopWhenEmpty'],
        'an autoscaler or a group of consumers goes on for ever',
        'give time: { duration: 10 min }',
      );
    }
    if (!allFinite) {
      context.problem(
        ['time', 'stopWhenEmpty'],
        'the clients never finish',
        'give them iterations or requests, or give time: { duration: 10 min }',
      );
    }
    return { kind: 'terminating', duration: null, warmup, stopWhenEmpty: true, lastChange };
  }
  const open = ends.some(({ change }) => change === null);
  const waits = cluster.probes.some(({ kind }) => FROM_THE_START.has(kind)) || (asked.length === 0 && waiting);
  const assumed =
    open || waits || ticks
      ? Math.max(EXPRESSION_SECONDS, lastChange)
      : lastFault === lastChange
        ? lastChange + AFTER_FAULT_SECONDS
        : lastChange;
  const text = open
    ? 'a rate expression has no end of its own'
    : waits
      ? 'long enough for a backlog to be gone, or for a level to be reached'
      : ticks
        ? 'long enough for an autoscaler or a checkpoint to act'
        : 'the last change of the scenario, and what follows a fault';
  context.assume(['time', 'duration'], 'default', displayQuantity(assumed, 'time'), 'windtunnel default', text);
  return { kind: 'terminating', duration: assumed, warmup, stopWhenEmpty: false, lastChange };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** When a fault is over; one that comes again and again, or is never over, has no end that a run could wait for. */
function endOfFault(fault: FaultDescription): number {
  const lasts = meanFaultSeconds(fault);
  return fault.at + (fault.again === undefined && lasts < Infinity ? lasts : 0);
}

/** Probes that ask how things go from an empty start, or from a backlog. */
const FROM_THE_START: ReadonlySet<string> = new Set(['falls', 'reaches', 'makespan']);

function hasBacklog({ load }: ClientsDescription): boolean {
  return load.kind === 'open' && load.backlog !== undefined;
}

/** Long enough to see a recovery from a fault. */
const AFTER_FAULT_SECONDS = 120;
const EXPRESSION_SECONDS = 600;

/** When the load last changes by itself (0 never, null without end), and whether it comes to an end. */
function endOfLoad({ load }: ClientsDescription): { change: number | null; finite: boolean } {
  switch (load.kind) {
    case 'trace':
      return { change: load.at[load.at.length - 1] ?? 0, finite: true };
    case 'open': {
      const falls = load.rate.kind === 'points' && load.rate.points[load.rate.points.length - 1].rate === 0;
      const end = endOfShape(load.rate);
      return {
        change: end === null ? null : Math.max(end, load.firstAt ?? 0),
        finite: falls || load.limit !== undefined,
      };
    }
    case 'closed': {
      const start = load.start.kind === 'rendezvous' ? latest(load.start.spread) : 0;
      const falls = load.users.kind === 'points' && load.users.points[load.users.points.length - 1].users === 0;
      return { change: Math.max(endOfShape(load.users) ?? 0, start), finite: falls || load.iterations < Infinity };
    }
  }
}

function latest(spread: DistributionSpec): number {
  return spread.kind === 'uniform' ? spread.high : distribution(spread).quantile(0.99);
}
