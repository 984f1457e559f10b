/**
 * The file of reference cases (`windtunnel-theory/1`) as parsed JSON: small models with answers computed without
 * simulation. Only the kinds of model that can be simulated here are typed; SI units throughout.
 */

export interface TheoryFile {
  readonly schema: string;
  readonly tolerance_classes: Readonly<Record<string, ToleranceClass>>;
  readonly cases: readonly TheoryCase[];
}

export interface TheoryCase {
  readonly id: string;
  readonly family: string;
  readonly model: { readonly kind: string };
  readonly expect: Readonly<Record<string, Expected>>;
  /** Completed requests that the tolerances need, roughly. */
  readonly suggested_completions?: number;
}

export interface Expected {
  readonly value: number | string | readonly number[];
  readonly unit: string;
  /** Name of a tolerance class. */
  readonly tol: string;
}

export type ToleranceClass =
  | { readonly rule: 'equal' }
  | { readonly rule: 'relative'; readonly rel: number }
  | {
      readonly rule: 'ci' | 'ci_complement';
      readonly confidence: number;
      readonly max_rel_half_width?: number;
      readonly max_abs_half_width?: number;
    }
  | {
      readonly rule: 'band';
      readonly abs?: number;
      readonly rel?: number;
      readonly abs_rel_to?: string;
      readonly abs_factor?: number;
    }
  | { readonly rule: 'distribution'; readonly max_abs_per_entry: number };

export type TheoryModel =
  | OpenStationModel
  | OpenNetworkModel
  | ForkJoinModel
  | ClosedModel
  | OpenScriptModel
  | PriorityStationModel
  | TraceModel;

export type Law =
  | { readonly dist: 'exponential'; readonly mean: number }
  | { readonly dist: 'deterministic'; readonly value: number }
  | { readonly dist: 'erlang'; readonly k: number; readonly mean: number }
  | { readonly dist: 'hyperexponential'; readonly probs: readonly number[]; readonly means: readonly number[] }
  | { readonly dist: 'lognormal'; readonly mu_log: number; readonly sigma_log: number }
  | { readonly dist: 'uniform'; readonly low: number; readonly high: number }
  | { readonly dist: 'pareto'; readonly alpha: number; readonly xm: number }
  | { readonly dist: 'bounded-pareto'; readonly alpha: number; readonly low: number; readonly high: number };

export type Arrivals =
  | { readonly process: 'poisson'; readonly rate: number }
  | { readonly process: 'renewal'; readonly interarrival: Law }
  | { readonly process: 'batch-poisson'; readonly batch_rate: number; readonly batch_size: number };

export interface Poisson {
  readonly process: 'poisson';
  readonly rate: number;
}

export type Servers = number | 'infinite';
export type Discipline = 'fifo' | 'ps';

export interface OpenStationModel {
  readonly kind: 'open-station';
  readonly arrivals: Arrivals;
  readonly service: Law;
  readonly servers: Servers;
  /** Most requests in the system. */
  readonly capacity?: number | null;
  readonly discipline?: Discipline;
  readonly patience?: Law;
  readonly first_arrival?: number;
  /** Arrivals in all. */
  readonly count?: number;
}

export interface StationModel {
  readonly name: string;
  readonly service?: Law;
  readonly demand_per_class?: readonly (Law | null)[];
  readonly visits_mean?: number;
  readonly servers: Servers;
  readonly discipline?: Discipline;
  readonly external_arrivals?: Poisson;
}

export interface OpenNetworkModel {
  readonly kind: 'open-network';
  readonly arrivals?: Poisson;
  readonly stations: readonly StationModel[];
  readonly routing?: 'in series';
  readonly routing_probabilities?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface ForkJoinModel {
  readonly kind: 'fork-join';
  readonly arrivals: Poisson;
  readonly branches: number;
  readonly service: Law;
  readonly servers_per_branch: number;
}

/** `acquire POOL`, `release POOL`, `use STATION` with its own law or the given one, `delay`. */
export type ScriptStep = string | readonly [string, Law];

export interface ClosedModel {
  readonly kind: 'closed';
  readonly users?: number;
  readonly think?: Law;
  readonly classes?: readonly { readonly users: number; readonly think: Law }[];
  readonly stations?: readonly StationModel[];
  readonly pools?: Readonly<Record<string, number>>;
  readonly script?: readonly ScriptStep[];
}

export interface OpenScriptModel {
  readonly kind: 'open';
  readonly arrivals: Poisson;
  readonly capacity: number;
  readonly pools: Readonly<Record<string, number>>;
  readonly script: readonly ScriptStep[];
}

export interface PriorityStationModel {
  readonly kind: 'priority-station';
  readonly servers: number;
  readonly preemption: 'none';
  readonly classes: readonly { readonly priority: number; readonly arrivals: Poisson; readonly service: Law }[];
}

export interface TraceModel {
  readonly kind: 'trace';
  readonly arrivals: readonly number[];
  readonly services: readonly number[];
  readonly servers: number;
  readonly discipline: Discipline | 'priority';
  readonly priorities?: readonly number[];
}
