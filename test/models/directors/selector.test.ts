import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nothingTried } from '../../../src/models/directors/scheduler.ts';
import { Selector } from '../../../src/models/directors/selector.ts';
import { TriedServers } from '../../../src/models/directors/tried.ts';

const keys = fc.array(fc.constantFrom(-2, -1, 0, 1, 2, Infinity), { minLength: 1, maxLength: 20 });

function filled(values: readonly number[]): Selector {
  const selector = new Selector(values.length);
  values.forEach((value, index) => selector.set(index, value));
  return selector;
}

describe('selector', () => {
  test('finds the smallest key that was not tried, the lowest index on a tie, after any changes', () => {
    const change = fc.tuple(fc.nat({ max: 19 }), fc.constantFrom(-2, -1, 0, 1, 2, Infinity));
    fc.assert(
      fc.property(keys, fc.array(change), fc.array(fc.nat({ max: 19 })), (values, changes, avoid) => {
        const current = [...values];
        const selector = filled(values);
        for (const [index, key] of changes) {
          current[index % values.length] = key;
          selector.set(index % values.length, key);
        }
        const tried = new TriedServers(values.length);
        avoid.forEach((index) => tried.add(index % values.length));
        const left = current.map((key, index) => (tried.has(index) ? Infinity : key));
        const expected = Math.min(...left) === Infinity ? -1 : left.indexOf(Math.min(...left));
        expect(selector.smallest(tried)).toBe(expected);
        expect(current.map((_, index) => selector.key(index))).toEqual(current); // nothing stays hidden
        const all = Math.min(...current);
        expect(selector.smallest(nothingTried)).toBe(all === Infinity ? -1 : current.indexOf(all));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('finds the next index with a key up to a bound', () => {
    fc.assert(
      fc.property(keys, fc.nat({ max: 40 }), fc.integer({ min: -3, max: 3 }), (values, from, bound) => {
        const expected = values.findIndex((key, index) => index >= from && key <= bound);
        expect(filled(values).next(from, bound)).toBe(expected);
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});

test('tried servers: a set that empties and fills again', () => {
  const tried = new TriedServers(3);
  tried.add(2);
  tried.add(0);
  tried.add(2);
  expect([tried.size, tried.at(0), tried.at(1)]).toEqual([2, 2, 0]);
  tried.clear();
  expect([tried.size, tried.has(2), tried.has(0)]).toEqual([0, false, false]);
  tried.add(1);
  expect([tried.size, tried.has(1)]).toEqual([1, true]);
});
