/**
 * System D: a Kubernetes high-availability guide (2025). Targets and rules without a described measurement, but for the waits
 * for a database connection at two pool sizes: two numbers that fix two unknowns. What of the rest cannot be true together
 * is said, record by record.
 */
import type { Result } from '../../result.ts';
import { beside, publishedSystem } from './claims.ts';
import type { Claim, Finding } from './claims.ts';

const RUNS = 10;

/** Mean wait for a connection, in ms. */
function poolWait({ services }: Result): Finding {
  const { wait, inUse } = services.app.pools.db;
  return {
    value: 1000 * wait.value,
    low: 1000 * wait.low,
    high: 1000 * wait.high,
    note: 'two numbers, two parameters: a reproduction, no prediction',
    beside: [beside('connections in use', 'share', inUse.value)],
  };
}

const claims: Readonly<Record<string, Claim>> = {
  'guide-20': { find: async (runs) => poolWait(await runs.run('pool-200', [], RUNS)) },
  'guide-21': { find: async (runs) => poolWait(await runs.run('pool-200', ['services.app.pool.size=500'], RUNS)) },
};

const contradictions: Readonly<Record<string, string>> = {
  'guide-04':
    'recovery in under 30 s cannot follow a detection that begins after more than 30 s without heartbeat, plus three checks (guide-05, guide-06)',
  'guide-05': 'detection alone takes longer than the whole recovery that is promised (guide-04)',
  'guide-09': 'scaling in when memory is short removes capacity under pressure',
  'guide-10': 'a loop of 5 min cannot keep a P99 of 200 ms (guide-02) through a fast surge; the case of a sale uses 15 min (guide-28)',
  'guide-16': '100 threads reach the 5,000 requests/s of guide-01 only if responses take 20 ms at most',
  'guide-22': 'keys that never expire cannot expire together: the cause that is named does not give this effect',
  'guide-23': 'a Bloom filter cures lookups of what does not exist, not an avalanche: cause and cure do not match',
  'guide-26': '200,000 transactions/s a node are 140 us of core time each on 28 cores, 120 times the rate of the cart beside it (guide-25)',
  'guide-34': '1,157 records/s are 1.2 % of one message a connection and second of guide-31',
  'guide-53': 'the sample gateway serves plain HTTP on port 80, which is open (guide-52)',
};

export const kubernetesGuide = publishedSystem(
  ['kubernetes-guide', 'pool-200', 'pool-500', 'cache-avalanche'],
  claims,
  contradictions,
);
