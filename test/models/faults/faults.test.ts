import { describe, expect, test } from 'vitest';
import { build } from '../../../src/models/build.ts';
import type { FaultDescription, ServiceDescription } from '../../../src/models/description.ts';
import { OUTCOME } from '../../../src/models/outcome.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, compute, computeDemand, exactly, expectTimes, play, serversOf, trace, wait } from '../hand-made.ts';
import type { Played } from '../hand-made.ts';

function fault(
  at: number,
  what: FaultDescription['do'],
  target: string,
  lasts = Infinity,
  factor = 1,
): FaultDescription {
  return { at, do: what, target, for: lasts, factor };
}

function playFaults(
  faults: readonly FaultDescription[],
  at: readonly number[],
  demand: readonly number[],
  options: Partial<ServiceDescription> = {},
): Played {
  return play(
    cluster({
      clients: { c: trace(at, [call('s')], { demand }) },
      services: { s: service({ work: computeDemand, ...options }) },
      faults,
    }),
  );
}

/** Kinds of service on which a request alone computes at full speed. */
const kinds: readonly (readonly [string, Partial<ServiceDescription>])[] = [
  ['a delay', {}],
  ['a worker', { workers: 1 }],
  ['shared cores', { cores: 1 }],
  ['a first come first served core', { cores: 1, sharing: 'fifo' }],
  ['a preemptive core', { cores: 1, sharing: 'preemptive' }],
];

describe.each(kinds)('on %s', (_, options) => {
  test('a crash resets what is in progress and refuses until it is over', () => {
    const { ends, outcomes, run } = playFaults([fault(1.5, 'crash', 's', 2)], [0, 1, 2, 4], [1, 1, 1, 1], options);
    expectTimes(ends, [1, 1.5, 2, 5]);
    expect(outcomes).toEqual(['ok', 'reset', 'refused', 'ok']);
    const [server] = run.reading().services.s;
    expect([server.calls, server.present, server.outcomes[OUTCOME.reset]]).toEqual([3, 0, 1]);
  });

  test('a hang stops the work, which then goes on where it was', () => {
    const { ends } = playFaults([fault(1, 'hang', 's', 5)], [0], [3], options);
    expectTimes(ends, [8]);
  });

  test('a slow server works at a part of its speed, for as long as it is slow', () => {
    const { ends } = playFaults([fault(1, 'slow', 's', 2, 0.25)], [0, 10], [3, 1], options);
    expectTimes(ends, [1 + 2 + 1.5, 11]);
  });

  test('hung while slow, slow while hung', () => {
    const { ends } = playFaults([fault(1, 'slow', 's', 4, 0.5), fault(2, 'hang', 's', 1)], [0], [3], options);
    expectTimes(ends, [5.5]); // 1 done at 1, 1.5 at 2, 2.5 at 5
    const during = playFaults([fault(1, 'hang', 's', 2), fault(2, 'slow', 's', 4, 0.5)], [0], [3], options);
    expectTimes(during.ends, [6.5]); // 1 done at 3, 2.5 at 6
  });

  test('a crash ends a hang and what it stopped', () => {
    const faults = [fault(1, 'hang', 's'), fault(2, 'crash', 's'), fault(3, 'restore', 's')];
    const { ends, outcomes } = playFaults(faults, [0, 4], [3, 1], options);
    expectTimes(ends, [2, 5]);
    expect(outcomes).toEqual(['reset', 'ok']);
  });
});

describe('a hung server', () => {
  test('lets requests in up to its queue, and serves them afterwards', () => {
    const { ends, outcomes } = playFaults([fault(0.5, 'hang', 's', 10)], [1, 2, 3], [1, 1, 1], {
      workers: 1,
      queue: 1,
    });
    expectTimes(ends, [11.5, 12.5, 3]);
    expect(outcomes).toEqual(['ok', 'ok', 'refused']);
  });

  test('calls nobody and answers nothing, even where there is nothing to wait for', () => {
    const { rows, run } = play(
      cluster({
        clients: { c: trace([1], [call('app')]), z: trace([1], [call('echo')]) },
        services: {
          app: service({ work: { '*': [call('db'), wait(0.5)] } }),
          echo: service({ work: { '*': [] } }),
          db: service({ work: { '*': [compute(1)] } }),
        },
        faults: [fault(0.5, 'hang', 'app', 10), fault(0.5, 'hang', 'echo', 5)],
      }),
    );
    expect(rows.map(({ client, end }) => [client, end])).toEqual([
      ['z', 5.5],
      ['c', 12],
    ]);
    expect(run.reading().services.app[0].present).toBe(0);
  });

  test('does not go on with an answer that comes meanwhile; the other side has done its work', () => {
    const { ends, run } = play(
      cluster({
        clients: { c: trace([0], [call('app')]) },
        services: {
          app: service({ work: { '*': [call('db'), compute(1)] } }),
          db: service({ work: { '*': [compute(2)] } }),
        },
        faults: [fault(1, 'hang', 'app', 4)],
      }),
    );
    expectTimes(ends, [6]);
    expect(run.reading().services.db[0].presentArea).toBe(2);
  });

  test('a wait passes meanwhile', () => {
    expectTimes(playFaults([fault(1, 'hang', 's', 5)], [0], [0], { work: { '*': [wait(3), compute(1)] } }).ends, [7]);
    expectTimes(playFaults([fault(1, 'hang', 's', 1)], [0], [0], { work: { '*': [wait(3), compute(1)] } }).ends, [4]);
  });
});

test('a crash fails the callers, here and above; what they had called elsewhere goes on for nobody', () => {
  const { outcomes, run } = play(
    cluster({
      clients: { c: trace([0], [call('web')]) },
      services: {
        web: service({ workers: 1, work: { '*': [call('app')] } }),
        app: service({ work: { '*': [call('db')] } }),
        db: service({ work: { '*': [compute(5)] } }),
      },
      faults: [fault(1, 'crash', 'app')],
    }),
  );
  expect(outcomes).toEqual(['reset']);
  const { services } = run.reading();
  expect(services.web[0]).toMatchObject({ present: 0, responseSum: 1 });
  expect(services.db[0]).toMatchObject({ orphaned: 1, wastedSeconds: 5, computeArea: 5 });
});

test('a crash of one server of several leaves the others alone', () => {
  const members = [0, 1].map((server) => ({ service: 's', server, weight: 1, limit: Infinity }));
  const played = play(
    cluster({
      clients: { c: trace([0, 0, 2, 2, 4, 4], [call('d')], { demand: [3, 3, 1, 1, 1, 1] }) },
      directors: { d: director({ scheduler: { id: 'lvs/rr', options: {} }, members }) },
      services: { s: service({ count: 2, work: computeDemand }) },
      faults: [fault(1, 'crash', 's.1', 2)],
    }),
  );
  expect(played.outcomes).toEqual(['reset', 'ok', 'refused', 'ok', 'ok', 'ok']);
  expect(serversOf(played)).toEqual(['s.1', 's.2', 's.1', 's.2', 's.1', 's.2']);
});

test('a server that drains finishes what it has and gets nothing new', () => {
  const members = [0, 1].map((server) => ({ service: 's', server, weight: 1, limit: Infinity }));
  const played = play(
    cluster({
      clients: { c: trace([0, 2, 3, 11, 12], [call('d')], { demand: [5, 1, 1, 1, 1] }) },
      directors: { d: director({ scheduler: { id: 'lvs/rr', options: {} }, members }) },
      services: { s: service({ count: 2, work: computeDemand }) },
      faults: [fault(1, 'drain', 's.1', 9)],
    }),
  );
  expect(played.outcomes).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(serversOf(played)).toEqual(['s.1', 's.2', 's.2', 's.1', 's.2']);
});

describe('a director', () => {
  const nodes = [
    { name: 'a', priority: 100 },
    { name: 'b', priority: 99 },
  ];
  const vrrp = { version: 2, advert: 1, preempt: true, preemptDelay: 0 } as const;

  function playNodes(mode: 'dr' | 'nat' | 'proxy', faults: readonly FaultDescription[], workers = Infinity): Played {
    return play(
      cluster({
        clients: {
          c: trace([0, 10.1, 20], [call('d', { connect: { syn: [1, 3], giveUp: 7 } })], { demand: [12, 1, 1] }),
        },
        directors: {
          d: director({
            mode,
            nodes,
            vrrp,
            workers,
            members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
          }),
        },
        services: { s: service({ work: computeDemand }) },
        faults,
      }),
    );
  }

  test('that returns directly: what is in progress goes on, new SYNs come again until a node has the address', () => {
    const { ends, outcomes, run } = playNodes('dr', [fault(10, 'stop', 'd.a')]);
    expect(outcomes).toEqual(['ok', 'ok', 'ok']);
    expectTimes(ends, [12, 12.1, 21]);
    const taken = run.log.find(({ text }) => text === 'd: b has the address');
    expect(taken?.kind).toBe('takeover');
    expect(taken?.at).toBeCloseTo(10 + 157 / 256, 9);
  });

  test.each([
    ['nat', Infinity],
    ['proxy', 10],
  ] as const)('%s: what is in progress through it is reset', (mode, workers) => {
    const { ends, outcomes, run } = playNodes(mode, [fault(10, 'stop', 'd.a')], workers);
    expect(outcomes).toEqual(['reset', 'ok', 'ok']);
    expectTimes(ends, [10, 12.1, 21]);
    expect(run.reading().services.s[0]).toMatchObject({ orphaned: 1, wastedSeconds: 12 });
  });

  test('whose nodes are all gone: SYNs until the caller gives up', () => {
    const { ends, outcomes } = playNodes('dr', [fault(10, 'crash', 'd')]);
    expectTimes(ends, [12, 17.1, 27]);
    expect(outcomes).toEqual(['ok', 'connect-timeout', 'connect-timeout']);
  });
});

describe('the log', () => {
  test('says when each fault began and ended', () => {
    const faults = [
      fault(1, 'hang', 's', 2),
      fault(4, 'crash', 's'),
      fault(6, 'restore', 's'),
      fault(8, 'slow', 's', 1, 0.5),
    ];
    expect(playFaults(faults, [0], [1]).run.log).toEqual([
      { at: 1, until: 3, text: 'hang s', kind: 'fault' },
      { at: 4, until: 6, text: 'crash s', kind: 'fault' },
      { at: 6, until: 6, text: 'restore s', kind: 'recovery' },
      { at: 8, until: 9, text: 'slow s', kind: 'fault' },
    ]);
  });

  test('a fault that names nothing cannot be built', () => {
    for (const target of ['nobody', 's.2', 'd.z']) {
      const description = cluster({
        directors: { d: director({}) },
        services: { s: service({ work: computeDemand }) },
        faults: [fault(1, 'crash', target)],
      });
      expect(() => build(description, { seed: 1, replication: 0 }), target).toThrow(target);
    }
  });
});

test('a timeout speaks for a server that hangs', () => {
  const { ends, outcomes } = play(
    cluster({
      clients: { c: trace([0], [call('s', { timeout: exactly(2) })], { demand: [1] }) },
      services: { s: service({ work: computeDemand }) },
      faults: [fault(0.5, 'hang', 's')],
    }),
  );
  expect([ends, outcomes]).toEqual([[2], ['timeout']]);
});
