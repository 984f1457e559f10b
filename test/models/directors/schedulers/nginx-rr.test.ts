import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nginxRoundRobin } from '../../../../src/models/directors/schedulers/nginx-rr.ts';
import { expectSamePicks, idlePicks, makeScheduler, schedulerContract, tally } from '../../../contracts/scheduler.ts';
import { naiveSmoothRoundRobin } from './naive.ts';

schedulerContract(nginxRoundRobin);
schedulerContract(nginxRoundRobin, { maxFails: 2 });

describe('nginx/rr', () => {
  test.each([0, 1, 2, 3])(
    'picks as the rule that touches every server does, whatever happens (maxFails %i)',
    (maxFails) => {
      expectSamePicks(
        (upstream) => makeScheduler(nginxRoundRobin, upstream, { maxFails }),
        (upstream) => naiveSmoothRoundRobin(upstream, maxFails),
      );
    },
  );

  test('in every cycle each server is picked exactly its weight', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const cycle = weights.reduce((sum, weight) => sum + weight, 0);
        const picks = idlePicks(nginxRoundRobin, weights, 10 * cycle);
        for (let start = 0; start < picks.length; start += cycle) {
          expect(tally(picks.slice(start, start + cycle), weights.length)).toEqual(weights);
        }
      }),
      { seed: 4 },
    );
  });
});
