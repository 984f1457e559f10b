/**
 * What no closed system of single-server stations can beat or fall below: asymptotic and balanced-job bounds.
 * Source: E. Lazowska and others, Quantitative System Performance (1984), chapter 5.
 */
import { NoAnswer, requireCount } from './refusal.ts';

export interface ClosedBoundsOptions {
  readonly users: number;
  /** Mean think time, s; 0 = none. */
  readonly think: number;
  /** Seconds that a request needs of each station, which serves one at a time. */
  readonly demands: readonly number[];
}

export interface ClosedBounds {
  /** 1/s. */
  readonly throughputMax: number;
  readonly throughputMin: number;
  /** The narrower ones of the balanced system; they hold for product-form networks only. */
  readonly balancedMax: number;
  readonly balancedMin: number;
  /** Seconds, think time not in it. */
  readonly responseMin: number;
  /** Users at which the two asymptotes meet. */
  readonly knee: number;
}

export function closedBounds({ users, think, demands }: ClosedBoundsOptions): ClosedBounds {
  requireCount('bounds', { users });
  const all = demands.reduce((sum, demand) => sum + demand, 0);
  const most = Math.max(...demands);
  if (!(all > 0 && all < Infinity && think >= 0 && demands.every((demand) => demand >= 0))) {
    throw new NoAnswer('input', `bounds: demands and think time must be >= 0 and not all 0`);
  }
  const average = all / demands.length;
  return {
    throughputMax: Math.min(1 / most, users / (think + all)),
    throughputMin: users / (think + users * all),
    balancedMax: Math.min(1 / most, users / (think + all + ((users - 1) * average * all) / (all + think))),
    balancedMin: users / (think + all + ((users - 1) * most) / (1 + think / (users * all))),
    responseMin: Math.max(all, users * most - think),
    knee: (all + think) / most,
  };
}
