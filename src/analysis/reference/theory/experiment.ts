/** A reference model made ready to run: the cluster, and how each quantity is computed from what it shows. */
import type { ClusterDescription } from '../../../models/description.ts';
import type { Watch } from './observed.ts';
import type { Quantities } from './quantity.ts';

export interface Experiment {
  readonly quantities: Quantities;
  readonly prepare: (replication: Replication) => Prepared;
  /** The window that is simulated, in seconds, where it is given: once where there is no chance, else so many times. */
  readonly window?: { readonly warmup: number; readonly duration: number; readonly replications?: number };
  /** Many short runs from the beginning, in batches, with what their probes and watches saw: no window, no warm-up. */
  readonly transient?: {
    /** Of a run; Infinity = until nothing is left to do. */
    readonly seconds: number;
    /** A passage at which a run may end. */
    readonly until?: string;
    /** How many present make all workers busy. */
    readonly workers: number;
  };
  /** Requests of a replication, where each is much work; some 10,000 or more where there is nothing to say. */
  readonly completions?: number;
  /** Least seconds of warm-up; a tenth of the window where there is nothing to say. */
  readonly settles?: number;
}

export interface Prepared {
  readonly cluster: ClusterDescription;
  readonly watches: readonly Watch[];
}

export interface Replication {
  readonly seed: string;
  readonly number: number;
  /** Simulated seconds, warm-up included; Infinity = a pilot of unknown length, in which nothing is watched. */
  readonly seconds: number;
}
