/**
 * Faults, which read as a log: when (`at`, or again and again `every`), what, whom, how long (`for`); and zones, names for
 * things that fail together.
 */
import { z } from 'zod';
import type { BackupDescription, FaultDescription, FaultKind } from '../../models/description.ts';
import type { Context } from '../context.ts';
import type { Path } from '../problem.ts';
import { bandwidth, count, flag, named, number, reference, share, size, time, word } from './fields.ts';
import { meanOf, resolveTime, timeLaw } from './laws.ts';
import type { TimeLaw } from './laws.ts';

export const zonesSchema = named(
  z.array(reference('a service, a server (web.2), a director, a node of it (vip.a), or clients')).min(1),
  'names for things that are together: they fail together ({ rack1: [ web.1, web.2, vip.a ] }), and a link may lead from one zone to another',
);

export type ZonesSurface = z.infer<typeof zonesSchema>;

const single = [
  'crash',
  'restore',
  'hang',
  'slow',
  'drain',
  'stop',
  'refuse',
  'sick',
  'unplug',
  'kill9',
  'script',
] as const satisfies readonly FaultKind[];
const kinds = [...single, 'partition'] as const;
const server = 'a service (every server), a server (web.2), or a zone';
const target = 'a service (every server), a server (web.2), a director, a node of it (vip.a), or a zone';
const node = 'a node of a director (vip.a)';
const side = z.union([reference(target), z.array(reference(target)).min(1)]);

export const faultSchema = z
  .strictObject({
    at: time('when, from the start').optional(),
    every: timeLaw(
      'again and again: time from the end of one to the beginning of the next; a law for chance',
    ).optional(),
    crash: reference(`dies, with what is in progress: ${target}`).optional(),
    restore: reference(`comes back, and every other fault of it ends: ${target}`).optional(),
    hang: reference(`accepts and does not answer: ${target}`).optional(),
    slow: reference(`computes slower, by \`factor\`: ${server}`).optional(),
    drain: reference(`gets no new requests: ${server}`).optional(),
    stop: reference(`ends in order: ${target}`).optional(),
    refuse: reference(`listens no more, what is in progress goes on: ${server}`).optional(),
    sick: reference(`answers errors, at once or after \`answer\`: ${server}`).optional(),
    unplug: reference(`its cable is pulled: alive, and nobody reaches it: ${target}`).optional(),
    kill9: reference(`its VRRP process is killed, the node answers on: ${node}`).optional(),
    script: reference(`its tracked script fails (vrrp.track): ${node}`).optional(),
    partition: z
      .tuple([side, side])
      .optional()
      .meta({ description: `nothing passes between the two: [ web, db ]; each side ${target}, clients, or a list` }),
    for: timeLaw('ends by itself after this time; a law for chance').optional(),
    together: flag(
      'with `every`: the servers of a service fail at the same moments; each by itself by default',
    ).optional(),
    repairFrom: word(
      ['fault', 'takeover'],
      'with `every`: the repair of a node begins at once (default), or when another has taken over',
    ).optional(),
    crews: count('with `every`: targets that are mended at a time, first come first served; all by default').optional(),
    factor: number('slow: speed is multiplied by this, above 0 and below 1', 0, 1).optional(),
    share: share('sick: of its requests that get an error; all by default').optional(),
    answer: timeLaw('sick: time to the error; at once by default').optional(),
    cold: z
      .strictObject({
        factor: number('speed at first, above 0 and below 1', 0, 1),
        over: time('until it is full again', { positive: true }),
      })
      .optional()
      .meta({ description: 'crash, stop: it comes back with cold caches and warms up' }),
    backup: z
      .strictObject({
        every: time('from one backup to the next; the run begins with one', { positive: true }),
        size: size('of the data'),
        rate: bandwidth('at which it is restored'),
        begin: time('from the loss to the beginning of the restore; 0 by default').optional(),
        writes: z
          .array(reference('a request class'))
          .min(1)
          .optional()
          .meta({ description: 'request classes that write; all by default' }),
      })
      .optional()
      .meta({
        description:
          'crash: its data is lost and restored from the last backup, instead of `for`: { every: 15 min, size: 50 GB, rate: 2 Gbit/s }; gives RTO and RPO',
      }),
    mtbf: time('for availability over a year: mean time from one such fault to the next', {
      positive: true,
    }).optional(),
    mttr: time('for availability over a year: mean time to repair, where it is longer than `for`', {
      positive: true,
    }).optional(),
  })
  .check(({ value, issues }) => {
    const given = kinds.filter((kind) => value[kind] !== undefined);
    const problem = (message: string) => issues.push({ code: 'custom', message, input: value });
    if (given.length !== 1) {
      const rule = given.length === 0 ? 'says nothing that happens' : `says ${given.join(' and ')}`;
      problem(`${rule}\ngive one of ${kinds.join(', ')}: { at: 3 min, crash: web.1 }`);
    }
    if (value.at === undefined && value.every === undefined) {
      problem('says not when\n{ at: 3 min, crash: web.1 }, or { every: { exponential: 30 d }, crash: web, for: 2 h }');
    }
  })
  .meta({ description: 'something that happens at a time, or again and again' });

export type FaultSurface = z.infer<typeof faultSchema>;

export function resolveFault(
  surface: FaultSurface,
  index: number,
  zones: ZonesSurface,
  context: Context,
): FaultDescription {
  const path = ['faults', index];
  const kind = kinds.find((one) => surface[one] !== undefined) ?? 'crash';
  checkFields(surface, kind, index, context);
  const zoneOf = (name: string): readonly string[] => (Object.hasOwn(zones, name) ? zones[name] : [name]);
  const seconds = (key: 'at' | 'mtbf' | 'mttr'): number | undefined =>
    surface[key] === undefined ? undefined : context.quantity(surface[key], 'time', [...path, key]);
  const law = (key: 'every' | 'for' | 'answer') =>
    surface[key] === undefined ? undefined : resolveTime(surface[key], [...path, key], context);
  const sides = surface.partition?.map((one) => (typeof one === 'string' ? [one] : one));
  const name = kind === 'partition' ? (sides ?? []).map((one) => one.join(', ')).join(' from ') : (surface[kind] ?? '');
  const lasts = typeof surface.for === 'string' ? undefined : law('for');
  const backup = surface.backup === undefined ? null : resolveBackup(surface.backup, [...path, 'backup'], context);
  const given = typeof surface.for === 'string' ? context.quantity(surface.for, 'time', [...path, 'for']) : Infinity;
  const fixed = backup?.seconds ?? given;
  const every = law('every');
  const isZone = kind !== 'partition' && Object.hasOwn(zones, name);
  const { answer, cold, mtbf, mttr } = {
    answer: law('answer'),
    cold: surface.cold,
    mtbf: seconds('mtbf'),
    mttr: seconds('mttr'),
  };
  return {
    at: seconds('at') ?? 0,
    do: kind,
    target: name,
    ...(isZone ? { targets: zoneOf(name) } : {}),
    ...(sides === undefined ? {} : { sides: [sides[0].flatMap(zoneOf), sides[1].flatMap(zoneOf)] as const }),
    for: fixed,
    factor: surface.factor ?? 1,
    ...(surface.share === undefined ? {} : { share: context.quantity(surface.share, 'share', [...path, 'share']) }),
    ...(answer === undefined ? {} : { answer }),
    ...(lasts === undefined || every !== undefined ? {} : { lasts }),
    ...(every === undefined
      ? {}
      : {
          again: {
            every,
            for: lasts ?? { kind: 'deterministic', value: fixed < Infinity ? fixed : 0 },
            together: surface.together ?? (isZone || kind === 'partition'),
            repairFrom: surface.repairFrom ?? 'fault',
            ...(surface.crews === undefined ? {} : { crews: surface.crews }),
          },
        }),
    ...(cold === undefined
      ? {}
      : { cold: { factor: cold.factor, over: context.quantity(cold.over, 'time', [...path, 'cold', 'over']) } }),
    ...(backup === null ? {} : { backup: backup.description }),
    ...(mtbf === undefined ? {} : { mtbf }),
    ...(mttr === undefined ? {} : { mttr }),
  };
}

/** @returns what the models know, and the seconds of a restore: its beginning, and the data over its rate. */
function resolveBackup(
  { every, size: data, rate, begin, writes }: NonNullable<FaultSurface['backup']>,
  path: Path,
  context: Context,
): { readonly description: BackupDescription; readonly seconds: number } {
  const begins = begin === undefined ? 0 : context.quantity(begin, 'time', [...path, 'begin']);
  const bits = 8 * context.quantity(data, 'size', [...path, 'size']);
  return {
    description: { every: context.quantity(every, 'time', [...path, 'every']), writes: writes ?? [] },
    seconds: begins + bits / context.quantity(rate, 'bandwidth', [...path, 'rate']),
  };
}

/** Mean seconds that a fault lasts; Infinity = until it is restored. */
export function meanFaultSeconds(fault: FaultDescription): number {
  if (fault.again !== undefined) return meanOf(fault.again.for);
  return fault.lasts === undefined ? fault.for : meanOf(fault.lasts);
}

// ------------------------------------------------------------------------------------------------------------ helpers

function checkFields(surface: FaultSurface, kind: FaultKind, index: number, context: Context): void {
  const path = ['faults', index];
  const belongs = (key: keyof FaultSurface, to: readonly FaultKind[], example: string): void => {
    if (surface[key] !== undefined && !to.includes(kind)) {
      context.problem([...path, key], `belongs to \`${to.join('`, `')}\``, example);
    }
  };
  belongs('factor', ['slow'], '{ at: 1 min, slow: web.1, factor: 0.5, for: 30 s }');
  belongs('share', ['sick'], '{ at: 1 min, sick: web.1, share: 30 % }');
  belongs('answer', ['sick'], '{ at: 1 min, sick: web.1, answer: 5 ms }');
  belongs('cold', ['crash', 'stop'], '{ at: 1 min, crash: web.1, for: 30 s, cold: { factor: 0.5, over: 1 min } }');
  belongs('backup', ['crash'], '{ at: 5 min, crash: db, backup: { every: 1 min, size: 10 GB, rate: 2 Gbit/s } }');
  if (surface.backup !== undefined && surface.for !== undefined) {
    context.problem([...path, 'for'], 'does not go with backup', 'leave it out: the restore says how long it lasts');
  }
  const fraction = (value: number | undefined) => value !== undefined && value > 0 && value < 1;
  if (kind === 'slow' && !fraction(surface.factor)) {
    context.problem(
      [...path, 'factor'],
      'must be above 0 and below 1: the speed is multiplied by it',
      'for example factor: 0.5',
      surface.factor,
    );
  }
  if (surface.cold !== undefined && !fraction(surface.cold.factor)) {
    context.problem(
      [...path, 'cold', 'factor'],
      'must be above 0 and below 1',
      'for example factor: 0.5',
      surface.cold.factor,
    );
  }
  if (surface.for !== undefined && kind === 'restore') {
    context.problem([...path, 'for'], 'does not go with restore', 'leave it out');
  }
  if (surface.every !== undefined) {
    if (kind === 'restore') context.problem([...path, 'every'], 'does not go with restore', 'give the fault a `for`');
    else if (surface.for === undefined && surface.backup === undefined) {
      context.problem(path, 'comes again and again, but never ends', 'say how long: for: { exponential: 2 h }');
    }
    if (isZero(surface.every)) context.problem([...path, 'every'], 'must be more than 0', '', surface.every);
    return;
  }
  for (const key of ['together', 'repairFrom', 'crews'] as const) {
    if (surface[key] !== undefined) {
      context.problem([...path, key], 'belongs to faults that come again and again', 'give `every` instead of `at`');
    }
  }
}

function isZero(law: TimeLaw): boolean {
  return typeof law === 'string' && /^\s*0+(\.0+)?\s/.test(law);
}
