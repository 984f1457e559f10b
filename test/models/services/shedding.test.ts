import { describe, expect, test } from 'vitest';
import { Calls } from '../../../src/models/calls.ts';
import type { SheddingDescription } from '../../../src/models/description.ts';
import { Gate } from '../../../src/models/services/gate.ts';
import { QueueLine } from '../../../src/models/services/line.ts';
import { Shedding } from '../../../src/models/services/shedding.ts';
import { Streams } from '../../../src/sim/random/stream.ts';

function made(law: SheddingDescription) {
  const calls = new Calls();
  const gate = new Gate(calls, 'workers', 2, Infinity, new QueueLine(calls, false));
  return { calls, gate, shedding: new Shedding(law, gate, new Streams(3, 0).stream('shedding')) };
}

describe('load shedding', () => {
  test('of a given share, but not of the priorities that are spared', () => {
    const { shedding } = made({ sign: 'always', share: 0.3, spare: 1 });
    let rejected = 0;
    for (let k = 0; k < 10_000; k++) {
      expect(shedding.rejects(0, k)).toBe(false);
      if (shedding.rejects(1, k)) rejected++;
    }
    expect(Math.abs(rejected - 3000)).toBeLessThan(4 * Math.sqrt(10_000 * 0.3 * 0.7));
  });

  test('by the mean wait: 5 % less after a window above it, 1 % of all more after one that was not', () => {
    const { calls, gate, shedding } = made({ sign: 'wait', share: 1, above: 0.1, window: 1, spare: 0 });
    const [a, b, c] = [calls.open(), calls.open(), calls.open()];
    gate.enter(a, 0);
    gate.enter(b, 0);
    gate.enter(c, 0.5);
    gate.leave(0.9); // c has waited 0.4 s; three have come to be served: 0.133 s on average
    shedding.rejects(0, 0.99);
    expect(shedding.admitted).toBe(1);
    shedding.rejects(0, 1.2);
    expect(shedding.admitted).toBeCloseTo(0.95, 12);
    gate.enter(a, 1.5); // waits from here on, and nobody's turn comes
    shedding.rejects(0, 2.3);
    expect(shedding.admitted).toBeCloseTo(0.95 * 0.95, 12);
    gate.leave(2.31);
    gate.leave(2.31);
    shedding.rejects(0, 3.3); // 0.01 s waited by the one whose turn came
    expect(shedding.admitted).toBeCloseTo(0.95 * 0.95 + 0.01, 12);
  });

  test('by utilisation, and never more than the share that it may turn away', () => {
    const { calls, gate, shedding } = made({ sign: 'utilisation', share: 0.08, above: 0.7, window: 1, spare: 0 });
    gate.enter(calls.open(), 0);
    shedding.rejects(0, 1); // one of two workers was busy
    expect(shedding.admitted).toBe(1);
    gate.enter(calls.open(), 1.5);
    shedding.rejects(0, 2); // 0.75 of them
    expect(shedding.admitted).toBeCloseTo(0.95, 12);
    shedding.rejects(0, 3);
    expect(shedding.admitted).toBeCloseTo(0.92, 12);
    gate.leave(3);
    gate.leave(3);
    for (let now = 4; now < 30; now++) shedding.rejects(0, now);
    expect(shedding.admitted).toBe(1);
  });
});
