/** A reference model made ready to run: the cluster, and how each quantity is computed from what it shows. */
import type { ClusterDescription } from '../../../models/description.ts';
import type { Watch } from './observed.ts';
import type { Quantities } from './quantity.ts';

export interface Experiment {
  readonly quantities: Quantities;
  readonly prepare: (replication: Replication) => Prepared;
  /** Where there is no chance: the one window that is simulated, in seconds. */
  readonly window?: { readonly warmup: number; readonly duration: number };
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
