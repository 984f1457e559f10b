/**
 * Timers of VRRP and of health checks, asked of the models themselves: what the mastership of a node and a probe's failures
 * take at moments chosen to the edge of an interval, and evenly over it.
 */
import type { VrrpDescription } from '../../../models/description.ts';
import { build } from '../../../models/build.ts';
import { HealthCheck } from '../../../models/failover/health-check.ts';
import { Vrrp } from '../../../models/failover/vrrp.ts';
import { Rank } from '../../../sim/rank.ts';
import { Simulation } from '../../../sim/simulation.ts';
import type { Answers } from './answers.ts';
import { plainCall as call, plainCluster as cluster, plainService as service, plainClients as clients } from '../../../models/plain.ts';
import { PERCENTILES } from './quantity.ts';
import type { HealthCheckModel, TheoryCase, VrrpModel } from './theory-file.ts';

/** As near to an edge as a double tells apart from it, relative. */
const EDGE = 1e-12;
/** Moments in the middle of as many equal parts: the mean of what is linear between them is exact. */
const MOMENTS = 200;
/** Highest priority of a node that does not own the address (RFC 5798, 5.2.4). */
const BACKUP_MAX = 254;
/** Intervals before the failure. */
const INTERVALS = 10;

/** The outage when the master of a pair dies silently, and when it says goodbye. */
export function vrrpTimers({ model }: TheoryCase): Answers | string {
  const { version, advert_interval: advert, priority } = model as VrrpModel;
  if (priority > BACKUP_MAX) return `a backup's priority is ${BACKUP_MAX} at most: 255 is the owner's, who is never a backup`;
  const vrrp = { version, advert, preempt: true, preemptDelay: 0 };
  const silent = (share: number): number => takeover(vrrp, priority, (INTERVALS + share) * advert, false);
  const skew = takeover(vrrp, priority, (INTERVALS + 0.5) * advert, true);
  return {
    skew_time: skew,
    master_down_interval: silent(0),
    outage_mean: mean(evenly().map(silent)),
    outage_min: silent(1 - EDGE),
    outage_max: silent(0),
    takeover_after_priority0_advert: skew,
  };
}

/** Detection of a server that goes silent. */
export function healthCheckTimers({ model }: TheoryCase): Answers | string {
  const { interval, timeout, fall, schedule } = model as HealthCheckModel;
  if (schedule === 'fixed-rate' && timeout >= interval) return 'probes on a grid need a time-out below their interval';
  const check = { every: interval, timeout, fall, rise: 1, schedule: schedule === 'fixed-rate' ? 'rate' : 'delay' } as const;
  const after = (share: number): number => detection(check, (INTERVALS + share) * interval);
  const found = evenly().map(after).sort((a, b) => a - b);
  return {
    detection_min: after(1 - EDGE),
    detection_mean: mean(found),
    detection_max: after(EDGE),
    ...Object.fromEntries(Object.entries(PERCENTILES).map(([name, level]) => [`detection_${name}`, quantile(found, level)])),
  };
}

// ------------------------------------------------------------------------------------------------------------ helpers

/** Seconds from the fall of the master, which advertises at whole intervals, to the backup's taking over. */
function takeover(vrrp: VrrpDescription, priority: number, at: number, orderly: boolean): number {
  const simulation = new Simulation();
  let taken = NaN;
  const nodes = [
    { name: 'master', priority: 255 },
    { name: 'backup', priority },
  ];
  const owner = {
    lost: () => undefined,
    taken: () => {
      taken = simulation.now;
    },
    settled: () => undefined,
    hears: () => true,
    plugged: () => true,
  };
  const pair = new Vrrp(simulation, { nodes, vrrp }, owner, { uniform: () => 0 });
  const address = simulation.register({ on: () => pair.fall(0, orderly) });
  simulation.at(at, address, 0, Rank.control);
  simulation.run({ time: at + 10 * (vrrp.advert + 1) });
  return taken - at;
}

/** Seconds from a server's going silent to the decision; probes begin at whole intervals. */
function detection(check: ConstructorParameters<typeof HealthCheck>[1], at: number): number {
  const idle = build(
    cluster({
      clients: {
        nobody: clients({ kind: 'trace', at: [], demand: [], priority: [] }, [call('s')]),
      },
      services: { s: service({ work: { '*': [] } }) },
    }),
    { seed: 1, replication: 0 },
  );
  const { servers } = idle.parts.execution;
  const simulation = new Simulation();
  let decided = NaN;
  const address = simulation.register({
    on: () => {
      servers[0].hung = true;
    },
  });
  simulation.at(at, address, 0, Rank.control);
  new HealthCheck(
    simulation,
    check,
    servers,
    () => true,
    () => {
      decided = simulation.now;
    },
    { uniform: () => 0 },
  );
  simulation.run({ time: at + 2 * check.fall * (check.every + check.timeout) });
  return decided - at;
}

function evenly(): number[] {
  return Array.from({ length: MOMENTS }, (_, k) => (k + 0.5) / MOMENTS);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of evenly spaced values, between the two nearest. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * sorted.length - 0.5;
  // beyond the outermost of them as between the last two
  const below = Math.min(sorted.length - 2, Math.max(0, Math.floor(place)));
  return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}
