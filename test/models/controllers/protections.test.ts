/** What breakers, retries, hedges, shedding and rules did, worked out on paper. */
import { expect, test } from 'vitest';
import type { ProtectionReading } from '../../../src/models/controllers/protections.ts';
import type { BreakerDescription, RetryDescription } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, compute, play, trace, wait } from '../hand-made.ts';

const protectionsOf = (description: ReturnType<typeof cluster>): { all: readonly ProtectionReading[]; now: number } => {
  const { run } = play(description);
  return { all: run.reading().protections, now: run.now };
};

test('a breaker: when it opened, how long it stayed, whom it refused and what the fallback answered', () => {
  const breaker: BreakerDescription = {
    ...{ consecutive: 2, share: Infinity, slowShare: Infinity, slow: Infinity, over: { calls: 10 }, minimum: 10 },
    ...{ open: 5, trials: 1, on: ['refused'] },
  };
  const { all, now } = protectionsOf(
    cluster({
      // opens at 1 s, refuses at 2 and 3 s, fails its trial at 10 s and refuses at 12 s
      clients: { c: trace([0, 1, 2, 3, 10, 12], [call('a')]) },
      services: {
        a: service({ work: { '*': [call('b', { breaker, fallback: [wait(0)] })] } }),
        b: service({ connections: 0, work: { '*': [] } }),
      },
    }),
  );
  expect(all).toEqual([
    { kind: 'breakers', name: 'a to b', breakers: 1, opened: 1, openSeconds: now - 1, refused: 3, fallbacks: 3 },
  ]);
});

test('one that closes again counts the time until then', () => {
  const breaker: BreakerDescription = {
    ...{ consecutive: 1, share: Infinity, slowShare: Infinity, slow: Infinity, over: { calls: 10 }, minimum: 10 },
    ...{ open: 2, trials: 1, on: ['timeout'] },
  };
  const timeout = { kind: 'deterministic', value: 0.5 } as const;
  const { all } = protectionsOf(
    cluster({
      // the first takes 1 s: the breaker opens at 0.5 s, and closes with the answer to the call of 4 s at 4.25 s
      clients: { c: trace([0, 4, 9], [call('b', { breaker, timeout })], { demand: [1, 0.25, 0.25] }) },
      services: { b: service({ work: { '*': [{ do: 'compute', time: { kind: 'demand', scale: 1 } }] } }) },
    }),
  );
  expect(all).toMatchObject([{ name: 'c to b', opened: 1, openSeconds: 3.75, refused: 0 }]);
});

test('retries by the cause, and those that the budget stops', () => {
  const retry: RetryDescription = {
    ...{ times: 3, on: ['refused', 'timeout'], other: false, budget: 0 },
    backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
  };
  const { all } = protectionsOf(
    cluster({
      clients: { c: trace([0, 1, 2, 3], [call('b', { retry })]) },
      services: { b: service({ connections: 0, work: { '*': [] } }) },
    }),
  );
  // ten tokens: three retries of each of three requests, then one; the next has none
  expect(all).toEqual([{ kind: 'retries', name: 'c to b', made: 10, overBudget: 1, causes: { refused: 10 } }]);
});

test('hedges: copies that were sent, and calls that one of them answered', () => {
  const { all } = protectionsOf(
    cluster({
      // the first goes to s0, which takes 1 s, 0.6 s and 0.25 s; its copy, half a second later, to s1 for 0.25 s
      clients: {
        c: trace([0, 2, 4], [call('d', { hedge: { copies: 1, after: { seconds: 0.5 } }, abandon: 'cancel' })], {
          demand: [1, 0.6, 0.25],
        }),
      },
      directors: {
        d: director({
          scheduler: { id: 'lvs/rr', options: {} },
          members: [0, 1].map((k) => ({ service: `s${k}`, server: 0, weight: 1, limit: Infinity })),
        }),
      },
      services: {
        s0: service({ workers: 1, work: { '*': [{ do: 'compute', time: { kind: 'demand', scale: 1 } }] } }),
        s1: service({ workers: 1, work: { '*': [compute(0.25)] } }),
      },
    }),
  );
  expect(all).toEqual([{ kind: 'hedges', name: 'c to d', calls: 3, sent: 2, won: 1 }]);
});

test('shedding, and a rule of operation that goes on', () => {
  const timeout = { kind: 'deterministic', value: 0.01 } as const;
  const { all, now } = protectionsOf(
    cluster({
      clients: { c: trace([0, 1, 2], [call('b', { timeout })]), d: trace([0.5, 0.6], [call('s')]) },
      services: {
        b: service({ work: { '*': [wait(1)] } }),
        s: service({ workers: 1, shed: { sign: 'always', share: 1, spare: 0 }, work: { '*': [] } }),
      },
      rules: {
        degrade: {
          watch: { figure: 'errors', of: 'c', level: 0 },
          ...{ over: 1, every: 0.25, above: 0.3, back: null, holds: 0, rests: 0, countsShed: false },
          ...{ admit: { b: 0 }, servers: {} },
        },
      },
    }),
  );
  expect(all).toEqual([
    { kind: 'shedding', name: 's', turnedAway: 2 },
    { kind: 'rule', name: 'degrade', switched: 1, onSeconds: now - 0.25, turnedAway: 2 },
  ]);
});
