/** Laws of times as reference cases and exact models give them (`windtunnel-theory/1`): the moments beside are for the reader. */
import { z } from 'zod';
import type { DistributionSpec } from '../../sim/random/index.ts';

const positive = z.number().positive();

export const lawSchema = z.discriminatedUnion('dist', [
  z.strictObject({ dist: z.literal('exponential'), mean: positive }),
  z.strictObject({ dist: z.literal('deterministic'), value: z.number().min(0) }),
  z.strictObject({ dist: z.literal('erlang'), k: z.int().min(1), mean: positive }),
  z.strictObject({
    dist: z.literal('hyperexponential'),
    probs: z.array(z.number().min(0).max(1)),
    means: z.array(positive),
    scv: positive.optional(),
    mean: positive.optional(),
  }),
  z.strictObject({
    dist: z.literal('lognormal'),
    mu_log: z.number(),
    sigma_log: positive,
    mean: positive.optional(),
    scv: positive.optional(),
  }),
  z.strictObject({ dist: z.literal('uniform'), low: z.number(), high: z.number() }),
  z.strictObject({ dist: z.literal('pareto'), alpha: positive, xm: positive, mean: positive.optional() }),
  z.strictObject({ dist: z.literal('bounded-pareto'), alpha: positive, low: positive, high: positive }),
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
  }
}
