/**
 * Laws of times as reference cases and exact models give them (`windtunnel-theory/1`). One law may be written in several
 * ways (by its mean, its rate, its moments); read, it has one. Moments beside what decides are for the reader.
 */
import { z } from 'zod';
import { ln } from '../../sim/random/elementary.ts';
import type { DistributionSpec } from '../../sim/random/index.ts';

const positive = z.number().positive();
const atLeastZero = z.number().min(0);
const whole = z.int().min(1);
const share = z.number().min(0).max(1);

/** What a law may say of itself besides its parameters. */
const moments = {
  mean: atLeastZero.optional(),
  variance: atLeastZero.optional(),
  stddev: atLeastZero.optional(),
  scv: atLeastZero.optional(),
  cv: atLeastZero.optional(),
};

/** The first of these that is given; else a problem of the law. */
function given(context: z.RefinementCtx, rule: string, ...values: readonly (number | undefined)[]): number {
  const found = values.find((value) => value !== undefined);
  if (found === undefined) context.addIssue({ code: 'custom', message: rule });
  return found ?? NaN;
}

const exponential = z
  .strictObject({ ...moments, dist: z.literal('exponential'), mean: positive.optional(), rate: positive.optional() })
  .transform(({ dist, mean, rate }, context) => ({
    dist,
    mean: given(context, 'needs its mean, or its rate', mean, rate === undefined ? undefined : 1 / rate),
  }));

const deterministic = z
  .strictObject({ ...moments, dist: z.literal('deterministic'), value: atLeastZero.optional() })
  .transform(({ dist, value, mean }, context) => ({ dist, value: given(context, 'needs its value', value, mean) }));

const erlang = z
  .strictObject({ ...moments, dist: z.literal('erlang'), k: whole, mean: positive })
  .transform(({ dist, k, mean }) => ({ dist, k, mean }));

const hyperexponential = z
  .strictObject({
    ...moments,
    dist: z.literal('hyperexponential'),
    probs: z.array(share).min(1),
    means: z.array(positive).optional(),
    rates: z.array(positive).optional(),
  })
  .transform(({ dist, probs, means, rates }, context) => {
    const all = means ?? rates?.map((rate) => 1 / rate);
    if (all?.length !== probs.length) context.addIssue({ code: 'custom', message: 'needs as many means as probs' });
    if (!(Math.abs(probs.reduce((sum, one) => sum + one, 0) - 1) < 1e-6)) {
      context.addIssue({ code: 'custom', path: ['probs'], message: 'must add up to 1' });
    }
    return { dist, probs, means: all ?? [] };
  });

const lognormal = z
  .strictObject({
    ...moments,
    dist: z.literal('lognormal'),
    mu_log: z.number().optional(),
    sigma_log: positive.optional(),
    mean: positive.optional(),
  })
  .transform(({ dist, mu_log: mu, sigma_log: sigma, mean, scv, cv }, context) => {
    const rule = 'needs mu_log and sigma_log, or mean and scv';
    const square = scv ?? (cv === undefined ? undefined : cv * cv);
    const spread = square === undefined ? undefined : ln(1 + square);
    const sigma_log = given(context, rule, sigma, spread === undefined ? undefined : Math.sqrt(spread));
    const centre = mean === undefined ? undefined : ln(mean) - (sigma_log * sigma_log) / 2;
    return { dist, mu_log: given(context, rule, mu, centre), sigma_log };
  });

const uniform = z
  .strictObject({ ...moments, dist: z.literal('uniform'), low: atLeastZero, high: positive })
  .transform(({ dist, low, high }, context) => {
    if (!(low < high)) context.addIssue({ code: 'custom', path: ['high'], message: `must be > low = ${low}` });
    return { dist, low, high };
  });

const pareto = z
  .strictObject({ ...moments, dist: z.literal('pareto'), alpha: positive, xm: positive })
  .transform(({ dist, alpha, xm }) => ({ dist, alpha, xm }));

const boundedPareto = z
  .strictObject({ ...moments, dist: z.literal('bounded-pareto'), alpha: positive, low: positive, high: positive })
  .transform(({ dist, alpha, low, high }, context) => {
    if (!(low < high)) context.addIssue({ code: 'custom', path: ['high'], message: `must be > low = ${low}` });
    return { dist, alpha, low, high };
  });

const gamma = z
  .strictObject({ ...moments, dist: z.literal('gamma'), shape: positive.optional(), scale: positive.optional() })
  .transform(({ dist, shape: one, scale, mean, scv, cv }, context) => {
    const rule = 'needs its mean (or scale), and its shape (or scv)';
    const square = scv ?? (cv === undefined ? undefined : cv * cv);
    const shape = given(context, rule, one, square === undefined ? undefined : 1 / square);
    return { dist, shape, mean: given(context, rule, mean, scale === undefined ? undefined : shape * scale) };
  });

const weibullLaw = z
  .strictObject({ ...moments, dist: z.literal('weibull'), shape: positive, scale: positive.optional() })
  .transform(({ dist, shape, scale, mean }, context) => {
    given(context, 'needs its scale, or its mean', scale, mean);
    return { dist, shape, scale, mean };
  });

export const lawSchema = z.discriminatedUnion('dist', [
  exponential,
  deterministic,
  erlang,
  hyperexponential,
  lognormal,
  uniform,
  pareto,
  boundedPareto,
  gamma,
  weibullLaw,
]);
/** A law of times as reference cases and exact models give it; seconds. */
export type Law = z.infer<typeof lawSchema>;

export function law(of: Law): DistributionSpec {
  switch (of.dist) {
    case 'exponential':
      return { kind: 'exponential', mean: of.mean };
    case 'deterministic':
      return { kind: 'deterministic', value: of.value };
    case 'erlang':
      return { kind: 'erlang', phases: of.k, mean: of.mean };
    case 'hyperexponential':
      return { kind: 'hyperexponential', probabilities: of.probs, means: of.means };
    case 'lognormal':
      return { kind: 'lognormal', mu: of.mu_log, sigma: of.sigma_log };
    case 'uniform':
      return { kind: 'uniform', low: of.low, high: of.high };
    case 'pareto':
      return { kind: 'pareto', alpha: of.alpha, minimum: of.xm };
    case 'bounded-pareto':
      return { kind: 'bounded-pareto', alpha: of.alpha, low: of.low, high: of.high };
    case 'gamma':
      return { kind: 'gamma', mean: of.mean, shape: of.shape };
    case 'weibull':
      return {
        kind: 'weibull',
        shape: of.shape,
        ...(of.scale === undefined ? { mean: of.mean! } : { scale: of.scale }),
      };
  }
}
