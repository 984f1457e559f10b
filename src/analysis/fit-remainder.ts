/**
 * Chooses the mean of the remainder (the part of the response time that no measured demand explains) so that the model's
 * response time of today, at the measured load, equals the measured one. Secant steps under common random numbers: the same streams at every
 * step, so that the response time is a smooth function of the mean.
 */
import type { ClusterDescription, Step } from '../models/description.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { atMeasuredLoad } from './measured-load.ts';
import { pooledTraffic, trafficWindow } from './observations.ts';
import { BYTES_MAX } from './replicate.ts';
import type { Runner, StopSignal } from './runner.ts';
import type { SimulateJobs } from './simulate-jobs.ts';
import type { ResponseStatistic } from '../scenarios/scenario.ts';

const REPLICATIONS = 4;
const EVENTS_PER_REPLICATION = 150_000;
const STEPS_MAX = 8;
/** Relative difference at which the search ends: well inside what a dashboard can tell. */
const CLOSE_ENOUGH = 5e-4;

const SHARES: Readonly<Record<Exclude<ResponseStatistic, 'mean'>, number>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
};

/** The scenario with its remainder fitted; the same scenario where there is none to fit. */
export async function fitRemainder(
  scenario: Scenario,
  seed: string,
  runner: Runner<SimulateJobs>,
  signal: StopSignal | null,
): Promise<Scenario> {
  const mean = await fittedMean(scenario, seed, runner, signal);
  return mean === null ? scenario : fitted(scenario, mean);
}

/** The mean of the remainder in seconds; null where there is none to fit, or it was interrupted at once. */
export async function fittedMean(
  scenario: Scenario,
  seed: string,
  runner: Runner<SimulateJobs>,
  signal: StopSignal | null,
): Promise<number | null> {
  const { fit } = scenario.measured;
  if (fit === null) return null;
  const today = (atMeasuredLoad(scenario) ?? scenario).cluster;
  const client = scenario.measured.client;
  const clients = client === null ? Object.keys(scenario.cluster.clients) : [client];
  const options = { seed, warmup: null, eventsPerReplication: EVENTS_PER_REPLICATION };
  const plan = await runner.run('pilot', { cluster: today, options }, signal);
  if (plan === null) return null;
  const response = async (mean: number): Promise<number> => {
    const cluster = withRemainder(today, mean);
    const asked = [];
    for (let replication = 0; replication < REPLICATIONS; replication++) {
      const { warmup, duration } = plan;
      const bucketSeconds = warmup + duration;
      const limits = { eventsMax: 100 * EVENTS_PER_REPLICATION, bytesMax: BYTES_MAX };
      const replicated = { seed, replication, warmup, duration, bucketSeconds, ...limits };
      asked.push(runner.run('replicate', { cluster, plan: replicated, rows: false }, signal));
    }
    const windows = (await Promise.all(asked)).flatMap((answer) =>
      answer === null ? [] : [trafficWindow(answer.outcome, clients)],
    );
    const { response: histogram, responseMoments } = pooledTraffic(windows);
    return fit.stat === 'mean' ? responseMoments.mean : histogram.quantile(SHARES[fit.stat]);
  };
  let low = { mean: 0, value: await response(0) };
  if (!(low.value < fit.value)) return 0;
  let high = { mean: fit.placeholder, value: await response(fit.placeholder) };
  for (let step = 0; step < STEPS_MAX && Math.abs(high.value - fit.value) > CLOSE_ENOUGH * fit.value; step++) {
    const slope = (high.value - low.value) / (high.mean - low.mean);
    const mean = Math.max(0, high.mean + (fit.value - high.value) / slope);
    low = high;
    high = { mean, value: await response(mean) };
  }
  return high.mean;
}

/** The scenario with a remainder of this mean, said among its assumptions. */
export function fitted(scenario: Scenario, mean: number): Scenario {
  const { fit } = scenario.measured;
  const milliseconds = Number((mean * 1000).toPrecision(3));
  return {
    ...scenario,
    cluster: withRemainder(scenario.cluster, mean),
    assumptions: [
      ...scenario.assumptions.filter(({ path }) => path !== `measured.${fit!.stat}`),
      {
        path: `measured.${fit!.stat}`,
        value: `${milliseconds} ms`,
        source: `fitted so that the model's ${fit!.stat} of today is the measured one`,
        kind: 'fitted',
        text: 'waits do not grow with load',
      },
    ],
  };
}

/** The cluster with every remainder an exponential wait of this mean; none where it is 0. */
function withRemainder(cluster: ClusterDescription, mean: number): ClusterDescription {
  const steps = (list: readonly Step[]): readonly Step[] =>
    list.map((step) => {
      if (step.do !== 'wait' || step.role !== 'remainder') return step;
      return mean > 0
        ? { ...step, time: { kind: 'exponential', mean } }
        : { ...step, time: { kind: 'deterministic', value: 0 } };
    });
  const services = Object.entries(cluster.services).map(([name, service]) => {
    const work = Object.entries(service.work).map(([requestClass, list]) => [requestClass, steps(list)]);
    return [name, { ...service, work: Object.fromEntries(work) as typeof service.work }];
  });
  return { ...cluster, services: Object.fromEntries(services) as ClusterDescription['services'] };
}
