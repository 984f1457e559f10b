import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Breaker, BreakerState } from '../../../src/models/controllers/breaker.ts';
import type { BreakerDescription, ServiceDescription } from '../../../src/models/description.ts';
import type { LogEntry } from '../../../src/models/faults/log.ts';
import { OUTCOME } from '../../../src/models/outcome.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, compute, play, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

function rule(options: Partial<BreakerDescription> = {}): BreakerDescription {
  return {
    consecutive: 0,
    share: Infinity,
    slowShare: Infinity,
    slow: Infinity,
    over: { calls: 10 },
    minimum: 10,
    open: 5,
    trials: 1,
    on: ['timeout', 'refused', 'error'],
    ...options,
  };
}

/** A caller `a` that works 1 ms and calls `b`, which fails while it is refusing. */
function chain(breaker: BreakerDescription, at: readonly number[], more: Parameters<typeof call>[1] = {}): Played {
  const closed: Partial<ServiceDescription> = { connections: 0 };
  return play(
    cluster({
      clients: { c: trace(at, [call('a')]) },
      services: {
        a: service({ work: { '*': [call('b', { breaker, ...more })] } }),
        b: service({ ...closed, work: { '*': [] } }),
      },
    }),
  );
}

describe('a breaker by itself', () => {
  const step = fc.record({
    after: fc.integer({ min: 0, max: 800 }),
    do: fc.constantFrom('begin', 'begin', 'begin', 'ok', 'fail', 'fail', 'slow', 'withdraw'),
    which: fc.nat(20),
  });
  const description = fc.record({
    consecutive: fc.integer({ min: 0, max: 3 }),
    share: fc.constantFrom(Infinity, 0.3, 0.5, 1),
    slowShare: fc.constantFrom(Infinity, 0.5),
    over: fc.constantFrom({ calls: 4 }, { calls: 1 }, { seconds: 3 }),
    minimum: fc.integer({ min: 1, max: 4 }),
    trials: fc.integer({ min: 1, max: 3 }),
  });

  test('goes by its rules through any history, as a plain account of all calls says', () => {
    fc.assert(
      fc.property(description, fc.array(step, { minLength: 60, maxLength: 120, size: 'max' }), (options, steps) => {
        const given = rule({ ...options, slow: 1, open: 2 });
        const log: LogEntry[] = [];
        const breaker = new Breaker(given, 'a', log);
        const plain = new PlainBreaker(given);
        const going: { epoch: number; life: number }[] = [];
        const found: number[] = [];
        const expected: number[] = [];
        let now = 0.25;
        for (const one of steps) {
          now += one.after / 1000;
          if (one.do === 'begin') {
            const epoch = breaker.permits(now);
            const life = plain.permits(now);
            found.push(epoch >= 0 ? 1 : 0);
            expected.push(life >= 0 ? 1 : 0);
            if (epoch >= 0) going.push({ epoch, life });
          } else if (going.length > 0) {
            const [{ epoch, life }] = going.splice(one.which % going.length, 1);
            if (one.do === 'withdraw') {
              breaker.withdrawn(epoch);
              plain.withdrawn(life);
            } else {
              const seconds = one.do === 'slow' ? 1.5 : 0.5;
              breaker.told(epoch, one.do === 'fail' ? OUTCOME.error : OUTCOME.ok, seconds, now);
              plain.told(life, one.do === 'fail', one.do === 'slow', now);
            }
          }
          found.push(breaker.state, breaker.trips);
          expected.push(plain.state, plain.trips);
        }
        expect(found).toEqual(expected);
        expect(log.length).toBe(Math.min(25, breaker.trips));
        expect(log.filter(({ until }) => until === null).length).toBeLessThanOrEqual(1);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('a failure that is not listed is none, and a success ends the row', () => {
    const breaker = new Breaker(rule({ consecutive: 2 }), 'a', []);
    const tell = (outcome: keyof typeof OUTCOME): void => breaker.told(breaker.permits(0), OUTCOME[outcome], 1, 0);
    tell('error');
    tell('canceled');
    tell('error');
    tell('ok');
    tell('error');
    expect(breaker.state).toBe(BreakerState.closed);
    tell('refused');
    expect(breaker.state).toBe(BreakerState.open);
  });
});

/** The rules once more, over lists of everything that happened. */
class PlainBreaker {
  state: number = BreakerState.closed;
  trips = 0;
  private life = 0;
  private since = 0;
  private calls: { at: number; failed: boolean; slow: boolean }[] = [];
  private begun = 0;

  constructor(private readonly rule: BreakerDescription) {}

  permits(now: number): number {
    if (this.state === BreakerState.open && now >= this.since + this.rule.open) this.become(BreakerState.halfOpen, now);
    if (this.state === BreakerState.open) return -1;
    if (this.state === BreakerState.halfOpen && this.begun >= this.rule.trials) return -1;
    this.begun++;
    return this.life;
  }

  withdrawn(life: number): void {
    if (life === this.life) this.begun--;
  }

  told(life: number, failed: boolean, slow: boolean, now: number): void {
    if (life !== this.life || this.state === BreakerState.open) return;
    this.calls.push({ at: now, failed, slow });
    const { consecutive, share, slowShare, over, minimum, trials } = this.rule;
    const byShare = share < Infinity || slowShare < Infinity;
    if (this.state === BreakerState.halfOpen) {
      const bad = this.tooMany(this.calls, trials);
      if (byShare ? this.calls.length === trials && bad : failed) this.become(BreakerState.open, now);
      else if (this.calls.length === trials) this.become(BreakerState.closed, now);
      return;
    }
    const row = this.calls.slice(-consecutive);
    const inWindow =
      'calls' in over
        ? this.calls.slice(-over.calls)
        : this.calls.filter(({ at }) => Math.floor(at) > Math.floor(now) - over.seconds);
    const full = consecutive > 0 && row.length === consecutive && row.every((one) => one.failed);
    if (full || (byShare && inWindow.length >= minimum && this.tooMany(inWindow, inWindow.length))) {
      this.trips++;
      this.become(BreakerState.open, now);
    }
  }

  private tooMany(calls: readonly { failed: boolean; slow: boolean }[], of: number): boolean {
    const { share, slowShare } = this.rule;
    return (
      calls.filter(({ failed }) => failed).length >= share * of ||
      calls.filter(({ slow }) => slow).length >= slowShare * of
    );
  }

  private become(state: number, now: number): void {
    this.state = state;
    this.since = now;
    this.life++;
    this.calls = [];
    this.begun = 0;
  }
}

describe('a call with a breaker', () => {
  test('fails at once while it is open, is tried again by one call, and has an entry in the log', () => {
    const at = [0, 1, 2, 3, 7.5, 8, 20];
    const { outcomes, run } = chain(rule({ consecutive: 2 }), at);
    // 0 and 1 s are refused; open from 1 s to 6 s; 7.5 s is the trial, which fails: open to 12.5 s; 20 s the next
    expect(outcomes).toEqual(['refused', 'refused', 'rejected', 'rejected', 'refused', 'rejected', 'refused']);
    expect(run.log).toEqual([
      { at: 1, until: null, text: 'the breaker of a.1 for b opens: 2 failures in a row', kind: 'detection' },
    ]);
  });

  test('goes to its fallback when it is open, to otherwise when it fails', () => {
    const steps = { fallback: [wait(0.25)], otherwise: [wait(0.125)] };
    const { ends, outcomes } = chain(rule({ consecutive: 1 }), [0, 1], steps);
    expect(outcomes).toEqual(['ok', 'ok']);
    expect(ends).toEqual([0.125, 1.25]);
    expect(chain(rule({ consecutive: 1 }), [0, 1], { otherwise: steps.otherwise }).ends).toEqual([0.125, 1.125]);
  });

  test('refused, is not tried again', () => {
    const backoff = { base: 0.5, factor: 1, max: 1, jitter: 'none' } as const;
    const retry = { times: 5, backoff, on: ['refused', 'rejected'] as const, other: false, budget: Infinity };
    const { ends } = chain(rule({ consecutive: 3 }), [0, 2], { retry });
    // attempts at 0, 0.5 and 1 s open it; the fourth, at 1.5 s, ends the request
    expect(ends).toEqual([1.5, 2]);
  });

  test('each server that calls has its own', () => {
    const { outcomes } = play(
      cluster({
        clients: { c: trace([0, 1, 2, 3], [call('a')]) },
        services: {
          a: service({ count: 2, work: { '*': [call('b', { breaker: rule({ consecutive: 1 }) })] } }),
          b: service({ connections: 0, work: { '*': [] } }),
        },
      }),
    );
    expect(outcomes).toEqual(['refused', 'refused', 'rejected', 'rejected']);
  });

  test('a trial whose caller has gone gives its place back', () => {
    const breaker = rule({ consecutive: 1, open: 1 });
    const { outcomes } = play(
      cluster({
        clients: {
          c: trace([0, 2, 4], [call('a', { timeout: { kind: 'deterministic', value: 0.5 }, abandon: 'cancel' })]),
        },
        services: {
          a: service({ work: { '*': [call('b', { breaker })] } }),
          b: service({ work: { '*': [compute(1)] } }),
        },
        faults: [{ at: 0, do: 'refuse', target: 'b', for: 1.5, factor: 1 }],
      }),
    );
    // the trial of 2 s is withdrawn at 2.5 s; without its place there would be no trial at 4 s (it would be refused at once)
    expect(outcomes).toEqual(['refused', 'timeout', 'timeout']);
  });

  test('of a proxy: its upstream is left alone while it is open', () => {
    const { outcomes, run } = play(
      cluster({
        clients: { c: trace([0, 1, 2, 3], [call('d')]) },
        directors: {
          d: director({
            breaker: rule({ consecutive: 2 }),
            members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
          }),
        },
        services: { s: service({ connections: 0, work: { '*': [] } }) },
      }),
    );
    expect(outcomes).toEqual(['refused', 'refused', 'rejected', 'rejected']);
    expect(run.log.map(({ text }) => text)).toEqual(['the breaker of d for its upstream opens: 2 failures in a row']);
  });
});
