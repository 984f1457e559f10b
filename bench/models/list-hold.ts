/**
 * Model HOLD on the event list alone, without clock, lanes and components: what stands beside a bare priority queue.
 * Like it, the list returns a number for each event; unlike it, ties come out in the order of (rank, sequence).
 */
import { Budget } from '../../src/sim/budget.ts';
import { Calendar } from '../../src/sim/calendar.ts';
import { EventRecords } from '../../src/sim/event-record.ts';
import { Exponentials } from '../../src/sim/random/exponentials.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import type { Outcome } from './outcome.ts';

/** A hold model whose list is filled; `run` goes on from there. The check is the mean delay, seconds. */
export class ListHold {
  private readonly delays = new Exponentials(new Streams('bench', 0).stream('hold'));
  private readonly records: EventRecords;
  private readonly list: Calendar;
  private readonly pending: number;
  private now = 0;
  private sequence = 0;

  constructor(pending: number) {
    this.pending = pending;
    this.records = new EventRecords(pending + 2, new Budget());
    this.list = new Calendar(this.records);
    for (let event = 0; event < pending; event++) this.push(event, this.delays.next());
  }

  run(operations: number): Outcome {
    const { delays, list, records } = this;
    const start = this.now;
    for (let i = 0; i < operations; i++) {
      const handle = list.first();
      list.pop();
      const time = records.time(handle);
      const event = records.argument(handle);
      records.give(handle);
      this.now = time;
      this.push(event, time + delays.next());
    }
    return { events: operations, units: operations, check: ((this.now - start) * this.pending) / operations };
  }

  private push(event: number, time: number): void {
    const { records } = this;
    const handle = records.take(0, event);
    records.setTime(handle, time);
    records.setOrder(handle, this.sequence++);
    this.list.insert(handle);
  }
}
