/**
 * Sessions that servers keep, and the bounded heap they fill.
 */
import { z } from 'zod';
import type { HeapDescription, ServiceDescription, SessionsDescription, Step } from '../../models/description.ts';
import { distribution } from '../../sim/random/index.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { parseQuantity } from '../units.ts';
import { count, share, size, time, word } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

export const sessionsSchema = z
  .strictObject({
    keep: word(
      ['own', 'replicated', 'central'],
      'who holds a session: the server that made it, every server of the service (all-to-all), or a store elsewhere',
    ).optional(),
    per: word(['user', 'request'], 'one session a user (default), or a new one for every request').optional(),
    lifetime: time('how long a session lives after its last use; 30 min by default', { positive: true }).optional(),
    replication: z
      .union([share('of the processor time of a request'), timeLaw('processor time')])
      .optional()
      .meta({
        description: 'what a new session costs each peer: a share of a request, or processor time; 0 by default',
      }),
    access: timeLaw('how long a request waits for a central store; 1 ms by default').optional(),
  })
  .meta({ description: 'sessions that outlive requests: { keep: replicated, per: request, lifetime: 30 min }' });

export const heapSchema = z
  .strictObject({
    size: z
      .union([count('sessions it has room for'), size('memory for sessions')])
      .meta({ description: 'room for so many sessions, or memory: 5000, or 512 MB' }),
    session: size('memory of one session, where the size is memory').optional(),
    gc: z
      .array(z.strictObject({ full: share('how full the heap is'), speed: share('speed that is left') }))
      .min(1)
      .optional()
      .meta({
        description:
          'what garbage collection leaves of the speed: linear between these points; by default 100 % up to 85 % full, 1 % when full',
      }),
  })
  .meta({ description: 'bounded memory of a server, and what its garbage collection costs' });

export type SessionsSurface = z.infer<typeof sessionsSchema>;
export type HeapSurface = z.infer<typeof heapSchema>;

export interface ResolvedSessions {
  /** null where the servers hold none. */
  readonly sessions: SessionsDescription | null;
  readonly heap: HeapDescription | null;
  /** Steps before all others of a request. */
  readonly before: readonly Step[];
}

/** @param work of the service, to take shares of. */
export function resolveSessions(
  surface: SessionsSurface | undefined,
  heapSurface: HeapSurface | undefined,
  work: ServiceDescription['work'],
  path: Path,
  context: Context,
): ResolvedSessions {
  const heap = heapSurface === undefined ? null : resolveHeap(heapSurface, [...path, 'heap'], context);
  if (surface === undefined) {
    if (heap !== null) {
      context.problem([...path, 'heap'], 'nothing fills it', 'say what stays: sessions: { keep: own, per: user }');
    }
    return { sessions: null, heap: null, before: [] };
  }
  const at = [...path, 'sessions'];
  const keep = surface.keep ?? 'own';
  for (const [key, wanted] of [
    ['replication', 'replicated'],
    ['access', 'central'],
  ] as const) {
    if (surface[key] !== undefined && keep !== wanted) {
      context.problem([...at, key], `belongs to "keep: ${wanted}"`, `leave it out, or keep: ${wanted}`);
    }
  }
  if (keep === 'central') {
    const told = { text: 'one access of a central session store a request', shown: '1 ms' };
    const access = context.fallback([...at, 'access'], surface.access, '1 ms', told);
    return {
      sessions: null,
      heap: null,
      before: [{ do: 'wait', time: resolveTime(access, [...at, 'access'], context) }],
    };
  }
  const lifetime = context.fallback([...at, 'lifetime'], surface.lifetime, '30 min', {
    source: 'Tomcat: session-timeout 30 (minutes) in conf/web.xml',
    text: 'how long a session lives after its last use',
  });
  const replication = resolveReplication(surface.replication, work, [...at, 'replication'], context);
  return {
    sessions: {
      keep,
      per: surface.per ?? 'user',
      lifetime: context.quantity(lifetime, 'time', [...at, 'lifetime']),
      ...(replication === null ? {} : { replication }),
    },
    heap,
    before: [],
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Where the fill of a heap begins to hurt, and what is left when it is full. */
const PLAIN_GC: HeapDescription['gc'] = [
  { full: 0.85, speed: 1 },
  { full: 1, speed: 0.01 },
];

function resolveHeap(surface: HeapSurface, path: Path, context: Context): HeapDescription {
  const gc = surface.gc?.map(({ full, speed }, i) => ({
    full: context.quantity(full, 'share', [...path, 'gc', i, 'full']),
    speed: context.quantity(speed, 'share', [...path, 'gc', i, 'speed']),
  }));
  gc?.forEach(({ full, speed }, i) => {
    if (i > 0 && full <= gc[i - 1].full)
      context.problem([...path, 'gc', i, 'full'], 'must rise from point to point', '');
    if (full > 1) context.problem([...path, 'gc', i, 'full'], 'must be at most 100 %', '');
    if (speed <= 0 || speed > 1) {
      context.problem([...path, 'gc', i, 'speed'], 'must be above 0 and at most 100 %', '1 % is as good as stopped');
    }
  });
  if (gc === undefined) {
    context.assume(
      [...path, 'gc'],
      'default',
      '',
      'windtunnel default',
      'garbage collection takes nothing up to 85 % full, and leaves 1 % of the speed when full',
    );
  }
  return { size: roomFor(surface, path, context), gc: gc ?? PLAIN_GC };
}

/** Sessions. */
function roomFor({ size: given, session }: HeapSurface, path: Path, context: Context): number {
  if (typeof given === 'number') {
    if (session !== undefined) {
      context.problem([...path, 'session'], 'belongs to a size in bytes', 'leave it out: the size counts sessions');
    }
    return given;
  }
  if (session === undefined) {
    context.problem(
      [...path, 'session'],
      'is missing: how large is a session?',
      'for example session: 100 kB; or give the size in sessions',
    );
    return 1;
  }
  const room = Math.floor(
    context.quantity(given, 'size', [...path, 'size']) / context.quantity(session, 'size', [...path, 'session']),
  );
  if (!(room >= 1)) context.problem([...path, 'size'], 'has no room for one session', 'make it larger', given);
  return Math.max(1, room);
}

function resolveReplication(
  given: SessionsSurface['replication'],
  work: ServiceDescription['work'],
  path: Path,
  context: Context,
): SessionsDescription['replication'] | null {
  if (given === undefined) return null;
  if (typeof given !== 'string' || !parseQuantity(given, 'share').ok) return resolveTime(given, path, context);
  const part = context.quantity(given, 'share', path);
  const [steps = []] = Object.values(work);
  const mean = steps.reduce(
    (sum, step) => sum + (step.do === 'compute' && step.time.kind !== 'demand' ? distribution(step.time).mean : 0),
    0,
  );
  return part * mean > 0 ? { kind: 'deterministic', value: part * mean } : null;
}
