/** A director at work: who gets which request, and what becomes of those nobody can take. */
import { describe, expect, test } from 'vitest';
import { connectionTraffic, flows, modes, totals } from '../../../src/models/directors/modes.ts';
import type { Mode } from '../../../src/models/directors/modes.ts';
import type { CallStep, DirectorDescription, ServiceDescription } from '../../../src/models/description.ts';
import { call, director, service } from '../random-cluster.ts';
import { cluster, compute, computeDemand, exactly, expectTimes, play, serversOf, trace } from '../hand-made.ts';
import type { Played, TraceOptions } from '../hand-made.ts';

const closedDoor = service({ connections: 0, work: { '*': [] } });

interface Setting extends Omit<Partial<DirectorDescription>, 'members'> {
  /** Of each server of `s`; two without limit by default. */
  readonly limits?: readonly number[];
  readonly weights?: readonly number[];
}

/** Requests of these demands to a director over the servers of `s`. */
function playDirector(
  at: readonly number[],
  demand: readonly number[],
  { limits = [Infinity, Infinity], weights = limits.map(() => 1), ...options }: Setting = {},
  more: TraceOptions = {},
  site: Partial<CallStep> = {},
  s: Partial<ServiceDescription> = {},
): Played {
  const members = limits.map((limit, server) => ({ service: 's', server, weight: weights[server], limit }));
  return play(
    cluster({
      clients: { c: trace(at, [call('d', site)], { demand, ...more }) },
      directors: { d: director({ scheduler: { id: 'lvs/rr', options: {} }, members, ...options }) },
      services: { s: service({ count: limits.length, work: computeDemand, ...s }) },
    }),
  );
}

describe('a member at its limit', () => {
  test('is left out until it has room again', () => {
    const played = playDirector([0, 1, 2, 3, 5], [4, 9, 1, 1, 1], { limits: [1, Infinity] });
    expect(serversOf(played)).toEqual(['s.1', 's.2', 's.2', 's.2', 's.1']);
  });

  test('all of them: a request is rejected', () => {
    const { ends, outcomes, run } = playDirector([0, 0, 1, 5], [3, 4, 1, 1], { limits: [1, 1] });
    expect([outcomes, ends]).toEqual([
      ['ok', 'ok', 'rejected', 'ok'],
      [3, 4, 1, 6],
    ]);
    expect(run.reading().directors.d).toMatchObject({ picks: 3, unavailable: 1, active: 0, activeArea: 8 });
  });

  test('or waits in one line for whoever is free first, while there is room and patience', () => {
    const whenFull = { do: 'wait', room: 2, patience: 2.5 } as const;
    const played = playDirector([0, 0, 1, 1.5, 1.75], [3, 6, 2, 1, 1], { limits: [1, 1], whenFull });
    expect(played.outcomes).toEqual(['ok', 'ok', 'ok', 'queue-timeout', 'rejected']);
    expectTimes(played.ends, [3, 6, 5, 4, 1.75]);
    expect(serversOf(played).slice(0, 3)).toEqual(['s.1', 's.2', 's.1']);
  });

  test('first come, first served; a caller who gives up leaves the line', () => {
    const whenFull = { do: 'wait', room: 9, patience: Infinity } as const;
    const site = { timeout: exactly(3) };
    const { outcomes, ends, run } = playDirector(
      [0, 0.5, 1, 1.5],
      [2.5, 2, 2, 0.25],
      { limits: [1], whenFull, clientAbort: 'keep' },
      {},
      site,
    );
    expect(outcomes).toEqual(['ok', 'timeout', 'timeout', 'timeout']);
    // the second is served from 2.5 to 4.5, past its time; the third has left at 4, the fourth at 4.5 just before its turn
    expectTimes(ends, [2.5, 3.5, 4, 4.5]);
    expect(run.reading().directors.d).toMatchObject({ picks: 3 });
  });

  test('a director that closes the connection of a caller who gave up has room for the next at once', () => {
    const whenFull = { do: 'wait', room: 9, patience: Infinity } as const;
    const site = { timeout: exactly(3) };
    const { outcomes, ends } = playDirector([0, 0.5, 2], [2.5, 9, 1], { limits: [1], whenFull }, {}, site);
    // the second is given up at 3.5, though the server works on it until 11.5
    expect(outcomes).toEqual(['ok', 'timeout', 'ok']);
    expectTimes(ends, [2.5, 3.5, 4.5]);
  });
});

describe('nobody to pick', () => {
  test('weight 0 takes nothing new', () => {
    const { run } = playDirector([0, 0, 0], [1, 1, 1], { weights: [0, 1], limits: [Infinity, Infinity] });
    expect(run.reading().directors.d.share).toEqual([0, 3]);
    const whenFull = { do: 'wait', room: 9, patience: Infinity } as const;
    expect(playDirector([0], [1], { weights: [0, 0], whenFull }).outcomes).toEqual(['unavailable']);
  });
});

test('a call that its caller withdraws is no failure of the server; one that the server refuses is', () => {
  const share = (x: ServiceDescription): readonly number[] => {
    const at = Array.from({ length: 10 }, (_, k) => 10 * k);
    const { run } = play(
      cluster({
        clients: { c: trace(at, [call('app', { timeout: exactly(1), abandon: 'cancel' })]) },
        directors: {
          d: director({
            scheduler: { id: 'nginx/rr', options: { maxFails: 1 } },
            members: ['x', 'y'].map((name) => ({ service: name, server: 0, weight: 100, limit: Infinity })),
          }),
        },
        services: {
          app: service({ work: { '*': [call('d', { abandon: 'cancel' })] } }),
          x,
          y: service({ work: { '*': [compute(0.1)] } }),
        },
      }),
    );
    return run.reading().directors.d.share;
  };
  expect(share(service({ work: { '*': [compute(5)] } }))).toEqual([5, 5]);
  expect(share(closedDoor)[0]).toBeLessThan(3);
});

describe('persistence', () => {
  const at = [0, 1, 2, 3, 9, 30];
  const demand = [1, 1, 1, 1, 1, 1];

  test('one source stays on its server, until it has been away', () => {
    const played = playDirector(at, demand, { persistence: 10 }, { sources: 1 });
    expect(serversOf(played)).toEqual(['s.1', 's.1', 's.1', 's.1', 's.1', 's.2']);
  });

  test('of requests each with a source of its own there is none', () => {
    const played = playDirector(at, demand, { persistence: 10 });
    expect(serversOf(played)).toEqual(['s.1', 's.2', 's.1', 's.2', 's.1', 's.2']);
  });

  test('gives way where the server may not be picked', () => {
    const played = playDirector([0, 1, 2, 6], [5, 5, 1, 1], { persistence: 10, limits: [1, Infinity] }, { sources: 1 });
    expect(serversOf(played)).toEqual(['s.1', 's.2', 's.2', 's.2']);
  });
});

test('closed connections linger and count as inactive for rules that look at them', () => {
  const least = { id: 'lvs/lc', options: {} };
  const at = [0, 2, 4, 20];
  const demand = [1, 1, 1, 1];
  expect(serversOf(playDirector(at, demand, { scheduler: least }))).toEqual(['s.1', 's.1', 's.1', 's.1']);
  expect(serversOf(playDirector(at, demand, { scheduler: least, linger: 10 }))).toEqual(['s.1', 's.2', 's.1', 's.1']);
});

describe('a proxy of its own', () => {
  test('holds a worker for the whole exchange, and relays', () => {
    const { ends, run } = playDirector([0, 0], [1, 1], { workers: 1, relay: exactly(0.5) });
    expectTimes(ends, [1.5, 3]);
    expect(run.reading().services.d[0].gates.workers).toMatchObject({ busyArea: 3, lineArea: 1.5 });
    expect(run.reading().directors.d).toMatchObject({ picks: 2, activeArea: 2 });
  });

  test('relays on its cores where it has any', () => {
    expectTimes(playDirector([0, 0], [1, 1], { cores: 1, relay: exactly(0.5) }).ends, [2, 2]);
    expectTimes(playDirector([0, 0], [1, 1], { relay: exactly(0.5) }).ends, [1.5, 1.5]);
  });

  test('with its accept queue full refuses, or drops the SYN', () => {
    const front = { workers: 1, queue: 1 } as const;
    const site = { connect: { syn: [3, 9], giveUp: 21 } };
    const at = [0, 0.5, 0.75];
    const refuses = playDirector(at, [1, 1, 1], { ...front, full: 'refuse' }, {}, site);
    expect([refuses.outcomes, refuses.ends]).toEqual([
      ['ok', 'ok', 'refused'],
      [1, 2, 0.75],
    ]);
    const drops = playDirector(at, [1, 1, 1], { ...front, full: 'drop' }, {}, site);
    expectTimes(drops.ends, [1, 2, 4.75]);
  });

  test('passes on why the upstream failed', () => {
    const { outcomes } = playDirector([0], [1], { workers: 1 }, {}, {}, { connections: 0 });
    expect(outcomes).toEqual(['refused']);
  });
});

describe('traffic', () => {
  const sizes = { requestBytes: 700, responseBytes: 20_000 };
  const allModes = Object.keys(modes) as Mode[];

  test.each(allModes)('%s: the bytes and packets of its flows for each exchange', (mode) => {
    for (const keep of ['request', 'connection'] as const) {
      const opens = keep === 'request';
      const traffic = connectionTraffic({ ...sizes, opens, closedBy: opens ? 'client' : undefined });
      const { directorIn, directorOut } = totals(flows(mode, traffic));
      const { run } = playDirector([0, 1, 2], [1, 1, 1], { mode }, { keep }, sizes);
      const { bitsIn, bitsOut, packetsIn, packetsOut } = run.reading().directors.d;
      expect([bitsIn, bitsOut]).toEqual([3 * 8 * directorIn.bytes, 3 * 8 * directorOut.bytes]);
      expect([packetsIn, packetsOut]).toEqual([3 * directorIn.packets, 3 * directorOut.packets]);
    }
  });

  test('a proxy of its own counts the same', () => {
    const reading = (workers: number): object => {
      const { bitsIn, bitsOut, packetsIn } = playDirector([0, 1], [1, 1], { workers }, {}, sizes).run.reading()
        .directors.d;
      return { bitsIn, bitsOut, packetsIn };
    };
    expect(reading(5)).toEqual(reading(Infinity));
  });
});

test('a service of several servers that is called by name: its callers take turns', () => {
  const played = play(
    cluster({
      clients: { c: trace([0, 0, 0], [call('s')]), z: trace([0], [call('s')]) },
      services: { s: service({ count: 3, work: { '*': [compute(1)] } }) },
    }),
  );
  expect(played.run.reading().services.s.map(({ calls }) => calls)).toEqual([2, 1, 1]);
});
