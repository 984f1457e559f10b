/** Sessions and the heap they fill, at times that can be worked out on paper; and what must hold for any of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceDescription, SessionsDescription } from '../../../src/models/description.ts';
import { call, service } from '../random-cluster.ts';
import { cluster, clients, compute, computeDemand, exactly, expectTimes, open, play, trace } from '../hand-made.ts';

const gc = [
  { full: 0.5, speed: 1 },
  { full: 1, speed: 0.5 },
];

function sessions(given: Partial<SessionsDescription> = {}): SessionsDescription {
  return { keep: 'own', per: 'request', lifetime: 10, ...given };
}

function tomcat(given: Partial<ServiceDescription>): ServiceDescription {
  return service({ cores: 1, workers: 10, work: computeDemand, ...given });
}

describe('sessions', () => {
  test('a new one a request: each lives for its lifetime', () => {
    const description = cluster({
      clients: { c: trace([0, 1, 2, 30], [call('s')], { demand: [0.1, 0.1, 0.1, 0.1] }) },
      services: { s: tomcat({ sessions: sessions() }) },
    });
    const at = (until: number) => play(description, { until }).run.reading().services.s[0].sessions;
    expect(at(9.9)).toEqual({ held: 3, created: 3, expired: 0, turnedAway: 0, lost: 0 });
    expect(at(11.5)).toMatchObject({ held: 1, expired: 2 });
    expect(at(100)).toEqual({ held: 0, created: 4, expired: 4, turnedAway: 0, lost: 0 });
  });

  test('one a user: its lifetime begins again with every use', () => {
    const description = cluster({
      clients: { c: trace([0, 6, 12, 50], [call('s')], { demand: [0.1, 0.1, 0.1, 0.1], sources: 1 }) },
      services: { s: tomcat({ sessions: sessions({ per: 'user' }) }) },
    });
    const at = (until: number) => play(description, { until }).run.reading().services.s[0].sessions;
    expect(at(21.9)).toMatchObject({ held: 1, created: 1, expired: 0 });
    expect(at(22.1)).toMatchObject({ held: 0, created: 1, expired: 1 });
    expect(at(100)).toMatchObject({ held: 0, created: 2, expired: 2 });
  });

  test('begin when a worker takes the request, not in the queue', () => {
    const description = cluster({
      clients: { c: trace([0, 0, 0], [call('s')], { demand: [4, 4, 4] }) },
      services: { s: service({ workers: 1, work: computeDemand, sessions: sessions({ lifetime: 1000 }) }) },
    });
    expect(play(description, { until: 3 }).run.reading().services.s[0].sessions).toMatchObject({ created: 1 });
    expect(play(description, { until: 5 }).run.reading().services.s[0].sessions).toMatchObject({ created: 2 });
  });

  test('replicated: every server holds every session, and each peer works for it', () => {
    const replication = exactly(0.3);
    const description = cluster({
      clients: { c: trace([0], [call('s.1')], { demand: [1] }) },
      services: {
        s: tomcat({
          count: 3,
          speeds: [1, 1, 1],
          sessions: sessions({ keep: 'replicated', replication }),
          heap: { size: 4, gc },
        }),
      },
    });
    const [first, second, third] = play(description, { until: 5 }).run.reading().services.s;
    expect([first, second, third].map(({ heap }) => heap!.held)).toEqual([1, 1, 1]);
    expect([first, second, third].map(({ computeArea }) => computeArea)).toEqual([1, 0.3, 0.3]);
    expect([first, second, third].map(({ calls }) => calls)).toEqual([1, 0, 0]);
  });

  test('own sessions die with their server; copies live as long as one server does', () => {
    const faults = (targets: string[]) =>
      targets.map((target, k) => ({ at: 2 + k, do: 'crash' as const, target, for: Infinity, factor: 1 }));
    const held = (keep: 'own' | 'replicated', targets: string[]) => {
      const description = cluster({
        clients: { c: trace([0, 0.5], [call('s.1')], { demand: [0.1, 0.1] }) },
        services: { s: tomcat({ count: 2, speeds: [1, 1], sessions: sessions({ keep }), heap: { size: 9, gc } }) },
        faults: faults(targets),
      });
      return play(description, { until: 5 }).run.reading().services.s[0];
    };
    expect(held('own', ['s.1'])).toMatchObject({ sessions: { held: 0, lost: 2 }, heap: { held: 0 } });
    expect(held('own', ['s.2'])).toMatchObject({ sessions: { held: 2, lost: 0 } });
    expect(held('replicated', ['s.1'])).toMatchObject({ sessions: { held: 2, lost: 0 } });
    expect(held('replicated', ['s.1', 's.2'])).toMatchObject({ sessions: { held: 0, lost: 2 } });
  });
});

describe('a heap', () => {
  test('slows the processor as it fills, and gives the speed back as sessions end', () => {
    // room for 4: 2 of them cost nothing, 3 leave 75 % of the speed, 4 leave 50 %
    const description = cluster({
      clients: { c: trace([0, 1, 2, 3, 14], [call('s')], { demand: [0.2, 0.2, 0.3, 0.5, 0.2] }) },
      services: { s: tomcat({ sessions: sessions(), heap: { size: 4, gc } }) },
    });
    const { ends, run } = play(description, { until: 20 });
    expectTimes(ends, [0.2, 1.2, 2 + 0.3 / 0.75, 3 + 0.5 / 0.5, 14.2]);
    expect(run.reading().services.s[0].heap).toMatchObject({ held: 1, turnedAway: 0, fullSince: null, speed: 1 });
    expect(run.reading().services.s[0].heap!.heldArea).toBeCloseTo(4 * 10 + 6, 9);
  });

  test('full: what finds no room is not kept, and the report can say since when', () => {
    const description = cluster({
      clients: { c: trace([0, 1, 2, 3], [call('s')], { demand: [0.1, 0.1, 0.1, 0.1] }) },
      services: { s: tomcat({ sessions: sessions({ lifetime: 1000 }), heap: { size: 2, gc } }) },
    });
    const [{ heap, sessions: store }] = play(description, { until: 9 }).run.reading().services.s;
    expect(heap).toEqual({ size: 2, held: 2, heldArea: 9 + 8, turnedAway: 2, fullSince: 1, speed: 0.5 });
    expect(store).toMatchObject({ created: 4, held: 2, turnedAway: 2 });
  });

  test('multiplies with a slow fault, also where every worker has a core of its own', () => {
    const description = cluster({
      clients: { c: trace([0, 1], [call('s')], { demand: [0.1, 1] }) },
      services: { s: service({ workers: 4, work: computeDemand, sessions: sessions(), heap: { size: 2, gc } }) },
      faults: [{ at: 2, do: 'slow', target: 's', for: Infinity, factor: 0.5 }],
    });
    // 0.5 s of work done by 2 s at half speed, the other half at a quarter
    expectTimes(play(description).ends, [0.1, 2 + 0.5 / 0.25]);
  });
});

test('sessions are conserved and a heap keeps its size, whatever happens', () => {
  const cases = fc.record({
    keep: fc.constantFrom('own' as const, 'replicated' as const),
    per: fc.constantFrom('request' as const, 'user' as const),
    lifetime: fc.double({ min: 0.05, max: 3, noNaN: true }),
    size: fc.integer({ min: 1, max: 30 }),
    sources: fc.integer({ min: 1, max: 50 }),
    replication: fc.boolean(),
    crashAt: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  fc.assert(
    fc.property(cases, ({ keep, per, lifetime, size, sources, replication, crashAt }) => {
      const description = cluster({
        clients: { c: clients(open({ rate: { kind: 'constant', rate: 40 } }), [call('s')], { sources }) },
        services: {
          s: service({
            count: 2,
            speeds: [1, 1],
            cores: 1,
            workers: 5,
            work: { '*': [compute(0.01)] },
            sessions: { keep, per, lifetime, ...(replication ? { replication: exactly(0.002) } : {}) },
            heap: {
              size,
              gc: [
                { full: 0.5, speed: 1 },
                { full: 1, speed: 0.1 },
              ],
            },
          }),
        },
        faults: [
          { at: crashAt, do: 'crash', target: 's.1', for: 1, factor: 1 },
          { at: crashAt + 0.4, do: 'crash', target: 's.2', for: 1, factor: 1 },
        ],
      });
      const { run } = play(description, { until: 6 }); // checks the invariants
      for (const { heap, sessions: store } of run.reading().services.s) {
        expect(heap!.held).toBeLessThanOrEqual(size);
        expect(store!.created).toBe(store!.held + store!.expired + store!.turnedAway + store!.lost);
        if (per === 'user') expect(store!.held).toBeLessThanOrEqual(sources);
      }
      run.end();
      run.advance({ time: 60 });
      for (const { heap, sessions: store } of run.reading().services.s) {
        expect([heap!.held, heap!.speed, store!.held]).toEqual([0, 1, 0]);
      }
      expect(run.parts.execution.calls.live).toBe(0);
    }),
    { numRuns: 60 },
  );
});
