/** The table: from a reference case's `model.kind` to its answer. Throws NoAnswer for a model beyond theory. */
import { balancedCase } from './balanced.ts';
import { cacheCase, ttlCacheCase } from './cache.ts';
import type { CaseAnswer } from './case.ts';
import { alternatingRenewalCase, failoverPairCase, healthCheckCase, vrrpCase } from './failover.ts';
import {
  boundsCase,
  directorLinkCase,
  fanOutCase,
  hashDisruptionCase,
  hashRingCase,
  hedgeCase,
  hpaCase,
  jumpHashCase,
  maglevCase,
  retriesCase,
  rwSplitCase,
  uslCase,
} from './formulas.ts';
import { cacheAsideCase, closedCase, forkJoinCase, openNetworkCase } from './network.ts';
import { sizingCase } from './sizing.ts';
import { openStationCase, priorityCase } from './station.ts';
import { burstCase } from './transient.ts';

/** Each takes the model of its kind, as the file has it, and the names of the figures that are expected. */
export const caseAnswers: Readonly<Record<string, (model: never, expected?: readonly string[]) => CaseAnswer | null>> =
  {
    'alternating-renewal': alternatingRenewalCase,
    balanced: balancedCase,
    bounds: boundsCase,
    burst: burstCase,
    cache: cacheCase,
    'cache-aside': cacheAsideCase,
    closed: closedCase,
    'director-link': directorLinkCase,
    'failover-pair': failoverPairCase,
    'fan-out': fanOutCase,
    'fork-join': forkJoinCase,
    'hash-disruption': hashDisruptionCase,
    'hash-ring': hashRingCase,
    'health-check': healthCheckCase,
    hedge: hedgeCase,
    hpa: hpaCase,
    'jump-hash': jumpHashCase,
    maglev: maglevCase,
    'open-network': openNetworkCase,
    'open-station': openStationCase,
    'priority-station': priorityCase,
    retries: retriesCase,
    'rw-split': rwSplitCase,
    sizing: sizingCase,
    'ttl-cache': ttlCacheCase,
    usl: uslCase,
    vrrp: vrrpCase,
  };
