/** What theory says of one queueing station: one shape for every model. */
import type { TimeLaw } from './time-law.ts';

export interface StationAnswer {
  /** Busy share of a server. */
  readonly utilisation: number;
  /** Served, 1/s. */
  readonly throughput: number;
  /** Mean requests present (in service included), and waiting. */
  readonly meanNumber: number;
  readonly meanQueue: number;
  /** Seconds, of those served. */
  readonly meanWait: number;
  readonly meanResponse: number;
  /** Share of those let in who wait. */
  readonly waitShare: number;
  /** Share of arrivals turned away. */
  readonly blockShare: number;
  /** The laws of wait and response of those served; null where they are not known. */
  readonly wait: TimeLaw | null;
  readonly response: TimeLaw | null;
  /** Share of time with k present; null where it is not known. */
  readonly numberShare: ((k: number) => number) | null;
}
