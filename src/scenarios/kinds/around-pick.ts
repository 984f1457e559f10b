/**
 * What stands around a director's pick, in the products' own words: nginx (max_fails, fail_timeout, backup, down,
 * worker processes without zone, keepalive), HAProxy (backup, allbackups, slowstart, abortonclose), keepalived
 * (inhibit_on_failure), Envoy (outlier detection, panic threshold).
 */
import { z } from 'zod';
import type { DirectorDescription, MemberDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { breakerText } from './breakers.ts';
import { count, flag, share, time, word } from './fields.ts';

/** What members share, and each may say for itself. */
const memberDefaults = {
  maxFails: count(
    'failures after which a server is left out for failTimeout (nginx max_fails); 0 = never, the default',
    0,
  ).optional(),
  failTimeout: time(
    'whole seconds that it is left out, until one request probes it (nginx fail_timeout); 10 s by default',
  ).optional(),
  slowStart: time(
    'time in which a server that came up again gets its full share (HAProxy slowstart); at once by default',
  ).optional(),
};

export const memberFields = {
  ...memberDefaults,
  backup: flag('serves only when the others cannot, see backups').optional(),
  down: flag('never picked; hash rules keep it in their tables').optional(),
};

const outlierSchema = z
  .strictObject({
    consecutive: count('failures in a row that eject (consecutive_5xx)').optional(),
    interval: time('time between sweeps, at which hosts come back', { positive: true }).optional(),
    baseEjectionTime: time('first ejection; times the number of ejections', { positive: true }).optional(),
    maxEjectionTime: time('longest ejection', { positive: true }).optional(),
    maxEjectionPercent: share('hosts that may be out at once; one always may').optional(),
  })
  .meta({ description: 'ejects servers that fail (Envoy outlier detection); {} takes its defaults' });

export const aroundPickFields = {
  ...memberDefaults,
  backups: word(
    ['overflow', 'first', 'all'],
    'backups serve: overflow = when no other can take a request, full ones included (nginx, the default); first = one, when all others are down (HAProxy); all = all of them then (allbackups)',
  ).optional(),
  timeout: time(
    'a try at one server has failed after this (nginx proxy_read_timeout, HAProxy timeout server); never by default',
    { positive: true },
  ).optional(),
  clientAbort: word(
    ['close', 'keep'],
    'a client gives up: its place is free at once (close, the default), or when the server has answered (keep: HAProxy without abortonclose)',
  ).optional(),
  panic: share(
    'with fewer healthy servers than this all are used (Envoy panic threshold); never by default',
  ).optional(),
  outlier: outlierSchema.optional(),
  removal: word(
    ['remove', 'quiesce'],
    'a server that its check takes out: forgotten (remove, the default), or its persistent clients keep coming (quiesce: keepalived inhibit_on_failure)',
  ).optional(),
  processes: count(
    'worker processes that share nothing: each picks, counts failures and limits for itself (nginx without zone); 1 by default',
  ).optional(),
  keepalive: count(
    'idle connections to servers that each process keeps (nginx keepalive); connections opened are counted then',
    0,
  ).optional(),
};

type Surface = {
  readonly [Key in keyof typeof aroundPickFields]?: z.infer<(typeof aroundPickFields)[Key]>;
};
export type MemberSurface = {
  readonly [Key in keyof typeof memberFields]?: z.infer<(typeof memberFields)[Key]>;
};

const NGINX = 'nginx 1.22 upstream module: fail_timeout 10 s';
const ENVOY = 'Envoy 1.30 documentation, outlier detection';

/** The fields of one member, its own or its director's. */
export function resolveMember(
  own: MemberSurface,
  shared: Surface,
  path: Path,
  directorPath: Path,
  context: Context,
): Omit<MemberDescription, 'service' | 'server' | 'weight' | 'limit'> {
  const seconds = (key: 'failTimeout' | 'slowStart'): number | undefined => {
    if (own[key] !== undefined) return context.quantity(own[key], 'time', [...path, key]);
    return shared[key] === undefined ? undefined : context.quantity(shared[key], 'time', [...directorPath, key]);
  };
  const maxFails = own.maxFails ?? shared.maxFails ?? 0;
  const slowStart = seconds('slowStart') ?? 0;
  return {
    ...(own.backup === true ? { backup: true } : {}),
    ...(own.down === true ? { down: true } : {}),
    ...(maxFails > 0
      ? { maxFails, failTimeout: wholeSeconds(seconds('failTimeout') ?? 10, own, path, directorPath, context) }
      : {}),
    ...(slowStart > 0 ? { slowStart } : {}),
  };
}

/** The fields of the director itself. @param members as resolved. */
export function resolveAroundPick(
  surface: Surface,
  members: readonly MemberDescription[],
  path: Path,
  context: Context,
): Partial<DirectorDescription> {
  if (members.some(({ maxFails = 0 }) => maxFails > 0) && surface.failTimeout === undefined) {
    context.fallback([...path, 'failTimeout'], undefined, '10 s', {
      source: NGINX,
      text: 'a server that failed is left out for',
    });
  }
  if (members.length > 0 && members.every(({ backup = false }) => backup)) {
    context.problem(
      [...path, 'upstream'],
      'every server is a backup',
      'backups serve when the others cannot: one must be no backup',
    );
  }
  if (members.length > 0 && members.every(({ down = false }) => down)) {
    context.problem([...path, 'upstream'], 'every server is down', 'leave "down" out at one of them');
  }
  if (members.length === 1 && (members[0].maxFails ?? 0) > 0 && surface.maxFails !== undefined) {
    context.doubt([...path, 'maxFails'], 'a single server is never left out: maxFails changes nothing');
  }
  const { backups, clientAbort, removal, processes, keepalive, timeout, panic, outlier } = surface;
  return {
    ...(backups === undefined ? {} : { backups }),
    ...(clientAbort === undefined ? {} : { clientAbort }),
    ...(removal === undefined ? {} : { removal }),
    ...(processes === undefined || processes === 1 ? {} : { processes }),
    ...(keepalive === undefined ? {} : { keepalive }),
    ...(timeout === undefined ? {} : { tryTimeout: context.quantity(timeout, 'time', [...path, 'timeout']) }),
    ...(panic === undefined ? {} : { panic: context.quantity(panic, 'share', [...path, 'panic']) }),
    ...(outlier === undefined ? {} : { outlier: resolveOutlier(outlier, [...path, 'outlier'], context) }),
  };
}

function resolveOutlier(
  surface: NonNullable<Surface['outlier']>,
  path: Path,
  context: Context,
): DirectorDescription['outlier'] {
  const given = (key: 'interval' | 'baseEjectionTime' | 'maxEjectionTime', otherwise: string, text: string): number =>
    context.quantity(context.fallback([...path, key], surface[key], otherwise, { source: ENVOY, text }), 'time', [
      ...path,
      key,
    ]);
  const most = context.fallback([...path, 'maxEjectionPercent'], surface.maxEjectionPercent, '10 %', {
    source: ENVOY,
    text: 'hosts that may be ejected at once',
  });
  return {
    consecutive: context.fallback([...path, 'consecutive'], surface.consecutive, 5, {
      source: ENVOY,
      text: 'failures in a row that eject',
    }),
    interval: given('interval', '10 s', 'sweeps that let ejected hosts come back'),
    baseEjectionTime: given('baseEjectionTime', '30 s', 'first ejection of a host'),
    maxEjectionTime: given('maxEjectionTime', '300 s', 'longest ejection'),
    maxEjectionPercent: 100 * context.quantity(most, 'share', [...path, 'maxEjectionPercent']),
  };
}

function wholeSeconds(seconds: number, own: MemberSurface, path: Path, directorPath: Path, context: Context): number {
  if (Number.isInteger(seconds)) return seconds;
  const at = [...(own.failTimeout === undefined ? directorPath : path), 'failTimeout'];
  context.problem(at, 'must be whole seconds', 'nginx counts whole seconds: 1 s, 2 s ...');
  return Math.ceil(seconds);
}

// --------------------------------------------------------------------------------------------------------- in words

/** What `explain` says of it. */
export function aroundPickFacts(director: DirectorDescription): string[] {
  const { members, backups = 'overflow', panic = 0, outlier, processes = 1, keepalive, tryTimeout } = director;
  const failing = members.find(({ maxFails = 0 }) => maxFails > 0);
  const starting = members.find(({ slowStart = 0 }) => slowStart > 0);
  const backup = members.filter((member) => member.backup === true).length;
  const when = backups === 'overflow' ? 'when no other server can take a request' : 'when all others are down';
  const who = backups === 'first' && backup > 1 ? 'one at a time' : '';
  return [
    ...(failing === undefined || members.length === 1
      ? []
      : [`a server is left out for ${failing.failTimeout} s after ${times(failing.maxFails!, 'failure')}`]),
    ...(backup === 0 ? [] : [`${times(backup, 'backup')} ${who} ${when}`.replace('  ', ' ')]),
    ...(starting === undefined ? [] : [`a server that came up again has its full share after ${starting.slowStart} s`]),
    ...(outlier === undefined ? [] : [`ejects a server after ${times(outlier.consecutive, 'failure')} in a row`]),
    ...(director.breaker === undefined ? [] : [breakerText(director.breaker)]),
    ...(panic === 0 ? [] : [`with fewer than ${100 * panic} % healthy all are used`]),
    ...(director.near === undefined ? [] : ["servers in the caller's zone first, others while none there can serve"]),
    ...(processes === 1 ? [] : [`${processes} worker processes that share nothing`]),
    ...(keepalive === undefined ? [] : [`keeps ${times(keepalive, 'idle connection')} to servers`]),
    ...(tryTimeout === undefined ? [] : [`a try fails after ${tryTimeout} s`]),
    ...(director.removal === 'quiesce' ? ['persistent clients stay with a server that is taken out'] : []),
  ];
}

function times(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
