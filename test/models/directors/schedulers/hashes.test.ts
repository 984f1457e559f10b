/** Hash rules: shares by weight, the same server for the same key, and how many keys move when a server goes. */
import { describe, expect, test } from 'vitest';
import { Change, nothingTried } from '../../../../src/models/directors/scheduler.ts';
import type { Scheduler, Upstream } from '../../../../src/models/directors/scheduler.ts';
import { textBytes } from '../../../../src/models/directors/hashing/text-bytes.ts';
import { xxHash64 } from '../../../../src/models/directors/hashing/xxhash64.ts';
import { schedulers } from '../../../../src/models/directors/schedulers/index.ts';
import { dotted, plainSurroundings, scatteredSource } from '../../../../src/models/directors/surroundings.ts';
import { makeScheduler, tally, upstreamOf } from '../../../contracts/scheduler.ts';

const keys = 4000;
const servers = 10;

interface Rule {
  readonly name: string;
  readonly options?: object;
  /** Most of the keys of OTHER servers that move when one of ten goes; 0 = exactly none. */
  readonly others: number;
  /** Largest relative deviation of a share from its weight: ring rules are uneven by nature. */
  readonly uneven: number;
  /** Does not move the keys of a server that goes to others: they are not served. */
  readonly weights?: boolean;
}

const rules: readonly Rule[] = [
  { name: 'nginx/hash', options: { consistent: true }, others: 0, uneven: 0.35 },
  { name: 'nginx/hash', others: 0, uneven: 0.2 },
  { name: 'nginx/ip_hash', others: 0, uneven: 0.25 },
  { name: 'haproxy/uri', options: { type: 'consistent' }, others: 0, uneven: 0.9 },
  { name: 'haproxy/source', options: { type: 'consistent' }, others: 0, uneven: 0.9 },
  { name: 'haproxy/uri', others: 1, uneven: 0.2 },
  { name: 'haproxy/source', others: 1, uneven: 0.2 },
  { name: 'envoy/ring_hash', others: 0.12, uneven: 0.45 },
  { name: 'envoy/maglev', others: 0.12, uneven: 0.2 },
  { name: 'lvs/mh', others: 0.12, uneven: 0.2 },
  { name: 'lvs/sh', others: 1, uneven: 0.25 },
  { name: 'lvs/dh', others: 1, uneven: 0.25, weights: false },
];

function mapped(scheduler: Scheduler): number[] {
  return Array.from({ length: keys }, (_, key) => scheduler.pick(key, nothingTried));
}

function down(upstream: Upstream, scheduler: Scheduler, server: number, isDown: boolean): void {
  upstream.eligible[server] = isDown ? 0 : 1;
  scheduler.changed(server, Change.eligibility);
}

describe.each(rules)('$name $options', ({ name, options = {}, others, uneven, weights = true }) => {
  const kind = schedulers.get(name)!;
  const given = Array.from({ length: servers }, (_, server) => (weights ? 1 + (server % 3) : 1));
  const total = given.reduce((sum, weight) => sum + weight, 0);

  test('spreads keys by weight, and always in the same way', () => {
    const before = mapped(makeScheduler(kind, upstreamOf(given), options));
    tally(before, servers).forEach((count, server) => {
      const expected = (keys * given[server]) / total;
      expect(Math.abs(count / expected - 1)).toBeLessThan(uneven);
    });
    expect(mapped(makeScheduler(kind, upstreamOf(given), options))).toEqual(before);
  });

  test('moves the keys of a server that goes, and of others no more than it promises', () => {
    const upstream = upstreamOf(given);
    const scheduler = makeScheduler(kind, upstream, options);
    const before = mapped(scheduler);
    down(upstream, scheduler, 4, true);
    const after = mapped(scheduler);
    expect(after).not.toContain(4);
    expect(after).not.toContain(-1);
    const kept = before.flatMap((server, key) => (server === 4 ? [] : [key]));
    const moved = kept.filter((key) => after[key] !== before[key]).length / kept.length;
    if (others === 0) expect(moved).toBe(0);
    else expect(moved).toBeLessThanOrEqual(others);
    down(upstream, scheduler, 4, false);
    expect(mapped(scheduler)).toEqual(before);
  });

  test('a weight that changes at run time gives the map of a fresh start', () => {
    const upstream = upstreamOf(given);
    const scheduler = makeScheduler(kind, upstream, options);
    mapped(scheduler);
    upstream.weigh(2, 5);
    scheduler.changed(2, Change.weight);
    const fresh = given.map((weight, server) => (server === 2 ? 5 : weight));
    expect(mapped(scheduler)).toEqual(mapped(makeScheduler(kind, upstreamOf(fresh), options)));
  });
});

test('HAProxy ties a request to its server: it waits there while it is full', () => {
  for (const type of ['map-based', 'consistent']) {
    const upstream = upstreamOf([1, 1, 1]);
    const scheduler = makeScheduler(schedulers.get('haproxy/uri')!, upstream, { type });
    const own = scheduler.pick(7, nothingTried);
    upstream.eligible[own] = 0;
    upstream.full[own] = 1;
    scheduler.changed(own, Change.eligibility);
    expect(scheduler.pick(7, nothingTried)).toBe(-1);
    expect(scheduler.home!(7)).toBe(own);
  }
});

test('LVS sends nobody elsewhere when the own server is quiesced, unless told to', () => {
  for (const name of ['lvs/sh', 'lvs/mh']) {
    const upstream = upstreamOf([1, 1, 1]);
    const strict = makeScheduler(schedulers.get(name)!, upstream);
    const own = strict.pick(7, nothingTried);
    upstream.weigh(own, 0);
    strict.changed(own, Change.weight);
    expect(strict.pick(7, nothingTried)).toBe(-1);
    const fallback = makeScheduler(schedulers.get(name)!, upstream, { fallback: true });
    expect(fallback.pick(7, nothingTried)).toBeGreaterThanOrEqual(0);
    expect(fallback.pick(7, nothingTried)).not.toBe(own);
  }
});

describe('hash rules against the plain form of their tables', () => {
  const around = {
    ...plainSurroundings(['a', 'b', 'c']),
    requestText: (key: number) => `item ${key}`,
    sourceAddress: scatteredSource,
  };
  const make = (name: string, weights: readonly number[], options: object = {}): Scheduler => {
    const kind = schedulers.get(name)!;
    return kind.make(kind.options.parse(options), upstreamOf(weights), { uniform: () => 0 }, around);
  };
  const picks = (scheduler: Scheduler): number[] => picksOf((key) => scheduler.pick(key, nothingTried));
  const bucketOf = (source: number): number => Math.imul(scatteredSource(source), 0x61c8_8647) >>> 24;

  test('lvs/dh: one bucket for each server in turn', () => {
    expect(picks(make('lvs/dh', [3, 1, 2]))).toEqual(picksOf((key) => bucketOf(key) % 3));
  });

  test('lvs/sh: as many buckets in a row as the weight, in turn', () => {
    const turn = [0, 0, 0, 1, 2, 2];
    expect(picks(make('lvs/sh', [3, 1, 2]))).toEqual(picksOf((key) => turn[bucketOf(key) % 6]));
  });

  test('envoy/ring_hash: xxHash64 of name_0, name_1 ...; a key is of the first point at or after it', () => {
    const points = ['a', 'b', 'c']
      .flatMap((name, server) => {
        const ofServer = [2, 4, 2][server];
        return Array.from({ length: ofServer }, (_, number) => ({
          server,
          hash: xxHash64(textBytes(`${name}:80_${number}`)),
        }));
      })
      .sort((one, other) => (one.hash < other.hash ? -1 : 1));
    const ownerOf = (key: number): number => {
      const hash = xxHash64(textBytes(`item ${key}`));
      return (points.find((point) => point.hash >= hash) ?? points[0]).server;
    };
    expect(picks(make('envoy/ring_hash', [1, 2, 1], { minRingSize: 8 }))).toEqual(picksOf(ownerOf));
  });

  test('haproxy/hdr: a header that holds the source is hashed as its text', () => {
    const text = { ...around, requestText: (key: number) => dotted(scatteredSource(key)) };
    const uri = schedulers.get('haproxy/uri')!;
    const asText = uri.make(uri.options.parse({}), upstreamOf([3, 1, 2]), { uniform: () => 0 }, text);
    expect(picks(make('haproxy/hdr', [3, 1, 2], { key: 'source' }))).toEqual(picks(asText));
  });
});

function picksOf(rule: (key: number) => number): number[] {
  return Array.from({ length: 300 }, (_, key) => rule(key));
}
