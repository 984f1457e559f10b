/**
 * How a director notices that something is gone: health checks of its servers, VRRP or a plain takeover time between its
 * nodes.
 */
import { z } from 'zod';
import type {
  CheckDescription,
  DirectorDescription,
  TrackDescription,
  VrrpDescription,
} from '../../models/description.ts';
import type { Context } from '../context.ts';
import { withPreset } from '../presets.ts';
import type { Path } from '../problem.ts';
import { count, flag, share, time, text, word } from './fields.ts';
import { resolveTime } from './laws.ts';
import type { TimeLaw } from './laws.ts';

export const checkSchema = z
  .strictObject({
    preset: text(
      'a product whose defaults stand below: haproxy, keepalived-tcp, nginx-plus, envoy, kubernetes',
    ).optional(),
    every: time('interval (HAProxy inter, keepalived delay_loop, Kubernetes periodSeconds); needed without a preset', {
      positive: true,
    }).optional(),
    fast: time('interval while failures or successes are being counted (HAProxy fastinter)', {
      positive: true,
    }).optional(),
    down: time('interval while the server is down (HAProxy downinter)', { positive: true }).optional(),
    timeout: time('when a silent server counts as failed', { positive: true }).optional(),
    fall: count('failures in a row to mark down').optional(),
    rise: count('successes in a row to mark up').optional(),
    retries: count('keepalived: further tries before a server counts as down; stands for `fall`', 0).optional(),
    retryEvery: time('keepalived delay_before_retry: time from a failure to the next try', {
      positive: true,
    }).optional(),
    kind: word(
      ['http', 'tcp'],
      'http: a good answer (default); tcp: an accepted connection, which a hung server gives',
    ).optional(),
    schedule: word(
      ['delay', 'rate'],
      'interval from the end of a probe (default), or from its beginning (Kubernetes)',
    ).optional(),
    start: word(
      ['up', 'down'],
      'before the first checks; up by default, down for keepalived alpha and Kubernetes',
    ).optional(),
    errors: word(
      ['count', 'at once'],
      'an answer that is an error counts like other failures (default), or marks down at once (Envoy)',
    ).optional(),
    cost: time('processor time of the server that answering one probe takes; none by default').optional(),
    path: text('what is asked for; no effect').optional(),
  })
  .meta({ description: 'active health check of each server; none by default' });

export const vrrpSchema = z
  .strictObject({
    version: z.union([z.literal(2), z.literal(3)]).optional(),
    advert: time('advertisement interval; version 2: whole seconds', { positive: true }).optional(),
    preempt: flag('the better node takes over again when it comes back').optional(),
    preemptDelay: time('how long it waits before').optional(),
    track: z
      .strictObject({
        every: time('interval', { positive: true }).optional(),
        fall: count('failures in a row').optional(),
        rise: count('successes in a row').optional(),
        weight: z
          .int()
          .min(-253)
          .max(253)
          .refine((weight) => weight !== 0, {
            error: 'must not be 0\nleave it out: a node whose script fails gives up',
          })
          .optional()
          .meta({
            description:
              'added to the priority: below 0 while the script fails, above 0 while it succeeds; without it a failing node gives up',
          }),
      })
      .optional()
      .meta({ description: 'a script on each node (keepalived vrrp_script); the fault `script` makes it fail' }),
    arp: z
      .strictObject({
        loss: share('probability that a gratuitous ARP is lost'),
        packets: count('of one burst').optional(),
        delay: time('until the second burst').optional(),
      })
      .optional()
      .meta({ description: 'gratuitous ARP after a takeover, where it may get lost' }),
  })
  .meta({ description: 'how the backup notices: VRRP (keepalived)' });

type CheckSurface = z.infer<typeof checkSchema>;
type VrrpSurface = z.infer<typeof vrrpSchema>;

export function resolveCheck(written: CheckSurface, path: Path, context: Context): CheckDescription {
  const surface = withPreset(written, 'check', path, context);
  if (surface.every === undefined) {
    context.problem(path, 'needs `every` or a preset', 'every: 2 s, or preset: haproxy');
  }
  const seconds = (key: 'every' | 'fast' | 'down' | 'retryEvery'): number | undefined =>
    surface[key] === undefined ? undefined : context.quantity(surface[key], 'time', [...path, key]);
  const { retries } = surface;
  if (retries !== undefined && surface.fall !== undefined) {
    context.problem([...path, 'retries'], 'says the same as `fall`', 'give one of them: retries 2 is fall 3');
  }
  if (surface.retryEvery !== undefined && surface.fast !== undefined) {
    context.problem([...path, 'retryEvery'], 'says the same as `fast`', 'give one of them');
  }
  const source = 'HAProxy 2.6 configuration manual: fall 3, rise 2, the timeout is the interval';
  const keepalived = retries !== undefined || surface.retryEvery !== undefined;
  const interval = surface.every ?? '1 s'; // a problem then, see above
  const timeout = context.fallback([...path, 'timeout'], surface.timeout, interval, {
    source,
    text: 'a silent server counts as failed after',
  });
  const fall = retries === undefined ? surface.fall : retries + 1;
  const rise = surface.rise ?? (keepalived ? 1 : undefined);
  const [fast, retryEvery, down] = [seconds('fast'), seconds('retryEvery'), seconds('down')];
  const failing = fast ?? retryEvery;
  const every = context.quantity(interval, 'time', [...path, 'every']);
  const timeoutSeconds = context.quantity(timeout, 'time', [...path, 'timeout']);
  if (surface.schedule === 'rate' && timeoutSeconds > every) {
    context.problem(
      [...path, 'timeout'],
      'must not be longer than `every` where probes begin at fixed times',
      '',
      timeout,
    );
  }
  return {
    every,
    timeout: timeoutSeconds,
    fall: context.fallback([...path, 'fall'], fall, 3, { source, text: 'failures in a row to mark a server down' }),
    rise: context.fallback([...path, 'rise'], rise, 2, { source, text: 'successes in a row to mark it up' }),
    ...(failing === undefined ? {} : { failing }),
    ...(fast === undefined ? {} : { rising: fast }),
    ...(down === undefined ? {} : { down }),
    ...(surface.kind === undefined ? {} : { kind: surface.kind }),
    ...(surface.schedule === undefined ? {} : { schedule: surface.schedule }),
    ...(surface.start === 'down' ? { startsDown: true } : {}),
    ...(surface.errors === 'at once' ? { errorsAtOnce: true } : {}),
    ...(surface.cost === undefined ? {} : { cost: context.quantity(surface.cost, 'time', [...path, 'cost']) }),
  };
}

export interface PairSurface {
  readonly nodes?: Readonly<Record<string, { readonly priority: number }>>;
  readonly vrrp?: VrrpSurface;
  readonly takeover?: TimeLaw;
  readonly sync?: boolean;
}

export function resolvePair(
  { nodes, vrrp, takeover, sync }: PairSurface,
  path: Path,
  context: Context,
): Pick<DirectorDescription, 'nodes' | 'vrrp' | 'takeover' | 'sync'> {
  const list = Object.entries(nodes ?? {}).map(([name, { priority }]) => ({ name, priority }));
  const copied = sync === true ? { sync } : {};
  if (list.length <= 1) {
    for (const [key, value] of Object.entries({ vrrp, takeover, sync })) {
      if (value !== undefined) {
        context.problem([...path, key], 'needs two nodes', 'nodes: { a: { priority: 100 }, b: { priority: 99 } }');
      }
    }
    return { nodes: list.length === 1 ? list : [{ name: '1', priority: 100 }] };
  }
  if (takeover !== undefined) {
    if (vrrp !== undefined) {
      context.problem([...path, 'takeover'], 'says the same as `vrrp`', 'give one of them');
    }
    return { nodes: list, takeover: resolveTime(takeover, [...path, 'takeover'], context), ...copied };
  }
  return { nodes: list, vrrp: resolveVrrp(vrrp, [...path, 'vrrp'], context), ...copied };
}

// ------------------------------------------------------------------------------------------------------------ helpers

function resolveVrrp(vrrp: VrrpSurface | undefined, at: Path, context: Context): VrrpDescription {
  const source = 'keepalived 2.2 manual: advert_int 1 s, VRRP version 2, preemption on';
  const advert = context.fallback([...at, 'advert'], vrrp?.advert, '1 s', { source, text: 'VRRP advertisements' });
  const version = context.fallback([...at, 'version'], vrrp?.version, 2, { source, text: 'VRRP version' });
  const seconds = context.quantity(advert, 'time', [...at, 'advert']);
  if (version === 2 && !Number.isInteger(seconds)) {
    context.problem([...at, 'advert'], 'is whole seconds in VRRP version 2', 'version: 3 takes fractions', advert);
  }
  return {
    version,
    advert: seconds,
    preempt: context.fallback([...at, 'preempt'], vrrp?.preempt, true, {
      source,
      text: 'the better node takes over again',
    }),
    preemptDelay:
      vrrp?.preemptDelay === undefined ? 0 : context.quantity(vrrp.preemptDelay, 'time', [...at, 'preemptDelay']),
    ...(vrrp?.track === undefined ? {} : { track: resolveTrack(vrrp.track, [...at, 'track'], context) }),
    ...(vrrp?.arp === undefined ? {} : { arp: resolveArp(vrrp.arp, [...at, 'arp'], context) }),
  };
}

function resolveTrack(
  { every, fall, rise, weight }: NonNullable<VrrpSurface['track']>,
  path: Path,
  context: Context,
): TrackDescription {
  const source = 'keepalived 2.2 manual: vrrp_script interval 1 s, rise 1, fall 1';
  const interval = context.fallback([...path, 'every'], every, '1 s', { source, text: 'tracked script runs every' });
  return {
    every: context.quantity(interval, 'time', [...path, 'every']),
    fall: context.fallback([...path, 'fall'], fall, 1, { source, text: 'script failures in a row' }),
    rise: context.fallback([...path, 'rise'], rise, 1, { source, text: 'script successes in a row' }),
    ...(weight === undefined ? {} : { weight }),
  };
}

function resolveArp(
  { loss, packets, delay }: NonNullable<VrrpSurface['arp']>,
  path: Path,
  context: Context,
): NonNullable<VrrpDescription['arp']> {
  const source = 'keepalived 2.2 manual: garp_master_repeat 5, garp_master_delay 5 s';
  const second = context.fallback([...path, 'delay'], delay, '5 s', { source, text: 'second burst of gratuitous ARP' });
  return {
    loss: context.quantity(loss, 'share', [...path, 'loss']),
    packets: context.fallback([...path, 'packets'], packets, 5, { source, text: 'gratuitous ARP packets of a burst' }),
    delay: context.quantity(second, 'time', [...path, 'delay']),
  };
}
