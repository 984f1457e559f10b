/**
 * Availability of what fails and is repaired: an alternating renewal process, and a hot-standby pair.
 * Source: K. Trivedi, Probability and Statistics with Reliability, Queuing, and Computer Science Applications (2002),
 * chapter 8; a semi-Markov process is its embedded chain weighted by the mean stays.
 */
import { expm1 } from '../../sim/random/elementary.ts';
import { requirePositive } from './refusal.ts';

/** Up and down in turn, for ever. @param up,down mean times, s. */
export function alternatingRenewal(
  up: number,
  down: number,
): { readonly availability: number; readonly failures: number } {
  requirePositive('alternating renewal', { up, down });
  return { availability: up / (up + down), failures: 1 / (up + down) };
}

export interface FailoverPair {
  /** Mean times of a node, exponential, s. */
  readonly toFailure: number;
  readonly toRepair: number;
  /** The window in which the pair switches over; its law matters, since the standby may fail meanwhile. */
  readonly window: { readonly kind: 'constant' | 'exponential'; readonly mean: number };
  /** Nodes that can be repaired at once. */
  readonly crews: 1 | 2;
}

export interface FailoverAnswer {
  readonly availability: number;
  readonly bothUp: number;
  readonly oneServing: number;
  readonly switching: number;
  readonly bothDown: number;
  /** Mean seconds from one switch-over to the next. */
  readonly betweenFailovers: number;
}

/**
 * Two nodes, both of which may fail at any time. The active one's failure starts a window without service, after which
 * the standby serves and the repair begins; if the standby fails inside it, or the one that is left fails, both are down
 * until the first repair ends, which restores service at once.
 */
export function failoverPair({ toFailure, toRepair, window, crews }: FailoverPair): FailoverAnswer {
  requirePositive('failover pair', { toFailure, toRepair, window: window.mean });
  const failing = 1 / toFailure;
  const repairing = 1 / toRepair;
  /** P(the standby fails inside the window). */
  const lost =
    window.kind === 'constant' ? -expm1(-failing * window.mean) : (failing * window.mean) / (1 + failing * window.mean);
  // visits for each visit to "both up"; half of its ends are the active node's failure
  const switching = 0.5;
  const serving = 1 + failing / repairing; // it is left for "both up" with repairing / (repairing + failing)
  const down = switching * lost + serving * (failing / (repairing + failing));
  const stays = {
    bothUp: 1 / (2 * failing),
    oneServing: serving / (repairing + failing),
    switching: (switching * lost) / failing, // the mean of the smaller of window and failure
    bothDown: down / (crews * repairing),
  };
  const cycle = stays.bothUp + stays.oneServing + stays.switching + stays.bothDown;
  return {
    availability: (stays.bothUp + stays.oneServing) / cycle,
    bothUp: stays.bothUp / cycle,
    oneServing: stays.oneServing / cycle,
    switching: stays.switching / cycle,
    bothDown: stays.bothDown / cycle,
    betweenFailovers: cycle / switching,
  };
}
