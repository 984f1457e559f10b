import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calls, DOUBLE_SHIFT, SINCE } from '../../../src/models/calls.ts';
import { ControlledDelayLine } from '../../../src/models/services/lines/controlled-delay.ts';

/** A line with a clock, in which calls can stand since any time. */
function made(drop: 'late' | 'spaced') {
  const calls = new Calls();
  const clock = { now: 0 };
  const line = new ControlledDelayLine(calls, clock, { kind: 'controlled-delay', target: 0.005, interval: 0.1, drop });
  const dropped: number[] = [];
  line.dropped = (call) => dropped.push(call);
  const add = (since: number): number => {
    const call = calls.open();
    calls.d[(call << DOUBLE_SHIFT) + SINCE] = since;
    line.add(call);
    return call;
  };
  return { line, clock, dropped, add };
}

describe('drops of a line in which everybody has waited a second', () => {
  test("spaced: at an interval, then at RFC 8289's intervals over the square root of the count", () => {
    const { line, clock, dropped, add } = made('spaced');
    for (let k = 0; k < 100; k++) add(-1);
    const times: number[] = [];
    for (let step = 0; step <= 40; step++) {
      clock.now = step / 100;
      const before = dropped.length;
      expect(line.take()).not.toBe(0);
      for (let k = before; k < dropped.length; k++) times.push(step);
    }
    // due at 100, 200, 200 + 100 / sqrt 2 = 270.7, + 100 / sqrt 3 = 328.4, + 100 / 2 = 378.4 ms; one is taken every 10 ms
    expect(times).toEqual([10, 20, 28, 33, 38]);
  });

  test('spaced: soon after it has stopped, dropping goes on at the pace it had', () => {
    const { line, clock, dropped, add } = made('spaced');
    const standing = (until: number): void => {
      for (; clock.now < until - 1e-9; clock.now += 0.01) {
        while (line.length < 20) add(clock.now - 1);
        line.take();
      }
    };
    standing(0.4);
    expect(dropped.length).toBe(5);
    while (line.length > 0) line.take(); // nobody waits
    const before = dropped.length;
    standing(0.52);
    // a standing line is known an interval after 400 ms; the next comes after 100 / sqrt 4 = 50 ms, not 100
    expect(dropped.length - before).toBe(1);
    standing(0.56);
    expect(dropped.length - before).toBe(2);
  });

  test('late: everybody who waited over twice the target, once the line has stood for an interval', () => {
    const { line, clock, dropped, add } = made('late');
    for (let k = 0; k < 12; k++) add(-1);
    for (let step = 0; step < 10; step++) {
      clock.now = step / 100;
      line.take();
    }
    expect(dropped).toEqual([]);
    clock.now = 0.1;
    const [inTime] = [add(0.091), add(0.099)];
    expect(line.take()).toBe(inTime);
    expect(dropped.length).toBe(2);
  });

  test('a wait below the target ends it', () => {
    const { line, clock, dropped, add } = made('late');
    for (let k = 0; k < 5; k++) add(-1);
    line.take();
    clock.now = 0.05;
    while (line.length > 0) line.take();
    add(0.05);
    add(0.05);
    line.take();
    for (let k = 0; k < 5; k++) add(-1);
    clock.now = 0.1;
    line.take();
    expect(dropped).toEqual([]);
  });
});

test('everybody who came was taken, dropped or left, once; who can be taken is, and in order of arrival', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'add', 'add', 'add', 'add', 'take', 'take', 'take', 'leave'),
    seconds: fc.double({ min: 0, max: 0.02, noNaN: true }),
    which: fc.nat(50),
  });
  for (const drop of ['late', 'spaced'] as const) {
    let drops = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const { line, clock, dropped, add } = made(drop);
        const waiting: number[] = [];
        for (const { what, seconds, which } of steps) {
          clock.now += seconds;
          if (what === 'add') {
            waiting.push(add(clock.now));
          } else if (what === 'leave' && waiting.length > 0) {
            line.remove(waiting.splice(which % waiting.length, 1)[0]);
          } else if (what === 'take') {
            const before = dropped.length;
            const taken = line.take();
            expect(taken === 0).toBe(waiting.length === 0);
            if (taken === 0) continue;
            expect([...dropped.slice(before), taken]).toEqual(waiting.splice(0, dropped.length - before + 1));
          }
          expect(line.length).toBe(waiting.length);
        }
        drops += dropped.length;
      }),
      { seed: 14, numRuns: 100 },
    );
    expect(drops, drop).toBeGreaterThan(5);
  }
});
