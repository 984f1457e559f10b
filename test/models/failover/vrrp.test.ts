/** Times of takeover by the protocol's own arithmetic (RFC 3768, RFC 5798, keepalived 2.2 as recorded). */
import { describe, expect, test } from 'vitest';
import type { DirectorDescription, VrrpDescription } from '../../../src/models/description.ts';
import { Vrrp } from '../../../src/models/failover/vrrp.ts';
import { Rank } from '../../../src/sim/rank.ts';
import { Simulation } from '../../../src/sim/simulation.ts';
import { director } from '../random-cluster.ts';
import { expectTimes } from '../hand-made.ts';

/** At 10 s, `a` crashes, stops, or comes back: `[10, 'crash', 'a']`. */
type Happening = readonly [
  at: number,
  what: 'crash' | 'stop' | 'back' | 'kill' | 'unplug' | 'plug' | 'fails' | 'succeeds',
  node: string,
];

const nodes = [
  { name: 'a', priority: 100 },
  { name: 'b', priority: 99 },
  { name: 'c', priority: 50 },
];
const two = nodes.slice(0, 2);

/** Everybody hears everybody. */
const owner = { settled: () => undefined, hears: () => true, plugged: () => true };

/** Adverts go out a quarter of the interval after each whole one. */
const PHASE = 0.25;

/** What became of the address: when, and who has it (`-` = nobody). `*` = it still knows its connections. */
function play(
  happenings: readonly Happening[],
  vrrp: Partial<VrrpDescription> = {},
  of: DirectorDescription['nodes'] = two,
  chance: readonly number[] = [PHASE],
): { readonly times: number[]; readonly holders: string[] } {
  const simulation = new Simulation();
  const times: number[] = [];
  const holders: string[] = [];
  const unplugged = new Set<number>();
  let draws = 0;
  const note = (holder: string): void => {
    times.push(simulation.now);
    holders.push(holder);
  };
  const pair = new Vrrp(
    simulation,
    director({ nodes: of, vrrp: { version: 2, advert: 1, preempt: true, preemptDelay: 0, ...vrrp } }),
    {
      ...owner,
      lost: () => note('-'),
      taken: (node, keeps) => note(keeps ? `${node}*` : node),
      hears: (a, b) => !unplugged.has(a) && !unplugged.has(b),
      plugged: (node) => !unplugged.has(node),
    },
    { uniform: () => chance[Math.min(draws++, chance.length - 1)] },
  );
  const address = simulation.register({
    on: (_kind, index) => {
      const [, what, name] = happenings[index];
      const node = pair.indexOf(name);
      switch (what) {
        case 'back':
          return pair.rise(node);
        case 'kill':
          return pair.kill(node);
        case 'unplug':
          unplugged.add(node);
          return pair.relink();
        case 'plug':
          unplugged.delete(node);
          return pair.relink();
        case 'fails':
        case 'succeeds':
          return pair.setScript(node, what === 'fails');
        default:
          return pair.fall(node, what === 'stop');
      }
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

describe('a pulled cable', () => {
  const out = 9.25 + 3 + skew(99);

  test('of the active node: as a crash for the rest; both are master until they hear each other again', () => {
    const { times, holders } = play([[10, 'unplug', 'a'], [20.1, 'plug', 'a']]); // prettier-ignore
    // a's adverts go on at whole seconds and a quarter, b's from its takeover: a's next comes first and b gives way
    expectTimes(times, [10, out, 20.25]);
    expect(holders).toEqual(['-', 'b', 'a']);
  });

  test('back before anybody noticed: nothing but the outage, and the node still knows its connections', () => {
    const { times, holders } = play([[10, 'unplug', 'a'], [11, 'plug', 'a']]); // prettier-ignore
    expectTimes(times, [10, 11]);
    expect(holders).toEqual(['-', 'a*']);
  });

  test('of the backup: it believes itself master alone, and gives way when it hears the other', () => {
    expect(play([[10, 'unplug', 'b'], [20, 'plug', 'b']]).holders).toEqual([]); // prettier-ignore
    const { times, holders } = play([[10, 'unplug', 'b'], [20, 'plug', 'b'], [30, 'crash', 'a']]); // prettier-ignore
    expectTimes(times, [30, 29.25 + 3 + skew(99)]);
    expect(holders).toEqual(['-', 'b']);
  });

  test('back after it would have taken over, and before: a backup waits from the last advert it heard', () => {
    const { times } = play([[10, 'unplug', 'b'], [11, 'crash', 'a'], [11.5, 'plug', 'b']]); // prettier-ignore
    expectTimes(times, [11, 9.25 + 3 + skew(99)]);
  });
});

describe('a dead process', () => {
  test('leaves the address on its node: no outage, and the other takes over in its own time', () => {
    const { times, holders } = play([[10, 'kill', 'a']]);
    expectTimes(times, [9.25 + 3 + skew(99)]);
    expect(holders).toEqual(['b']);
  });

  test('started again it waits, and takes the address back without an outage', () => {
    const { times, holders } = play([[10, 'kill', 'a'], [20, 'back', 'a']]); // prettier-ignore
    expectTimes(times, [9.25 + 3 + skew(99), 23 + skew(100)]);
    expect(holders).toEqual(['b', 'a']);
  });

  test('and then the node: the address is gone', () => {
    const { times, holders } = play([[10, 'kill', 'a'], [11, 'crash', 'a']]); // prettier-ignore
    expectTimes(times, [11, 9.25 + 3 + skew(99)]);
    expect(holders).toEqual(['-', 'b']);
  });
});

describe('a tracked script', () => {
  // Adverts at k + 0.25; a started 3 + skew(100) before that, and its scripts run every 2 s from then on.
  const track = { every: 2, fall: 1, rise: 1 };
  const far = [
    { name: 'a', priority: 100 },
    { name: 'b', priority: 90 },
  ];
  const even = [PHASE, 0]; // and no longer before
  const run = 0.25 - 3 - skew(100) + 2 * 7; // 10.64 s

  test('without a weight: a goodbye at its next run, and away until it succeeds again', () => {
    const { times, holders } = play([[10, 'fails', 'a'], [20, 'succeeds', 'a']], { track }, far, even); // prettier-ignore
    const again = run + 10;
    expectTimes(times, [run, run + skew(90), again + 3 + skew(100)]);
    expect(holders).toEqual(['-', 'b', 'a']);
  });

  test('with a weight: no goodbye; the backup waits out its timer and there is no outage', () => {
    const weighted = { track: { ...track, weight: -20 } };
    const { times, holders } = play([[10, 'fails', 'a'], [20, 'succeeds', 'a']], weighted, far, even); // prettier-ignore
    const taken = 10.25 + 3 + skew(90);
    const heard = taken + Math.floor(run + 10 - taken); // the last advert of b that a still heeded, at priority 80
    expectTimes(times, [taken, heard + 3 + skew(80)]);
    expect(holders).toEqual(['b', 'a']);
  });

  test('a weight too small to change the order changes nothing; a positive one counts while it succeeds', () => {
    expect(play([[10, 'fails', 'a']], { track: { ...track, weight: -5 } }, far, even).holders).toEqual([]);
    const bonus = [{ name: 'a', priority: 90 }, { name: 'b', priority: 100 }]; // prettier-ignore
    // b is active at 120; when its script fails it has 100, and a has 110
    const { holders } = play([[10, 'fails', 'b']], { track: { ...track, weight: 20 } }, bonus, even);
    expect(holders).toEqual(['a']);
  });

  test('fall: only after so many runs in a row; a success before takes it back', () => {
    const slow = { track: { ...track, fall: 3 } };
    expectTimes(play([[10, 'fails', 'a']], slow, far, even).times, [run + 4, run + 4 + skew(90)]);
    expect(play([[10, 'fails', 'a'], [14.6, 'succeeds', 'a']], slow, far, even).holders).toEqual([]); // prettier-ignore
  });
});

describe('a gratuitous ARP that is lost', () => {
  const arp = { packets: 5, loss: 0.5, delay: 5 };

  test('leaves packets going to the old node until the second burst', () => {
    expectTimes(play([[10, 'crash', 'a']], { arp }, two, [PHASE, 0.5 ** 5 - 1e-9]).times, [10, 12.25 + skew(99) + 5]);
  });

  test('one of the burst is enough', () => {
    expectTimes(play([[10, 'crash', 'a']], { arp }, two, [PHASE, 0.5 ** 5 + 1e-9]).times, [10, 12.25 + skew(99)]);
  });
});

test('a node without VRRP is back when it is restored', () => {
  const simulation = new Simulation();
  const seen: string[] = [];
  const alone = new Vrrp(
    simulation,
    director({}),
    { ...owner, lost: () => seen.push('lost'), taken: () => seen.push('taken') },
    { uniform: () => 0 },
  );
  alone.fall(0, false);
  simulation.run({ time: 100 });
  expect([seen, alone.answers]).toEqual([['lost'], false]);
  alone.rise(0);
  expect([seen, alone.answers]).toEqual([['lost', 'taken'], true]);
});
