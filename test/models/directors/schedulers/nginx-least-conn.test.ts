import { describe, expect, test } from 'vitest';
import { nginxLeastConnections } from '../../../../src/models/directors/schedulers/nginx-least-conn.ts';
import { nginxRoundRobin } from '../../../../src/models/directors/schedulers/nginx-rr.ts';
import { expectSamePicks, idlePicks, makeScheduler, schedulerContract } from '../../../contracts/scheduler.ts';
import { naiveLeastConnections } from './naive.ts';

schedulerContract(nginxLeastConnections);

describe('nginx/least_conn', () => {
  test('picks as the rule that touches every server does, whatever happens', () => {
    expectSamePicks((upstream) => makeScheduler(nginxLeastConnections, upstream), naiveLeastConnections);
  });

  test('idle, it is exactly nginx/rr', () => {
    const weights = [4, 1, 2, 2, 7];
    expect(idlePicks(nginxLeastConnections, weights, 200)).toEqual(idlePicks(nginxRoundRobin, weights, 200));
  });
});
