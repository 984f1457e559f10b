/**
 * The short sections: links, probes, time, prices.
 */
import { z } from 'zod';
import type { LinkDescription, ProbeDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import { METHODS } from '../scenario.ts';
import { count, bandwidth, flag, number, reference, time, word } from './fields.ts';
import type { ZonesSurface } from './faults.ts';
import { resolveTime, timeLaw } from './laws.ts';

const linked = 'clients, a director or a service; or zones, for every call from one to the other';

export const linkSchema = z
  .strictObject({
    between: z.tuple([reference(linked), reference(linked)]),
    latency: timeLaw('one way; 0 by default').optional(),
    bandwidth: bandwidth('each way; unlimited by default').optional(),
  })
  .meta({ description: 'a link between two things, both ways' });

export const probeSchema = z
  .strictObject({
    number: reference(
      'the number present at a service: its distribution over time, or with `at`, `falls` or `reaches` how it goes from the start',
    ).optional(),
    at: z.array(time('a moment')).min(1).max(1000).optional().meta({
      description:
        'moments at which the number is asked for: { number: web, at: [1 s, 10 s] }; averaged over runs from the start',
    }),
    falls: count('asks when the number first falls to this one: { number: web, falls: 8 }', 0).optional(),
    reaches: count('asks when the number first reaches this one: { number: web, reaches: 100 }').optional(),
    makespan: reference('asks when the last request of these clients ended: { makespan: users }').optional(),
    wait: reference('distribution of the wait for the workers of a service').optional(),
    up: reference('distribution over time of the workers up, of a service with breakdowns').optional(),
    'in-use': reference('distribution over time of the connections in use of a pool, app.db').optional(),
  })
  .check(({ value, issues }) => {
    const { at, falls, reaches, ...things } = value;
    const further = [at, falls, reaches].filter((one) => one !== undefined).length;
    if (Object.keys(things).length !== 1 || further > 1 || (further === 1 && value.number === undefined)) {
      issues.push({
        code: 'custom',
        message:
          'must say one thing to measure\n{ number: web }, { number: web, at: [1 s, 10 s] }, { number: web, falls: 0 }, { wait: web }, { up: web }, { in-use: app.db } or { makespan: users }',
        input: value,
      });
    }
  })
  .meta({ description: 'a tally that is not always on' });

export const timeSchema = z
  .strictObject({
    duration: time('simulated time of one run', { positive: true }).optional(),
    warmup: time('left out at the start').optional(),
    events: count('most events over all runs, a limit on what it costs; 20 million by default').optional(),
    method: word(
      METHODS,
      'where the intervals of a steady state come from: independent runs (default), or batches of one long run, which has one warm-up in all',
    ).optional(),
    stopWhenEmpty: flag('end when every client has finished and nothing is in progress').optional(),
  })
  .meta({ description: 'when a run ends; not needed unless something happens at a time' });

export const priceSchema = z
  .union([
    number('price of one server an hour'),
    z.string().regex(/^\s*\d+(\.\d+)?\s*\/\s*(h|hour|d|day|month)\s*$/, {
      error: 'must be a price such as "0.34/h"\nan amount for each h, day or month; without currency',
    }),
  ])
  .meta({ description: 'price of one server: 0.34/h, 8/day, 240/month', examples: ['0.34/h'] });

export function resolveLink(
  surface: z.infer<typeof linkSchema>,
  name: string,
  zones: ZonesSurface,
  context: Context,
): LinkDescription {
  const path = ['links', name];
  const within = (end: string): readonly string[] => (Object.hasOwn(zones, end) ? zones[end] : [end]);
  const [one, other] = surface.between.map(within);
  const zoned = surface.between.some((end) => Object.hasOwn(zones, end));
  const both = zoned ? one.find((member) => other.includes(member)) : undefined;
  if (both !== undefined && surface.between[0] !== surface.between[1]) {
    context.problem([...path, 'between'], `"${both}" is at both ends`, 'name zones that have nothing in common', both);
  }
  return {
    between: surface.between,
    ...(zoned ? { zones: [one, other] as const } : {}),
    latency:
      surface.latency === undefined
        ? { kind: 'deterministic', value: 0 }
        : resolveTime(surface.latency, [...path, 'latency'], context),
    bitsPerSecond: context.limit(surface.bandwidth, 'bandwidth', [...path, 'bandwidth']),
  };
}

export function resolveProbe(surface: z.infer<typeof probeSchema>, index: number, context: Context): ProbeDescription {
  const { number: of = '', at, falls, reaches } = surface;
  if (at !== undefined) {
    const times = at.map((one, k) => context.quantity(one, 'time', ['measure', index, 'at', k]));
    return { kind: 'states', of, at: [...new Set(times)].sort((a, b) => a - b) };
  }
  if (falls !== undefined) return { kind: 'falls', of, level: falls };
  if (reaches !== undefined) return { kind: 'reaches', of, level: reaches };
  if (surface.makespan !== undefined) return { kind: 'makespan', of: surface.makespan };
  if (surface.up !== undefined) return { kind: 'up', of: surface.up };
  if (surface.wait !== undefined) return { kind: 'wait', of: surface.wait };
  return surface['in-use'] === undefined ? { kind: 'number', of } : { kind: 'in-use', of: surface['in-use'] };
}

/** Price of an hour. */
export function resolvePrice(surface: z.infer<typeof priceSchema>): number {
  if (typeof surface === 'number') {
    return surface;
  }
  const [amount, unit] = surface.split('/').map((part) => part.trim());
  const hours = unit.startsWith('h') ? 1 : unit.startsWith('d') ? 24 : HOURS_A_MONTH;
  return Number(amount) / hours;
}

/** As cloud price lists count. */
const HOURS_A_MONTH = 730;
