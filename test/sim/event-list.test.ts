import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/sim/budget.ts';
import { Calendar } from '../../src/sim/calendar.ts';
import type { EventList } from '../../src/sim/event-list.ts';
import { EventRecords, State } from '../../src/sim/event-record.ts';
import type { Handle } from '../../src/sim/event-record.ts';
import { Heap } from '../../src/sim/heap.ts';
import { RANK_STEP } from '../../src/sim/rank.ts';

/** What a script does to a list. `spread` turns a number in [0, 1) into how far ahead of now the event lies. */
type Step =
  | { readonly do: 'insert'; readonly times: number; readonly spread: Spread; readonly share: number }
  | { readonly do: 'pop'; readonly times: number }
  | { readonly do: 'cancel'; readonly times: number; readonly share: number }
  | { readonly do: 'purge' };

const spreads = {
  now: () => 0,
  ticks: (u: number) => Math.floor(u * 4), // equal times
  near: (u: number) => u,
  cluster: (u: number) => 1000 + Math.floor(u * 10) * 1e-9,
  heavyTail: (u: number) => 1e-3 / (1 - u) ** 3,
  far: (u: number) => 1e9 * u,
  tiny: (u: number) => u * 1e-12,
  astronomic: (u: number) => 1e300 * u,
};
type Spread = keyof typeof spreads;

const count = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 400 }));
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const rareSpread = fc.constantFrom(...(Object.keys(spreads) as Spread[]));
const commonSpread = fc.constantFrom<Spread>('now', 'ticks', 'near', 'cluster', 'heavyTail', 'far');
const stepsOf = (spread: fc.Arbitrary<Spread>) =>
  fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('insert' as const), times: count, spread, share }),
      fc.record({ do: fc.constant('pop' as const), times: count }),
      fc.record({ do: fc.constant('cancel' as const), times: count, share }),
      fc.constant({ do: 'purge' as const }),
    ),
    { maxLength: 40 },
  );

/** The list that needs no proof: it looks at every event. */
class Naive implements EventList {
  private readonly records: EventRecords;
  private handles: Handle[] = [];
  constructor(records: EventRecords) {
    this.records = records;
  }
  get size(): number {
    return this.handles.length;
  }
  insert(handle: Handle): void {
    this.handles.push(handle);
  }
  first(): Handle {
    return this.handles.reduce((least, handle) => (least && this.records.before(least, handle) ? least : handle), 0);
  }
  pop(): void {
    const first = this.first();
    this.handles = this.handles.filter((handle) => handle !== first);
  }
  purge(): void {
    for (const handle of this.handles) if (this.records.isCancelled(handle)) this.records.discard(handle);
    this.handles = this.handles.filter((handle) => this.records.state(handle) === State.listed);
  }
}

/** Runs a script on one list and drains it; the sequence of all that comes out, (time, name) of live events. */
function play(makeList: (records: EventRecords) => EventList, steps: readonly Step[]): string[] {
  const records = new EventRecords(2, new Budget());
  const list = makeList(records);
  const live = new Map<number, Handle>();
  const out: string[] = [];
  let now = 0;
  let name = 0;
  let state = 1;
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;

  const insert = (delay: number): void => {
    const handle = records.take(name, 0);
    records.setTime(handle, now + delay);
    records.setOrder(handle, Math.floor(uniform() * 4) * RANK_STEP + name);
    live.set(name++, handle);
    list.insert(handle);
  };
  /** Takes out events up to and including one that is not cancelled. */
  const pop = (): void => {
    for (let cancelled = true; cancelled;) {
      const handle = list.first();
      list.pop();
      cancelled = records.isCancelled(handle);
      if (cancelled) {
        records.discard(handle);
      } else {
        now = records.time(handle);
        out.push(`${now} ${records.address(handle)}`);
        live.delete(records.address(handle));
        records.give(handle);
      }
    }
  };
  const cancel = (share: number): void => {
    const names = [...live.keys()];
    if (names.length === 0) return;
    const victim = names[Math.floor(share * names.length)];
    records.cancel(live.get(victim)!);
    live.delete(victim);
  };

  for (const step of steps) {
    if (step.do === 'purge') list.purge();
    else
      for (let time = 0; time < step.times; time++) {
        if (step.do === 'insert') insert(spreads[step.spread]((uniform() + step.share) % 1));
        else if (step.do === 'cancel') cancel((uniform() + step.share) % 1);
        else if (live.size > 0) pop();
      }
  }
  while (live.size > 0) pop();
  list.purge();
  expect(list.size).toBe(0);
  expect(records.cancelled).toBe(0);
  return out;
}

describe('event lists', () => {
  test('the heap gives what a search through all events gives', () => {
    fc.assert(
      fc.property(stepsOf(rareSpread), (steps) => {
        const small = steps.map((step) => ('times' in step ? { ...step, times: step.times % 25 } : step));
        expect(play((records) => new Heap(records), small)).toEqual(play((records) => new Naive(records), small));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test.each([
    ['everyday times', commonSpread],
    ['times from picoseconds to 1e300 s', rareSpread],
  ])('the calendar gives what the heap gives: %s', (_, spread) => {
    fc.assert(
      fc.property(stepsOf(spread), (steps) => {
        expect(play((records) => new Calendar(records), steps)).toEqual(play((records) => new Heap(records), steps));
      }),
      { seed: 2, numRuns: 150 },
    );
  });
});
