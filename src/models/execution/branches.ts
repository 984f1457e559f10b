/**
 * Branches of a call: several things at once (`parallel`), or copies of one call (`hedge`). The call goes on when enough
 * of them have ended well, or can no longer. Different branches that are still at work go on for nobody; copies are
 * withdrawn.
 */
import {
  CHILD,
  DOUBLE_SHIFT,
  ENTERED,
  EVENT,
  FLAGS,
  Flag,
  INTEGER_SHIFT,
  NEED,
  PC,
  REPLY,
  SERVER,
  SIBLING,
  STATE,
  State,
} from '../calls.ts';
import type { CallHandle } from '../calls.ts';
import { OUTCOME } from '../outcome.ts';
import type { OutcomeCode } from '../outcome.ts';
import { Op } from '../program.ts';
import type { Fork } from '../program.ts';
import type { Server } from '../services/server.ts';
import { pauses } from '../steps/hedge.ts';
import type { Core } from './core.ts';

interface Rest extends Core {
  readonly delays: { stop(call: CallHandle, server: Server): void };
  readonly leaving: { abort(call: CallHandle, outcome: OutcomeCode): CallHandle };
}

export class Branches {
  constructor(private readonly core: Rest) {}

  fork(call: CallHandle, forkIndex: number): void {
    const { calls, program, simulation } = this.core;
    const { starts, need, hedge } = program.forks[forkIndex];
    if (hedge !== null) hedge.calls++;
    calls.i[(call << INTEGER_SHIFT) + STATE] = State.branches;
    calls.i[(call << INTEGER_SHIFT) + NEED] = need;
    let previous = 0;
    for (const start of starts) {
      const branch = calls.inherit(call);
      const { i, d } = calls;
      const o = branch << INTEGER_SHIFT;
      const p = call << INTEGER_SHIFT;
      i[o + SERVER] = i[p + SERVER];
      i[o + REPLY] = call;
      i[o + FLAGS] = Flag.branch;
      i[o + PC] = start;
      d[(branch << DOUBLE_SHIFT) + ENTERED] = simulation.now;
      if (previous === 0) i[p + CHILD] = branch;
      else i[(previous << INTEGER_SHIFT) + SIBLING] = branch;
      previous = branch;
      this.core.later(branch);
    }
  }

  /** A branch of `parent` has ended. When enough have, or no longer can, the parent goes on and the rest are left. */
  ended(parent: CallHandle, branch: CallHandle, outcome: OutcomeCode): CallHandle {
    const { calls, servers, simulation } = this.core;
    const { i, d } = calls;
    const p = parent << INTEGER_SHIFT;
    const left = this.unlink(parent, branch);
    if (outcome === OUTCOME.ok) i[p + NEED]--;
    const enough = i[p + NEED] <= 0;
    const fork = this.forkOf(parent);
    if (!enough && left >= i[p + NEED]) {
      if (fork.hedge !== null) this.hurry(i[p + CHILD]);
      return 0;
    }
    if (fork.hedge !== null && enough) {
      const begun = d[(branch << DOUBLE_SHIFT) + ENTERED];
      if (i[(branch << INTEGER_SHIFT) + PC] >= fork.starts[1]) fork.hedge.won++;
      fork.hedge.pause?.record(simulation.now - begun, simulation.now);
    }
    this.leave(parent);
    const after = calls.i;
    after[p + STATE] = State.running;
    if (!enough) {
      if (fork.otherwise < 0) return this.core.finish(parent, outcome);
      after[p + PC] = fork.otherwise;
    }
    const server = after[p + SERVER];
    if (server >= 0 && servers[server].hung) {
      this.core.delays.stop(parent, servers[server]);
      return 0;
    }
    return parent;
  }

  /** The branches still running go on for nobody; copies of a call are withdrawn. */
  leave(parent: CallHandle): void {
    const { calls } = this.core;
    const withdrawn = this.forkOf(parent).hedge !== null;
    let branch = calls.i[(parent << INTEGER_SHIFT) + CHILD];
    calls.i[(parent << INTEGER_SHIFT) + CHILD] = 0;
    while (branch !== 0) {
      const next = calls.i[(branch << INTEGER_SHIFT) + SIBLING];
      calls.i[(branch << INTEGER_SHIFT) + REPLY] = 0;
      calls.i[(branch << INTEGER_SHIFT) + FLAGS] |= Flag.orphan;
      if (withdrawn) this.core.leaving.abort(branch, OUTCOME.canceled);
      branch = next;
    }
  }

  /** Takes a branch out of its fork. @returns how many there still are. */
  private unlink(parent: CallHandle, branch: CallHandle): number {
    const { i } = this.core.calls;
    const p = parent << INTEGER_SHIFT;
    let left = 0;
    let before = 0;
    for (let sibling = i[p + CHILD]; sibling !== 0; sibling = i[(sibling << INTEGER_SHIFT) + SIBLING]) {
      if (sibling !== branch) {
        left++;
        before = sibling;
        continue;
      }
      const next = i[(sibling << INTEGER_SHIFT) + SIBLING];
      if (before === 0) i[p + CHILD] = next;
      else i[(before << INTEGER_SHIFT) + SIBLING] = next;
    }
    return left;
  }

  /** The fork whose branches a call waits for. */
  private forkOf(parent: CallHandle): Fork {
    const { program, calls } = this.core;
    return program.forks[program.code[2 * (calls.i[(parent << INTEGER_SHIFT) + PC] - 1) + 1]];
  }

  /** A copy has failed: the next that still pauses goes at once. */
  private hurry(first: CallHandle): void {
    const { calls, program, simulation } = this.core;
    const { i } = calls;
    const { code } = program;
    for (let copy = first; copy !== 0; copy = i[(copy << INTEGER_SHIFT) + SIBLING]) {
      const o = copy << INTEGER_SHIFT;
      const pausing = i[o + STATE] === State.delay && i[o + CHILD] === 0 && pauses(program, i[o + PC]);
      const begins = i[o + STATE] === State.ready && code[2 * i[o + PC]] === Op.wait;
      if (!pausing && !begins) continue;
      while (code[2 * i[o + PC]] === Op.wait) i[o + PC]++;
      if (begins) return;
      simulation.cancel(i[o + EVENT]);
      i[o + EVENT] = 0;
      this.core.later(copy);
      return;
    }
  }
}
