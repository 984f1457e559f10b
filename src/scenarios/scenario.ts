/**
 * A scenario as it is loaded: the cluster for the models, and what analysis and reports need beside it.
 */
import type { ClusterDescription } from '../models/description.ts';
import type { Alert } from './kinds/alerts.ts';
import type { Slo } from './kinds/slos.ts';
import type { Dimension } from './units.ts';

export interface Scenario {
  /** The file's name without its ending, or the built-in's. */
  readonly name: string;
  /** As written; the name where there is none. */
  readonly title: string;
  readonly description: string;
  readonly cluster: ClusterDescription;
  readonly slos: readonly Slo[];
  readonly alerts?: readonly Alert[];
  readonly measured: Measured;
  readonly time: RunTime;
  readonly seed: string;
  readonly assumptions: readonly Assumption[];
  /** What a run needs and the file does not say; not empty = not decided. */
  readonly missing: readonly Missing[];
  /** Inputs given as a range; the middle is in `cluster`. */
  readonly uncertain: readonly UncertainInput[];
  /** Price of one server an hour, by service; no currency. */
  readonly prices: Readonly<Record<string, number>>;
}

/** When a run ends. Seconds of simulated time. */
export interface RunTime {
  /** `steady`: nothing happens at a time; `terminating`: something does (a fault, a shape, a rendezvous, a trace). */
  readonly kind: 'steady' | 'terminating';
  /** null: as long as the precision needs (steady), or until nothing is left (`stopWhenEmpty`). */
  readonly duration: number | null;
  /** Left out at the start; null: to be detected (steady), or nothing (terminating). */
  readonly warmup: number | null;
  /** Ends when every client has finished and nothing is in progress. */
  readonly stopWhenEmpty: boolean;
  /** The last moment at which the scenario itself changes something; 0 where it never does. */
  readonly lastChange: number;
  /** Most events over all replications, where the file says it: a long run costs more than the usual 20 million. */
  readonly events?: number;
  /** Where the file says it: independent runs, or batches of one long run (steady state only). */
  readonly method?: SteadyMethod;
}

/** Where the intervals of a steady state come from. */
export type SteadyMethod = (typeof METHODS)[number];

export const METHODS = ['replications', 'batch-means'] as const;

/** What a dashboard says of today. */
export interface Measured {
  /** Requests/s at which the rest was read. */
  readonly rate: number | null;
  /** The clients that `response` is about; null = all of them together. */
  readonly client: string | null;
  readonly figures: readonly MeasuredFigure[];
  /** The remainder of the response time, to be fitted; null where there is nothing to fit. */
  readonly fit: MeasuredFit | null;
}

export interface MeasuredFigure {
  /** As in the file: `p95`, `app.cpu`. */
  readonly name: string;
  readonly path: string;
  readonly of:
    | { readonly kind: 'rate' }
    | { readonly kind: 'users' }
    | { readonly kind: 'response'; readonly stat: ResponseStatistic }
    | { readonly kind: 'utilisation'; readonly service: string }
    /** Mean number of busy workers of one server. */
    | { readonly kind: 'threads'; readonly service: string };
  /** Seconds, 1/s, share or a count. */
  readonly value: number;
  readonly unit: 's' | '1/s' | 'share' | '1';
  /** True where the model was set from this figure, so that agreement proves nothing. */
  readonly fitted: boolean;
  /** Where it was given as a range. */
  readonly range: { readonly low: number; readonly high: number } | null;
}

export type ResponseStatistic = 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999';

/**
 * The part of the response time that no measured demand explains: a wait that does not grow with load. It stands as
 * `{ do: 'wait', role: 'remainder' }` in the work of `service`; its mean is to be chosen so that `stat` becomes `value`.
 */
export interface MeasuredFit {
  readonly stat: ResponseStatistic;
  readonly value: number;
  readonly service: string;
  /** Mean in seconds that stands in the cluster now: a first guess. */
  readonly placeholder: number;
  /** Mean visits of `service` by a request: the remainder is waited at each. */
  readonly visits: number;
}

export interface Assumption {
  /** Path in the scenario, `services.app.workers`. */
  readonly path: string;
  readonly value: string;
  readonly source: string;
  readonly kind: 'default' | 'preset' | 'derived' | 'fitted' | 'assumed';
  /** What it means, in a few words, for the terminal. */
  readonly text: string;
}

export interface Missing {
  /** Where it would stand in the file. */
  readonly path: string;
  /** `the CPU that a request costs at app`. */
  readonly what: string;
  /** Bounds that hold without it, in words. */
  readonly certain: readonly string[];
  /** How to find out. */
  readonly how: string;
}

export interface UncertainInput {
  readonly path: string;
  readonly low: number;
  readonly high: number;
  /** The middle, which is simulated. */
  readonly value: number;
  readonly dimension: Dimension;
}
