/**
 * Models A, B and D through the product path: from the text of a scenario file to the readings of a run, with every
 * statistic on (latency histograms, time buckets, areas, directors' and pools' counts).
 */
import { build } from '../../src/models/build.ts';
import type { ClusterDescription } from '../../src/models/description.ts';
import { loadScenario } from '../../src/scenarios/load.ts';
import type { Outcome } from './outcome.ts';

/** M/M/c at utilisation 0.9, service mean 1 s. */
export function queueScenario(workers: number): string {
  return `
clients: { all: { rate: ${0.9 * workers} req/s, to: s } }
services: { s: { workers: ${workers}, work: [ { compute: { exponential: 1 s } } ] } }`;
}

/** The closed web cluster of docs/design: 5,000 users, weighted least connections, threads, pools, one database. */
export function clusterScenario(servers: number): string {
  const members = Array.from({ length: servers }, (_, k) => `web.${k + 1}: { weight: ${2 + (k % 3)} }`);
  return `
clients: { users: { users: 5000, think: { exponential: 1 s }, to: vip, timeout: 30 s } }
directors: { vip: { mode: nat, scheduler: lvs/wlc, upstream: { ${members.join(', ')} } } }
services:
  web: { count: ${servers}, workers: 8, holds: compute, pool: { to: db, size: 20, patience: unlimited }, work: [ { compute: { exponential: 10 ms } }, { call: db } ] }
  db: { workers: 64, work: [ { compute: { exponential: 5 ms } } ] }`;
}

/** What a scenario file says. */
export function clusterOf(text: string): ClusterDescription {
  const { scenario, problems } = loadScenario(text, { name: 'bench' });
  if (scenario === null) throw new Error(JSON.stringify(problems));
  return scenario.cluster;
}

export function productQueue(workers: number, customers: number): Outcome {
  return run(queueScenario(workers), 'all', customers);
}

export function productCluster(servers: number, requests: number): Outcome {
  return run(clusterScenario(servers), 'users', requests);
}

function run(text: string, client: string, requests: number): Outcome {
  const simulation = build(clusterOf(text), { seed: 'bench', replication: 0 });
  const { traffic } = simulation.parts.clients.get(client)!;
  traffic.nextBucket();
  simulation.advance({ when: () => traffic.ended >= requests });
  simulation.check();
  return { events: simulation.reading().events, units: traffic.ended, check: traffic.responseMoments.mean };
}
