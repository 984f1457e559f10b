/** Times of takeover by the protocol's own arithmetic (RFC 3768, RFC 5798, keepalived 2.2 as recorded). */
import { describe, expect, test } from 'vitest';
import type { DirectorDescription, VrrpDescription } from '../../../src/models/description.ts';
import { Vrrp } from '../../../src/models/failover/vrrp.ts';
import { Rank } from '../../../src/sim/rank.ts';
import { Simulation } from '../../../src/sim/simulation.ts';
import { director } from '../random-cluster.ts';
import { expectTimes } from '../hand-made.ts';

/** At 10 s, `a` crashes, stops, or comes back: `[10, 'crash', 'a']`. */
type Happening = readonly [at: number, what: 'crash' | 'stop' | 'back', node: string];

const nodes = [
  { name: 'a', priority: 100 },
  { name: 'b', priority: 99 },
  { name: 'c', priority: 50 },
];
const two = nodes.slice(0, 2);

/** Adverts go out a quarter of the interval after each whole one. */
const PHASE = 0.25;

/** What became of the address: when, and who has it (`-` = nobody). */
function play(
  happenings: readonly Happening[],
  vrrp: Partial<VrrpDescription> = {},
  of: DirectorDescription['nodes'] = two,
): { readonly times: number[]; readonly holders: string[] } {
  const simulation = new Simulation();
  const times: number[] = [];
  const holders: string[] = [];
  const note = (holder: string): void => {
    times.push(simulation.now);
    holders.push(holder);
  };
  const pair = new Vrrp(
    simulation,
    director({ nodes: of, vrrp: { version: 2, advert: 1, preempt: true, preemptDelay: 0, ...vrrp } }),
    { lost: () => note('-'), taken: note },
    { uniform: () => PHASE },
  );
  const address = simulation.register({
    on: (_kind, index) => {
      const [, what, node] = happenings[index];
      if (what === 'back') pair.rise(pair.indexOf(node));
      else pair.fall(pair.indexOf(node), what === 'stop');
    },
  });
  happenings.forEach(([at], index) => simulation.at(at, address, index, Rank.control));
  simulation.run({ time: 1000 });
  return { times, holders };
}

function skew(priority: number): number {
  return (256 - priority) / 256;
}

describe('the active node', () => {
  test('crashes: 3 adverts and the skew of the backup after the last advert', () => {
    const { times, holders } = play([[10, 'crash', 'a']]);
    expectTimes(times, [10, 9.25 + 3 + skew(99)]);
    expect(holders).toEqual(['-', 'b']);
    expectTimes(play([[10.2, 'crash', 'a']]).times, [10.2, 9.25 + 3 + skew(99)]);
    expectTimes(play([[10.3, 'crash', 'a']]).times, [10.3, 10.25 + 3 + skew(99)]);
  });

  test('stops: the skew alone', () => {
    const { times, holders } = play([[10, 'stop', 'a']]);
    expectTimes(times, [10, 10 + skew(99)]);
    expect(holders).toEqual(['-', 'b']);
  });

  test('version 2: the skew is in seconds whatever the interval; version 3: in intervals', () => {
    const last = 0.05 + Math.floor((10 - 0.05) / 0.2) * 0.2;
    expectTimes(play([[10, 'crash', 'a']], { version: 2, advert: 0.2 }).times, [10, last + 0.6 + skew(99)]);
    expectTimes(play([[10, 'crash', 'a']], { version: 3, advert: 0.2 }).times, [10, last + 0.6 + 0.2 * skew(99)]);
    expectTimes(play([[10, 'stop', 'a']], { version: 3, advert: 0.2 }).times, [10, 10 + 0.2 * skew(99)]);
  });

  test('the fall of a backup changes nothing', () => {
    expect(play([[10, 'crash', 'b']]).times).toEqual([]);
    const { times, holders } = play([[10, 'crash', 'b'], [20, 'crash', 'a']]); // prettier-ignore
    expect([times, holders]).toEqual([[20], ['-']]);
  });
});

describe('a node that comes back', () => {
  const gone: readonly Happening[] = [[10, 'crash', 'a'], [20, 'back', 'a']]; // prettier-ignore

  test('takes the address from a lower one after 3 adverts and its own skew, without an outage', () => {
    const { times, holders } = play(gone);
    expectTimes(times, [10, 12.25 + skew(99), 23 + skew(100)]);
    expect(holders).toEqual(['-', 'b', 'a']);
  });

  test('later with a preempt delay, never without preemption', () => {
    expectTimes(play(gone, { preemptDelay: 5 }).times, [10, 12.25 + skew(99), 28 + skew(100)]);
    expect(play(gone, { preempt: false }).holders).toEqual(['-', 'b']);
  });

  test('does not hold up the one that is about to take over', () => {
    const { times, holders } = play([[10, 'crash', 'a'], [12, 'back', 'a']]); // prettier-ignore
    expectTimes(times, [10, 12.25 + skew(99), 15 + skew(100)]);
    expect(holders).toEqual(['-', 'b', 'a']);
    expect(play([[10, 'crash', 'a'], [12, 'back', 'a']], { preempt: false }).holders).toEqual(['-', 'b']); // prettier-ignore
  });

  test('is nobody when it falls again before its time', () => {
    const { holders } = play([...gone, [22, 'crash', 'a']]);
    expect(holders).toEqual(['-', 'b']);
  });

  test('takes over at once when the lower one says goodbye meanwhile', () => {
    const { times, holders } = play([...gone, [21, 'stop', 'b']]);
    expectTimes(times, [10, 12.25 + skew(99), 21, 21 + skew(100)]);
    expect(holders).toEqual(['-', 'b', '-', 'a']);
  });

  test('of lower priority stays a backup', () => {
    const { holders } = play([[10, 'crash', 'b'], [20, 'back', 'b'], [30, 'crash', 'a']]); // prettier-ignore
    expect(holders).toEqual(['-', 'b']);
  });

  test('is the first to be there when both had fallen', () => {
    const { times, holders } = play([[10, 'crash', 'a'], [11, 'crash', 'b'], [20, 'back', 'b'], [21, 'back', 'a']]); // prettier-ignore
    expectTimes(times, [10, 23 + skew(99), 24 + skew(100)]);
    expect(holders).toEqual(['-', 'b', 'a']);
  });
});

describe('three nodes', () => {
  test('the second dies before it has taken over: the third, by its own silence since the last advert', () => {
    const { times, holders } = play([[10, 'crash', 'a'], [11, 'crash', 'b']], {}, nodes); // prettier-ignore
    expectTimes(times, [10, 9.25 + 3 + skew(50)]);
    expect(holders).toEqual(['-', 'c']);
  });

  test('the second dies after it has: its adverts began when it took over', () => {
    const taken = 9.25 + 3 + skew(99);
    const { times, holders } = play([[10, 'crash', 'a'], [taken + 1.5, 'crash', 'b']], {}, nodes); // prettier-ignore
    expectTimes(times, [10, taken, taken + 1.5, taken + 1 + 3 + skew(50)]);
    expect(holders).toEqual(['-', 'b', '-', 'c']);
  });

  test('after a goodbye the best takes over before the other wakes up', () => {
    expect(play([[10, 'stop', 'a']], {}, nodes).holders).toEqual(['-', 'b']);
  });
});

test('a node without VRRP is back when it is restored', () => {
  const simulation = new Simulation();
  const seen: string[] = [];
  const alone = new Vrrp(
    simulation,
    director({}),
    { lost: () => seen.push('lost'), taken: () => seen.push('taken') },
    { uniform: () => 0 },
  );
  alone.fall(0, false);
  simulation.run({ time: 100 });
  expect([seen, alone.active]).toEqual([['lost'], -1]);
  alone.rise(0);
  expect([seen, alone.active]).toEqual([['lost', 'taken'], 0]);
});
