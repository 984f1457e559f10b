import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/sim/budget.ts';
import { Calendar } from '../../src/sim/calendar.ts';
import { EventRecords } from '../../src/sim/event-record.ts';
import { exponential } from '../../src/sim/random/exponential.ts';
import { Streams } from '../../src/sim/random/stream.ts';

/** Records that count how many are looked at, which is what an operation of the calendar costs. */
class CountingRecords extends EventRecords {
  looks = 0;
  override time(handle: number): number {
    this.looks++;
    return super.time(handle);
  }
  override before(a: number, b: number): boolean {
    this.looks++;
    return super.before(a, b);
  }
}

class Workload {
  readonly records = new CountingRecords(16, new Budget());
  readonly list = new Calendar(this.records);
  private sequence = 0;
  now = 0;

  insert(time: number): void {
    const handle = this.records.take(0, 0);
    this.records.setTime(handle, time);
    this.records.setOrder(handle, this.sequence++);
    this.list.insert(handle);
  }

  pop(): void {
    const handle = this.list.first();
    this.list.pop();
    this.now = this.records.time(handle);
    this.records.give(handle);
  }

  /** Looks a hold operation: pop one, push one `delay` later. */
  looksPerHold(operations: number, delay: () => number): number {
    this.records.looks = 0;
    for (let i = 0; i < operations; i++) {
      this.pop();
      this.insert(this.now + delay());
    }
    return this.records.looks / operations;
  }
}

const uniform = (): (() => number) => {
  const stream = new Streams('calendar', 0).stream('test');
  return () => stream.uniform();
};

describe('what the calendar costs, in records looked at', () => {
  test('a constant for each insert while it is filled', () => {
    const u = uniform();
    const work = new Workload();
    for (let i = 0; i < 30_000; i++) work.insert(u());
    expect(work.records.looks / 30_000).toBeLessThan(8);
  });

  test.each([100, 1000, 30_000])('a constant, with %d pending', (pending) => {
    const u = uniform();
    const delay = (): number => exponential({ mean: 1 }).quantile(u());
    const work = new Workload();
    for (let i = 0; i < pending; i++) work.insert(delay());
    work.looksPerHold(5 * pending, delay);
    expect(work.looksPerHold(20_000, delay)).toBeLessThan(8);
  });

  test('a constant again after the rate has changed a million times, either way', () => {
    const u = uniform();
    const work = new Workload();
    for (let i = 0; i < 1000; i++) work.insert(u());
    work.looksPerHold(20_000, u);
    for (const scale of [1e6, 1, 1e-6, 1]) {
      const delay = (): number => scale * u();
      work.looksPerHold(30_000, delay);
      expect(work.looksPerHold(20_000, delay)).toBeLessThan(8);
    }
  });

  test('a constant again after growing to 50,000 and shrinking to 20', () => {
    const u = uniform();
    const work = new Workload();
    for (let i = 0; i < 50_000; i++) work.insert(u());
    while (work.list.size > 20) work.pop();
    work.looksPerHold(200_000, u);
    expect(work.looksPerHold(20_000, u)).toBeLessThan(15);
  });

  test('of the order of log n when all events fall on a few times', () => {
    const u = uniform();
    const work = new Workload();
    const tick = (): number => Math.floor(work.now) + 1 + Math.floor(2 * u()) - work.now;
    for (let i = 0; i < 10_000; i++) work.insert(tick());
    expect(work.looksPerHold(50_000, tick)).toBeLessThan(100);
  });

  test('little when bursts are a year apart', () => {
    const u = uniform();
    const work = new Workload();
    const burst = (): number => (u() < 0.001 ? 3e7 : 1e-3 * u());
    for (let i = 0; i < 500; i++) work.insert(burst());
    expect(work.looksPerHold(100_000, burst)).toBeLessThan(40);
  });

  test('little when one event lies far ahead of the rest, and its day has been opened', () => {
    const u = uniform();
    const work = new Workload();
    for (let i = 0; i < 100; i++) work.insert(1e6 + i);
    expect(work.records.time(work.list.first())).toBe(1e6); // its day is open while the clock stands at 0
    for (let i = 0; i < 1000; i++) work.insert(u());
    work.looksPerHold(20_000, u);
    expect(work.looksPerHold(20_000, u)).toBeLessThan(8);
  });
});

test('times too far ahead for the present width of a day come out in order', () => {
  const work = new Workload();
  for (let i = 0; i < 5000; i++) work.insert(1e-6 * i);
  const far = [3e10, 1e11, 1e11 + 1e-3, 1e15];
  far.forEach((time) => work.insert(time));
  const times: number[] = [];
  while (work.list.size > 0) {
    work.pop();
    times.push(work.now);
  }
  expect(times).toHaveLength(5004);
  expect(times.slice(5000)).toEqual(far);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});
