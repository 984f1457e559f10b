/** The rules of autoscaling as functions: Kubernetes' formula, its windows and policies, thresholds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Behaviour } from '../../../src/models/autoscalers/behaviour.ts';
import type { BehaviourRules } from '../../../src/models/autoscalers/behaviour.ts';
import { largestWanted, wantedServers } from '../../../src/models/autoscalers/hpa.ts';
import type { MetricReading } from '../../../src/models/autoscalers/hpa.ts';
import { afterRule, ruleThatHolds } from '../../../src/models/autoscalers/thresholds.ts';

const reading = (sum: number, measured: number, rest: Partial<MetricReading> = {}): MetricReading => ({
  sum,
  measured,
  missing: 0,
  unready: 0,
  external: false,
  ...rest,
});
const at70 = { target: 0.7, tolerance: 0.1 };

describe('what Kubernetes says', () => {
  test.each<[string, number, MetricReading, number | null]>([
    ['ceil(current x metric / target)', 4, reading(4 * 1, 4), 6],
    ['nothing within the tolerance', 4, reading(4 * 0.76, 4), 4],
    ['a missing server counts as at the target when it would scale in', 4, reading(3 * 0.1, 3, { missing: 1 }), 2],
    ['a missing server counts as idle when it would scale out', 4, reading(3 * 1.2, 3, { missing: 1 }), 6],
    ['missing servers that would turn the direction round change nothing', 4, reading(0.6, 1, { missing: 3 }), 4],
    ['servers that start count as idle when it would scale out', 6, reading(4, 4, { unready: 2 }), 6],
    ['which may leave too little difference', 10, reading(7.56, 8, { unready: 2 }), 10],
    ['as much as those that are ready ask for beyond them', 6, reading(8, 4, { unready: 2 }), 12],
    ['servers that start do not count when it would scale in', 6, reading(4 * 0.35, 4, { unready: 2 }), 2],
    ['nothing where nothing is measured', 3, reading(0, 0, { unready: 3 }), null],
    ['an external metric is divided among the servers', 3, reading(7.1 * 0.7, 1, { external: true }), 8],
    ['with its tolerance on the whole', 7, reading(7.1 * 0.7, 1, { external: true }), 7],
  ])('%s', (_, current, metric, wanted) => {
    expect(wantedServers(current, metric, at70)).toBe(wanted);
  });

  test('of several metrics the largest; one without value forbids fewer', () => {
    expect(largestWanted(4, [3, 6])).toBe(6);
    expect(largestWanted(4, [3, null])).toBe(4);
    expect(largestWanted(4, [6, null])).toBe(6);
    expect(largestWanted(4, [null])).toBe(4);
  });

  test('never scales against the metric', () => {
    fc.assert(
      fc.property(
        fc.record({
          measured: fc.integer({ min: 1, max: 50 }),
          missing: fc.integer({ min: 0, max: 5 }),
          unready: fc.integer({ min: 0, max: 5 }),
          mean: fc.double({ min: 0, max: 3, noNaN: true }),
        }),
        ({ measured, missing, unready, mean }) => {
          const current = measured + missing + unready;
          const wanted = wantedServers(current, reading(mean * measured, measured, { missing, unready }), at70)!;
          if (mean > 0.7 && unready + missing > 0) expect(wanted).toBeGreaterThanOrEqual(current);
          if (mean < 0.7) expect(wanted).toBeLessThanOrEqual(current);
        },
      ),
      { seed: 1 },
    );
  });
});

const calm: BehaviourRules = {
  out: { window: 0, policies: [], select: 'most' },
  in: { window: 300, policies: [], select: 'most' },
};

describe('windows and policies', () => {
  test('scaling in waits for the window: the highest recommendation of 300 s', () => {
    const behaviour = new Behaviour(calm, 10);
    expect(behaviour.limit(15, 10, 4)).toBe(10);
    expect(behaviour.limit(150, 10, 6)).toBe(10);
    expect(behaviour.limit(299, 10, 3)).toBe(10);
    expect(behaviour.limit(300, 10, 3)).toBe(6); // the first ten is 300 s ago, the six is not
    expect(behaviour.limit(460, 6, 3)).toBe(3);
  });

  test('within a window it never goes below any recommendation, and out at once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }), (wanted) => {
        const behaviour = new Behaviour(calm, 5);
        let current = 5;
        let lastOut = -Infinity;
        wanted.forEach((one, k) => {
          const now = 15 * (k + 1);
          const next = behaviour.limit(now, current, one);
          const seen = [...(now < 300 ? [5] : []), ...wanted.filter((_, j) => j <= k && 15 * (j + 1) > now - 300)];
          if (next < current) {
            expect(next).toBe(Math.max(...seen));
            expect(now - lastOut).toBeGreaterThanOrEqual(300); // no flapping
          }
          if (one > current) expect(next).toBe(one);
          if (next > current) lastOut = now;
          current = next;
        });
      }),
      { seed: 2 },
    );
  });

  const policies = {
    out: {
      window: 0,
      select: 'most',
      policies: [
        { kind: 'servers', value: 4, period: 15 },
        { kind: 'share', value: 1, period: 15 },
      ],
    },
    in: { window: 0, select: 'least', policies: [{ kind: 'share', value: 0.1, period: 60 }] },
  } as const;

  test('4 servers or 100 % in 15 s, whichever is more', () => {
    const behaviour = new Behaviour(policies, 2);
    expect(behaviour.limit(15, 2, 100)).toBe(6);
    behaviour.changed(15, 4);
    expect(behaviour.limit(20, 6, 100)).toBe(6); // of the same 15 s
    expect(behaviour.limit(30, 6, 100)).toBe(12);
    expect(new Behaviour({ ...policies, out: { ...policies.out, select: 'least' } }, 20).limit(15, 20, 100)).toBe(24);
    expect(new Behaviour({ ...policies, out: { ...policies.out, select: 'none' } }, 20).limit(15, 20, 100)).toBe(20);
  });

  test('10 % a minute of what was there a minute ago', () => {
    const behaviour = new Behaviour(policies, 100);
    expect(behaviour.limit(15, 100, 1)).toBe(90);
    behaviour.changed(15, -10);
    expect(behaviour.limit(30, 90, 1)).toBe(90);
    expect(behaviour.limit(75, 90, 1)).toBe(81);
  });
});

describe('thresholds', () => {
  const rules = [
    { metric: 0, when: 'above', limit: 0.7, do: 'out', by: { kind: 'servers', value: 2 } },
    { metric: 1, when: 'above', limit: 0.85, do: 'in', by: { kind: 'share', value: 0.25 } },
  ] as const;

  test('the first that holds decides', () => {
    expect(ruleThatHolds(rules, [0.71, 0.9])).toBe(rules[0]);
    expect(ruleThatHolds(rules, [0.7, 0.86])).toBe(rules[1]);
    expect(ruleThatHolds(rules, [0.7, NaN])).toBeNull();
    expect(afterRule(10, rules[0])).toBe(12);
    expect(afterRule(10, rules[1])).toBe(7);
    expect(afterRule(1, rules[1])).toBe(0);
  });
});
