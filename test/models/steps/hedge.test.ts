import { describe, expect, test } from 'vitest';
import type { FaultDescription, HedgeDescription, Step } from '../../../src/models/description.ts';
import { plainCache } from '../../../src/models/plain.ts';
import { RecentPause } from '../../../src/models/steps/hedge.ts';
import { call, director, service } from '../random-cluster.ts';
import { clients, cluster, compute, open, play, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

/** Requests at these times to one of several services behind a director that takes turns. */
function turns(
  at: readonly number[],
  works: readonly (readonly Step[])[],
  hedge: HedgeDescription,
  more: Parameters<typeof call>[1] = {},
  faults: readonly FaultDescription[] = [],
): Played {
  return play(
    cluster({
      clients: { c: trace(at, [call('d', { hedge, abandon: 'cancel', ...more })]) },
      directors: {
        d: director({
          scheduler: { id: 'lvs/rr', options: {} },
          members: works.map((_, k) => ({ service: `s${k}`, server: 0, weight: 1, limit: Infinity })),
        }),
      },
      services: Object.fromEntries(works.map((work, k) => [`s${k}`, service({ workers: 1, work: { '*': work } })])),
      faults,
    }),
  );
}
const calls = ({ run }: Played): number[] => run.parts.execution.servers.map((server) => server.calls);
const left = ({ run }: Played): number => run.parts.execution.calls.live;
const busy = ({ run }: Played): number[] => run.parts.execution.servers.map((server) => server.gates[0].busyArea);

describe('a hedged call', () => {
  const after = { seconds: 0.125 };

  test('sends a copy where no answer has come, and takes the first', () => {
    const played = turns([0, 2], [[compute(1)], [compute(0.25)]], { copies: 1, after });
    // the copy of 0.125 s goes to s1 and answers at 0.375 s; then it is the turn of s0 again
    expect(played.ends).toEqual([0.375, 2.375]);
    expect(calls(played)).toEqual([2, 2]);
    expect(left(played)).toBe(0);
  });

  test('sends none where the answer was there before', () => {
    const played = turns([0, 1], [[wait(0.0625)], [wait(1)]], { copies: 1, after });
    expect(played.ends).toEqual([0.0625, 1.1875]); // the second begins at s1; its copy goes to s0 at 1.125 s
    expect(calls(played)).toEqual([2, 1]);
  });

  test('copies that are not needed are withdrawn, and what they hold with them', () => {
    const played = turns([0], [[compute(8)], [compute(0.25)], [compute(8)]], { copies: 2, after });
    expect(played.ends).toEqual([0.375]);
    expect(calls(played)).toEqual([1, 1, 1]); // the third went at 0.25 s
    expect(busy(played)).toEqual([0.375, 0.25, 0.125]);
    expect(left(played)).toBe(0);
    const kept = turns([0], [[compute(8)], [compute(0.25)]], { copies: 1, after }, { abandon: 'keep' });
    expect(busy(kept)).toEqual([8, 0.25]); // goes on for nobody
    expect(kept.ends).toEqual([0.375]);
  });

  test('a copy that fails lets the next go at once; when all have, the call has failed', () => {
    const refuse = (k: number): FaultDescription => ({ at: 0, do: 'refuse', target: `s${k}`, for: 100, factor: 1 });
    const works = [[wait(0.5)], [wait(0.5)], [wait(0.5)]];
    const one = turns([1], works, { copies: 2, after }, {}, [refuse(0)]);
    expect(one.ends).toEqual([1.5]); // s1 at once, s2 at 1.25 s
    expect(calls(one)).toEqual([0, 1, 1]);
    const two = turns([1], works, { copies: 2, after }, {}, [refuse(0), refuse(1)]);
    expect(two.ends).toEqual([1.5]);
    const all = turns([1], works, { copies: 2, after }, {}, [0, 1, 2].map(refuse));
    expect([all.ends, all.outcomes]).toEqual([[1], ['refused']]);
    const otherwise = turns([1], works, { copies: 2, after }, { otherwise: [wait(2)] }, [0, 1, 2].map(refuse));
    expect([otherwise.ends, otherwise.outcomes]).toEqual([[3], ['ok']]);
  });

  test('a caller that gives up takes all its copies with it', () => {
    const { run, outcomes } = play(
      cluster({
        clients: { c: trace([0], [call('a', { timeout: { kind: 'deterministic', value: 0.4 }, abandon: 'cancel' })]) },
        services: {
          a: service({ work: { '*': [call('b', { hedge: { copies: 9, after }, abandon: 'cancel' })] } }),
          b: service({ work: { '*': [wait(50)] } }),
        },
      }),
    );
    expect(outcomes).toEqual(['timeout']);
    expect(run.parts.execution.servers[1].calls).toBe(4); // at 0, 0.125, 0.25 and 0.375 s
    expect(run.parts.execution.calls.live).toBe(0);
  });
});

describe('a pause that follows the response times', () => {
  test('is their quantile of the last half minute; before there is one nothing is hedged', () => {
    const pause = new RecentPause(0.9);
    expect(pause.sample()).toBeGreaterThan(1e6);
    for (let k = 0; k < 1000; k++) pause.record((k % 100) / 100, k / 100);
    expect(pause.sample()).toBeGreaterThan(1e6);
    pause.record(0.5, 10);
    expect(Math.abs(pause.sample() - 0.9)).toBeLessThan(0.03);
    for (let k = 0; k < 4000; k++) pause.record(5, 10 + k / 100);
    pause.record(5, 51);
    expect(Math.abs(pause.sample() - 5)).toBeLessThan(0.15);
  });

  test('hedges the share of calls that it says', () => {
    const work = [{ do: 'wait' as const, time: { kind: 'exponential' as const, mean: 0.02 } }];
    const steps = [call('s', { hedge: { copies: 1, after: { level: 0.9 } } })];
    const { run } = play(
      cluster({
        clients: { c: clients(open({ rate: { kind: 'constant', rate: 400 } }), steps) },
        services: { s: service({ work: { '*': work } }) },
      }),
      { until: 30 },
    );
    const { calls: made } = run.parts.execution.servers[0];
    // none in the first ten seconds, one in ten after
    expect(Math.abs(made / run.reading().clients.c.sent - 1 - (0.1 * 20) / 30)).toBeLessThan(0.01);
  });
});

describe('copies that end because another of them does', () => {
  const hedge: HedgeDescription = { copies: 2, after: { seconds: 0.001 } };
  const front = service({ workers: 20, work: { '*': [call('back', { hedge, abandon: 'cancel' })] } });

  test('wait for the load of one that is withdrawn, and each request is answered once', () => {
    const lookup: Step = { do: 'lookup', cache: 'c', miss: [wait(1)] };
    const { run, ends } = play(
      cluster({
        clients: {
          c: {
            ...trace([0, 2], [call('front', { timeout: { kind: 'deterministic', value: 0.125 }, abandon: 'cancel' })]),
            keys: { items: 1, popularity: { zipf: 0 }, absent: 0 },
          },
        },
        services: { front, back: service({ workers: 8, work: { '*': [lookup] } }) },
        caches: { c: plainCache({ singleFlight: true }) },
      }),
    );
    expect(ends).toEqual([0.125, 2.125]);
    expect(run.parts.execution.calls.live).toBe(0);
  });

  test('stand in a line that drops one while another gives up its worker', () => {
    const played = play(
      cluster({
        clients: {
          c: clients(open({ rate: { kind: 'constant', rate: 400 }, limit: 800 }), [
            call('front', { timeout: { kind: 'deterministic', value: 0.012 }, abandon: 'cancel' }),
          ]),
        },
        services: {
          front,
          back: service({
            workers: 1,
            order: { kind: 'controlled-delay', target: 0.001, interval: 0.005, drop: 'spaced' },
            work: { '*': [compute(0.004)] },
          }),
        },
      }),
    );
    expect(new Set(played.outcomes)).toEqual(new Set(['ok', 'timeout', 'rejected']));
    expect(played.ends).toHaveLength(800);
    expect(left(played)).toBe(0);
    expect(played.run.parts.execution.servers.map(({ present }) => present)).toEqual([0, 0]);
  });
});
