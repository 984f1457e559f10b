/** Who may be picked: reasons, backups, panic. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Change, Upstream } from '../../../src/models/directors/scheduler.ts';
import { Bar, Standing } from '../../../src/models/directors/standing.ts';
import type { BackupUse } from '../../../src/models/directors/standing.ts';

function standing(backup: readonly boolean[], backups: BackupUse = 'overflow', panic = 0) {
  const upstream = new Upstream(backup.length);
  const one = new Standing(upstream, { backup, backups, panic });
  const eligible = (): string => Array.from(upstream.eligible).join('');
  return { one, upstream, eligible };
}

describe('reasons', () => {
  test('a member is eligible again when the last of its reasons is gone', () => {
    const { one, eligible } = standing([false, false]);
    one.set(0, Bar.down, true);
    one.set(0, Bar.failed, true);
    one.set(0, Bar.down, false);
    expect([eligible(), one.able]).toEqual(['01', 1]);
    one.set(0, Bar.failed, false);
    expect([eligible(), one.able]).toEqual(['11', 2]);
  });

  test('a member that is merely full is able, and said to be full', () => {
    const { one, upstream, eligible } = standing([false, false]);
    one.set(1, Bar.full, true);
    expect([eligible(), one.able, Array.from(upstream.full)]).toEqual(['10', 2, [0, 1]]);
    one.set(1, Bar.draining, true);
    expect([one.able, Array.from(upstream.full)]).toEqual([1, [0, 0]]);
  });

  test('the scheduler is told of each change once', () => {
    const { one } = standing([false, false, true]);
    const told: string[] = [];
    one.scheduler = { pick: () => -1, changed: (server, what) => told.push(`${server}:${what}`) };
    one.set(0, Bar.down, true);
    one.set(0, Bar.draining, true);
    one.set(1, Bar.down, true);
    expect(told).toEqual([`0:${Change.eligibility}`, `1:${Change.eligibility}`, `2:${Change.eligibility}`]);
  });
});

describe('backups', () => {
  const backup = [false, false, true, true];

  test('HAProxy: only the first usable one, when every primary is out; full primaries are waited for', () => {
    const { one, eligible } = standing(backup, 'first');
    expect(eligible()).toBe('1100');
    one.set(0, Bar.down, true);
    one.set(1, Bar.full, true);
    expect(eligible()).toBe('0000');
    one.set(1, Bar.down, true);
    expect(eligible()).toBe('0010');
    one.set(2, Bar.down, true);
    expect(eligible()).toBe('0001');
    one.set(0, Bar.down, false);
    expect(eligible()).toBe('1000');
  });

  test('allbackups: all of them', () => {
    const { one, eligible } = standing(backup, 'all');
    one.set(0, Bar.down, true);
    one.set(1, Bar.down, true);
    expect(eligible()).toBe('0011');
  });

  test('nginx: all of them, when no primary can take the request, full ones included', () => {
    const { one, eligible } = standing(backup);
    one.set(0, Bar.failed, true);
    one.set(1, Bar.full, true);
    expect(eligible()).toBe('0011');
    one.set(1, Bar.full, false);
    expect(eligible()).toBe('0100');
    expect(one.callIn()).toBe(true); // for a request that has tried it
    expect(eligible()).toBe('0111');
    one.dismiss();
    expect(eligible()).toBe('0100');
  });
});

test('panic: when fewer than half are healthy, all are used; draining and full ones are not', () => {
  const { one, eligible } = standing([false, false, false, false], 'overflow', 0.5);
  one.set(3, Bar.draining, true);
  one.set(0, Bar.down, true);
  one.set(1, Bar.ejected, true);
  expect([eligible(), one.panicking]).toEqual(['0010', false]);
  one.set(2, Bar.down, true);
  expect([eligible(), one.panicking]).toEqual(['1110', true]);
  one.set(1, Bar.full, true);
  expect(eligible()).toBe('1010');
  one.set(2, Bar.down, false);
  expect([eligible(), one.panicking]).toEqual(['0010', false]);
});

test('whatever happens, nobody is eligible who should not be', () => {
  const bars = Object.values(Bar);
  const event = fc.record({ member: fc.nat({ max: 4 }), bar: fc.constantFrom(...bars), holds: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 80 }),
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      fc.constantFrom<BackupUse>('overflow', 'first', 'all'),
      fc.constantFrom(0, 0.5),
      (events, backup, backups, panic) => {
        const { one, upstream } = standing(backup, backups, panic);
        const plain = backup.map(() => new Set<number>());
        const ills = [Bar.down, Bar.failed, Bar.ejected] as const;
        for (const { member, bar, holds } of events) {
          one.set(member, bar, holds);
          if (holds) plain[member].add(bar);
          else plain[member].delete(bar);
          const healthy = plain.filter((set) => !ills.some((ill) => set.has(ill))).length;
          const panics = healthy < panic * 5;
          const left = plain.map((set) =>
            [...set].filter((reason) => !(panics && (ills as readonly number[]).includes(reason))),
          );
          const able = left.map((reasons) => reasons.every((reason) => reason === Bar.full));
          const free = left.map((reasons) => reasons.length === 0);
          const primary = backup.some((isBackup, k) => !isBackup && (backups === 'overflow' ? free[k] : able[k]));
          const first = backup.findIndex((isBackup, k) => isBackup && able[k]);
          const expected = free.map(
            (is, k) => is && (!backup[k] || (!primary && (backups !== 'first' || first === k))),
          );
          expect(Array.from(upstream.eligible, Boolean)).toEqual(expected);
          expect(one.able).toBe(able.filter(Boolean).length);
        }
      },
    ),
    { seed: 5 },
  );
});
