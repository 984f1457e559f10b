/** nginx's max_fails and fail_timeout, from what its recordings showed (reference/real/findings.md). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PassiveChecks } from '../../../src/models/directors/passive-checks.ts';

/** Two servers with these rules, and who is out. */
function checked(maxFails = 1, failTimeout = 5, phase = 0, servers = 2) {
  const clock = { now: 0 };
  const out = new Set<number>();
  const lowered: number[] = [];
  const rules = Array.from({ length: servers }, () => ({ maxFails, failTimeout }));
  const checks = new PassiveChecks(rules, clock, phase, {
    leaveOut: (member, left) => (left ? out.add(member) : out.delete(member)),
    lower: (member) => lowered.push(member),
  });
  const at = (time: number): void => {
    clock.now = time;
    if (time >= checks.wakeAt) checks.wake();
  };
  const fail = (member: number): void => {
    checks.picked(member);
    checks.released(member, true);
  };
  return { checks, out, lowered, at, fail };
}

describe('max_fails and fail_timeout', () => {
  test('after so many failures, left out until MORE than fail_timeout whole seconds have passed', () => {
    const { checks, out, lowered, at, fail } = checked(3, 5);
    for (const time of [0.1, 0.2]) {
      at(time);
      fail(0);
    }
    expect([out.size, checks.failures(0)]).toEqual([0, 2]);
    at(0.3);
    fail(0);
    expect([[...out], lowered]).toEqual([[0], [0, 0, 0]]);
    at(5.999);
    expect(out.has(0)).toBe(true);
    at(6);
    expect(out.has(0)).toBe(false);
  });

  test('then one request probes it; another failure leaves it out for 6 s each time, success for good', () => {
    const { checks, out, at, fail } = checked(1, 5);
    at(0.9);
    fail(0);
    at(6);
    checks.picked(0);
    expect(out.has(0), 'while the answer is awaited').toBe(true);
    checks.released(0, true);
    at(11.999);
    expect(out.has(0)).toBe(true);
    at(12);
    checks.picked(0);
    checks.released(0, false);
    expect([out.has(0), checks.failures(0)]).toEqual([false, 0]);
  });

  test('the first probe comes U(5,6) s after the failure for fail_timeout 5, by the phase of the clock', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (phase, time) => {
          const { checks, at, fail } = checked(1, 5, phase);
          at(time);
          fail(0);
          const after = checks.wakeAt - time;
          expect(after).toBeGreaterThan(5 - 1e-9);
          expect(after).toBeLessThanOrEqual(6 + 1e-9);
        },
      ),
      { seed: 1 },
    );
  });

  test('each of several by its own time', () => {
    const { out, at, fail } = checked(1, 5);
    at(0.1);
    fail(0);
    at(1.1);
    fail(1);
    at(6); // one is due, the other only at 7
    expect([...out]).toEqual([1]);
    at(7);
    expect([...out]).toEqual([]);
  });

  test('a success within fail_timeout of the failure does not clear the count, one later does', () => {
    const { checks, at, fail } = checked(2, 5);
    at(0);
    fail(0);
    at(4);
    checks.picked(0);
    checks.released(0, false);
    expect(checks.failures(0)).toBe(1);
    at(6);
    checks.picked(0);
    checks.released(0, false);
    expect(checks.failures(0)).toBe(0);
  });

  test('0 failures allowed means any number; a single server is never left out', () => {
    for (const { out, lowered, fail } of [checked(0, 5), checked(1, 5, 0, 1)]) {
      for (let k = 0; k < 10; k++) fail(0);
      expect([out.size, lowered]).toEqual([0, []]);
    }
  });
});
