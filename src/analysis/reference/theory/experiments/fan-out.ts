/** A request that asks many leaves at once: done when all have answered, or the first. Leaves with room for everybody. */
import { distribution } from '../../../../sim/random/index.ts';
import type { RequestRow } from '../../../../models/clients/traffic.ts';
import type { Run } from '../../../../models/run.ts';
import type { TrafficWindow } from '../../../observations.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed, Watch } from '../observed.ts';
import {
  plainCall as call,
  plainClients as clients,
  plainCluster as cluster,
  plainService as service,
} from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { compute, openLoad } from '../parts.ts';
import { PERCENTILES, number } from '../quantity.ts';
import type { Quantity } from '../quantity.ts';
import type { FanOutModel } from '../theory-file.ts';

/** Requests of a replication: each is as many calls as there are leaves. */
const REQUESTS = 1500;
/** Answers of a leaf after which hardly anybody is left. */
const LIVES = 20;

export function fanOut({ leaves, leaf, tail }: FanOutModel): Experiment | string {
  if (leaf.dist === 'deterministic') return 'constant leaves have no slowest share';
  const one = distribution(law(leaf));
  const load = openLoad({ process: 'poisson', rate: 1 / one.mean });
  const branches = Array.from({ length: leaves }, () => [call('leaf')]);
  const described = cluster({
    clients: {
      all: clients(load, [{ do: 'parallel', branches, need: leaves }]),
      first: clients(load, [{ do: 'parallel', branches, need: 1 }]),
    },
    services: { leaf: service({ work: { '*': [compute(leaf)] } }) },
  });
  const all = ({ clients: seen }: Observed): TrafficWindow => seen.all;
  const percentile = (level: number): Quantity => ({
    kind: 'percentile',
    level,
    of: (observed) => all(observed).response.quantile(level),
    shares: (observed, reference) => {
      const { response } = all(observed);
      const share = response.countBelow(reference) / response.count;
      return { below: share, notAbove: share };
    },
  });
  return {
    quantities: {
      prob_any_slow: number(({ counts }) => counts.slow[0] / counts.slow[1]),
      mean_slowest: number((observed) => all(observed).responseMoments.mean),
      ...Object.fromEntries(Object.entries(PERCENTILES).map(([name, level]) => [`slowest_${name}`, percentile(level)])),
      mean_fastest_of_n: number(({ clients: seen }) => seen.first.responseMoments.mean),
    },
    prepare: () => ({ cluster: described, watches: [new Slow(one.quantile(1 - tail))] }),
    completions: REQUESTS,
    // nobody waits for anybody: the past is forgotten with those who were there
    settles: LIVES * one.mean,
  };
}

/** Of those who asked all, how many were slower than a leaf is in its slowest share; and how many there were. */
class Slow implements Watch {
  readonly counts = { slow: [0, 0] };

  constructor(private readonly threshold: number) {}

  row({ client, due, end }: RequestRow, _run: Run): void {
    if (client !== 'all') return;
    if (end - due > this.threshold) this.counts.slow[0]++;
    this.counts.slow[1]++;
  }
}
