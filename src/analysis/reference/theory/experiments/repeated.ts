/**
 * Requests that are made more than once: hedged calls, where a second copy goes out after a pause without an answer and the
 * first answer wins; and retries of calls that fail with a given chance, in one layer and through three.
 */
import type { FaultDescription, RetryDescription, Step } from '../../../../models/description.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainService as service } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { openLoad } from '../parts.ts';
import { number, responsePercentiles } from '../quantity.ts';
import type { HedgeModel, RetriesModel } from '../theory-file.ts';

/** Requests a second: nothing queues, so that it does not matter. */
const RATE = 1;
/** Most calls of a request through the layers for which fewer of those requests are sent. */
const CALLS_MAX = 1000;
/** The layers of the law: each tries again whatever the layer below could not do. */
const LAYERS = ['shop', 'stock', 'store'];

export function hedge({ leaf, delay }: HedgeModel): Experiment {
  const copies = call('leaf', { hedge: { copies: 1, after: { seconds: delay } }, abandon: 'cancel' });
  const described = cluster({
    clients: { clients: clients(openLoad({ process: 'poisson', rate: RATE }), [copies]) },
    services: { leaf: service({ work: { '*': [{ do: 'wait', time: law(leaf) }] } }) },
  });
  return {
    quantities: {
      mean_response: number(({ traffic }) => traffic.responseMoments.mean),
      prob_second_copy: number(({ traffic, services }) => services.leaf.calls / traffic.ended - 1),
      ...responsePercentiles(),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}

export function retries({ p_fail: share, max_retries: times }: RetriesModel): Experiment {
  const retry: RetryDescription = {
    times,
    backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
    on: ['error'],
    other: false,
    budget: Infinity,
  };
  const errs = (target: string, part: number): FaultDescription => {
    return { at: 0, do: 'sick', target, share: part, for: Infinity, factor: 1 };
  };
  const tries = (to: string): readonly Step[] => [call(to, { retry })];
  const load = openLoad({ process: 'poisson', rate: RATE });
  // every request through the layers makes the same number of calls, so that a few of them tell as much as many
  const calls = Math.min(CALLS_MAX, (times + 1) * (times + 1) * (times + 1));
  const seldom = openLoad({ process: 'poisson', rate: RATE / calls });
  const [first, second, third] = LAYERS;
  const described = cluster({
    clients: { one: clients(load, tries('leaf')), layers: clients(seldom, tries(first)) },
    services: {
      leaf: service({ work: { '*': [] } }),
      [first]: service({ work: { '*': tries(second) } }),
      [second]: service({ work: { '*': tries(third) } }),
      [third]: service({ work: { '*': [] } }),
    },
    // what fails below is an error above: it is tried again there
    faults: [errs('leaf', share), errs(third, 1)],
  });
  const one = (of: (observed: Observed) => number) => number((observed) => of(observed) / observed.clients.one.ended);
  return {
    quantities: {
      ratio_attempts: one(({ services }) => services.leaf.calls),
      prob_final_failure: one(({ clients: { one: traffic } }) => traffic.ended - traffic.ok),
      ratio_three_layers_all_failing: number(({ services, clients: all }) => services[third].calls / all.layers.ended),
    },
    prepare: () => ({ cluster: described, watches: [] }),
  };
}
