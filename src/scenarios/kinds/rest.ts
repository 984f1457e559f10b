/**
 * The short sections: links, probes, time, prices.
 */
import { z } from 'zod';
import type { LinkDescription, ProbeDescription } from '../../models/description.ts';
import type { Context } from '../context.ts';
import { bandwidth, flag, number, reference, time } from './fields.ts';
import { resolveTime, timeLaw } from './laws.ts';

export const linkSchema = z
  .strictObject({
    between: z.tuple([reference('clients, a director or a service'), reference('clients, a director or a service')]),
    latency: timeLaw('one way; 0 by default').optional(),
    bandwidth: bandwidth('each way; unlimited by default').optional(),
  })
  .meta({ description: 'a link between two things, both ways' });

export const probeSchema = z
  .strictObject({
    number: reference('distribution over time of the number present at a service').optional(),
    wait: reference('distribution of the wait for the workers of a service').optional(),
    'in-use': reference('distribution over time of the connections in use of a pool, app.db').optional(),
  })
  .check(({ value, issues }) => {
    if (Object.keys(value).length !== 1) {
      issues.push({
        code: 'custom',
        message: 'must say one thing to measure\n{ number: web }, { wait: web } or { in-use: app.db }',
        input: value,
      });
    }
  })
  .meta({ description: 'a tally that is not always on' });

export const timeSchema = z
  .strictObject({
    duration: time('simulated time of one run', { positive: true }).optional(),
    warmup: time('left out at the start').optional(),
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

export function resolveLink(surface: z.infer<typeof linkSchema>, name: string, context: Context): LinkDescription {
  const path = ['links', name];
  return {
    between: surface.between,
    latency:
      surface.latency === undefined
        ? { kind: 'deterministic', value: 0 }
        : resolveTime(surface.latency, [...path, 'latency'], context),
    bitsPerSecond: context.limit(surface.bandwidth, 'bandwidth', [...path, 'bandwidth']),
  };
}

export function resolveProbe(surface: z.infer<typeof probeSchema>): ProbeDescription {
  const [kind, of] = Object.entries(surface)[0] as [ProbeDescription['kind'], string];
  return { kind, of };
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
