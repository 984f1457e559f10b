import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calls } from '../../../src/models/calls.ts';
import { Entry, Gate } from '../../../src/models/services/gate.ts';
import { QueueLine } from '../../../src/models/services/line.ts';

function makeGate(tokens: number, room: number): { gate: Gate; calls: Calls } {
  const calls = new Calls();
  return { calls, gate: new Gate(calls, 'g', tokens, room, new QueueLine(calls, false)) };
}

describe('a gate of two tokens with room for one', () => {
  test('gives tokens, then a place in line, then nothing; a token that comes back goes to the first in line', () => {
    const { gate, calls } = makeGate(2, 1);
    const [a, b, c, d] = [calls.open(), calls.open(), calls.open(), calls.open()];
    expect(gate.enter(a, 0)).toBe(Entry.taken);
    expect(gate.enter(b, 1)).toBe(Entry.taken);
    expect(gate.enter(c, 2)).toBe(Entry.waits);
    expect(gate.enter(d, 3)).toBe(Entry.refused);
    expect(gate.leave(5)).toBe(c);
    expect(gate.busy).toBe(2);
    expect(gate.leave(6)).toBe(0);
    expect(gate.leave(8)).toBe(0);
    expect(gate.busy).toBe(0);
    gate.account(10);
    expect(gate).toMatchObject({ arrivals: 4, waits: 1, refusals: 1, withdrawals: 0, returns: 3, waited: 3 });
    expect([gate.busyArea, gate.lineArea]).toEqual([1 * 1 + 2 * 5 + 1 * 2, 3]);
    expect(() => gate.leave(10)).toThrow(/tokens given back/);
  });

  test('who leaves the line early has waited, and is not handed a token', () => {
    const { gate, calls } = makeGate(1, 5);
    const [a, b, c] = [calls.open(), calls.open(), calls.open()];
    gate.enter(a, 0);
    gate.enter(b, 1);
    gate.enter(c, 2);
    gate.withdraw(b, 4);
    expect(gate.leave(7)).toBe(c);
    expect(gate).toMatchObject({ withdrawals: 1, waited: 3 + 5, lineArea: 3 + 5 });
  });

  test('more tokens let the line in one by one; fewer are enforced as tokens come back', () => {
    const { gate, calls } = makeGate(1, Infinity);
    const [a, b, c, d] = [calls.open(), calls.open(), calls.open(), calls.open()];
    for (const each of [a, b, c, d]) gate.enter(each, 0);
    gate.tokens = 3;
    expect([gate.admit(1), gate.admit(1), gate.admit(1)]).toEqual([b, c, 0]);
    gate.tokens = 1;
    expect([gate.leave(2), gate.leave(2), gate.leave(3), gate.leave(4)]).toEqual([0, 0, d, 0]);
  });
});

test('areas, waits and counts are those of a plain list, whatever comes, leaves and gives up', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 3 }),
    what: fc.constantFrom('enter', 'enter', 'leave', 'withdraw'),
    which: fc.nat(10),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(step, { maxLength: 60 }),
      (tokens, room, steps) => {
        const { gate, calls } = makeGate(tokens, room);
        const line: { call: number; since: number }[] = [];
        let now = 0;
        let [busy, busyArea, lineArea, waited] = [0, 0, 0, 0];
        for (const { after, what, which } of steps) {
          busyArea += busy * after;
          lineArea += line.length * after;
          now += after;
          if (what === 'enter') {
            const call = calls.open();
            const expected = busy < tokens ? Entry.taken : line.length < room ? Entry.waits : Entry.refused;
            expect(gate.enter(call, now)).toBe(expected);
            if (expected === Entry.taken) busy++;
            else if (expected === Entry.waits) line.push({ call, since: now });
          } else if (what === 'leave' && busy > 0) {
            const next = line.shift();
            if (next === undefined) busy--;
            else waited += now - next.since;
            expect(gate.leave(now)).toBe(next?.call ?? 0);
          } else if (what === 'withdraw' && line.length > 0) {
            const [gone] = line.splice(which % line.length, 1);
            waited += now - gone.since;
            gate.withdraw(gone.call, now);
          }
          gate.account(now);
          expect([gate.busy, gate.line.length, gate.busyArea, gate.lineArea, gate.waited]).toEqual([
            busy,
            line.length,
            busyArea,
            lineArea,
            waited,
          ]);
          expect(gate.waited + gate.waitingSince(now)).toBe(gate.lineArea);
        }
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});
