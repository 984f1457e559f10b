import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calls, INTEGER_SHIFT, PRIORITY } from '../../../src/models/calls.ts';
import { PriorityLine, QueueLine, RandomLine } from '../../../src/models/services/line.ts';
import { AdaptiveLifoLine } from '../../../src/models/services/lines/adaptive-lifo.ts';
import { ControlledDelayLine } from '../../../src/models/services/lines/controlled-delay.ts';
import type { WaitingLine } from '../../../src/models/services/line.ts';
import { Streams } from '../../../src/sim/random/stream.ts';

interface Waiting {
  readonly call: number;
  readonly priority: number;
}

interface Order {
  readonly name: string;
  readonly make: (calls: Calls) => WaitingLine;
  /** Place of the next in a plain array in order of arrival. */
  readonly next: (waiting: readonly Waiting[]) => number;
  /** Where one who is put back stands in that array. */
  readonly putBack?: 'last';
}

const orders: readonly Order[] = [
  { name: 'fifo', make: (calls) => new QueueLine(calls, false), next: () => 0 },
  { name: 'lifo', make: (calls) => new QueueLine(calls, true), next: (waiting) => waiting.length - 1, putBack: 'last' },
  { name: 'adaptive lifo while nobody has waited long', make: (calls) => adaptive(calls, 0), next: () => 0 },
  {
    name: 'adaptive lifo while the first has waited too long',
    make: (calls) => adaptive(calls, 2),
    next: (waiting) => waiting.length - 1,
    putBack: 'last',
  },
  {
    name: 'controlled delay while waits are short',
    make: (calls) =>
      new ControlledDelayLine(calls, { now: 0 }, { kind: 'controlled-delay', target: 1, interval: 1, drop: 'late' }),
    next: () => 0,
  },
  {
    name: 'priority',
    make: (calls) => new PriorityLine(calls),
    next: (waiting) => {
      const urgent = Math.min(...waiting.map(({ priority }) => priority));
      return waiting.findIndex(({ priority }) => priority === urgent);
    },
  },
];

/** Everybody came at 0 and has waited so long. */
function adaptive(calls: Calls, now: number): WaitingLine {
  return new AdaptiveLifoLine(calls, { now }, 1);
}

const script = fc.array(
  fc.record({
    what: fc.constantFrom('add', 'add', 'add', 'take', 'take', 'putBack', 'remove'),
    priority: fc.nat(3),
    which: fc.nat(50),
  }),
  { maxLength: 80 },
);

describe.each(orders)('$name', ({ make, next, putBack }) => {
  test('takes and removes as a plain array does', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const calls = new Calls();
        const line = make(calls);
        const waiting: Waiting[] = [];
        const taken: Waiting[] = [];
        for (const { what, priority, which } of steps) {
          if (what === 'add') {
            const call = calls.open();
            calls.i[(call << INTEGER_SHIFT) + PRIORITY] = priority;
            line.add(call);
            waiting.push({ call, priority });
          } else if (what === 'take') {
            const [expected] = waiting.length > 0 ? waiting.splice(next(waiting), 1) : [];
            expect(line.take()).toBe(expected?.call ?? 0);
            if (expected !== undefined) taken.push(expected);
          } else if (what === 'putBack') {
            const back = taken.pop();
            if (back === undefined) continue;
            line.putBack(back.call);
            if (putBack === 'last') waiting.push(back);
            else waiting.unshift(back);
          } else if (waiting.length > 0) {
            const [gone] = waiting.splice(which % waiting.length, 1);
            line.remove(gone.call);
          }
          expect(line.length).toBe(waiting.length);
          expect(visited(line)).toEqual(sorted(waiting.map(({ call }) => call)));
        }
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});

describe('random', () => {
  test('gives out everyone who was not removed, once', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const calls = new Calls();
        const line = new RandomLine(calls, new Streams(1, 0).stream('line'));
        const waiting = new Set<number>();
        for (const { what, which } of steps) {
          if (what === 'add') {
            const call = calls.open();
            line.add(call);
            waiting.add(call);
          } else if (what === 'take') {
            const empty = waiting.size === 0;
            const taken = line.take();
            expect(waiting.delete(taken)).toBe(!empty);
            expect(taken === 0).toBe(empty);
          } else if (waiting.size > 0) {
            const gone = [...waiting][which % waiting.size];
            line.remove(gone);
            waiting.delete(gone);
          }
          expect(visited(line)).toEqual(sorted([...waiting]));
        }
      }),
      { seed: 13, numRuns: 200 },
    );
  });

  test('each of those who wait is equally likely to be next', () => {
    const calls = new Calls();
    const line = new RandomLine(calls, new Streams(2, 0).stream('line'));
    const waiting = [calls.open(), calls.open(), calls.open(), calls.open()];
    const firsts = new Map(waiting.map((call) => [call, 0]));
    for (let round = 0; round < 4000; round++) {
      for (const call of waiting) line.add(call);
      const first = line.take();
      firsts.set(first, firsts.get(first)! + 1);
      while (line.take() !== 0);
    }
    const chiSquare = [...firsts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(16.3); // 0.999 quantile with 3 degrees of freedom
  });
});

test('who was taken can be put back in front', () => {
  const calls = new Calls();
  const line = new QueueLine(calls, false);
  const [a, b] = [calls.open(), calls.open()];
  line.add(a);
  line.putBack(line.take());
  line.add(b);
  line.putBack(line.take());
  expect([line.length, line.take(), line.take(), line.take()]).toEqual([2, a, b, 0]);
});

function visited(line: WaitingLine): number[] {
  const seen: number[] = [];
  line.each((call) => seen.push(call));
  return sorted(seen);
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}
