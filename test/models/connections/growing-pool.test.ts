/** A pool that opens connections when it needs them, worked out on paper. */
import { expect, test } from 'vitest';
import type { PoolDescription } from '../../../src/models/description.ts';
import { call, service } from '../random-cluster.ts';
import { cluster, computeDemand, exactly, expectTimes, play, trace } from '../hand-made.ts';

/** Requests that hold a connection of at most three for what they demand; opening one takes 0.5 s. */
function played(at: readonly number[], demand: readonly number[], least: number, idleTimeout = Infinity, until = 1000) {
  const grows: PoolDescription['grows'] = { least, connect: exactly(0.5), idleTimeout };
  const { ends, run } = play(
    cluster({
      clients: { c: trace(at, [call('app')], { demand }) },
      services: {
        app: service({
          work: { '*': [call('db')] },
          pools: { db: { to: 'db', size: 3, patience: Infinity, grows } },
        }),
        db: service({ work: computeDemand }),
      },
    }),
    { until },
  );
  return { ends, open: run.parts.tiers.get('app')!.servers[0].gates[0].tokens };
}

test('connections are opened one after the other, up to the size, for those who find none', () => {
  const { ends, open } = played([0, 0, 0, 0, 0], [10, 10, 10, 10, 10], 1);
  expectTimes(ends, [10, 10.5, 11, 20, 20.5]);
  expect(open).toBe(3);
});

test('who gives one back may be faster than the one that is opened, which is then idle', () => {
  const { ends, open } = played([0, 0.1], [0.2, 1], 1);
  expectTimes(ends, [0.2, 1.2]);
  expect(open).toBe(2);
});

test('none at first: the first request waits for its connection', () => {
  expectTimes(played([0, 5], [1, 1], 0).ends, [1.5, 6]);
});

test('house-keeping closes what has been idle for too long, down to the least', () => {
  // three are open at 1 s; the third is given back at 11 s, idle for more than 60 s when the house is kept at 90 s
  const work = [[0, 0, 0], [10, 10, 10], 1, 60] as const;
  expect(played(...work, 89).open).toBe(3);
  expect(played(...work, 91).open).toBe(1);
  const late = played([0, 0, 0, 200], [10, 10, 10, 1], 1, 60);
  expect(late.ends[3]).toBeCloseTo(201, 9);
});

test('and opens what the least lacks while others are in use', () => {
  // one idle is to be kept: the only one is taken at 1 s for long, another is opened at 30.5 s, and the next at 60.5 s
  const { ends, open } = played([1, 40, 70], [500, 500, 1], 1);
  expectTimes(ends, [501, 540, 71]);
  expect(open).toBe(3);
});
