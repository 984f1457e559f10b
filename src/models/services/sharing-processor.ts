/**
 * Processor sharing by virtual time: with n jobs on c cores each runs at speed min(1, c / n), times the server's speed
 * and its slowdown under load. A job that comes when virtual time is V with work w ends when virtual time reaches V + w,
 * whoever comes and goes meanwhile; so a heap of those ends is all there is to keep. O(log n) a submit, end or withdrawal.
 * Source: Kleinrock, Queueing Systems II (1976), section 4.4; egalitarian sharing with unlimited jobs.
 */
import type { Handle, Simulation } from '../../sim/simulation.ts';
import { Rank } from '../../sim/rank.ts';
import type { CallHandle, Calls } from '../calls.ts';
import { INTEGER_SHIFT, SLOT } from '../calls.ts';
import type { Processor, WorkDone } from './processor.ts';
import type { Slowdown } from './slowdown.ts';

/** Told when a job is done. */
export interface Computed {
  computed(call: CallHandle): void;
}

export class SharingProcessor implements Processor {
  jobs = 0;
  busyArea = 0;
  private readonly address: number;
  private given = 0;
  private done = 0;
  private byClock = 0;
  private ends = 0;
  private virtual = 0;
  private since = 0;
  private rate = 0;
  private event: Handle = 0;
  private eventTime = Infinity;
  private sequence = 0;
  // a binary heap by (end, order), both by place
  private heap = new Int32Array(16);
  private end = new Float64Array(16);
  private order = new Float64Array(16);

  /** @param cores Infinity = every job runs at full speed. */
  constructor(
    private readonly simulation: Simulation,
    private readonly calls: Calls,
    private readonly owner: Computed,
    readonly cores: number,
    private speed: number,
    private readonly slowdown: Slowdown | null,
  ) {
    this.address = simulation.register(this);
  }

  submit(call: CallHandle, work: number): void {
    this.account(this.simulation.now);
    this.given += work;
    if (this.jobs === 0) this.virtual = 0;
    if (this.jobs === this.heap.length) this.grow();
    this.place(this.jobs++, call, this.virtual + work, this.sequence++);
    this.up(this.jobs - 1);
    this.reschedule();
  }

  withdraw(call: CallHandle): number {
    this.account(this.simulation.now);
    const place = this.calls.i[(call << INTEGER_SHIFT) + SLOT];
    const left = Math.max(0, this.end[place] - this.virtual);
    this.given -= left;
    this.removeAt(place);
    this.reschedule();
    return left;
  }

  setSpeed(speed: number): void {
    this.account(this.simulation.now);
    this.speed = speed;
    this.reschedule();
  }

  account(now: number): void {
    const elapsed = now - this.since;
    this.since = now;
    const area = Math.min(this.jobs, this.cores) * elapsed;
    this.busyArea += area;
    this.byClock += area * this.speed;
    const advance = this.rate * elapsed;
    this.virtual += advance;
    this.done += this.jobs * advance;
  }

  get running(): number {
    return Math.min(this.jobs, this.cores);
  }

  work(): WorkDone {
    let left = 0;
    for (let place = 0; place < this.jobs; place++) left += this.end[place] - this.virtual;
    const byClock = this.slowdown === null ? this.byClock : NaN;
    return { given: this.given, done: this.done, left, byClock, ends: this.ends };
  }

  /** The first job may be done: the event was set for it, unless others have come or the speed has changed since. */
  on(): void {
    this.event = 0;
    this.eventTime = Infinity;
    const now = this.simulation.now;
    this.account(now);
    const rate = this.rate;
    if (rate > 0 && this.jobs > 0 && now + (this.end[0] - this.virtual) / rate <= now) {
      if (this.end[0] > this.virtual) {
        // the event came early by the rounding of its time
        this.done += this.jobs * (this.end[0] - this.virtual);
        this.virtual = this.end[0];
      }
      const call = this.heap[0];
      this.ends++;
      this.removeAt(0);
      this.reschedule();
      this.owner.computed(call);
      return;
    }
    this.reschedule();
  }

  /** Sets the event for the next end. One that would come too early is left to find that out by itself. */
  private reschedule(): void {
    const jobs = this.jobs;
    let rate = 0;
    if (jobs > 0) {
      rate = this.speed;
      if (jobs > this.cores) rate *= this.cores / jobs;
      if (this.slowdown !== null) rate *= this.slowdown(jobs);
    }
    this.rate = rate;
    if (rate <= 0) return;
    const next = this.simulation.now + Math.max(0, this.end[0] - this.virtual) / rate;
    if (next >= this.eventTime) return;
    if (this.event !== 0) this.simulation.cancel(this.event);
    this.event = this.simulation.at(next, this.address, 0, Rank.completion);
    this.eventTime = next;
  }

  private removeAt(place: number): void {
    const last = --this.jobs;
    if (place === last) return;
    this.place(place, this.heap[last], this.end[last], this.order[last]);
    this.down(place);
    this.up(place);
  }

  private place(place: number, call: CallHandle, end: number, order: number): void {
    this.heap[place] = call;
    this.end[place] = end;
    this.order[place] = order;
    this.calls.i[(call << INTEGER_SHIFT) + SLOT] = place;
  }

  private before(a: number, b: number): boolean {
    return this.end[a] < this.end[b] || (this.end[a] === this.end[b] && this.order[a] < this.order[b]);
  }

  private swap(a: number, b: number): void {
    const call = this.heap[a];
    const end = this.end[a];
    const order = this.order[a];
    this.place(a, this.heap[b], this.end[b], this.order[b]);
    this.place(b, call, end, order);
  }

  private up(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.before(place, parent)) return;
      this.swap(place, parent);
      place = parent;
    }
  }

  private down(from: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.jobs) return;
      if (child + 1 < this.jobs && this.before(child + 1, child)) child++;
      if (!this.before(child, place)) return;
      this.swap(place, child);
      place = child;
    }
  }

  private grow(): void {
    const size = 2 * this.heap.length;
    const heap = new Int32Array(size);
    heap.set(this.heap);
    this.heap = heap;
    const end = new Float64Array(size);
    end.set(this.end);
    this.end = end;
    const order = new Float64Array(size);
    order.set(this.order);
    this.order = order;
  }
}
