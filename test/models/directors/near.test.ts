/** A director that prefers the caller's zone: who gets what while all is well, when a zone is gone, after a takeover. */
import { describe, expect, test } from 'vitest';
import type { DirectorDescription, FaultDescription } from '../../../src/models/description.ts';
import { cluster, compute, exactly, expectTimes, play, serversOf, trace } from '../hand-made.ts';
import { call, director, service } from '../random-cluster.ts';

const members = [0, 1, 2, 3].map((server) => ({ service: 's', server, weight: 1, limit: Infinity }));
/** Two servers in each of two zones; the clients `a` are in the first, `b` in the second, `c` in none. */
const near = [
  ['a', 'x', 's.1', 's.2', 'd.one'],
  ['b', 's.3', 's.4', 'd.two'],
] as const;

function zoned(
  caller: string,
  at: readonly number[],
  more: Partial<DirectorDescription> = {},
  faults: FaultDescription[] = [],
) {
  return cluster({
    clients: { [caller]: trace(at, [call('d')], { keep: 'connection' }) },
    directors: { d: director({ mode: 'client-side', members, near, ...more }) },
    services: { s: service({ count: 4, work: { '*': [compute(1)] } }) },
    faults,
  });
}

const crash = (at: number, target: string): FaultDescription => ({ at, do: 'crash', target, for: Infinity, factor: 1 });

describe('while all can serve', () => {
  test.each([
    ['a', ['s.1', 's.2', 's.1', 's.2']],
    ['b', ['s.3', 's.4', 's.3', 's.4']],
    ['c', ['s.1', 's.2', 's.3', 's.4']],
  ])('callers of %s go to %j', (caller, servers) => {
    expect(serversOf(play(zoned(caller, [0, 0, 0, 0])))).toEqual(servers);
  });

  test('servers that call are in a zone as clients are, and so is who sends a message', () => {
    const work = { '*': [call('d'), { do: 'send', to: 'd', requestBytes: 0 } as const] };
    const { run } = play(
      cluster({
        clients: { c: trace([0, 0], [call('x')], { keep: 'connection' }) },
        directors: { d: director({ mode: 'client-side', members, near }) },
        services: { x: service({ work }), s: service({ count: 4, work: { '*': [compute(1)] } }) },
      }),
    );
    const { share, elsewhere } = run.reading().directors.d;
    expect([share, elsewhere]).toEqual([[2, 2, 0, 0], 0]);
  });
});

const tries = (times: number) =>
  ({
    times,
    backoff: { base: 0, factor: 1, max: 0, jitter: 'none' },
    on: ['refused'],
    other: true,
    budget: Infinity,
  }) as const;

test('a library with tries of its own is where its caller is', () => {
  const library = { mode: 'client-side', members, near, retry: tries(1) } as const;
  expect(serversOf(play(zoned('b', [0, 0], library)))).toEqual(['s.3', 's.4']);
  const { run } = play(
    cluster({
      clients: { c: trace([0, 0], [call('x')], { keep: 'connection' }) },
      directors: { d: director(library) },
      services: {
        x: service({ work: { '*': [{ do: 'send', to: 'd', requestBytes: 0 }] } }),
        s: service({ count: 4, work: { '*': [compute(1)] } }),
      },
    }),
  );
  expect(run.reading().directors.d.share).toEqual([1, 1, 0, 0]);
});

describe('when nobody near can serve', () => {
  const dead = [crash(0, 's.1'), crash(0, 's.2')];
  const check = { every: 1, timeout: 0.1, fall: 1, rise: 1 };

  test('all others do, once that is known; one that is left has everything', () => {
    const late = [10, 10, 10, 10];
    const all = play(zoned('a', late, { check }, dead));
    expect(serversOf(all)).toEqual(['s.3', 's.4', 's.3', 's.4']);
    expect(all.run.reading().directors.d).toMatchObject({ picks: 4, elsewhere: 4 });
    expect(serversOf(play(zoned('a', late, { check }, [dead[0]])))).toEqual(['s.2', 's.2', 's.2', 's.2']);
  });

  test('a request that was refused near is tried again near while there is somebody, then elsewhere', () => {
    const clients = { a: trace([1], [call('d', { retry: tries(3) })], { keep: 'connection' as const }) };
    const description = { ...zoned('a', [1], { backups: 'overflow' }, dead), clients };
    expect(serversOf(play(description))).toEqual(['s.3']);
  });

  test('its clients go on: what happens to a zone does not happen to them', () => {
    const zone: FaultDescription = { ...crash(0, 'zone'), targets: near[0].slice(0, 1).concat('s.1', 's.2') };
    expect(play(zoned('a', [10], { check }, [zone])).outcomes).toEqual(['ok']);
  });

  test('a full server near is not left for an empty one elsewhere, unless backups overflow', () => {
    const full = members.map((member) => ({ ...member, limit: 1 }));
    expect(play(zoned('a', [0, 0, 0], { members: full })).outcomes).toEqual(['ok', 'ok', 'rejected']);
    expect(play(zoned('a', [0, 0, 0], { members: full, backups: 'overflow' })).outcomes).toEqual(['ok', 'ok', 'ok']);
  });
});

describe('a director that is in a zone', () => {
  const nodes: DirectorDescription['nodes'] = [
    { name: 'two', priority: 90 },
    { name: 'one', priority: 100 },
  ];
  const pair: Partial<DirectorDescription> = { mode: 'nat', nodes, takeover: exactly(1) };
  const lost = [crash(5, 'd.one')];

  test('picks there whoever calls, and in the other zone once its other node has the address', () => {
    const { run } = play(zoned('b', [0, 0, 9, 9], pair, lost));
    expect(run.reading().directors.d).toMatchObject({ share: [1, 1, 1, 1], elsewhere: 0 });
  });

  test('as a proxy too', () => {
    const { run } = play(zoned('b', [0, 0, 9, 9], { ...pair, mode: 'proxy', workers: 9 }, lost));
    expect(run.reading().directors.d.share).toEqual([1, 1, 1, 1]);
  });

  test('moves the detour of its packets along: from here over there and back, or all of it here', () => {
    const links = {
      wan: { between: ['a', 'b'] as const, zones: near, latency: exactly(0.02), bitsPerSecond: Infinity },
    };
    const description = { ...zoned('b', [0, 9], pair, lost), links };
    expectTimes(play(description).ends, [1.04, 10]);
  });
});
