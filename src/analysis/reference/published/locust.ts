/**
 * System E: a fleet of load generators on Kubernetes (Lizhi Weike 2021), claims locust-01 to locust-04. No throughput was
 * published: the provisioning times are inputs, and that the master makes no load is structure.
 */
import type { Result } from '../../result.ts';
import { beside, publishedSystem } from './claims.ts';
import type { Claim, Runs } from './claims.ts';

const RUNS = 3;

const claims: Readonly<Record<string, Claim>> = {
  'locust-01': {
    find: async (runs) => {
      const [limit] = (await runs.run('locust-fleet', [], RUNS)).limits;
      return {
        value: await firstRequest(runs, []),
        note: 'an input',
        beside: [beside('what the test of the scenario is bound by', '', `${limit.name}, ${Math.round(100 * limit.used.value)} %`)],
      };
    },
  },
  'locust-02': {
    find: async (runs) => ({
      value: await firstRequest(runs, ELASTIC),
      note: 'an input: the middle of the range',
    }),
  },
  'locust-03': {
    find: async (runs) => {
      const { services, method } = await elastic(runs);
      const others = services.target.calls - services.slaves.calls;
      return { value: Math.max(0, others / (method.replications * method.duration)), note: 'structural' };
    },
  },
};

export const locust = publishedSystem(['load-generator-fleet'], claims);

// ------------------------------------------------------------------------------------------------------------ helpers

/** A cluster that has its nodes sooner. */
const ELASTIC = ['clients.plan.first=17 s', 'services.slaves.autoscale.nodes.start=17 s'];

/** The same with enough slaves. */
function elastic(runs: Runs): Promise<Result> {
  return runs.run('locust-fleet', [...ELASTIC, 'services.slaves.count=8', 'time={ duration: 120 s }'], RUNS);
}

/** When the first slave has work, seconds from the start of the task. */
async function firstRequest(runs: Runs, set: readonly string[]): Promise<number> {
  const looking = ['measure=[ { number: slaves, reaches: 1 } ]', 'time={ duration: 100 s }'];
  const { probes } = await runs.run('locust-fleet', [...set, ...looking], RUNS);
  const [ready] = Object.values(probes);
  return ready.kind === 'passage' ? ready.mean.value : NaN;
}
