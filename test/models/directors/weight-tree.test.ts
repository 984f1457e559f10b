import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WeightTree } from '../../../src/models/directors/weight-tree.ts';

describe('weight tree', () => {
  test('draws the entry in which u falls, after any changes', () => {
    const weight = fc.nat({ max: 4 });
    const changes = fc.array(fc.tuple(fc.nat({ max: 11 }), weight), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        changes,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, sets, u) => {
          const weights = new Array<number>(n).fill(0);
          const tree = new WeightTree(n);
          for (const [index, value] of sets) {
            weights[index % n] = value;
            tree.set(index % n, value);
          }
          const total = weights.reduce((sum, value) => sum + value, 0);
          let end = 0;
          const expected = weights.findIndex((value) => (end += value) > u * total);
          expect(tree.draw(u)).toBe(expected);
        },
      ),
      { seed: 9, numRuns: 500 },
    );
  });

  test('never draws a weight of 0, however sums are rounded', () => {
    const tree = new WeightTree(5);
    [0.1, 0.2, 0.3, 0, 0].forEach((weight, index) => tree.set(index, weight));
    expect(tree.draw(1 - 2 ** -53)).toBe(2);
    expect(tree.draw(1)).toBe(2);
    expect(tree.draw(0)).toBe(0);
  });
});
