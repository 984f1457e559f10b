/**
 * A hedged call: copies of it are branches of one fork, the k-th begins k pauses after the first. The first good answer wins
 * and the rest are withdrawn; a copy that fails lets the next go at once.
 *
 * A pause that follows the response times (`level`) is their quantile over the last half minute, looked up every ten seconds.
 * What is recorded is the time to the first good answer. Where that was a later copy's, the first copy had taken longer than
 * the pause already, so the share above the pause stays right although the losers' times are never known.
 *
 * Sources: gRPC proposal A6, "Client retries", hedging policy (copies, delay, what a failure does); Finagle,
 * BackupRequestFilter (a quantile). Left out: a limit on the extra load; that a copy avoids the server of another.
 */
import { NEXT_STEP } from '../action.ts';
import type { Hedge, Program } from '../program.ts';
import { Op } from '../program.ts';
import { RecentTimes } from '../controllers/recent-times.ts';
import type { HedgeDescription } from '../description.ts';
import type { Emitter } from './emitter.ts';

/** Seconds of a slice of the recent times, and how many are kept. */
const SLICE_SECONDS = 10;
const SLICES = 4;
/** A pause longer than any call: nothing is known yet. */
const NEVER = 1e9;

/** @param name of who calls whom. @param copy emits one copy. @returns index of the fork. */
export function compileHedge(
  { copies, after }: HedgeDescription,
  name: string,
  emitter: Emitter,
  copy: () => void,
): number {
  const starts = new Int32Array(1 + copies);
  const pause = 'level' in after ? new RecentPause(after.level) : null;
  const hedge: Hedge = { name, pause, calls: 0, sent: 0, won: 0 };
  const sends = {
    act: () => {
      hedge.sent++;
      return NEXT_STEP;
    },
  };
  const fork = emitter.program.forks.push({ starts, need: 1, hedge, otherwise: -1 }) - 1;
  emitter.emit(Op.fork, fork);
  const over = emitter.emit(Op.jump);
  for (let k = 0; k <= copies; k++) {
    starts[k] = emitter.here;
    // the pauses of a copy follow each other, so that a failure can end one of them
    for (let n = 0; n < k; n++) {
      if ('seconds' in after)
        emitter.emit(Op.wait, emitter.draw({ kind: 'deterministic', value: after.seconds }, 'hedge'));
      else emitter.emit(Op.wait, emitter.program.draws.push(pause!) - 1);
    }
    if (k > 0) emitter.action(sends);
    copy();
    emitter.emit(Op.branchEnd);
  }
  emitter.program.patch(over, emitter.here);
  return fork;
}

/** Whether a branch that stands at `place` has not sent its copy yet. */
export function pauses({ code }: Program, place: number): boolean {
  return code[2 * (place - 1)] === Op.wait;
}

export class RecentPause {
  private readonly times = new RecentTimes(SLICES);
  private value = NEVER;
  private slice = 0;

  constructor(private readonly level: number) {}

  /** @param seconds from the first copy to the first good answer. */
  record(seconds: number, now: number): void {
    const slice = Math.floor(now / SLICE_SECONDS);
    if (slice > this.slice) {
      const value = this.times.quantile(this.level);
      this.value = Number.isNaN(value) ? NEVER : value;
      for (let k = Math.min(SLICES, slice - this.slice); k > 0; k--) this.times.turn();
      this.slice = slice;
    }
    this.times.record(seconds);
  }

  sample(): number {
    return this.value;
  }
}
