/** The table of distributions, and the plain data from which one is made. */
import { boundedPareto, type BoundedParetoOptions } from './bounded-pareto.ts';
import { deterministic, type DeterministicOptions } from './deterministic.ts';
import type { Distribution } from './distribution.ts';
import { empirical, type EmpiricalOptions } from './empirical.ts';
import { erlang, type ErlangOptions } from './erlang.ts';
import { exponential, type ExponentialOptions } from './exponential.ts';
import { gamma, type GammaOptions } from './gamma.ts';
import { hyperexponential, type HyperexponentialOptions } from './hyperexponential.ts';
import { lognormal, type LognormalOptions } from './lognormal.ts';
import { mixture } from './mixture.ts';
import { pareto, type ParetoOptions } from './pareto.ts';
import { shifted } from './shifted.ts';
import { truncatedNormal, type TruncatedNormalOptions } from './truncated-normal.ts';
import { uniform, type UniformOptions } from './uniform.ts';
import { weibull, type WeibullOptions } from './weibull.ts';
import { zipf, type ZipfOptions } from './zipf.ts';

/** The options of each kind, in SI units; see the file of that name. */
export interface DistributionOptions {
  deterministic: DeterministicOptions;
  uniform: UniformOptions;
  exponential: ExponentialOptions;
  erlang: ErlangOptions;
  gamma: GammaOptions;
  hyperexponential: HyperexponentialOptions;
  'truncated-normal': TruncatedNormalOptions;
  lognormal: LognormalOptions;
  weibull: WeibullOptions;
  pareto: ParetoOptions;
  'bounded-pareto': BoundedParetoOptions;
  empirical: EmpiricalOptions;
  zipf: ZipfOptions;
  mixture: { readonly parts: readonly { readonly weight: number; readonly of: DistributionSpec }[] };
  shifted: { readonly by: number; readonly of: DistributionSpec };
}

export type DistributionKind = keyof DistributionOptions;

/** A law as plain JSON data: `{ kind: 'lognormal', mean: 0.02, cv: 1.5 }`. */
export type DistributionSpec = {
  [Kind in DistributionKind]: { readonly kind: Kind } & DistributionOptions[Kind];
}[DistributionKind];

/** The table: from the name in a scenario to the factory. */
export const distributions: {
  readonly [Kind in DistributionKind]: (options: DistributionOptions[Kind]) => Distribution;
} = {
  deterministic,
  uniform,
  exponential,
  erlang,
  gamma,
  hyperexponential,
  'truncated-normal': truncatedNormal,
  lognormal,
  weibull,
  pareto,
  'bounded-pareto': boundedPareto,
  empirical,
  zipf,
  mixture: ({ parts }) => mixture({ parts: parts.map(({ weight, of }) => ({ weight, of: distribution(of) })) }),
  shifted: ({ by, of }) => shifted({ by, of: distribution(of) }),
};

/** Makes a distribution from plain data. @throws RangeError naming law, parameter and value. */
export function distribution({ kind, ...options }: DistributionSpec): Distribution {
  const make = distributions[kind] as (options: object) => Distribution;
  return make(options);
}
