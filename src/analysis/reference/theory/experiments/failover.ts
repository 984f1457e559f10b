/**
 * Availability of what fails and is repaired: requests at random moments see what share of the time it is up (Poisson
 * arrivals see time averages), and in which state.
 */
import type { RequestRow } from '../../../../models/clients/traffic.ts';
import type { DirectorDescription, FaultAgain } from '../../../../models/description.ts';
import type { Run } from '../../../../models/run.ts';
import { distribution } from '../../../../sim/random/index.ts';
import type { Experiment } from '../experiment.ts';
import type { Observed, Watch } from '../observed.ts';
import { plainCall as call, plainClients as clients, plainCluster as cluster, plainDirector, plainService as service } from '../../../../models/plain.ts';
import { law } from '../../../theory/given-law.ts';
import { openLoad } from '../parts.ts';
import { number } from '../quantity.ts';
import type { AlternatingRenewalModel, FailoverPairModel } from '../theory-file.ts';

const DIRECTOR = 'vip';
/** Requests in the mean time to a failure: each is a look at the state. */
const LOOKS = 60;

/** A hot standby: whichever of two nodes is well serves, after a window in which nobody does. */
export function failoverPair(model: FailoverPairModel): Experiment {
  const { time_to_failure: up, time_to_repair: down, failover, crews } = model;
  const again = { every: law(up), for: law(down), together: false, repairFrom: 'takeover', crews } as const;
  const nodes = ['a', 'b'].map((name) => ({ name, priority: 100 }));
  return experimentOf({ nodes, takeover: law(failover) }, again);
}

/** Up and down in turn. */
export function alternatingRenewal({ up, down }: AlternatingRenewalModel): Experiment {
  const again = { every: law(up), for: law(down), together: true, repairFrom: 'fault' } as const;
  return experimentOf({ nodes: [{ name: 'a', priority: 100 }] }, again);
}

// ------------------------------------------------------------------------------------------------------------ helpers

function experimentOf(director: Partial<DirectorDescription>, again: FaultAgain): Experiment {
  const rate = LOOKS / distribution(again.every).mean;
  const described = cluster({
    clients: {
      looks: clients(openLoad({ process: 'poisson', rate }), [call(DIRECTOR, { connect: { syn: [], giveUp: 0 } })]),
    },
    directors: {
      [DIRECTOR]: plainDirector({ ...director, members: [{ service: 's', server: 0, weight: 1, limit: Infinity }] }),
    },
    services: { s: service({ work: { '*': [] } }) },
    faults: [{ at: 0, do: 'crash', target: DIRECTOR, for: Infinity, factor: 1, again }],
  });
  const state = (place: number) => number(({ counts: { states } }) => states[place] / states.reduce((a, b) => a + b, 0));
  const fails = ({ traffic }: Observed): number => (traffic.ended - traffic.ok) / traffic.ended;
  return {
    quantities: {
      availability: number((observed) => 1 - fails(observed)),
      prob_request_fails: number(fails),
      fraction_both_up: state(BOTH_UP),
      fraction_one_up_serving: state(SERVING),
      fraction_failing_over: state(FAILING_OVER),
      fraction_both_down: state(BOTH_DOWN),
      mean_time_between_failovers: number(({ seconds, counts }) => seconds / counts.failovers[0]),
      rate_failovers: number(({ seconds, counts }) => counts.failovers[0] / seconds),
    },
    prepare: () => ({ cluster: described, watches: [new States(director.nodes!.map(({ name }) => `${DIRECTOR}.${name}`))] }),
  };
}

const BOTH_UP = 0;
const SERVING = 1;
const FAILING_OVER = 2;
const BOTH_DOWN = 3;

/** How many requests found the nodes in each state; and how often the address was lost since the first of them. */
class States implements Watch {
  readonly counts = { states: [0, 0, 0, 0], failovers: [0] };
  private before: number | null = null;

  constructor(private readonly nodes: readonly string[]) {}

  row(_row: RequestRow, run: Run): void {
    const failover = run.parts.failover!;
    const { answers, failovers } = failover.pairs.get(DIRECTOR)!;
    const up = this.nodes.filter((node) => !failover.isDown(node)).length;
    const one = answers ? SERVING : FAILING_OVER;
    this.counts.states[up === this.nodes.length ? BOTH_UP : up === 0 ? BOTH_DOWN : one]++;
    this.before ??= failovers;
    this.counts.failovers[0] = failovers - this.before;
  }
}
