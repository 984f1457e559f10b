/** The most connections opened within one second, against a count over all of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OpenedAnew } from '../../../src/models/connections/opened-anew.ts';

/** Eighths of a second since the one before; what happens at each. */
const happening = fc.record({
  steps: fc.constantFrom(...new Array<number>(40).fill(0), 1, 3, 7, 8, 12),
  what: fc.constantFrom(...new Array<string>(60).fill('opened'), ...new Array<string>(9).fill('dropped'), 'fault'),
});

test('agrees with a count over all', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 400, size: 'max' }), (list) => {
      const simulation = { now: 0 };
      const anew = new OpenedAnew(simulation);
      let step = 0;
      let times: number[] = [];
      let most = 0;
      for (const { steps, what } of list) {
        step += steps;
        simulation.now = step / 8;
        if (what === 'fault') {
          anew.begin();
          times = [];
          most = 0;
        } else {
          anew.note();
          times.push(step);
          if (what === 'dropped') {
            anew.undo();
            times.pop();
          }
        }
        most = Math.max(most, times.filter((one) => one > times.at(-1)! - 8).length);
        expect(anew.peak).toBe(most);
      }
    }),
    { seed: 7 },
  );
});

test('more than there was room for, some of them at the beginning of the ring', () => {
  const simulation = { now: 0 };
  const anew = new OpenedAnew(simulation);
  const peaks = [
    [0, 60],
    [1, 4],
    [1.5, 61],
    [2, 11],
  ].map(([now, count]) => {
    simulation.now = now;
    for (let k = 0; k < count; k++) anew.note();
    return anew.peak;
  });
  expect(peaks).toEqual([60, 60, 65, 72]);
});
