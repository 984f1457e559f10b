/** Reference cases of detection and takeover. */
import { alternatingRenewal, failoverPair } from '../availability.ts';
import { detection } from '../health-check.ts';
import type { HealthCheckOptions } from '../health-check.ts';
import { vrrpTimers } from '../vrrp.ts';
import { percentilesOf } from './case.ts';
import type { CaseAnswer } from './case.ts';
import { law } from '../given-law.ts';
import type { Law } from '../given-law.ts';
import { lawMoments } from '../law-moments.ts';

export function vrrpCase(model: {
  readonly version: 2 | 3;
  readonly advert_interval: number;
  readonly priority: number;
}): CaseAnswer {
  const timers = vrrpTimers(model.version, model.advert_interval, model.priority);
  return {
    skew_time: timers.skew,
    master_down_interval: timers.masterDown,
    outage_mean: timers.outageMean,
    outage_min: timers.outageMin,
    outage_max: timers.outageMax,
    takeover_after_priority0_advert: timers.afterGoodbye,
  };
}

export function healthCheckCase(model: HealthCheckOptions): CaseAnswer {
  const delay = detection(model);
  return {
    detection_min: delay.min,
    detection_mean: delay.mean,
    detection_max: delay.max,
    ...percentilesOf('detection', (level) => delay.quantile(level)),
  };
}

export function alternatingRenewalCase(model: { readonly up: Law; readonly down: Law }): CaseAnswer {
  const { availability, failures } = alternatingRenewal(lawMoments(law(model.up))[0], lawMoments(law(model.down))[0]);
  return { availability, rate_failovers: failures };
}

export function failoverPairCase(model: {
  readonly time_to_failure: Law;
  readonly time_to_repair: Law;
  readonly failover: Law;
  readonly crews: 1 | 2;
}): CaseAnswer {
  const window = law(model.failover);
  const answer = failoverPair({
    toFailure: lawMoments(law(model.time_to_failure))[0],
    toRepair: lawMoments(law(model.time_to_repair))[0],
    window: { kind: window.kind === 'deterministic' ? 'constant' : 'exponential', mean: lawMoments(window)[0] },
    crews: model.crews,
  });
  return {
    availability: answer.availability,
    fraction_both_up: answer.bothUp,
    fraction_one_up_serving: answer.oneServing,
    fraction_failing_over: answer.switching,
    fraction_both_down: answer.bothDown,
    mean_time_between_failovers: answer.betweenFailovers,
    prob_request_fails: 1 - answer.availability,
  };
}
