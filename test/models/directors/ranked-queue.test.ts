import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RankedQueue, Ranks } from '../../../src/models/directors/ranked-queue.ts';

const servers = 7;
const happening = fc.record({
  server: fc.nat({ max: servers - 1 }),
  /** From the last key: most come behind all others, as in a round. */
  ahead: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.integer({ min: -20, max: 20 })),
});

test('is a sorted list, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 150 }), (story) => {
      const queue = new RankedQueue(new Ranks(servers));
      const list = new Map<number, { key: number; tie: number }>();
      let last = 0;
      story.forEach(({ server, ahead }, tie) => {
        if (list.delete(server)) {
          queue.remove(server);
        } else {
          last += ahead;
          queue.add(server, last, tie);
          list.set(server, { key: last, tie });
        }
        const sorted = [...list].sort(([, a], [, b]) => a.key - b.key || a.tie - b.tie);
        expect(queue.first()).toBe(sorted[0]?.[0] ?? -1);
        expect(queue.size).toBe(list.size);
        expect(queue.has(server)).toBe(list.has(server));
      });
      const order: number[] = [];
      for (let server = queue.first(); server >= 0; server = queue.first()) {
        order.push(server);
        queue.remove(server);
      }
      expect(order).toEqual([...list].sort(([, a], [, b]) => a.key - b.key || a.tie - b.tie).map(([server]) => server));
    }),
    { seed: 11, numRuns: 300 },
  );
});
