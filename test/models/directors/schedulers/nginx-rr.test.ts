import { describe, test } from 'vitest';
import { nginxRoundRobin } from '../../../../src/models/directors/schedulers/nginx-rr.ts';
import { expectSamePicks, makeScheduler } from '../../../contracts/scheduler.ts';
import { naiveSmoothRoundRobin } from './naive.ts';

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
});
