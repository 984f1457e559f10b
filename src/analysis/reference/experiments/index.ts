/** From a reference case to its experiment, by the kind of its model. */
import type { Experiment } from '../experiment.ts';
import type { TheoryCase, TheoryModel } from '../theory-file.ts';
import { closedNetwork } from './closed-network.ts';
import { forkJoin } from './fork-join.ts';
import { openNetwork } from './open-network.ts';
import { openStation } from './open-station.ts';
import { priorityStation } from './priority-station.ts';
import { scriptedClosed, scriptedOpen } from './scripted.ts';
import { trace } from './trace.ts';

/** Whether its family is one that is simulated here, with every case and every quantity. */
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
