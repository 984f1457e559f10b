import { describe, expect, test } from 'vitest';
import type { ClusterDescription, RuleDescription } from '../../../src/models/description.ts';
import { OUTCOME } from '../../../src/models/outcome.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, clients, exactly, open, play, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

function rule(options: Partial<RuleDescription> = {}): RuleDescription {
  return {
    watch: { figure: 'errors', of: 'c', level: 0 },
    over: 2,
    every: 1,
    above: 0.05,
    back: 0.05,
    holds: 0,
    rests: 0,
    countsShed: false,
    admit: {},
    servers: {},
    ...options,
  };
}

/** Ten requests a second, evenly from 0.05 s on; the service fails from 4 s to 7 s. */
function sick(rules: Record<string, RuleDescription>, more: Partial<ClusterDescription> = {}): Played {
  return play(
    cluster({
      clients: {
        c: clients(open({ rate: { kind: 'constant', rate: 10 }, arrivals: 'even', firstAt: 0.05, limit: 300 }), [
          call('s'),
        ]),
      },
      services: { s: service({ work: { '*': [] } }) },
      faults: [{ at: 4, do: 'sick', target: 's', for: 3, factor: 1 }],
      rules,
      ...more,
    }),
    { until: 40 },
  );
}

const entries = ({ run }: Played): unknown[] =>
  run.log.filter(({ text }) => text.startsWith('the rule')).map(({ at, until }) => [at, until]);

describe('a rule', () => {
  test('is on while the figure over its window is above the limit', () => {
    // the first look that sees errors is at 5 s; the window of 2 s is clean again at 9 s
    expect(entries(sick({ r: rule() }))).toEqual([[5, 9]]);
  });

  test('waits as long as asked, both ways, and has a lower limit to go back', () => {
    expect(entries(sick({ r: rule({ holds: 1, rests: 2 }) }))).toEqual([[6, 11]]);
    // 10 of 20 fail in the window that ends at 5 s and 8 s, 20 of 20 at 6 s and 7 s: above 60 % from 6 s, at 40 % or less at 9 s
    expect(entries(sick({ r: rule({ above: 0.6, back: 0.4 }) }))).toEqual([[6, 9]]);
    expect(entries(sick({ r: rule({ above: 0.6, back: 0.5 }) }))).toEqual([[6, 8]]);
    expect(entries(sick({ r: rule({ back: null }) }))).toEqual([[5, null]]);
  });

  test('switches steps', () => {
    const work = [{ do: 'when' as const, rule: 'r', steps: [wait(0.01)], otherwise: [wait(0.03)] }];
    const { rows } = sick(
      { r: rule() },
      {
        services: { s: service({ work: { '*': work } }) },
        faults: [{ at: 4, do: 'sick', target: 's', for: 2, factor: 1 }],
      },
    );
    const seconds = (from: number, to: number): number[] => [
      ...new Set(
        rows.filter(({ due }) => due >= from && due < to).map(({ due, end }) => Math.round(1000 * (end - due))),
      ),
    ];
    expect(seconds(0, 4)).toEqual([30]);
    expect(seconds(6, 8)).toEqual([10]); // on from 5 s to 8 s
    expect(seconds(8, 30)).toEqual([30]);
  });

  test('turns away a share of the requests; what it turns away is no error to it, unless it is told so', () => {
    const away = (countsShed: boolean): { on: unknown[]; rejected: number } => {
      const played = sick({ r: rule({ admit: { s: 0.5 }, countsShed }) });
      return { on: entries(played), rejected: played.outcomes.filter((one) => one === 'rejected').length };
    };
    const meant = away(false);
    expect(meant.on).toEqual([[5, 9]]);
    expect(meant.rejected).toBeGreaterThan(10); // of the 40 that come from 5 s to 9 s
    expect(meant.rejected).toBeLessThan(30);
    const written = away(true);
    expect(written.on).toEqual([[5, null]]); // it keeps itself on until the last request
    expect(written.rejected).toBeGreaterThan(100);
  });

  test('lets a share of the servers rest, and has them back', () => {
    const members = [0, 1, 2, 3].map((server) => ({ service: 's', server, weight: 1, limit: Infinity }));
    const { run, rows } = sick(
      { r: rule({ servers: { s: 0.5 } }) },
      {
        clients: {
          c: clients(open({ rate: { kind: 'constant', rate: 10 }, arrivals: 'even', firstAt: 0.05, limit: 300 }), [
            call('d'),
          ]),
        },
        directors: { d: director({ scheduler: { id: 'lvs/rr', options: {} }, members }) },
        services: { s: service({ count: 4, work: { '*': [] } }) },
      },
    );
    const names = (from: number, to: number): string[] =>
      [
        ...new Set(
          rows
            .filter(({ due }) => due > from && due < to)
            .map(({ server }) => run.parts.execution.servers[server].name),
        ),
      ].sort();
    expect(names(0, 5)).toEqual(['s.1', 's.2', 's.3', 's.4']);
    expect(names(5, 9)).toEqual(['s.1', 's.2']);
    expect(names(9, 30)).toEqual(['s.1', 's.2', 's.3', 's.4']);
  });

  test('watches the CPU of a service', () => {
    // ten requests a second of 50 ms on one core: 50 %; from 10 s on 20 a second: 100 %, and it drains until 50 s
    const points = [10, 10, 20, 20].map((rate, k) => ({ at: [0, 10, 10, 30][k], rate }));
    const load = open({ rate: { kind: 'points', points: [...points, { at: 30, rate: 5 }] }, arrivals: 'even' });
    const played = play(
      cluster({
        clients: { c: clients(load, [call('s')]) },
        services: { s: service({ workers: 1, work: { '*': [{ do: 'compute', time: exactly(0.05) }] } }) },
        rules: { r: rule({ watch: { figure: 'cpu', of: 's', level: 0 }, above: 0.85, back: 0.6, over: 5 }) },
      }),
      { until: 60 },
    );
    // five seconds, x of them full: (0.5 (5 - x) + x) / 5 > 0.85 from x = 4 on; then x at 25 %: below 0.6 from x = 3 on
    expect(entries(played)).toEqual([[14, 33]]);
  });

  test('knows the CPU before its window is full', () => {
    // 0.95 s of the first second, and 1 s of each other; the window is of five
    const load = open({ rate: { kind: 'constant', rate: 20 }, arrivals: 'even', firstAt: 0.05 });
    const played = play(
      cluster({
        clients: { c: clients(load, [call('s')]) },
        services: { s: service({ workers: 1, work: { '*': [{ do: 'compute', time: exactly(0.05) }] } }) },
        rules: { r: rule({ watch: { figure: 'cpu', of: 's', level: 0 }, above: 0.9, back: null, over: 5 }) },
      }),
      { until: 10 },
    );
    expect(entries(played)).toEqual([[1, null]]);
  });

  test('takes no withdrawn call for an error', () => {
    // a copy goes after 60 ms; the first answer, after 100 ms, withdraws it where it is in service
    const step = call('s', { abandon: 'cancel', hedge: { after: { seconds: 0.06 }, copies: 1 } });
    const load = open({ rate: { kind: 'constant', rate: 10 }, arrivals: 'even', firstAt: 0.05, limit: 100 });
    const played = play(
      cluster({
        clients: { c: clients(load, [step]) },
        services: { s: service({ work: { '*': [wait(0.1)] } }) },
        rules: { r: rule({ watch: { figure: 'errors', of: 's', level: 0 } }) },
      }),
      { until: 20 },
    );
    const [{ outcomes }] = played.run.reading().services.s;
    expect([outcomes[OUTCOME.ok], outcomes[OUTCOME.canceled]]).toEqual([100, 100]);
    expect(entries(played)).toEqual([]);
  });

  test('servers that come back take what waits at their director at once', () => {
    const members = [0, 1].map((server) => ({ service: 't', server, weight: 1, limit: 1 }));
    const load = open({ rate: { kind: 'constant', rate: 10 }, arrivals: 'even', firstAt: 0.05, limit: 300 });
    const { rows } = sick(
      { r: rule({ servers: { t: 0.5 } }) },
      {
        clients: { c: clients(load, [call('s')]), long: trace([6, 6.5], [call('d')]) },
        directors: { d: director({ members, whenFull: { do: 'wait', room: 9, patience: Infinity } }) },
        services: { s: service({ work: { '*': [] } }), t: service({ count: 2, work: { '*': [wait(20)] } }) },
      },
    );
    // on from 5 s to 9 s: t.1 alone is busy until 26 s, and t.2 gets the second when it comes back
    expect(rows.filter(({ client }) => client === 'long').map(({ end }) => end)).toEqual([26, 29]);
  });

  test('watches response times, of failures too', () => {
    const slow = { at: 4, do: 'slow' as const, target: 's', for: 3, factor: 0.25 };
    const work = { '*': [{ do: 'compute' as const, time: exactly(0.1) }] };
    const watch = { figure: 'time' as const, of: 'c', level: 0.5 };
    const played = sick(
      { r: rule({ watch, above: 0.3, back: 0.3 }) },
      { services: { s: service({ work }) }, faults: [slow] },
    );
    // 0.4 s each from 4 s to 7 s: in the window (3, 5] 6 of 16 are slow; in (4, 6] 16 of 17; in (6, 8] 11 of 23
    expect(entries(played)).toEqual([[6, 8]]);
  });

  test('does not keep a run alive that has ended', () => {
    const { run } = sick({ r: rule() });
    expect(run.now).toBeLessThan(40);
  });
});
