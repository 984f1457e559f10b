/** Whole replications, as `windtunnel run` simulates them: models A and D, warm-up, timeline, readings and checks included. */
import { replicate } from '../../src/analysis/replicate.ts';
import type { ReplicationPlan } from '../../src/analysis/replicate.ts';
import { BYTES_MAX } from '../../src/analysis/replicate.ts';
import type { ClusterDescription } from '../../src/models/description.ts';
import type { Outcome } from './outcome.ts';
import { clusterScenario, clusterOf, queueScenario } from './product.ts';

/** Buckets of the timeline, as in a run. */
const BUCKETS = 120;
/** Requests a second of simulated time, near enough: they make a length out of a number of requests. */
const QUEUE_RATE = 0.9;
const CLUSTER_RATE = 4900;

export function replicatedQueue(workers: number, requests: number): Promise<Outcome> {
  return replicated(clusterOf(queueScenario(workers)), requests / (QUEUE_RATE * workers));
}

export function replicatedCluster(servers: number, requests: number): Promise<Outcome> {
  return replicated(clusterOf(clusterScenario(servers)), requests / CLUSTER_RATE);
}

async function replicated(cluster: ClusterDescription, seconds: number): Promise<Outcome> {
  const plan: ReplicationPlan = {
    seed: 'bench',
    replication: 0,
    warmup: seconds / 10,
    duration: seconds,
    bucketSeconds: (1.1 * seconds) / BUCKETS,
    eventsMax: Infinity,
    bytesMax: BYTES_MAX,
  };
  const outcome = (await replicate(cluster, plan, null))!;
  const [{ okMoments }] = Object.values(outcome.latencies);
  return { events: outcome.events, units: okMoments.count, check: okMoments.mean };
}
