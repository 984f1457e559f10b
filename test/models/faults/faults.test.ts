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

  function playNodes(
    mode: 'dr' | 'nat' | 'proxy',
    faults: readonly FaultDescription[],
    { workers = Infinity, sync = false } = {},
  ): Played {
    return play(
      cluster({
        clients: {
          c: trace([0, 10.1, 20], [call('d', { connect: { syn: [1, 3, 5], giveUp: 7 } })], { demand: [12, 1, 1] }),
        },
        directors: {
          d: director({
            mode,
            nodes,
            vrrp,
            workers,
            sync,
            members: [{ service: 's', server: 0, weight: 1, limit: Infinity }],
          }),
        },
        services: { s: service({ work: computeDemand }) },
        faults,
      }),
    );
  }

  const skewOfB = 157 / 256;

  test('new SYNs come again until a node has the address', () => {
    const { ends, outcomes, run } = playNodes('dr', [fault(10, 'stop', 'd.a')], { sync: true });
    expect(outcomes).toEqual(['ok', 'ok', 'ok']);
    expectTimes(ends, [12, 12.1, 21]);
    const taken = run.log.find(({ text }) => text === 'd: b has the address');
    expect(taken?.kind).toBe('takeover');
    expect(taken?.at).toBeCloseTo(10 + skewOfB, 9);
  });

  test.each(['dr', 'nat'] as const)('%s: the next node resets what it does not know; what it knows goes on', (mode) => {
    const { ends, outcomes, run } = playNodes(mode, [fault(10, 'stop', 'd.a')]);
    expect(outcomes).toEqual(['reset', 'ok', 'ok']);
    expectTimes(ends, [10 + skewOfB, 12.1, 21]);
    expect(run.reading().services.s[0]).toMatchObject({ orphaned: 1, wastedSeconds: 12 });
    expectTimes(playNodes(mode, [fault(10, 'stop', 'd.a')], { sync: true }).ends, [12, 12.1, 21]);
  });

  test('proxy: its end resets what is in progress, at once if it says goodbye, else when another has the address', () => {
    for (const workers of [10, Infinity]) {
      const stopped = playNodes('proxy', [fault(10, 'stop', 'd.a')], { workers, sync: true });
      expect(stopped.outcomes).toEqual(['reset', 'ok', 'ok']);
      expectTimes(stopped.ends, [10, 12.1, 21]);
      const crashed = playNodes('proxy', [fault(10, 'crash', 'd.a')], { workers, sync: true });
      expect(crashed.outcomes).toEqual(['reset', 'ok', 'ok']);
      const taken = crashed.run.log.find(({ kind }) => kind === 'takeover')!.at;
      expect(taken).toBeGreaterThan(12.5);
      expectTimes(crashed.ends, [taken, taken < 13.1 ? 14.1 : 16.1, 21]);
    }
  });

  test('that forwards: an answer that meets a dead node comes when the next one has the address and knows it', () => {
    const at = fault(11.5, 'crash', 'd.a'); // the answer is due at 12
    expectTimes(playNodes('nat', [at], { sync: true }).ends.slice(0, 1), [
      playNodes('nat', [at]).run.log.find(({ kind }) => kind === 'takeover')!.at,
    ]);
    expectTimes(playNodes('dr', [at]).ends, [12, 11.1, 21]);
  });

  test('failing back without an outage resets what the first node does not know', () => {
    const faults = [fault(1, 'stop', 'd.a', 5)]; // back at 6, takes over at 6 + 3 + 156/256
    const { outcomes, ends } = play(
      cluster({
        clients: { c: trace([7, 8], [call('d')], { demand: [1, 4] }) },
        directors: {
          d: director({ mode: 'nat', nodes, vrrp, members: [{ service: 's', server: 0, weight: 1, limit: Infinity }] }),
        },
        services: { s: service({ work: computeDemand }) },
        faults,
      }),
    );
    expect(outcomes).toEqual(['ok', 'reset']);
    expectTimes(ends, [8, 9 + 156 / 256]);
  });

  test('whose process is killed answers on, and what it carried is lost when the other takes over', () => {
    const { outcomes, ends, run } = playNodes('nat', [fault(10, 'kill9', 'd.a')]);
    const taken = run.log.find(({ kind }) => kind === 'takeover')!.at;
    expect(outcomes).toEqual(['ok', 'ok', 'ok']);
    expectTimes(ends, [12, 11.1, 21]);
    expect(taken).toBeGreaterThan(12.5);
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

describe('a server that', () => {
  test('refuses: nothing new, what is in progress goes on', () => {
    const { ends, outcomes } = playFaults([fault(1, 'refuse', 's', 4)], [0, 2, 6], [3, 1, 1]);
    expect([ends, outcomes]).toEqual([[3, 2, 7], ['ok', 'refused', 'ok']]); // prettier-ignore
  });

  test('is sick: answers errors at once or in its own time, holds nothing for them, and is well again after', () => {
    const sick: FaultDescription = { ...fault(1, 'sick', 's', 4), answer: exactly(0.25) };
    const { ends, outcomes, run } = playFaults([sick], [0, 2, 2, 6], [3, 1, 1, 1], { workers: 1 });
    expect([ends, outcomes]).toEqual([[3, 2.25, 2.25, 7], ['ok', 'error', 'error', 'ok']]); // prettier-ignore
    expect(run.reading().services.s[0].outcomes[OUTCOME.error]).toBe(2);
    expect(playFaults([fault(1, 'sick', 's')], [2], [1]).ends).toEqual([2]);
  });

  test('is sick for a share of its requests', () => {
    const at = Array.from({ length: 4000 }, (_, k) => k / 100);
    const { outcomes } = playFaults([{ ...fault(0, 'sick', 's'), share: 0.3 }], at, at.map(() => 0.001)); // prettier-ignore
    const errors = outcomes.filter((outcome) => outcome === 'error').length / 4000;
    expect(Math.abs(errors - 0.3)).toBeLessThan(3.3 * Math.sqrt(0.21 / 4000));
  });

  test('comes back cold: its speed rises in ten steps', () => {
    const cold: FaultDescription = { ...fault(1, 'crash', 's', 1), cold: { factor: 0.5, over: 10 } };
    // work done by t seconds after its return: steps of 0.5, 0.55, 0.6 ... a second each
    const { ends } = playFaults([cold], [2, 20], [0.5 + 0.55 + 0.6, 1]);
    expectTimes(ends, [5, 21]);
  });

  test('is hit twice is back when both are over; restore ends everything', () => {
    const two = [fault(1, 'crash', 's', 4), fault(2, 'crash', 's', 1)];
    expect(playFaults(two, [3.5, 5.5], [1, 1]).outcomes).toEqual(['refused', 'ok']);
    const slows = [fault(1, 'slow', 's', 4, 0.5), fault(2, 'slow', 's', 10, 0.5), fault(6, 'restore', 's')];
    expectTimes(playFaults(slows, [1], [3]).ends, [1 + (1 + (3 - 0.5 - 0.75 - 0.5)) + 4]); // 0.5 + 0.75 + 0.5 by 6
    const restored = [fault(1, 'crash', 's', 4), fault(2, 'restore', 's'), fault(3, 'crash', 's', 4)];
    expect(playFaults(restored, [2.5, 6, 8], [0.1, 1, 1]).outcomes).toEqual(['ok', 'refused', 'ok']);
  });
});

describe('nothing passes', () => {
  const connect = { syn: [1, 3], giveUp: 7 };
  const web = service({ count: 2, work: { '*': [call('db', { connect }), compute(1)] } });
  const members = [0, 1].map((server) => ({ service: 'web', server, weight: 1, limit: Infinity }));

  /** Two web servers in turn, one database. */
  function playRacks(faults: readonly FaultDescription[], at: readonly number[]): Played {
    return play(
      cluster({
        clients: { c: trace(at, [call('d', { connect })]) },
        directors: { d: director({ scheduler: { id: 'lvs/rr', options: {} }, members }) },
        services: { web, db: service({ work: { '*': [compute(1)] } }) },
        faults,
      }),
    );
  }

  test('to an unplugged server: SYNs come again, and its answers come when the cable is back', () => {
    const { ends, outcomes } = playRacks([fault(1.5, 'unplug', 'web.1', 3)], [0, 0, 2, 2]);
    // the first is at web.1, whose answer from db came at 1; done at 2 it waits until 4.5; the third connects at 2 + 3
    expectTimes(ends, [4.5, 2, 7, 4]);
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('between the two sides of a partition, while both go on with others', () => {
    const partition: FaultDescription = {
      ...fault(0, 'partition', 'web.1 and db', 5),
      sides: [['web.1'], ['db']],
    };
    const { ends } = playRacks([partition], [1, 1, 6, 6]);
    expectTimes(ends, [1 + 7, 3, 8, 8]);
  });

  test('an attempt that is cancelled beyond a cut goes on there for nobody', () => {
    const { outcomes, ends, run } = play(
      cluster({
        clients: { c: trace([0], [call('s', { timeout: exactly(2), abandon: 'cancel' })], { demand: [5] }) },
        services: { s: service({ work: computeDemand }) },
        faults: [fault(1, 'unplug', 's', 10)],
      }),
    );
    expect([outcomes, ends]).toEqual([['timeout'], [2]]);
    expect(run.reading().services.s[0]).toMatchObject({ orphaned: 1, computeArea: 5 });
  });

  test('a reset neither: who waited is told when the cable is back', () => {
    const { outcomes, ends } = playFaults([fault(1, 'unplug', 's', 4), fault(2, 'crash', 's', 10)], [0], [9]);
    expect([outcomes, ends]).toEqual([['reset'], [5]]);
  });
});

describe('at random', () => {
  const again = {
    every: { kind: 'exponential', mean: 40 },
    for: { kind: 'exponential', mean: 10 },
    together: false,
    repairFrom: 'fault',
  } as const;

  /** Share of time down, by server, seen by requests every second. */
  function downs(together: boolean, crews?: number): { readonly each: number[]; readonly both: number } {
    const seconds = 40_000;
    const at = Array.from({ length: seconds }, (_, k) => k + 0.5);
    const played = ['s.1', 's.2'].map((to) =>
      play(
        cluster({
          clients: { c: trace(at, [call(to)], { demand: at.map(() => 0.001) }) },
          services: { s: service({ count: 2, work: computeDemand }) },
          faults: [{ ...fault(0, 'crash', 's'), again: { ...again, together, crews } }],
        }),
        { until: seconds },
      ),
    );
    const failed = played.map(({ outcomes }) => outcomes.map((outcome) => outcome !== 'ok'));
    return {
      each: failed.map((list) => list.filter(Boolean).length / seconds),
      both: failed[0].filter((down, k) => down && failed[1][k]).length / seconds,
    };
  }

  // Alternating renewal: down 10 / 50 of the time; variance of the share over t: 2 mttr^2 mtbf^2 / (mttr + mtbf)^3 / t
  const sd = Math.sqrt((2 * 10 ** 2 * 40 ** 2) / 50 ** 3 / 40_000);

  test('each server has failures of its own, mttr / (mtbf + mttr) of the time', () => {
    const { each, both } = downs(false);
    for (const share of each) expect(Math.abs(share - 0.2)).toBeLessThan(3.3 * sd);
    expect(Math.abs(both - 0.04)).toBeLessThan(3.3 * sd);
  });

  test('with one crew the second waits for the first', () => {
    // repair of two machines by one: states 0, 1, 2 down with weights 1, 2 r, 2 r^2, where r = 10 / 40
    const { each, both } = downs(false, 1);
    for (const share of each) expect(Math.abs(share - 0.375 / 1.625)).toBeLessThan(4 * sd);
    expect(Math.abs(both - 0.125 / 1.625)).toBeLessThan(4 * sd);
    expect(both - 0.04).toBeGreaterThan(3.3 * sd);
  });

  test('together they are down together', () => {
    const { each, both } = downs(true);
    expect(Math.abs(each[0] - 0.2)).toBeLessThan(3.3 * sd);
    expect(each).toEqual([both, both]);
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
