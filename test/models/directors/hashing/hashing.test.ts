import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jumpHash, jumpHashOf } from '../../../../src/models/directors/hashing/jump.ts';
import { maglevTable } from '../../../../src/models/directors/hashing/maglev.ts';
import { Ring } from '../../../../src/models/directors/hashing/ring.ts';

/** The paper's own code, in integers of any size. */
function jumpByBigInt(key: bigint, buckets: number): number {
  let state = BigInt.asUintN(64, key);
  let bucket = -1;
  for (let next = 0; next < buckets;) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
    next = Math.floor((bucket + 1) * (2147483648 / Number((state >> 33n) + 1n)));
  }
  return bucket;
}

describe('jump hash', () => {
  test('is the published function for every 64-bit key', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 1, max: 100_000 }), (key, buckets) => {
        expect(jumpHashOf(String(key), buckets)).toBe(jumpByBigInt(key, buckets));
      }),
    );
  });

  test('carries from the low half of the key into the high one', () => {
    // the multiplier is odd, so some low half becomes 2^32 - 1 and overflows when 1 is added
    const inverse = BigInt.asUintN(32, 0xffffffffn * modularInverse(0x87b0b0fdn));
    for (const high of [0n, 5n, 0xffffffffn]) {
      const key = (high << 32n) | inverse;
      expect(jumpHashOf(String(key), 1_000_000)).toBe(jumpByBigInt(key, 1_000_000));
    }
  });

  test('a bucket more moves keys to the new bucket only', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer({ min: 1, max: 500 }), (high, low, buckets) => {
        const before = jumpHash(high, low, buckets);
        expect([before, buckets]).toContain(jumpHash(high, low, buckets + 1));
      }),
    );
  });

  test('refuses to choose among none', () => expect(() => jumpHash(0, 1, 0)).toThrow(/buckets must be >= 1, got 0/));
});

/** Newton's iteration modulo 2^32. */
function modularInverse(odd: bigint): bigint {
  let inverse = odd;
  for (let step = 0; step < 5; step++) inverse = BigInt.asUintN(32, inverse * (2n - odd * inverse));
  return inverse;
}

const places = (size: number) =>
  fc.array(fc.record({ offset: fc.integer({ min: 0, max: size - 1 }), skip: fc.integer({ min: 1, max: size - 1 }) }), {
    minLength: 1,
    maxLength: 20,
  });

describe('maglev table', () => {
  test('shares differ by one slot at most', () => {
    fc.assert(
      fc.property(places(251), (each) => {
        const slots = each.map(() => 0);
        for (const owner of maglevTable(251, each)) slots[owner]++;
        expect(Math.max(...slots) - Math.min(...slots)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('shares follow turns, and no turn is no slot', () => {
    const slots = [0, 0, 0];
    const each = [
      { offset: 3, skip: 4, turns: 3 },
      { offset: 0, skip: 2, turns: 1 },
      { offset: 3, skip: 1, turns: 0 },
    ];
    for (const owner of maglevTable(4001, each)) slots[owner]++;
    expect(slots).toEqual([3001, 1000, 0]);
    expect([...maglevTable(3, [{ offset: 0, skip: 1, turns: 0 }])]).toEqual([-1, -1, -1]);
  });

  test('refuses an order that leaves slots out', () =>
    expect(() => maglevTable(8, [{ offset: 0, skip: 2 }])).toThrow(/skip 2 does not reach all of 8 slots/));
});

describe('ring', () => {
  const points = fc.array(fc.record({ hash: fc.nat(1000), server: fc.nat(9) }), { minLength: 1, maxLength: 60 });

  test('a key belongs to the first point at or after it, round the circle', () => {
    fc.assert(
      fc.property(points, fc.nat(1100), (all, key) => {
        const after = all.filter(({ hash }) => hash >= key);
        const candidates = after.length > 0 ? after : all;
        const nearest = Math.min(...candidates.map(({ hash }) => hash));
        const ring = new Ring(all);
        expect(ring.owner(ring.find(key))).toBe(all.find(({ hash }) => hash === nearest)!.server);
      }),
    );
  });

  test('a server that goes away moves its own keys only', () => {
    fc.assert(
      fc.property(points, fc.nat(9), fc.nat(1100), (all, gone, key) => {
        const rest = all.filter(({ server }) => server !== gone);
        // of two servers on one point the first given owns it, so its going hands that point to the second
        fc.pre(rest.length > 0 && new Set(all.map(({ hash }) => hash)).size === all.length);
        const before = new Ring(all);
        const after = new Ring(rest);
        const owner = before.owner(before.find(key));
        if (owner !== gone) expect(after.owner(after.find(key))).toBe(owner);
      }),
    );
  });

  test('hashes are unsigned, places go round, nobody owns an empty ring', () => {
    const ring = new Ring([
      { hash: -1, server: 7 },
      { hash: 5, server: 8 },
    ]);
    expect([ring.find(6), ring.owner(ring.find(6)), ring.owner(ring.find(6) + 1)]).toEqual([1, 7, 8]);
    expect(new Ring([]).find(3)).toBe(-1);
  });
});
