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
      const result = await runs.run('locust-fleet', [], RUNS);
      const [limit] = result.limits;
      return {
        value: firstRequest(result),
        note: 'an input',
        beside: [beside('what the test of the scenario is bound by', '', `${limit.name}, ${Math.round(100 * limit.used.value)} %`)],
      };
    },
  },
  'locust-02': {
    find: async (runs) => ({ value: firstRequest(await elastic(runs)), note: 'an input: the middle of the range' }),
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

/** A cluster that has its nodes sooner, and enough slaves. */
function elastic(runs: Runs): Promise<Result> {
  return runs.run('locust-fleet', ['clients.plan.first=17 s', 'services.slaves.count=8', 'time={ duration: 120 s }'], RUNS);
}

/** End of the first piece of the timeline in which a request was sent, seconds: a request that is due at an end is counted before it. */
function firstRequest({ timeline }: Result): number {
  const first = timeline.sent.findIndex((rate) => rate > 0);
  return first < 0 ? NaN : timeline.at[first] + timeline.bucketSeconds;
}
