import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lanes } from '../../../src/models/directors/lanes.ts';

test('lanes: the smallest number first, equal ones by the second, whatever kinds they are of', () => {
  const step = fc.record({
    server: fc.nat({ max: 39 }),
    key: fc.integer({ min: -3, max: 12 }),
    kind: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 60 })),
    put: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 200 }), (story) => {
      const lanes = new Lanes(40);
      const there = new Map<number, readonly [number, number]>();
      story.forEach(({ server, key, kind, put }, tie) => {
        if (there.has(server)) {
          lanes.remove(server);
          if (put) lanes.restore(server);
          else there.delete(server);
        } else {
          lanes.add(server, key, tie, kind);
          there.set(server, [key, tie]);
        }
        const order = [...there].sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1]);
        expect(lanes.first()).toBe(order.length === 0 ? -1 : order[0][0]);
        expect(lanes.has(server)).toBe(there.has(server));
      });
    }),
    { seed: 11, numRuns: 300 },
  );
});
