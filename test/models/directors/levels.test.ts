import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelsListed, levelsQueued } from '../../../src/models/directors/levels.ts';
import type { Levels } from '../../../src/models/directors/levels.ts';
import { nothingTried } from '../../../src/models/directors/scheduler.ts';
import { TriedServers } from '../../../src/models/directors/tried.ts';

interface Step {
  readonly server: number;
  readonly key: number;
  readonly avoid: readonly number[];
}

const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(-2, -0, 0, 0.5, 1 / 3, 2, 256, Infinity) },
  fc.integer({ min: -60, max: 60 }),
);
const steps = fc.array(fc.record({ server: fc.nat(), key, avoid: fc.array(fc.nat(), { maxLength: 5 }) }), {
  minLength: 60,
  maxLength: 200,
});
/** One layer of bits, two, and three. */
const sizes = fc.constantFrom(1, 5, 32, 33, 200, 1025, 2000);

/** Plays the steps beside a plain list in which order decides among equals. */
function check(levels: Levels, size: number, story: readonly Step[], isQueued: boolean): void {
  const keys = new Array<number>(size).fill(Infinity);
  const since = new Array<number>(size).fill(0);
  const tried = new TriedServers(size);
  story.forEach(({ server: any, key: to, avoid }, now) => {
    const server = any % size;
    if (keys[server] !== to) since[server] = now;
    keys[server] = to;
    levels.set(server, to);
    tried.clear();
    const winner = levels.winner();
    if (avoid.length > 0 && winner >= 0) tried.add(winner); // what comes first, and some that do not
    avoid.forEach((one) => tried.add(one % size));
    const expected = (free: (one: number) => boolean): number => {
      let best = -1;
      keys.forEach((one, at) => {
        if (one === Infinity || !free(at)) return;
        if (best < 0 || one < keys[best] || (one === keys[best] && isQueued && since[at] < since[best])) best = at;
      });
      return best;
    };
    expect(levels.smallest(tried)).toBe(expected((at) => !tried.has(at)));
    expect(levels.smallest(nothingTried)).toBe(expected(() => true));
    expect(levels.least + 0).toBe(Math.min(...keys) + 0);
    expect(levels.key(server) + 0).toBe(to + 0);
  });
}

describe('levels', () => {
  test('of equals the one listed first, after any changes, also when there are more levels than it takes', () => {
    fc.assert(
      fc.property(sizes, steps, fc.constantFrom(2, 64, 512), (size, story, most) => {
        check(levelsListed(size, most), size, story, false);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  test('of equals the one that has been there longest; a look round those tried moves nobody', () => {
    fc.assert(
      fc.property(sizes, steps, (size, story) => {
        check(levelsQueued(size), size, story, true);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  test('numbers that come and go take no room', () => {
    for (const levels of [levelsListed(3), levelsQueued(3)]) {
      for (let number = 0; number < 5000; number++) {
        levels.set(number % 3, number / 7);
        expect(levels.winner()).toBe(number < 3 ? 0 : (number + 1) % 3);
      }
    }
  });
});
