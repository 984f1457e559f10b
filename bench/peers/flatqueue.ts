/** Model HOLD on flatqueue, the fastest npm priority queue: a bare queue, which promises no order among equal times. */
import FlatQueue from 'flatqueue';
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import type { Outcome } from '../models/outcome.ts';

/** A hold model whose queue is filled; `run` goes on from there. The check is the mean delay, seconds. */
export class FlatQueueHold {
  private readonly delays = new Exponentials(new Streams('bench', 0).stream('hold'));
  private readonly queue: FlatQueue<number>;
  private readonly pending: number;
  private now = 0;

  constructor(pending: number) {
    this.pending = pending;
    this.queue = new FlatQueue<number>(pending + 1); // of fixed capacity, on typed arrays
    for (let event = 0; event < pending; event++) this.queue.push(event, this.delays.next());
  }

  run(operations: number): Outcome {
    const { delays, queue } = this;
    const start = this.now;
    for (let i = 0; i < operations; i++) {
      const time = queue.peekValue()!;
      const event = queue.pop()!;
      this.now = time;
      queue.push(event, time + delays.next());
    }
    return { events: operations, units: operations, check: ((this.now - start) * this.pending) / operations };
  }
}

/** Whether items of equal priority come out as they went in. */
export function flatQueueIsStable(): boolean {
  const queue = new FlatQueue<number>(1000);
  for (let item = 0; item < 1000; item++) queue.push(item, 1);
  for (let item = 0; item < 1000; item++) if (queue.pop() !== item) return false;
  return true;
}
