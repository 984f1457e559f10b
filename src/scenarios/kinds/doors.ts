/**
 * What decides at the door of a server who is served, besides the number of its workers: who is next, who is turned away,
 * workers that break, a server that sleeps.
 */
import { z } from 'zod';
import type {
  BreakdownsDescription,
  OrderDescription,
  ServiceDescription,
  SetupDescription,
  SheddingDescription,
} from '../../models/description.ts';
import { resumes } from '../../models/services/breakdown.ts';
import { distribution } from '../../sim/random/index.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import type { Path } from '../problem.ts';
import { displayQuantity } from '../units.ts';
import { count, countOrUnlimited, share, time, word } from './fields.ts';
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

const lines = ['fifo', 'lifo', 'random', 'priority'] as const;

export const orderSchema = z
  .union([
    word(lines, 'an order that never changes'),
    z.strictObject({
      adaptiveLifo: time('the last is served first while the one at the head has waited longer than this'),
    }),
    z.strictObject({
      controlledDelay: z.strictObject({
        target: time('wait that is no sign of a standing line; 5 ms by default', { positive: true }).optional(),
        interval: time('how long waits must be above it; 100 ms by default', { positive: true }).optional(),
        drop: word(
          ['late', 'spaced'],
          'then drops who waited over twice the target (default, folly), or one at a time, ever faster (RFC 8289)',
        ).optional(),
      }),
    }),
  ])
  .meta({
    description:
      'who is taken from the line first; fifo by default. Against overload: { adaptiveLifo: 100 ms }, or CoDel: { controlledDelay: { target: 5 ms, interval: 100 ms } }',
  });

export const shedSchema = z
  .strictObject({
    share: share('most that is turned away, at random; all by default').optional(),
    wait: time('turns away more and more while the mean wait in line is above this', { positive: true }).optional(),
    utilisation: share('turns away more and more while the busy share of the workers is above this').optional(),
    window: time('over which the wait or the utilisation is looked at; 100 ms by default', {
      positive: true,
    }).optional(),
    spare: count('priorities below this number are never turned away; none by default', 0).optional(),
  })
  .check(({ value, issues }) => {
    const { share: most, wait, utilisation } = value;
    const signs = [wait, utilisation].filter((one) => one !== undefined).length;
    if (signs > 1 || (signs === 0 && (most === undefined || value.window !== undefined))) {
      issues.push({
        code: 'custom',
        message:
          'must say when, or what share\n{ wait: 20 ms }, { utilisation: 90 % } or { share: 10 % }; with spare: 1 priority 0 is let in always',
        input: value,
      });
    }
  })
  .meta({
    description:
      'load shedding: requests turned away (rejected) before they stand in line: { wait: 20 ms, spare: 1 }, { share: 10 % }',
  });

interface DoorSurface {
  readonly order?: z.infer<typeof orderSchema>;
  readonly shed?: z.infer<typeof shedSchema>;
  readonly holds?: 'request' | 'compute';
  readonly breakdowns?: z.infer<typeof breakdownsSchema>;
  readonly setup?: z.infer<typeof setupSchema>;
}

type Doors = Pick<ServiceDescription, 'order' | 'shed' | 'breakdowns' | 'setup'>;

/** @param service what the rest of the surface says. */
export function resolveDoors(
  surface: DoorSurface,
  service: Pick<ServiceDescription, 'workers' | 'work' | 'sharing' | 'sharingLimit' | 'cores'>,
  path: Path,
  context: Context,
): Doors {
  const order = resolveOrder(surface.order ?? 'fifo', [...path, 'order'], context);
  for (const key of ['shed', 'breakdowns', 'setup'] as const) {
    if (surface[key] === undefined) continue;
    if (service.workers === Infinity) {
      context.problem([...path, key], 'needs a number of workers', 'give the service workers: 8');
      return { order };
    }
    if (surface.holds === 'compute') {
      const hint = 'leave out holds: compute; an event loop has no workers that are held for a request';
      context.problem([...path, key], 'cannot go with "holds: compute"', hint);
      return { order };
    }
  }
  if (surface.breakdowns !== undefined && surface.setup !== undefined) {
    context.problem([...path, 'setup'], 'cannot go with breakdowns', 'leave out one of the two');
    return { order };
  }
  return {
    order,
    ...(surface.shed === undefined ? {} : { shed: resolveShed(surface.shed, [...path, 'shed'], context) }),
    ...(surface.breakdowns === undefined
      ? {}
      : { breakdowns: resolveBreakdowns(surface.breakdowns, service, [...path, 'breakdowns'], context) }),
    ...(surface.setup === undefined ? {} : { setup: resolveSetup(surface.setup, [...path, 'setup'], context) }),
  };
}

/** For `explain`. */
export function doorFacts({ order, shed, breakdowns, setup, backlog = {} }: ServiceDescription): readonly string[] {
  const there = Object.values(backlog).reduce((sum, one) => sum + one, 0);
  return [
    ...(there === 0 ? [] : [`${there} requests are there already when the run begins`]),
    ...(typeof order === 'string' ? [] : [orderText(order)]),
    ...(shed === undefined ? [] : [shedText(shed)]),
    ...(breakdowns === undefined ? [] : [breakdownText(breakdowns)]),
    ...(setup === undefined ? [] : [setupText(setup)]),
  ];
}

// ------------------------------------------------------------------------------------------------------------ helpers

function resolveOrder(surface: z.infer<typeof orderSchema>, path: Path, context: Context): OrderDescription {
  if (typeof surface === 'string') return surface;
  if ('adaptiveLifo' in surface) {
    return { kind: 'adaptive-lifo', after: context.quantity(surface.adaptiveLifo, 'time', [...path, 'adaptiveLifo']) };
  }
  const at = [...path, 'controlledDelay'];
  const { target, interval, drop = 'late' } = surface.controlledDelay;
  const seconds = (key: 'target' | 'interval', given: string | undefined, fallback: string): number =>
    context.quantity(
      context.fallback([...at, key], given, fallback, {
        source: 'Maurer, Fail at Scale, ACM Queue 13 (2015)',
        text:
          key === 'target' ? 'a wait that is no sign of a standing line' : 'how long waits must be above the target',
      }),
      'time',
      [...at, key],
    );
  return {
    kind: 'controlled-delay',
    target: seconds('target', target, '5 ms'),
    interval: seconds('interval', interval, '100 ms'),
    drop,
  };
}

function resolveShed(surface: z.infer<typeof shedSchema>, path: Path, context: Context): SheddingDescription {
  const { share: most, wait, utilisation, window, spare = 0 } = surface;
  const quantity = (key: 'share' | 'utilisation', given: string): number => {
    const found = context.quantity(given, 'share', [...path, key]);
    if (!(found > 0 && found <= 1)) context.problem([...path, key], 'must be above 0 and at most 100 %', '', given);
    return found;
  };
  const limits = { share: most === undefined ? 1 : quantity('share', most), spare };
  if (wait === undefined && utilisation === undefined) return { ...limits, sign: 'always' };
  const length = context.fallback([...path, 'window'], window, '100 ms', {
    text: 'over which a server looks at itself before it turns requests away',
  });
  const seconds = context.quantity(length, 'time', [...path, 'window']);
  return wait === undefined
    ? { ...limits, sign: 'utilisation', above: quantity('utilisation', utilisation!), window: seconds }
    : { ...limits, sign: 'wait', above: context.quantity(wait, 'time', [...path, 'wait']), window: seconds };
}

function orderText(order: Exclude<OrderDescription, string>): string {
  if (order.kind === 'adaptive-lifo') {
    return `who came last is served first while the first in line has waited over ${displayQuantity(order.after, 'time')}`;
  }
  const { target, interval, drop } = order;
  const whom =
    drop === 'late'
      ? `whoever has waited over ${displayQuantity(2 * target, 'time')} is dropped`
      : 'one after the other is dropped';
  return `once waits stay above ${displayQuantity(target, 'time')} for ${displayQuantity(interval, 'time')}, ${whom}`;
}

function shedText(shed: SheddingDescription): string {
  const most = `${Number((100 * shed.share).toPrecision(3))} %`;
  const spared = shed.spare === 0 ? '' : `, but none of a priority below ${shed.spare}`;
  if (shed.sign === 'always') return `turns away ${most} of all requests${spared}`;
  const sign =
    shed.sign === 'wait'
      ? `waits are over ${displayQuantity(shed.above, 'time')}`
      : `workers are busy over ${Number((100 * shed.above).toPrecision(3))} %`;
  return `turns away more and more, ${most} at most, while ${sign} on average over ${displayQuantity(shed.window, 'time')}${spared}`;
}

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
