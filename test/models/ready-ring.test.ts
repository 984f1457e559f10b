import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calls, INTEGER_SHIFT, STATE, State } from '../../src/models/calls.ts';
import type { CallHandle } from '../../src/models/calls.ts';
import { ReadyRing } from '../../src/models/ready-ring.ts';

describe('the ready ring', () => {
  test('gives back in order those that are still ready, whatever was closed or reused meanwhile', () => {
    const commands = fc.array(fc.constantFrom('add', 'add', 'add', 'take', 'close'), { maxLength: 400 });
    fc.assert(
      fc.property(commands, (list) => {
        const calls = new Calls();
        const ring = new ReadyRing(calls);
        const expected: CallHandle[] = [];
        for (const one of list) {
          if (one === 'add') {
            const call = calls.open();
            ring.add(call);
            expected.push(call);
          } else if (one === 'take') {
            const call = ring.next();
            expect(call).toBe(expected.shift() ?? 0);
            if (call !== 0) calls.i[(call << INTEGER_SHIFT) + STATE] = State.running;
          } else if (expected.length > 0) {
            calls.close(expected.splice(expected.length >> 1, 1)[0]); // its record is the next to be opened
          }
        }
        for (const call of expected) expect(ring.next()).toBe(call);
        expect(ring.next()).toBe(0);
        expect(ring.waiting).toBe(false);
      }),
      { seed: 1 },
    );
  });
});
