/**
 * What decides at the door of a server who is served, besides the number of its workers: workers that break, a server that
 * sleeps.
 */
import { z } from 'zod';
import type { BreakdownsDescription, ServiceDescription, SetupDescription } from '../../models/description.ts';
import { resumes } from '../../models/services/breakdown.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import type { Path } from '../problem.ts';
import { displayQuantity } from '../units.ts';
import { countOrUnlimited, time, word } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

export const breakdownsSchema = z
  .strictObject({
    every: timeLaw('from being up to failing, busy or idle; of each worker by itself'),
    repair: timeLaw('what mending one worker takes a crew'),
    crews: countOrUnlimited('repair crews of the service, for all its servers; 1 by default').optional(),
    interrupted: word(
      ['resume', 'restart', 'lost'],
      'the request that a broken worker served goes back to the head of the line and goes on where it was (default), begins anew, or is lost (reset)',
    ).optional(),
  })
  .meta({
    description:
      'single workers fail and are mended: { every: { exponential: 30 d }, repair: { exponential: 4 h }, crews: 1 }',
  });

export const setupSchema = z
  .union([
    timeLaw('set-up time'),
    z.strictObject({
      time: timeLaw('what setting up takes'),
      offAfter: time('idle time after which it switches off; at once by default').optional(),
    }),
  ])
  .meta({
    description:
      'cold start: a server with nobody left switches off, and is set up for the next: { exponential: 500 ms }, or { time: 2 s, offAfter: 5 min }',
  });

interface DoorSurface {
  readonly holds?: 'request' | 'compute';
  readonly breakdowns?: z.infer<typeof breakdownsSchema>;
  readonly setup?: z.infer<typeof setupSchema>;
}

type Doors = Pick<ServiceDescription, 'breakdowns' | 'setup'>;

/** @param service what the rest of the surface says. */
export function resolveDoors(
  surface: DoorSurface,
  service: Pick<ServiceDescription, 'workers' | 'work' | 'sharing' | 'sharingLimit' | 'cores'>,
  path: Path,
  context: Context,
): Doors {
  for (const key of ['breakdowns', 'setup'] as const) {
    if (surface[key] === undefined) continue;
    if (service.workers === Infinity) {
      context.problem([...path, key], 'needs a number of workers', 'give the service workers: 8');
      return {};
    }
    if (surface.holds === 'compute') {
      const hint = 'leave out holds: compute; an event loop has no workers that are held for a request';
      context.problem([...path, key], 'cannot go with "holds: compute"', hint);
      return {};
    }
  }
  if (surface.breakdowns !== undefined && surface.setup !== undefined) {
    context.problem([...path, 'setup'], 'cannot go with breakdowns', 'leave out one of the two');
    return {};
  }
  return {
    ...(surface.breakdowns === undefined
      ? {}
      : { breakdowns: resolveBreakdowns(surface.breakdowns, service, [...path, 'breakdowns'], context) }),
    ...(surface.setup === undefined ? {} : { setup: resolveSetup(surface.setup, [...path, 'setup'], context) }),
  };
}

/** For `explain`. */
export function doorFacts({ breakdowns, setup }: ServiceDescription): readonly string[] {
  return [
    ...(breakdowns === undefined ? [] : [breakdownText(breakdowns)]),
    ...(setup === undefined ? [] : [setupText(setup)]),
  ];
}

// ------------------------------------------------------------------------------------------------------------ helpers

function resolveBreakdowns(
  { every, repair, crews, interrupted }: z.infer<typeof breakdownsSchema>,
  service: Parameters<typeof resumes>[0],
  path: Path,
  context: Context,
): BreakdownsDescription {
  const what = interrupted ?? 'resume';
  if (what === 'resume' && !resumes(service)) {
    context.problem(
      [...path, 'interrupted'],
      'only requests that compute and wait can resume at another worker',
      'calls, pools, caches and lines are bound to a worker: say interrupted: restart, or lost',
      what,
    );
  }
  const up = positive(every, 'every', path, context);
  return {
    every: up,
    repair: resolveTime(repair, [...path, 'repair'], context),
    crews: unlimited(
      context.fallback([...path, 'crews'], crews, 1, { text: 'broken workers are mended one after the other' }),
    ),
    interrupted: what,
  };
}

/** Workers that fail again at once would stop the clock. */
function positive(
  law: z.infer<typeof breakdownsSchema>['every'],
  key: string,
  path: Path,
  context: Context,
): DistributionSpec {
  const found = resolveTime(law, [...path, key], context);
  if (!(distribution(found).mean > 0)) {
    context.problem([...path, key], 'must be more than 0', 'workers would do nothing but fail');
    return { kind: 'deterministic', value: 1 };
  }
  return found;
}

function resolveSetup(surface: z.infer<typeof setupSchema>, path: Path, context: Context): SetupDescription {
  if (typeof surface === 'string' || !('time' in surface)) {
    return { time: resolveTime(surface, path, context), offAfter: 0 };
  }
  const { time: law, offAfter } = surface;
  return {
    time: resolveTime(law, [...path, 'time'], context),
    offAfter: offAfter === undefined ? 0 : context.quantity(offAfter, 'time', [...path, 'offAfter']),
  };
}

function breakdownText({ every, repair, crews, interrupted }: BreakdownsDescription): string {
  const mended = crews === Infinity ? 'at once' : `by ${crews === 1 ? 'one crew' : `${crews} crews`}`;
  const then = { resume: 'goes on at another worker', restart: 'begins anew', lost: 'is lost' }[interrupted];
  return `each worker fails every ${text(every)} and is mended ${mended} in ${text(repair)}; what it served ${then}`;
}

function setupText({ time: law, offAfter }: SetupDescription): string {
  const when =
    offAfter === 0 ? 'as soon as nobody is there' : `${displayQuantity(offAfter, 'time')} after the last request`;
  return `a server switches off ${when}, and needs ${text(law)} to start again`;
}

function text(law: DistributionSpec): string {
  return `${displayQuantity(distribution(law).mean, 'time')}${law.kind === 'deterministic' ? '' : ` on average (${law.kind})`}`;
}
