/** A reference model made ready to run: the cluster, and how each quantity is computed from what it shows. */
import type { ClusterDescription } from '../../models/description.ts';
import { closedNetwork } from './experiments/closed-network.ts';
import { forkJoin } from './experiments/fork-join.ts';
import { openNetwork } from './experiments/open-network.ts';
import { openStation } from './experiments/open-station.ts';
import { priorityStation } from './experiments/priority-station.ts';
import { scriptedClosed, scriptedOpen } from './experiments/scripted.ts';
import { trace } from './experiments/trace.ts';
import type { Watch } from './observed.ts';
import type { Quantities } from './quantity.ts';
import type { TheoryCase, TheoryModel } from './theory-file.ts';

export interface Experiment {
  readonly quantities: Quantities;
  readonly prepare: (replication: Replication) => Prepared;
  /** Where there is no chance: the one window that is simulated, in seconds. */
  readonly window?: { readonly warmup: number; readonly duration: number };
}

export interface Prepared {
  readonly cluster: ClusterDescription;
  readonly watches: readonly Watch[];
}

export interface Replication {
  readonly seed: string;
  readonly number: number;
  /** Simulated seconds, warm-up included. */
  readonly seconds: number;
}

/** Whether the case is a model of a kind that can be simulated here, with all its quantities. */
export function isSimulated(theoryCase: TheoryCase): boolean {
  return SIMULATED.has(theoryCase.family);
}

/** @throws RangeError for a model of another kind. */
export function experiment({ id, model }: TheoryCase): Experiment {
  const known = model as TheoryModel;
  switch (known.kind) {
    case 'open-station':
      return openStation(known);
    case 'open-network':
      return openNetwork(known);
    case 'fork-join':
      return forkJoin(known);
    case 'closed':
      return known.script === undefined ? closedNetwork(known) : scriptedClosed(known);
    case 'open':
      return scriptedOpen(known);
    case 'priority-station':
      return priorityStation(known);
    case 'trace':
      return trace(known);
    default:
      throw new RangeError(`${id}: models of kind "${model.kind}" are not simulated`);
  }
}

const SIMULATED: ReadonlySet<string> = new Set([
  'mm1',
  'mmc',
  'mm1k',
  'mg1',
  'mg1_ps',
  'closed_machine_repair',
  'tandem',
  'jackson',
  'simultaneous_possession',
  'layered_blocking',
  'fork_join',
  'trace',
  'erlang_b',
  'mmck',
  'mdc',
  'gm1',
  'gmc',
  'dm1',
  'gg1',
  'mginf',
  'mgc_ps',
  'priority_nonpreemptive',
  'closed_mva',
  'closed_mva_multiclass',
  'erlang_a',
  'batch_arrivals',
]);
