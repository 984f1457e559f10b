/**
 * What a service does, as an integer program: pairs (operation, operand) in one array for the whole cluster. Operands
 * index the tables below. Programs of the steps a scenario lists are emitted in the order of the file, so that a trace
 * reads like the scenario.
 */
import type { RandomStream } from '../sim/random/stream.ts';
import type { Action } from './action.ts';
import type { Draw } from './draw.ts';
import { OUTCOMES } from './outcome.ts';
import type { OutcomeCode } from './outcome.ts';
import type { Site } from './site.ts';

export const Op = {
  /** The call is done. */
  end: 0,
  /** A delay that costs the server nothing; operand: draw. */
  wait: 1,
  /** Work: on the server's processor, or a delay at its speed; operand: draw. */
  compute: 2,
  /** Take a token; operand: acquisition. */
  acquire: 3,
  /** Give a token back; operand: gate of the server. */
  release: 4,
  /** Call and wait for the answer; operand: site. */
  call: 5,
  /** Call and go on; operand: site. */
  send: 6,
  /** Jump to one of several places; operand: choice. */
  choice: 7,
  jump: 8,
  /** Open branches and wait; operand: fork. */
  fork: 9,
  branchEnd: 10,
  /** Draw a count, skip the body when 0; operand: loop. */
  loop: 11,
  /** Back to the body until the count is used up; operand: loop. */
  loopEnd: 12,
  /** A cold step; operand: action. */
  action: 13,
  /** The call fails; operand: outcome. */
  fail: 14,
} as const;

export interface Acquisition {
  /** Gate of the call's own server. */
  readonly gate: number;
  /** Longest wait: a lane of that delay, or a draw; neither = for ever. */
  readonly lane: number;
  readonly patience: Draw | null;
  /** Outcome when patience ends. */
  readonly impatient: OutcomeCode;
  /** True for the gate at which requests arrive (workers): full means refused or a dropped SYN. */
  readonly door: boolean;
  /** Where to go on when no token was to be had; -1 = the call fails. */
  otherwise: number;
}

export interface Choice {
  readonly stream: RandomStream;
  /** Cumulative shares, ascending; a draw beyond the last takes the last target. */
  readonly cumulative: Float64Array;
  readonly targets: Int32Array;
}

/** Copies of one call (`steps/hedge.ts`). */
export interface Hedge {
  /** Who calls whom. */
  readonly name: string;
  /** Told how long the answer took; null = the pause is given. */
  readonly pause: { record(seconds: number, now: number): void } | null;
  /** Cumulative: calls made, copies sent beside the first, calls that a later copy answered. */
  calls: number;
  sent: number;
  won: number;
}

export interface Fork {
  readonly starts: Int32Array;
  readonly need: number;
  /** Null = different branches. */
  readonly hedge: Hedge | null;
  /** Where to go on when too few can end well; -1 = the call fails. */
  otherwise: number;
}

/** What gives a delay its length. */
export interface Delay {
  sample(demand: number): number;
}

export interface Loop {
  readonly times: Draw;
  /** Counter of the call, by nesting depth. */
  readonly depth: number;
  body: number;
  after: number;
}

export class Program {
  code = new Int32Array(256);
  /** Place of the next pair. */
  length = 0;
  readonly draws: Delay[] = [];
  readonly acquisitions: Acquisition[] = [];
  readonly sites: Site[] = [];
  readonly choices: Choice[] = [];
  readonly forks: Fork[] = [];
  readonly loops: Loop[] = [];
  readonly actions: Action[] = [];

  constructor() {
    this.emit(Op.end); // place 0: what a call without a program does
    for (let outcome = 0; outcome < OUTCOMES.length; outcome++) this.emit(Op.fail, outcome);
  }

  /** Where a call ends with this outcome, whatever it was doing. */
  failing(outcome: OutcomeCode): number {
    return 1 + outcome;
  }

  /** Appends a pair; returns its place. */
  emit(operation: number, operand = 0): number {
    if (2 * this.length + 2 > this.code.length) {
      const longer = new Int32Array(2 * this.code.length);
      longer.set(this.code);
      this.code = longer;
    }
    this.code[2 * this.length] = operation;
    this.code[2 * this.length + 1] = operand;
    return this.length++;
  }

  /** Sets the operand of a pair emitted before (a forward jump). */
  patch(place: number, operand: number): void {
    this.code[2 * place + 1] = operand;
  }
}
