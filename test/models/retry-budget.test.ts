import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RetryDescription } from '../../src/models/description.ts';
import { OUTCOME } from '../../src/models/outcome.ts';
import { Retry } from '../../src/models/retry.ts';
import { call, service } from './random-cluster.ts';
import { cluster, play, trace, wait } from './hand-made.ts';

function described(budget: RetryDescription['budget'], times = 1): RetryDescription {
  const backoff = { base: 0, factor: 1, max: 0, jitter: 'none' } as const;
  return { times, backoff, on: ['refused', 'error', 'timeout'], other: false, budget };
}
function retry(budget: RetryDescription['budget']): Retry {
  return new Retry(described(budget), { uniform: () => 0.5 });
}

describe('a budget of late', () => {
  test('allows the floor at once, then a share of the first attempts, and forgets both', () => {
    const one = retry({ kind: 'recent', share: 0.2, ttl: 10, perSecond: 1 });
    const again = (now: number): boolean => one.again(0, OUTCOME.error, 0, now);
    expect(Array.from({ length: 12 }, () => again(0.5))).toEqual([...new Array<boolean>(10).fill(true), false, false]);
    for (let k = 0; k < 10; k++) one.first(1.5); // two more
    expect([again(2), again(2), again(2)]).toEqual([true, true, false]);
    expect(again(9.9)).toBe(false);
    expect(again(10)).toBe(true); // the ten of second 0 are forgotten
    expect(one.overBudget).toBe(4);
  });

  test('in no ten seconds it allows more than the floor and the share', () => {
    const gap = fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 200 }), (steps) => {
        const one = retry({ kind: 'recent', share: 0.5, ttl: 10, perSecond: 0.2 });
        const made: number[] = [];
        const firsts: number[] = [];
        let now = 0;
        for (const [after, first] of steps) {
          now += after / 1000;
          if (first) {
            one.first(now);
            firsts.push(now);
          } else if (one.again(0, OUTCOME.error, 0, now)) {
            made.push(now);
            const since = Math.floor(now) - 9;
            const of = (times: readonly number[]): number => times.filter((at) => at >= since).length;
            expect(of(made)).toBeLessThanOrEqual(2 + 0.5 * of(firsts) + 0.5 * 10);
          }
        }
      }),
      { seed: 1 },
    );
  });
});

describe('a budget of requests in progress', () => {
  test('allows a share of them to be tried again at once, and a few in any case', () => {
    // forty requests that fail at once, each tried again by a call that waits: a fifth of those there may
    const { run, outcomes } = play(
      cluster({
        clients: {
          c: trace(
            Array.from({ length: 40 }, (_, k) => k / 1000),
            [
              call('b', {
                retry: described({ kind: 'in-progress', share: 0.2, least: 2 }),
                timeout: { kind: 'deterministic', value: 1 },
              }),
            ],
          ),
        },
        services: { b: service({ work: { '*': [wait(5)] } }) },
      }),
    );
    // all forty time out one after the other from 1 s on: the k-th sees 41 - k in progress but those tried again stay
    expect(outcomes.every((one) => one === 'timeout')).toBe(true);
    const { retry: made } = run.parts.execution.program.sites.find(({ retry: one }) => one !== null)!;
    let there = 40;
    let tried = 0;
    for (let k = 0; k < 40; k++) {
      if (tried < Math.max(2, 0.2 * there)) tried++;
      else there--;
    }
    expect(made!.made).toBe(tried);
    expect(made!.overBudget).toBe(40 - tried);
  });

  test('counts a request that has been answered no longer', () => {
    const early = Array.from({ length: 20 }, (_, k) => k / 10);
    const { run } = play(
      cluster({
        clients: {
          c: trace(
            [...early, 10, 10, 10, 10, 10],
            [
              call('b', {
                retry: described({ kind: 'in-progress', share: 0.2, least: 1 }),
                timeout: { kind: 'deterministic', value: 1 },
              }),
            ],
            { demand: [...early.map(() => 0.01), 5, 5, 5, 5, 5] },
          ),
        },
        services: { b: service({ work: { '*': [{ do: 'compute', time: { kind: 'demand', scale: 1 } }] } }) },
      }),
    );
    // a fifth of the five that time out at 11 s
    const { retry: made } = run.parts.execution.program.sites.find(({ retry: one }) => one !== null)!;
    expect(made!.made).toBe(1);
  });

  test('counts a request whose caller has gone no longer', () => {
    const one = { kind: 'in-progress' as const, share: 0, least: 1 };
    const { run } = play(
      cluster({
        clients: { c: trace([0, 3], [call('a', { timeout: { kind: 'deterministic', value: 2 }, abandon: 'cancel' })]) },
        services: {
          a: service({
            work: { '*': [call('b', { retry: described(one), timeout: { kind: 'deterministic', value: 1 } })] },
          }),
          b: service({ work: { '*': [wait(5)] } }),
        },
      }),
    );
    // the retry of 1 s is withdrawn at 2 s: that of 4 s finds room
    expect(run.parts.execution.program.sites.find(({ retry: found }) => found !== null)!.retry!.made).toBe(2);
  });
});
