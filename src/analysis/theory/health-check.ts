/**
 * When an active health check notices a server that has gone silent at a uniformly random moment between two probes:
 * the law of the delay is uniform. Elementary.
 */
import { NoAnswer, requireCount, requirePositive } from './refusal.ts';

export interface HealthCheckOptions {
  /** Seconds between probes. */
  readonly interval: number;
  readonly timeout: number;
  /** Failed probes in a row that mark a server down. */
  readonly fall: number;
  /** Probes on a grid, or each an interval after the end of the last one. */
  readonly schedule: 'fixed-rate' | 'fixed-delay';
}

export interface Detection {
  /** Seconds. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  quantile(level: number): number;
}

export function detection({ interval, timeout, fall, schedule }: HealthCheckOptions): Detection {
  requirePositive('health check', { interval, timeout });
  requireCount('health check', { fall });
  if (schedule === 'fixed-rate' && timeout >= interval) {
    throw new NoAnswer('input', 'health check: with a fixed rate the time-out must be below the interval');
  }
  const between = schedule === 'fixed-rate' ? interval : interval + timeout;
  const min = (fall - 1) * between + timeout;
  return { min, max: min + interval, mean: min + interval / 2, quantile: (level) => min + level * interval };
}
