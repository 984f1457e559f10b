/**
 * The table of schedulers by the id that scenarios use. A new scheduler is a file here and a line in `schedulerKinds`.
 */
import type { SchedulerKind } from '../scheduler.ts';
import { connectorJBestResponseTime } from './connectorj-best-response-time.ts';
import { envoyLeastRequest } from './envoy-least-request.ts';
import { envoyMaglev } from './envoy-maglev.ts';
import { envoyRingHash } from './envoy-ring-hash.ts';
import { finaglePeakEwma } from './finagle-peak-ewma.ts';
import { haproxyFirst } from './haproxy-first.ts';
import { haproxyHeader, haproxySource, haproxyUri } from './haproxy-hash.ts';
import { haproxyLeastConnections } from './haproxy-leastconn.ts';
import { haproxyRandom } from './haproxy-random.ts';
import { haproxyRoundRobin } from './haproxy-round-robin.ts';
import { haproxyStaticRoundRobin } from './haproxy-static-rr.ts';
import { joinIdleQueue } from './join-idle-queue.ts';
import { lvsDestinationHash } from './lvs-dh.ts';
import { lvsFailover } from './lvs-fo.ts';
import { lvsLocalityBasedLeastConnection } from './lvs-lblc.ts';
import { lvsLeastConnection } from './lvs-lc.ts';
import { lvsMaglevHash } from './lvs-mh.ts';
import { lvsNeverQueue } from './lvs-nq.ts';
import { lvsOverflow } from './lvs-ovf.ts';
import { lvsRoundRobin } from './lvs-rr.ts';
import { lvsShortestExpectedDelay } from './lvs-sed.ts';
import { lvsSourceHash } from './lvs-sh.ts';
import { lvsPowerOfTwo } from './lvs-twos.ts';
import { lvsWeightedLeastConnection } from './lvs-wlc.ts';
import { lvsWeightedRoundRobin } from './lvs-wrr.ts';
import { nginxHash } from './nginx-hash.ts';
import { nginxIpHash } from './nginx-ip-hash.ts';
import { nginxLeastConnections } from './nginx-least-conn.ts';
import { nginxRandom } from './nginx-random.ts';
import { nginxRoundRobin } from './nginx-rr.ts';
import { random } from './random.ts';

/** In the order in which they are listed. */
export const schedulerKinds: readonly SchedulerKind[] = [
  lvsRoundRobin,
  lvsWeightedRoundRobin,
  lvsLeastConnection,
  lvsWeightedLeastConnection,
  lvsShortestExpectedDelay,
  lvsNeverQueue,
  lvsSourceHash,
  lvsDestinationHash,
  lvsMaglevHash,
  lvsLocalityBasedLeastConnection,
  lvsFailover,
  lvsOverflow,
  lvsPowerOfTwo,
  nginxRoundRobin,
  nginxLeastConnections,
  nginxIpHash,
  nginxHash,
  nginxRandom,
  haproxyRoundRobin,
  haproxyStaticRoundRobin,
  haproxyLeastConnections,
  haproxyFirst,
  haproxySource,
  haproxyUri,
  haproxyHeader,
  haproxyRandom,
  envoyLeastRequest,
  envoyRingHash,
  envoyMaglev,
  finaglePeakEwma,
  connectorJBestResponseTime,
  joinIdleQueue,
  random,
];

/** Short spellings: product words that no other product uses for a different rule, and common names of a rule. */
export const schedulerAliases: Readonly<Record<string, string>> = {
  rr: 'lvs/rr',
  wrr: 'lvs/wrr',
  lc: 'lvs/lc',
  wlc: 'lvs/wlc',
  sed: 'lvs/sed',
  nq: 'lvs/nq',
  sh: 'lvs/sh',
  dh: 'lvs/dh',
  mh: 'lvs/mh',
  lblc: 'lvs/lblc',
  fo: 'lvs/fo',
  ovf: 'lvs/ovf',
  twos: 'lvs/twos',
  swrr: 'nginx/rr',
  least_conn: 'nginx/least_conn',
  ip_hash: 'nginx/ip_hash',
  hash: 'nginx/hash',
  roundrobin: 'haproxy/roundrobin',
  'static-rr': 'haproxy/static-rr',
  leastconn: 'haproxy/leastconn',
  first: 'haproxy/first',
  source: 'haproxy/source',
  uri: 'haproxy/uri',
  hdr: 'haproxy/hdr',
  least_request: 'envoy/least_request',
  ring_hash: 'envoy/ring_hash',
  maglev: 'envoy/maglev',
  'peak-ewma': 'finagle/peak-ewma',
  'linkerd/peak-ewma': 'finagle/peak-ewma',
  bestResponseTime: 'connectorj/bestResponseTime',
  'connectorj/random': 'random',
  'join-idle-queue': 'jiq',
};

/** Every scheduler, by its id and by each alias. */
export const schedulers: ReadonlyMap<string, SchedulerKind> = byName();

/** Every name that a scenario may use, ids first: for "did you mean". */
export const schedulerNames: readonly string[] = [...schedulers.keys()];

function byName(): Map<string, SchedulerKind> {
  const table = new Map(schedulerKinds.map((kind) => [kind.name, kind]));
  for (const [alias, name] of Object.entries(schedulerAliases)) {
    const kind = table.get(name);
    if (kind === undefined) {
      throw new Error(`scheduler alias ${alias}: there is no ${name}`);
    }
    table.set(alias, kind);
  }
  return table;
}
