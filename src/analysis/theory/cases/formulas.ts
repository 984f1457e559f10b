/** Reference cases whose answer is a formula: no queue, no chance. */
import { wantedServers } from '../../../models/autoscalers/hpa.ts';
import { jumpHashOf } from '../../../models/directors/hashing/jump.ts';
import { maglevTable } from '../../../models/directors/hashing/maglev.ts';
import type { MaglevPlace } from '../../../models/directors/hashing/maglev.ts';
import { closedBounds } from '../closed-bounds.ts';
import { directorLink } from '../director-link.ts';
import { anySlow, exponentialFanOut } from '../fan-out.ts';
import { movedByGrowth, ringBalance } from '../hash-balance.ts';
import { hedge } from '../hedge.ts';
import { attemptsMean, attemptsThroughLayers, finalFailure } from '../retries.ts';
import { readWriteSplit } from '../rw-split.ts';
import { usl } from '../usl.ts';
import { percentilesOf } from './case.ts';
import type { CaseAnswer } from './case.ts';

export function uslCase(model: {
  readonly lambda: number;
  readonly alpha: number;
  readonly beta: number;
  readonly N: readonly number[];
}): CaseAnswer {
  const law = usl({ lambda: model.lambda, contention: model.alpha, coherency: model.beta });
  const throughput = model.N.map((n) => law.throughput(n));
  if (law.peakAt === Infinity) return { throughput, throughput_limit: law.limit };
  return {
    throughput,
    count_n_star: law.peakAt,
    throughput_at_floor_n_star: law.throughput(Math.floor(law.peakAt)),
  };
}

export function boundsCase(model: {
  readonly users: number;
  readonly think: number;
  readonly demands: readonly number[];
}): CaseAnswer {
  const bounds = closedBounds(model);
  return {
    throughput_upper: bounds.throughputMax,
    throughput_lower: bounds.throughputMin,
    mean_response_lower: bounds.responseMin,
    count_n_star: bounds.knee,
    throughput_balanced_upper: bounds.balancedMax,
    throughput_balanced_lower: bounds.balancedMin,
  };
}

export function directorLinkCase(model: {
  readonly bits_per_second: number;
  readonly request_bytes: number;
  readonly response_bytes: number;
}): CaseAnswer {
  const answer = directorLink({
    bitsPerSecond: model.bits_per_second,
    requestBytes: model.request_bytes,
    responseBytes: model.response_bytes,
  });
  return {
    capacity_dr_director: answer.direct,
    capacity_nat_director_one_nic: answer.natOneCard,
    capacity_nat_director_two_nics: answer.natTwoCards,
    capacity_real_server_nic: answer.realServer,
    ratio_dr_over_nat_one_nic: answer.direct / answer.natOneCard,
    director_bytes_per_request_dr: answer.bytesDirect,
    director_bytes_per_request_nat: answer.bytesNat,
  };
}

/** Which backend goes is said by the names of the figures that are expected; the second one where they do not. */
export function maglevCase(
  model: { readonly table_size: number; readonly offset_skip: readonly (readonly [number, number])[] },
  expected: readonly string[] = [],
): CaseAnswer {
  const places = model.offset_skip.map(([offset, skip]): MaglevPlace => ({ offset, skip }));
  const full = [...maglevTable(model.table_size, places)];
  const asked = expected.flatMap((name) => /^table_without_(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const gone = asked.length > 0 ? asked : [1];
  const tables = gone.map((removed) => [
    ...maglevTable(
      model.table_size,
      places.map((place, backend) => (backend === removed ? { ...place, turns: 0 } : place)),
    ),
  ]);
  return {
    table_full: full,
    ...Object.fromEntries(gone.map((removed, k) => [`table_without_${removed}`, tables[k]])),
    count_collateral_moves: full.filter((owner, slot) => owner !== gone[0] && owner !== tables[0][slot]).length,
  };
}

export function hashDisruptionCase(model: { readonly n: readonly number[] }): CaseAnswer {
  const moved = model.n.map(movedByGrowth);
  return {
    fraction_moved_modulo: moved.map(({ modulo }) => modulo),
    fraction_moved_minimum: moved.map(({ least }) => least),
  };
}

export function hashRingCase(model: { readonly servers: number; readonly points_per_server: number }): CaseAnswer {
  const { shareMean, shareVariation, shareMaxMean } = ringBalance(model.servers, model.points_per_server);
  return {
    share_mean: shareMean,
    scv_share_sqrt: shareVariation,
    share_max_mean: shareMaxMean,
  };
}

export function jumpHashCase(model: { readonly inputs: readonly (readonly [string | number, number])[] }): CaseAnswer {
  return { table_buckets: model.inputs.map(([key, buckets]) => jumpHashOf(String(key), buckets)) };
}

export function fanOutCase(model: {
  readonly leaves: number;
  readonly leaf: { readonly mean: number };
  readonly tail: number;
}): CaseAnswer {
  const answer = exponentialFanOut(model.leaves, model.leaf.mean);
  return {
    prob_any_slow: anySlow(model.leaves, model.tail),
    mean_slowest: answer.slowest.mean,
    ...percentilesOf('slowest', (level) => answer.quantile(level)),
    mean_fastest_of_n: answer.fastestMean,
  };
}

export function hedgeCase(model: { readonly leaf: { readonly mean: number }; readonly delay: number }): CaseAnswer {
  const answer = hedge(model.leaf.mean, model.delay);
  return {
    mean_response: answer.mean,
    prob_second_copy: answer.secondCopies,
    ...percentilesOf('response', (level) => answer.quantile(level)),
  };
}

export function retriesCase(model: { readonly p_fail: number; readonly max_retries: number }): CaseAnswer {
  const layers = 3;
  return {
    ratio_attempts: attemptsMean(model.p_fail, model.max_retries),
    prob_final_failure: finalFailure(model.p_fail, model.max_retries),
    ratio_three_layers_all_failing: attemptsThroughLayers(model.max_retries, layers),
  };
}

export function rwSplitCase(model: {
  readonly read_fraction: number;
  readonly replicas: number;
  readonly read_demand: number;
  readonly write_demand: number;
  readonly apply_demand: number;
}): CaseAnswer {
  const split = readWriteSplit({
    reads: model.read_fraction,
    replicas: model.replicas,
    read: model.read_demand,
    write: model.write_demand,
    apply: model.apply_demand,
  });
  const rate = 0.8 * split.all;
  return {
    capacity_master: split.primary,
    capacity_replicas: split.replicas,
    capacity: split.all,
    capacity_limit_many_replicas: split.manyReplicas,
    utilisation_master_at_80pct: split.primaryUtilisation(rate),
    utilisation_replica_at_80pct: split.replicaUtilisation(rate),
  };
}

export function hpaCase(model: {
  readonly tolerance: number;
  readonly rows: readonly (readonly [number, number, number, number, number])[];
}): CaseAnswer {
  return {
    table_desired: model.rows.map(([current, metric, target, min, max]) => {
      const reading = { sum: current * metric, measured: current, missing: 0, unready: 0, external: false };
      const wanted = wantedServers(current, reading, { target, tolerance: model.tolerance });
      return Math.min(max, Math.max(min, wanted!));
    }),
  };
}
