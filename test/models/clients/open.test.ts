import { describe, expect, test } from 'vitest';
import type { OpenLoad, RateShape } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { clients, cluster, computeDemand, exactly, expectTimes, open, play, serversOf, trace } from '../hand-made.ts';
import type { PlayOptions } from '../hand-made.ts';

const instant = { s: service({ work: { '*': [] } }) };

/** When the requests come. */
function arrivals(load: Partial<OpenLoad> & Pick<OpenLoad, 'rate'>, options: PlayOptions = {}): number[] {
  const { rows } = play(cluster({ clients: { c: clients(open(load), [call('s')]) }, services: instant }), options);
  return rows.map(({ due }) => due);
}

function constant(rate: number): RateShape {
  return { kind: 'constant', rate };
}

function countIn(times: readonly number[], from: number, to: number): number {
  return times.filter((time) => time >= from && time < to).length;
}

describe('arrivals', () => {
  test('even, from the time of the first, up to the limit', () => {
    expectTimes(arrivals({ rate: constant(10), arrivals: 'even', limit: 4 }), [0.1, 0.2, 0.3, 0.4]);
    expectTimes(arrivals({ rate: constant(4), arrivals: 'even', firstAt: 2 }, { until: 2.6 }), [2, 2.25, 2.5]);
  });

  test('renewal, in batches of which the last is cut by the limit', () => {
    const load = { rate: constant(1), arrivals: exactly(0.5), batch: exactly(3), limit: 7 };
    expectTimes(arrivals(load), [0.5, 0.5, 0.5, 1, 1, 1, 1.5]);
    expectTimes(arrivals({ rate: constant(1), arrivals: exactly(1), batch: exactly(0) }, { until: 5 }), []);
  });

  test('poisson: the count of a long time, and exponential gaps', () => {
    const times = arrivals({ rate: constant(5) }, { until: 2000 });
    expect(Math.abs(times.length - 10_000)).toBeLessThan(3.3 * Math.sqrt(10_000));
    const longGaps = times.slice(1).filter((time, k) => time - times[k] > 0.2).length / times.length;
    expect(Math.abs(longGaps - Math.exp(-1))).toBeLessThan(3.3 * Math.sqrt(0.233 / 10_000));
  });

  test('none at rate 0', () => {
    for (const spacing of ['poisson', 'even'] as const) {
      expect(arrivals({ rate: constant(0), arrivals: spacing })).toEqual([]);
    }
  });

  test('none after the end', () => {
    const { run } = play(
      cluster({ clients: { c: clients(open({ rate: constant(10) }), [call('s')]) }, services: instant }),
      {
        until: 10,
      },
    );
    const { sent } = run.reading().clients.c;
    run.end();
    expect(run.advance({ time: 100 })).toBe('empty');
    expect(run.reading().clients.c.sent).toBe(sent);
  });
});

/** Rates over time, and their integral from 0. */
const shapes: readonly { name: string; rate: RateShape; integral: (time: number) => number }[] = [
  {
    name: 'points: a ramp, a plateau, a step down to nothing',
    rate: {
      kind: 'points',
      points: [
        { at: 0, rate: 0 },
        { at: 10, rate: 100 },
        { at: 20, rate: 100 },
        { at: 20, rate: 40 },
        { at: 30, rate: 40 },
        { at: 30, rate: 0 },
      ],
    },
    integral: (t) => {
      const [ramp, plateau, low] = [
        Math.min(t, 10),
        Math.min(Math.max(t - 10, 0), 10),
        Math.min(Math.max(t - 20, 0), 10),
      ];
      return 5 * ramp * ramp + 100 * plateau + 40 * low;
    },
  },
  {
    name: 'an expression: a wave',
    rate: { kind: 'expression', expression: '50 * (1 + sin(2 * pi * t / 10))', max: 100 },
    integral: (t) => 50 * t + (250 / Math.PI) * (1 - Math.cos((2 * Math.PI * t) / 10)),
  },
  {
    name: 'an expression that falls to nothing for good',
    rate: { kind: 'expression', expression: '100 - 10 * t', max: 100 },
    integral: (t) => 100 * Math.min(t, 10) - 5 * Math.min(t, 10) * Math.min(t, 10),
  },
];

describe.each(shapes)('rate by $name', ({ rate, integral }) => {
  const edges = [0, 2, 4, 7, 10, 15, 20, 22.5, 28, 30, 40];

  test('even arrivals are one for each whole number that the integral passes', () => {
    const times = arrivals({ rate, arrivals: 'even' }, { until: 40 });
    times.forEach((time, index) => expect(Math.abs(integral(time) - (index + 1))).toBeLessThan(0.02));
    expect(Math.abs(times.length - integral(40))).toBeLessThan(1.02);
  });

  test('poisson arrivals have its integral as their mean, in every interval', () => {
    const runs = 20;
    const times = Array.from({ length: runs }, (_, seed) => arrivals({ rate }, { until: 40, seed }));
    for (let k = 1; k < edges.length; k++) {
      const mean = runs * (integral(edges[k]) - integral(edges[k - 1]));
      const count = times.reduce((sum, each) => sum + countIn(each, edges[k - 1], edges[k]), 0);
      expect(Math.abs(count - mean), `${edges[k - 1]} to ${edges[k]} s`).toBeLessThanOrEqual(3.9 * Math.sqrt(mean));
    }
  });
});

describe('requests', () => {
  test('a trace comes as written, each request with its own demand, all due when they come', () => {
    const { rows } = play(
      cluster({
        clients: { c: trace([0.5, 0.5, 2], [call('s')], { demand: [1, 2, 0.25] }) },
        services: { s: service({ work: computeDemand }) },
      }),
    );
    const found = [...rows].sort((a, b) => a.request - b.request).map(({ due, end }) => [due, end]);
    expect(found).toEqual([
      [0.5, 1.5],
      [0.5, 2.5],
      [2, 2.25],
    ]);
  });

  test('a mix is drawn by its shares', () => {
    const mix = [
      { name: 'read', share: 3, priority: 0, steps: [call('s.1')] },
      { name: 'write', share: 1, priority: 0, steps: [call('s.2')] },
    ];
    const load = open({ rate: constant(10), arrivals: 'even', limit: 4000 });
    const { run } = play(
      cluster({
        clients: { c: clients(load, [], { mix }) },
        services: { s: service({ count: 2, work: { '*': [] } }) },
      }),
    );
    const [read, write] = run.reading().services.s.map(({ calls }) => calls);
    expect(read + write).toBe(4000);
    expect(Math.abs(read - 3000)).toBeLessThan(3.3 * Math.sqrt(4000 * 0.75 * 0.25));
  });

  test('classes carry their priority, a request in a trace its own', () => {
    const mix = [{ name: 'urgent', share: 1, priority: 0, steps: [call('s')] }];
    const at = [0, 0.1, 0.2];
    const { rows } = play(
      cluster({
        clients: {
          slow: trace(at, [call('s')], { demand: [1, 1, 1], priority: [1, 1, 1] }),
          urgent: trace([0.3], [], { demand: [1], mix }),
        },
        services: { s: service({ workers: 1, order: 'priority', work: computeDemand }) },
      }),
    );
    expect(rows.map(({ client }) => client)).toEqual(['slow', 'urgent', 'slow', 'slow']);
  });

  test('sources: so many addresses, all of them used; without a limit each request its own', () => {
    const servers = (sources: number): number => {
      const played = play(
        cluster({
          clients: {
            c: clients(open({ rate: constant(10), arrivals: 'even', limit: 300 }), [call('d')], { sources }),
          },
          directors: {
            d: director({
              scheduler: { id: 'lvs/rr', options: {} },
              members: Array.from({ length: 50 }, (_, server) => ({
                service: 's',
                server,
                weight: 1,
                limit: Infinity,
              })),
              persistence: 1000,
            }),
          },
          services: { s: service({ count: 50, work: { '*': [] } }) },
        }),
      );
      return new Set(serversOf(played)).size;
    };
    expect([servers(1), servers(7), servers(Infinity)]).toEqual([1, 7, 50]);
  });
});
