/**
 * What a scheduler is: the rule by which a director picks a server for a request.
 *
 * Servers are indices in configuration order. The director owns the `Upstream` arrays and changes them; a scheduler
 * reads them, and is told of every change so that it can keep its own order. It never changes them itself, but for
 * `effective`, which recovers with each pick.
 * Left out: who is eligible and why (health, limits, draining: the director), and what a pick costs (modes.ts).
 */
import { z } from 'zod';
import type { RandomStream } from '../../sim/random/stream.ts';
import type { Surroundings } from './surroundings.ts';

/** The servers behind one director, as its scheduler sees them. All arrays have one entry a server. */
export class Upstream {
  /** Relative share, >= 0; 0 = quiesced, never picked. 1 at first. */
  readonly weight: Float64Array;
  /**
   * What is left of the weight after failures (nginx's effective weight), 0 <= effective <= weight; the weight at first.
   * Lowered by passive checks (`Change.effective`); the rules that use it raise it again, by 1 a pick.
   */
  readonly effective: Float64Array;
  /** Requests or connections in progress. 0 at first. */
  readonly active: Int32Array;
  /** Connections that are closing but still hold an entry (TIME_WAIT, FIN_WAIT). 0 at first. */
  readonly inactive: Int32Array;
  /** 1 when the director would send it new work (up, not draining, below its limit), else 0. 1 at first. */
  readonly eligible: Uint8Array;
  /** 1 for those that serve only when the others cannot, else 0. Set before the scheduler is made. */
  readonly backup: Uint8Array;
  /** 1 when it is not eligible only because it has reached its limit, else 0. For rules that treat full as other than down. */
  readonly full: Uint8Array;

  constructor(readonly length: number) {
    this.weight = new Float64Array(length).fill(1);
    this.active = new Int32Array(length);
    this.inactive = new Int32Array(length);
    this.eligible = new Uint8Array(length).fill(1);
    this.effective = new Float64Array(length).fill(1);
    this.full = new Uint8Array(length);
    this.backup = new Uint8Array(length);
  }

  /** Sets a weight, as configured: what failures had taken away is given back. Tell the scheduler of it. */
  weigh(server: number, weight: number): void {
    this.weight[server] = weight;
    this.effective[server] = weight;
  }

  /** Whether a new request may go to this server: eligible, and not quiesced by weight 0. */
  usable(server: number): boolean {
    return this.eligible[server] !== 0 && this.weight[server] > 0;
  }
}

/** What has changed about a server: `active` or `inactive`; its weight; `eligible` or `full`; its `effective` weight. */
export const Change = { load: 0, weight: 1, eligibility: 2, effective: 3 } as const;
export type Change = (typeof Change)[keyof typeof Change];

/** The servers that a retry must avoid. */
export interface Tried {
  readonly size: number;
  has(server: number): boolean;
  /** The server that was added `position`-th, 0 <= position < size. */
  at(position: number): number;
}

/** The common case: a first attempt, nothing to avoid. */
export const nothingTried: Tried = { size: 0, has: () => false, at: () => -1 };

/** What a hash rule hashes: the number of the client's source address, or the key of the request itself (URL, item). */
export type Hashed = 'source' | 'request';

/** One scheduler at work on one upstream. */
export interface Scheduler {
  /** Which key `pick` wants; absent for rules that read none. */
  readonly hashes?: Hashed;
  /**
   * Picks a server.
   * @param key what the request is known by, see `hashes`; a whole number >= 0, `Surroundings` has its text.
   * @param tried servers to avoid.
   * @returns its index, or -1 when every usable server has been tried, or the product's rule gives up before (it says
   *   so in its header). Does not change the upstream: when the director lets the pick count, it raises `active` and
   *   says so through `changed`.
   */
  pick(key: number, tried: Tried): number;
  /** To be called after each change of the upstream's arrays, with what has changed about the server. */
  changed(server: number, what: Change): void;
  /**
   * The server for which a request with this key waits when it is full, rather than going elsewhere; -1 when there is
   * none. Only of rules that tie a key to a server (HAProxy's hashes); then `pick` is -1 while that server is full.
   */
  home?(key: number): number;
  /** A request has left `server` after `seconds`; `ok` false when the server failed it. For rules that learn. */
  released?(server: number, seconds: number, ok: boolean): void;
}

/** A scheduler as a scenario names it. */
export interface SchedulerKind<Options = unknown> {
  /** Its id in a scenario, `lvs/wlc`. */
  readonly name: string;
  /** The product's code, document or paper, with its version, that defines the rule. */
  readonly source: string;
  /** The rule in one line, for `list` and for the schema's documentation. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /**
   * @param upstream is read at once and then on each `changed`. @param random for rules that draw.
   * @param around for rules that hash names or keys, or look at the clock; made-up names and a clock that stands at 0
   *   where it is left out.
   */
  make(options: Options, upstream: Upstream, random: RandomStream, around?: Surroundings): Scheduler;
}

/** The schema of a scheduler that has nothing to set. */
export const noOptions = z.strictObject({});
export type NoOptions = z.infer<typeof noOptions>;
