/** What stands around a director's pick, in small clusters whose every moment can be worked out on paper. */
import { describe, expect, test } from 'vitest';
import { build } from '../../../src/models/build.ts';
import type {
  CallStep,
  DirectorDescription,
  FaultDescription,
  MemberDescription,
  RetryDescription,
  ServiceDescription,
} from '../../../src/models/description.ts';
import { cluster, computeDemand, exactly, expectTimes, play, serversOf, trace } from '../hand-made.ts';
import type { Played, TraceOptions } from '../hand-made.ts';
import { call, director, service } from '../random-cluster.ts';

const at = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.round((to - from) / step) }, (_, k) => from + k * step);

interface Setting extends Omit<Partial<DirectorDescription>, 'members'> {
  readonly members?: readonly Partial<MemberDescription>[];
  readonly faults?: readonly FaultDescription[];
  readonly demand?: number;
  readonly clients?: TraceOptions;
  readonly site?: Partial<CallStep>;
  readonly service?: Partial<ServiceDescription>;
}

function playPicks(times: readonly number[], setting: Setting): Played {
  const {
    members = [{}, {}],
    faults = [],
    demand = 0.01,
    clients = {},
    site = {},
    service: s = {},
    ...options
  } = setting;
  const described = members.map((one, server) => ({ service: 's', server, weight: 1, limit: Infinity, ...one }));
  return play(
    cluster({
      clients: { c: trace(times, [call('d', site)], { demand: times.map(() => demand), ...clients }) },
      directors: { d: director({ members: described, ...options }) },
      services: { s: service({ count: members.length, work: computeDemand, ...s }) },
      faults,
    }),
  );
}

function fault(time: number, kind: FaultDescription['do'], target: string, seconds = Infinity): FaultDescription {
  return { at: time, do: kind, target, for: seconds, factor: 1 };
}

function retry(options: Partial<RetryDescription>): RetryDescription {
  const backoff = { base: 0, factor: 1, max: Infinity, jitter: 'none' } as const;
  return { times: 1, backoff, on: ['refused', 'reset', 'timeout'], other: true, budget: Infinity, ...options };
}

const count = (played: Played, outcome: string): number => played.outcomes.filter((one) => one === outcome).length;

describe('passive checks', () => {
  const passive = { maxFails: 1, failTimeout: 5 };
  const down = [fault(10, 'crash', 's.1'), fault(20, 'restore', 's.1')];
  const times = at(9.005, 29, 0.1);

  test('without a retry: one failure and one probe in ten seconds; after the next probe it serves again', () => {
    const played = playPicks(times, { members: [passive, passive], faults: down });
    expect(count(played, 'refused')).toBe(2);
    const again = times[serversOf(played).findIndex((name, k) => name === 's.1' && times[k] > 20)];
    expect(again).toBeGreaterThan(21);
    expect(again).toBeLessThan(22.3);
  });

  test('with one: nobody notices', () => {
    const played = playPicks(times, { members: [passive, passive], faults: down, retry: retry({}) });
    expect(new Set(played.outcomes)).toEqual(new Set(['ok']));
  });

  test('all of them out: unavailable without a try, until one is probed', () => {
    const faults = [fault(10, 'crash', 's', 2)];
    const played = playPicks(times, { members: [passive, passive], faults });
    expect(count(played, 'refused')).toBe(2);
    expect(count(played, 'unavailable')).toBeGreaterThan(45);
    expect(played.outcomes.at(-1)).toBe('ok');
  });

  test('a client that gives up is no failure, and ends a probe well', () => {
    const members = [passive, passive];
    const slow = playPicks(times, { members, demand: 3, site: { timeout: exactly(1) } });
    expect(new Set(slow.run.reading().directors.d.share.map((n) => n > 90))).toEqual(new Set([true]));
  });
});

describe('Envoy', () => {
  const outlier = { consecutive: 5, interval: 1, baseEjectionTime: 3, maxEjectionTime: 300, maxEjectionPercent: 50 };

  test('ejects what fails five times in a row', () => {
    const played = playPicks(at(0.005, 2.5, 0.1), { outlier, faults: [fault(0, 'crash', 's.1')] });
    expect(count(played, 'refused')).toBe(5);
  });

  test('in panic uses all, those down by their check too', () => {
    const check = { every: 0.1, timeout: 0.1, fall: 1, rise: 1 };
    const faults = [fault(0.5, 'crash', 's.1'), fault(0.5, 'crash', 's.2')];
    const members = [{}, {}, {}];
    const calm = playPicks(at(1.005, 4, 0.1), { members, check, faults });
    expect(count(calm, 'refused')).toBe(0);
    const panic = playPicks(at(1.005, 4, 0.1), { members, check, faults, panic: 0.5 });
    expect(count(panic, 'refused')).toBe(20);
  });
});

describe('tries', () => {
  test('at the same server, a second apart, keep their place there', () => {
    const again = retry({
      times: 3,
      same: true,
      other: false,
      on: ['refused'],
      backoff: { base: 1, factor: 1, max: 1, jitter: 'none' },
    });
    const faults = [fault(0, 'crash', 's.1')];
    const played = playPicks([1, 1.5, 2.5], { retry: again, faults, scheduler: { id: 'lvs/lc', options: {} } });
    expect(played.outcomes).toEqual(['refused', 'ok', 'ok']);
    expectTimes(played.ends, [4, 1.51, 2.51]);
    expect(played.run.reading().directors.d).toMatchObject({ active: 0, share: [1, 2] });
  });

  test('at the same server, and after so many tries elsewhere at once', () => {
    const pause = { base: 1, factor: 1, max: 1, jitter: 'none' } as const;
    const again = (elsewhereEach: number): RetryDescription =>
      retry({ times: 3, same: true, other: false, on: ['refused'], backoff: pause, elsewhereEach, avoid: 'last' });
    const faults = [fault(0, 'crash', 's.1')];
    const playing = (each: number): Played =>
      playPicks([1], { retry: again(each), faults, scheduler: { id: 'haproxy/uri', options: { type: 'consistent' } } });
    const [first] = playing(9).ends;
    expect(first === 4 || first === 1.01).toBe(true);
    const down = first === 4 ? 's.1' : 's.2'; // whose the request is
    const moved = (each: number): Played =>
      playPicks([1], {
        retry: again(each),
        faults: [fault(0, 'crash', down)],
        scheduler: { id: 'haproxy/uri', options: { type: 'consistent' } },
      });
    expectTimes(moved(3).ends, [3.01]);
    expectTimes(moved(2).ends, [2.01]);
    expectTimes(moved(1).ends, [1.01]);
    expect(moved(9).outcomes).toEqual(['refused']);
  });

  test('causes that are forgiven are tried again and leave no mark', () => {
    const faults = [fault(0, 'sick', 's.1')];
    const playing = (forgiven: RetryDescription['forgiven']): readonly number[] => {
      const members = [{ maxFails: 1, failTimeout: 60 }, {}];
      const rule = { id: 'nginx/rr', options: {} };
      const tried = retry({ on: ['error'], forgiven });
      return playPicks([1, 2, 3, 4], { retry: tried, faults, members, scheduler: rule }).run.reading().directors.d
        .share;
    };
    expect(playing(['error'])[0]).toBeGreaterThan(1);
    expect(playing(undefined)[0]).toBe(1);
  });

  test('elsewhere at once; not when too much time has passed', () => {
    const faults = [fault(0, 'hang', 's.1')];
    const played = playPicks([1], { retry: retry({}), faults, tryTimeout: 2 });
    expectTimes(played.ends, [3.01]);
    const late = playPicks([1], { retry: retry({ within: 1.5 }), faults, tryTimeout: 2 });
    expect([late.outcomes, late.ends]).toEqual([['timeout'], [3]]);
  });

  test('a client that gives up takes the proxy with it; the server goes on', () => {
    const site = { timeout: exactly(1) };
    const played = playPicks([0, 0.5], { retry: retry({}), demand: 3, site, members: [{ limit: 1 }, { limit: 1 }] });
    expect(played.outcomes).toEqual(['timeout', 'timeout']);
    const { services, directors } = played.run.reading();
    expect(services.d[0].present).toBe(0);
    expect(services.s.map(({ responseSum }) => responseSum)).toEqual([3, 3]);
    expect(directors.d.activeArea).toBe(2);
  });

  test('or keeps its place until the server has answered', () => {
    const site = { timeout: exactly(1) };
    const setting = { demand: 3, site, members: [{ limit: 1 }], whenFull: { do: 'refuse' } } as const;
    expect(playPicks([0, 2, 4], { ...setting, clientAbort: 'keep' }).outcomes).toEqual([
      'timeout',
      'rejected',
      'timeout',
    ]);
    expect(playPicks([0, 2, 4], { ...setting, clientAbort: 'close' }).outcomes).toEqual([
      'timeout',
      'timeout',
      'timeout',
    ]);
  });
});

test('backups serve when the others are out; HAProxy uses the first one only', () => {
  const members = [{ maxFails: 1, failTimeout: 60 }, { backup: true }, { backup: true }];
  const faults = [fault(0, 'crash', 's.1')];
  const names = (backups: 'overflow' | 'first'): string[] =>
    serversOf(playPicks([1, 2, 3, 4], { members, faults, retry: retry({}), backups }));
  expect(names('overflow')).toEqual(['s.2', 's.3', 's.2', 's.3']);
  expect(names('first').slice(1)).toEqual(['s.2', 's.2', 's.2']);
});

test('a server configured as down is never picked', () => {
  const faults = [fault(0.5, 'crash', 's.2'), fault(0.6, 'restore', 's.2')];
  const played = playPicks([1, 2, 3, 4], { members: [{}, { down: true }], faults });
  expect(serversOf(played)).toEqual(['s.1', 's.1', 's.1', 's.1']);
});

test('a server that came up again starts slowly', () => {
  const check = { every: 0.01, timeout: 0.01, fall: 1, rise: 1 };
  const faults = [fault(1, 'crash', 's.1', 1)];
  const members = [{ slowStart: 8, weight: 16 }, { weight: 16 }];
  const played = playPicks(at(3, 20, 0.01), { members, check, faults });
  const names = serversOf(played);
  const share = (from: number, to: number): number => {
    const window = names.filter((_, k) => 3 + 0.01 * k >= from && 3 + 0.01 * k < to);
    return window.filter((name) => name === 's.1').length / window.length;
  };
  // one second after it came up 3 sixteenths of its weight, after four 9, after eight all
  expect(share(3.2, 3.9)).toBeCloseTo(3 / 19, 1);
  expect(share(6.2, 6.9)).toBeCloseTo(9 / 25, 1);
  expect(share(11, 20)).toBeCloseTo(1 / 2, 2);
});

test('worker processes pick, and count failures, for themselves', () => {
  const members = [
    { maxFails: 1, failTimeout: 60 },
    { maxFails: 1, failTimeout: 60 },
  ];
  const faults = [fault(0, 'crash', 's.1')];
  const failures = (processes: number): number =>
    count(playPicks(at(1, 5, 0.01), { members, faults, processes }), 'refused');
  expect([1, 2, 4].map(failures)).toEqual([1, 2, 4]);
  const { directors } = playPicks(at(1, 5, 0.01), { processes: 4 }).run.reading();
  expect(directors.d.picks).toBe(400);
  expect(directors.d.share[0] + directors.d.share[1]).toBe(400);
});

test('the tries of a request stay in its worker process', () => {
  const times = at(1, 3, 0.01);
  const run = build(
    cluster({
      clients: { c: trace(times, [call('d')], { demand: times.map(() => 0.01) }) },
      directors: {
        d: director({
          members: [0, 1].map((server) => ({ service: 's', server, weight: 1, limit: Infinity })),
          processes: 4,
          retry: retry({}),
        }),
      },
      services: { s: service({ count: 2, work: computeDemand }) },
      faults: [fault(0, 'crash', 's.1')],
    }),
    { seed: 1, replication: 0 },
  );
  const processes = new Map<number, Set<number>>();
  let tries = 0;
  for (const one of run.parts.directors[0].processes!.directors) {
    const placed = one.placed.bind(one);
    one.placed = (member, key) => {
      tries++;
      processes.set(key, (processes.get(key) ?? new Set()).add(one.index));
      placed(member, key);
    };
  }
  run.advance({});
  expect(processes.size).toBe(200);
  expect(tries).toBeGreaterThan(280);
  expect([...processes.values()].every((used) => used.size === 1)).toBe(true);
});

test('idle connections change how many are opened, not who is picked', () => {
  const times = at(0, 1, 0.1);
  const kept = playPicks(times, { keepalive: 2 });
  const none = playPicks(times, { keepalive: 0 });
  expect(serversOf(kept)).toEqual(serversOf(none));
  expect([kept, none].map(({ run }) => run.reading().directors.d.connections)).toEqual([
    { opened: 2, reused: 8 },
    { opened: 10, reused: 0 },
  ]);
});

describe('a server that its check takes out', () => {
  const check = { every: 0.1, timeout: 0.1, fall: 1, rise: 1 };
  const setting = { check, persistence: 100, clients: { sources: 1 }, faults: [fault(1, 'crash', 's.1')] };

  test('loses its persistent clients', () => {
    expect(playPicks([0.5, 2, 3], setting).outcomes).toEqual(['ok', 'ok', 'ok']);
  });

  test('keeps them where it is quiesced', () => {
    const played = playPicks([0.5, 2, 3], { ...setting, removal: 'quiesce' });
    expect(played.outcomes).toEqual(['ok', 'refused', 'refused']);
  });
});

describe('requests tied to a server', () => {
  const scheduler = { id: 'haproxy/source', options: {} };
  const whenFull = { do: 'wait', room: 0, roomEach: 1, patience: Infinity } as const;

  test('wait for it, though another is idle', () => {
    const members = [{ limit: 1 }, { limit: 1 }];
    const played = playPicks([0, 0.1, 0.2], { members, scheduler, whenFull, demand: 1, clients: { sources: 1 } });
    expect(played.outcomes).toEqual(['ok', 'ok', 'rejected']);
    expectTimes(played.ends, [1, 2, 0.2]);
    expect(new Set(serversOf(played).slice(0, 2)).size).toBe(1);
  });

  test('and go elsewhere when it is taken out', () => {
    const members = [{ limit: 1 }, { limit: 1 }];
    const check = { every: 0.1, timeout: 0.1, fall: 1, rise: 1 };
    const home = playPicks([0], { members, scheduler, clients: { sources: 1 } });
    const [name] = serversOf(home);
    const faults = [fault(0.5, 'hang', name)];
    const setting = { members, scheduler, whenFull, demand: 1, clients: { sources: 1 }, check, faults };
    const waited = playPicks([0, 0.1, 0.9], setting);
    expect(waited.outcomes.slice(1)).toEqual(['ok', 'ok']);
    expect(waited.ends[1]).toBeLessThan(2);
    expect(serversOf(waited)[1]).not.toBe(name);
  });
});
