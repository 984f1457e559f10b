/** A primary that takes all writes, and replicas that share the reads and apply every write: at four fifths of its capacity. */
import type { Step } from '../../../../models/description.ts';
import { readWriteSplit } from '../../../theory/rw-split.ts';
import type { Experiment } from '../experiment.ts';
import {
  plainCall as call,
  plainClients as clients,
  plainCluster as cluster,
  plainService as service,
} from '../../../../models/plain.ts';
import { compute, openLoad } from '../parts.ts';
import { number } from '../quantity.ts';
import type { ReadWriteModel } from '../theory-file.ts';

/** Of the capacity that the formula gives. */
const LOAD = 0.8;

export function readWrite(model: ReadWriteModel): Experiment {
  const { read_fraction: reads, replicas, read_demand: read, write_demand: write, apply_demand: apply } = model;
  const exact = readWriteSplit({ reads, replicas, read, write, apply });
  const rate = LOAD * exact.all;
  const time = (mean: number): Step => compute({ dist: 'exponential', mean });
  const applied = Array.from({ length: replicas }, (_, k): Step => {
    return { do: 'send', to: `replica.${k + 1}`, requestClass: 'apply', requestBytes: 0 };
  });
  const load = (share: number) => openLoad({ process: 'poisson', rate: share * rate });
  const described = cluster({
    clients: {
      ...(reads > 0 ? { readers: clients(load(reads), [call('replica')], { name: 'read' }) } : {}),
      ...(reads < 1 ? { writers: clients(load(1 - reads), [call('primary')], { name: 'write' }) } : {}),
    },
    services: {
      primary: service({ workers: 1, work: { '*': [time(write), ...applied] } }),
      replica: service({ count: replicas, workers: 1, work: { read: [time(read)], apply: [time(apply)] } }),
    },
  });
  return {
    quantities: {
      capacity_master: number(() => exact.primary),
      capacity_replicas: number(() => exact.replicas),
      capacity: number(() => exact.all),
      capacity_limit_many_replicas: number(() => exact.manyReplicas),
      utilisation_master_at_80pct: number(({ services, seconds }) => services.primary.computeArea / seconds),
      utilisation_replica_at_80pct: number(
        ({ services, seconds }) => services.replica.computeArea / (seconds * replicas),
      ),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}
