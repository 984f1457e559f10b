/**
 * A director: spreads connections over its upstream; mode, scheduler, limits, health checks, an active/backup pair.
 */
import { z } from 'zod';
import type { DirectorDescription, MemberDescription, ServiceDescription } from '../../models/description.ts';
import { schedulerNames, schedulers } from '../../models/directors/schedulers/index.ts';
import type { Context } from '../context.ts';
import { unlimited } from '../context.ts';
import { withPreset } from '../presets.ts';
import type { Path } from '../problem.ts';
import { isServer, serversText } from '../servers.ts';
import { hintFor } from '../suggest.ts';
import { aroundPickFields, memberFields, resolveAroundPick, resolveMember } from './around-pick.ts';
import type { MemberSurface } from './around-pick.ts';
import { breakerSchema, resolveBreaker } from './breakers.ts';
import { directorRetrySchema, resolveRetry } from './calls.ts';
import { countOrUnlimited, flag, named, number, reference, text, time, word } from './fields.ts';
import type { ZonesSurface } from './faults.ts';
import { resolveTime, timeLaw } from './laws.ts';
import { checkSchema, resolveCheck, resolvePair, vrrpSchema } from './failover.ts';
import { network, resolveNetwork } from './network.ts';
import { resolveTables, tables } from './tables.ts';
import { resolveTls, tlsSchema } from './tls.ts';

const modes = ['nat', 'dr', 'tun', 'fullnat', 'proxy', 'client-side'] as const;

const member = z.union([
  number('relative weight; 0 takes nothing new'),
  z.strictObject({
    weight: number('relative weight; 0 takes nothing new, 1 by default').optional(),
    limit: countOrUnlimited('most requests in progress at each of its servers through this director').optional(),
    ...memberFields,
  }),
]);

export const directorSchema = z
  .strictObject({
    preset: text('a product whose defaults stand below: nginx, haproxy, envoy, lvs ...').optional(),
    mode: word(modes, 'how packets pass: nat, dr, tun, fullnat, proxy, or client-side (clients choose)').optional(),
    scheduler: z
      .union([text('its id'), z.record(z.string(), z.record(z.string(), z.unknown()))])
      .optional()
      .meta({
        description:
          'the rule that picks a server: lvs/wlc, nginx/least_conn ... (windtunnel list --schedulers has them all); with options as { nginx/hash: { consistent: true } }',
        examples: [...schedulerNames],
      }),
    upstream: z
      .union([
        reference('a service'),
        z.array(reference('a service or one server')).min(1),
        z.record(z.string(), member),
      ])
      .meta({
        description:
          'what it spreads over: a service, a list, or a map with weights: { web.1: 3, web.2: { weight: 2, limit: 100 } }',
      }),
    limit: countOrUnlimited('most requests in progress at each member through this director').optional(),
    persistence: time(
      'how long a source address stays on its server, from the start of its last connection, and by minutes more while connections are left (IPVS); 0 by default',
    ).optional(),
    workers: countOrUnlimited('exchanges at once (proxy); unlimited by default').optional(),
    queue: countOrUnlimited('accept queue before the workers; unlimited by default', 0).optional(),
    full: word(['refuse', 'drop'], 'a full accept queue refuses (default), or drops the SYN').optional(),
    cores: countOrUnlimited('processor cores of a node').optional(),
    relay: timeLaw('time of the director for each exchange').optional(),
    packetCost: time('processor time of the director for each packet').optional(),
    network: network.optional(),
    retry: directorRetrySchema.optional(),
    breaker: breakerSchema.optional(),
    tls: tlsSchema.optional(),
    ...aroundPickFields,
    whenFull: z
      .union([
        z.enum(['refuse', 'pick']),
        z.strictObject({
          wait: z.strictObject({
            room: countOrUnlimited('requests that may wait', 0).optional(),
            roomEach: countOrUnlimited(
              'requests that may wait for one server, where the scheduler ties them to it (HAProxy maxqueue)',
              0,
            ).optional(),
            patience: time('longest wait').optional(),
          }),
        }),
      ])
      .optional()
      .meta({
        description:
          'members at their limit are left out; when all are: refuse (default), or { wait: { room, patience } } in one line. pick: full members are picked too, and refuse (Mycat)',
      }),
    check: checkSchema.optional(),
    nodes: named(
      z.strictObject({
        priority: z.int().min(1).max(254).meta({ description: 'VRRP priority, 1 to 254; the highest is active' }),
      }),
      'nodes of an active/backup pair',
    ).optional(),
    vrrp: vrrpSchema.optional(),
    takeover: timeLaw(
      'hot standby without VRRP: time until another node has the address, detection and switch together',
    ).optional(),
    sync: flag(
      'connection tables are copied to the other nodes (LVS sync daemon): a takeover keeps connections',
    ).optional(),
    tables: tables.optional(),
    linger: time('how long a closed connection stays as inactive; steers lvs/lc and lvs/wlc').optional(),
    prefer: word(
      ['zone', 'none'],
      'zone: servers in the zone of whoever calls, as `zones` has it (of the node with the address, where that is in one); all others while none there can serve (Kubernetes PreferClose; HAProxy: the other zone as backup); none by default',
    ).optional(),
  })
  .meta({ description: 'spreads connections over servers' });

export type DirectorSurface = z.infer<typeof directorSchema>;

export function resolveDirector(
  surface: DirectorSurface,
  name: string,
  {
    services,
    zones,
  }: { readonly services: Readonly<Record<string, ServiceDescription>>; readonly zones: ZonesSurface },
  context: Context,
): DirectorDescription {
  const path = ['directors', name];
  const full = withPreset(surface, 'director', path, context);
  const mode = context.fallback([...path, 'mode'], full.mode, 'proxy', {
    text: `${name} relays requests and responses`,
  });
  const members = resolveMembers(full, path, services, context);
  if (full.breaker !== undefined && mode !== 'proxy') {
    context.problem([...path, 'breaker'], `is for a proxy, not for mode ${mode}`, 'give it to the calls instead');
  }
  if (full.tls !== undefined && mode !== 'proxy') {
    context.problem([...path, 'tls'], `ends at the servers in mode ${mode}`, 'give it to the service instead');
  }
  const retry =
    full.retry === undefined
      ? undefined
      : resolveRetry(full.retry, [...path, 'retry'], context, Math.max(0, members.length - 1));
  return {
    mode,
    scheduler: resolveScheduler(full.scheduler, mode, path, context),
    members,
    persistence:
      full.persistence === undefined ? 0 : context.quantity(full.persistence, 'time', [...path, 'persistence']),
    workers: unlimited(full.workers ?? 'unlimited'),
    queue: unlimited(full.queue ?? 'unlimited'),
    full: full.full ?? 'refuse',
    cores: unlimited(full.cores ?? 'unlimited'),
    ...(full.relay === undefined ? {} : { relay: resolveTime(full.relay, [...path, 'relay'], context) }),
    packetCost: full.packetCost === undefined ? 0 : context.quantity(full.packetCost, 'time', [...path, 'packetCost']),
    ...resolveNetwork(full.network, [...path, 'network'], context),
    ...(retry === undefined ? {} : { retry }),
    ...(full.breaker === undefined ? {} : { breaker: resolveBreaker(full.breaker, [...path, 'breaker'], context) }),
    ...resolveTls(full.tls, [...path, 'tls'], context),
    ...resolveAroundPick(full, members, path, context),
    whenFull: resolveWhenFull(full.whenFull, [...path, 'whenFull'], context),
    ...(full.check === undefined ? {} : { check: resolveCheck(full.check, [...path, 'check'], context) }),
    ...resolvePair(full, path, context),
    tables: resolveTables(full.tables, [...path, 'tables'], context),
    linger: full.linger === undefined ? 0 : context.quantity(full.linger, 'time', [...path, 'linger']),
    ...(full.prefer !== 'zone' ? {} : { near: resolveNear(full, members, zones, [...path, 'prefer'], context) }),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** The zones that a director prefers servers by. */
function resolveNear(
  { processes = 1 }: DirectorSurface,
  members: readonly MemberDescription[],
  zones: ZonesSurface,
  path: Path,
  context: Context,
): DirectorDescription['near'] {
  const all = Object.values(zones);
  const held = members.filter(({ service, server }) =>
    all.some((zone) => zone.includes(service) || zone.includes(`${service}.${server + 1}`)),
  );
  if (all.length === 0) {
    context.problem(path, 'there are no zones', 'zones: { az1: [ web.1 ], az2: [ web.2 ] }', 'zone');
  } else if (members.length > 0 && held.length === 0) {
    context.doubt(path, 'none of its servers is in a zone: none is nearer than another');
  }
  if (members.some(({ backup = false }) => backup)) {
    context.problem(path, 'does not go with backup servers', 'those of other zones are the backups then', 'zone');
  }
  if (processes > 1) {
    context.problem(path, 'does not go with processes', 'there is one director in each zone then', 'zone');
  }
  return all;
}

function resolveScheduler(
  surface: DirectorSurface['scheduler'],
  mode: DirectorDescription['mode'],
  path: Path,
  context: Context,
): DirectorDescription['scheduler'] {
  const at = [...path, 'scheduler'];
  const usual = mode === 'proxy' ? 'nginx/rr' : mode === 'client-side' ? 'random' : 'lvs/rr';
  const given = context.fallback(at, surface, usual, { text: 'each server in turn' });
  const [id, options] = typeof given === 'string' ? [given, {}] : (Object.entries(given)[0] ?? ['', {}]);
  const kind = schedulers.get(id);
  if (kind === undefined) {
    context.problem(
      at,
      `unknown scheduler "${id}"; known: ${schedulerNames.join(', ')}`,
      hintFor(id, schedulerNames),
      id,
    );
    return { id: usual, options: {} };
  }
  const read = kind.options.safeParse(options);
  if (!read.success) {
    for (const issue of read.error.issues) {
      context.problem(
        [...at, id, ...(issue.path as (string | number)[])],
        `option of ${kind.name}: ${issue.message}`,
        kind.summary,
      );
    }
  }
  return { id: kind.name, options };
}

interface MemberOptions extends MemberSurface {
  readonly weight?: number;
  readonly limit?: number | 'unlimited';
}

function resolveMembers(
  surface: DirectorSurface,
  path: Path,
  services: Readonly<Record<string, ServiceDescription>>,
  context: Context,
): readonly MemberDescription[] {
  const { upstream, limit } = surface;
  const at = [...path, 'upstream'];
  const entries =
    typeof upstream === 'string'
      ? [{ name: upstream, options: {}, at: at as Path }]
      : Array.isArray(upstream)
        ? upstream.map((name, i) => ({ name, options: {}, at: [...at, i] }))
        : Object.entries(upstream).map(([name, options]) => ({
            name,
            options: typeof options === 'number' ? { weight: options } : options,
            at: [...at, name],
          }));
  if (entries.length === 0) {
    context.problem(at, 'is empty', 'name a service');
  }
  const members = entries.flatMap(({ name, options, at: place }) => {
    const { weight = 1, limit: own = limit ?? 'unlimited', ...around }: MemberOptions = options;
    return serversOf(name, place, services, context).map(({ service, server }) => ({
      service,
      server,
      weight,
      limit: unlimited(own),
      ...resolveMember(around, surface, place, path, context),
      place,
    }));
  });
  const seen = new Set<string>();
  for (const { service, server, place } of members) {
    if (seen.has(`${service}.${server}`)) {
      context.problem(place, `${service}.${server + 1} stands twice in this upstream`, 'name each server once');
    }
    seen.add(`${service}.${server}`);
  }
  if (members.length > 0 && members.every(({ weight }) => weight === 0)) {
    context.problem(at, 'every weight is 0', 'weight 0 quiesces a server: it gets no new connections');
  }
  return members.map(({ place: _, ...one }) => one);
}

function serversOf(
  name: string,
  path: Path,
  services: Readonly<Record<string, ServiceDescription>>,
  context: Context,
): readonly { service: string; server: number }[] {
  const [service, index] = name.split('.');
  const found = Object.hasOwn(services, service) ? services[service] : undefined;
  if (context.isBroken(service)) {
    return [];
  }
  if (found === undefined) {
    context.problem(path, `there is no service "${service}"`, hintFor(service, Object.keys(services)), name);
    return [];
  }
  if (index === undefined) {
    return found.speeds.map((_, server) => ({ service, server }));
  }
  if (!isServer(index, found.count)) {
    context.problem(path, `there is no server "${name}"`, serversText(service, found.count), name);
    return [];
  }
  return [{ service, server: Number(index) - 1 }];
}

function resolveWhenFull(
  surface: DirectorSurface['whenFull'],
  path: Path,
  context: Context,
): DirectorDescription['whenFull'] {
  if (surface === undefined || typeof surface === 'string') {
    return { do: surface ?? 'refuse' };
  }
  const { room, roomEach, patience } = surface.wait;
  return {
    do: 'wait',
    room: unlimited(room ?? 'unlimited'),
    ...(roomEach === undefined ? {} : { roomEach: unlimited(roomEach) }),
    patience: context.limit(patience, 'time', [...path, 'wait', 'patience']),
  };
}
