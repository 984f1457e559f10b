/**
 * Preemptive-resume priority: the jobs with the lowest priority numbers run, one a core; a more urgent one stops the
 * least urgent that runs, whose work so far is kept. First come first served within a priority.
 * Cost: O(cores) to find whom to stop, O(waiting of that priority) never: lines are linked lists.
 */
import { invariant } from '../../sim/invariant.ts';
import { Rank } from '../../sim/rank.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { CallHandle, Calls } from '../calls.ts';
import { DOUBLE_SHIFT, EVENT, INTEGER_SHIFT, LEFT, NEXT, PREVIOUS, PRIORITY, SINCE, SLOT } from '../calls.ts';
import type { Processor, WorkDone } from './processor.ts';
import type { Computed } from './sharing-processor.ts';

export class PreemptiveProcessor implements Processor {
  jobs = 0;
  busyArea = 0;
  private given = 0;
  private done = 0;
  private byClock = 0;
  private ends = 0;
  private readonly address: number;
  /** In order of their starts. */
  private readonly served: CallHandle[] = [];
  private readonly waiting: CallHandle[] = []; // by priority: head of a list; stopped jobs go back to its front
  private readonly last: CallHandle[] = [];
  private since = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly calls: Calls,
    private readonly owner: Computed,
    readonly cores: number,
    private speed: number,
  ) {
    invariant(cores < Infinity, 'preemption needs a number of cores', () => `got ${cores}`);
    this.address = simulation.register(this);
  }

  submit(call: CallHandle, work: number): void {
    this.account(this.simulation.now);
    this.jobs++;
    this.given += work;
    this.calls.d[(call << DOUBLE_SHIFT) + LEFT] = work;
    if (this.served.length < this.cores) {
      this.start(call);
      return;
    }
    const least = this.leastUrgent();
    if (this.priority(call) < this.priority(least)) {
      this.stop(least);
      this.enqueue(least, true);
      this.start(call);
    } else {
      this.enqueue(call, false);
    }
  }

  withdraw(call: CallHandle): number {
    this.account(this.simulation.now);
    this.jobs--;
    if (this.calls.i[(call << INTEGER_SHIFT) + SLOT] === 1) {
      this.stop(call);
      this.startNext();
    } else {
      this.dequeue(call);
    }
    const left = this.calls.d[(call << DOUBLE_SHIFT) + LEFT];
    this.given -= left;
    return left;
  }

  setSpeed(speed: number): void {
    this.account(this.simulation.now);
    const running = [...this.served];
    for (const call of running) this.stop(call);
    this.speed = speed;
    for (const call of running) this.start(call);
  }

  account(now: number): void {
    const area = this.served.length * (now - this.since);
    this.busyArea += area;
    this.done += area * this.speed;
    this.byClock += area * this.speed;
    this.since = now;
  }

  get running(): number {
    return this.served.length;
  }

  work(now: number): WorkDone {
    const { d, i } = this.calls;
    let left = 0;
    for (const call of this.served) {
      const x = call << DOUBLE_SHIFT;
      left += d[x + LEFT] - (now - d[x + SINCE]) * this.speed;
    }
    for (const head of this.waiting) {
      for (let call = head ?? 0; call !== 0; call = i[(call << INTEGER_SHIFT) + NEXT])
        left += d[(call << DOUBLE_SHIFT) + LEFT];
    }
    return { given: this.given, done: this.done, left, byClock: this.byClock, ends: this.ends };
  }

  on(_kind: number, call: number): void {
    const { now } = this.simulation;
    this.account(now);
    const x = call << DOUBLE_SHIFT;
    this.done += this.calls.d[x + LEFT] - (now - this.calls.d[x + SINCE]) * this.speed; // the rounding of its end
    this.calls.i[(call << INTEGER_SHIFT) + EVENT] = 0;
    this.calls.i[(call << INTEGER_SHIFT) + SLOT] = 0;
    this.served.splice(this.served.indexOf(call), 1);
    this.jobs--;
    this.ends++;
    this.startNext();
    this.owner.computed(call);
  }

  private start(call: CallHandle): void {
    const { simulation, calls } = this;
    this.served.push(call);
    calls.i[(call << INTEGER_SHIFT) + SLOT] = 1;
    calls.d[(call << DOUBLE_SHIFT) + SINCE] = simulation.now;
    if (this.speed > 0) {
      const end = simulation.now + calls.d[(call << DOUBLE_SHIFT) + LEFT] / this.speed;
      calls.i[(call << INTEGER_SHIFT) + EVENT] = simulation.at(end, this.address, call, Rank.completion);
    }
  }

  private stop(call: CallHandle): void {
    const { simulation, calls } = this;
    const o = call << INTEGER_SHIFT;
    const x = call << DOUBLE_SHIFT;
    this.served.splice(this.served.indexOf(call), 1);
    if (calls.i[o + EVENT] !== 0) simulation.cancel(calls.i[o + EVENT]);
    calls.i[o + EVENT] = 0;
    calls.i[o + SLOT] = 0;
    calls.d[x + LEFT] = Math.max(0, calls.d[x + LEFT] - (simulation.now - calls.d[x + SINCE]) * this.speed);
  }

  private startNext(): void {
    for (const head of this.waiting) {
      if (head === undefined || head === 0) continue;
      this.dequeue(head);
      this.start(head);
      return;
    }
  }

  /** Whom a more urgent job stops: of the least urgent that run, the one that started last. */
  private leastUrgent(): CallHandle {
    let least = this.served[0];
    for (const call of this.served) if (this.priority(call) >= this.priority(least)) least = call;
    return least;
  }

  private priority(call: CallHandle): number {
    return this.calls.i[(call << INTEGER_SHIFT) + PRIORITY];
  }

  private enqueue(call: CallHandle, front: boolean): void {
    const { i } = this.calls;
    i[(call << INTEGER_SHIFT) + SLOT] = 0;
    const priority = this.priority(call);
    while (this.waiting.length <= priority) {
      this.waiting.push(0);
      this.last.push(0);
    }
    const head = this.waiting[priority];
    const tail = this.last[priority];
    i[(call << INTEGER_SHIFT) + NEXT] = front ? head : 0;
    i[(call << INTEGER_SHIFT) + PREVIOUS] = front ? 0 : tail;
    if (head === 0) {
      this.waiting[priority] = call;
      this.last[priority] = call;
    } else if (front) {
      i[(head << INTEGER_SHIFT) + PREVIOUS] = call;
      this.waiting[priority] = call;
    } else {
      i[(tail << INTEGER_SHIFT) + NEXT] = call;
      this.last[priority] = call;
    }
  }

  private dequeue(call: CallHandle): void {
    const { i } = this.calls;
    const priority = this.priority(call);
    const next = i[(call << INTEGER_SHIFT) + NEXT];
    const previous = i[(call << INTEGER_SHIFT) + PREVIOUS];
    if (previous === 0) this.waiting[priority] = next;
    else i[(previous << INTEGER_SHIFT) + NEXT] = next;
    if (next === 0) this.last[priority] = previous;
    else i[(next << INTEGER_SHIFT) + PREVIOUS] = previous;
  }
}
