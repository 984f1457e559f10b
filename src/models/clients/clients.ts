import type { Component } from '../../sim/simulation.ts';
import type { Caller } from './caller.ts';
import type { Traffic } from './traffic.ts';

/** A clients component: makes requests, gets their answers, counts them. */
export interface Clients extends Component, Caller {
  readonly traffic: Traffic;
  /** Schedules its first events. */
  begin(): void;
  /** Makes no further requests (drain). */
  end(): void;
  /** Users now present; 0 for open load. */
  readonly users: number;
}
