import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantBreach } from '../../src/sim/invariant.ts';
import { Streams } from '../../src/sim/random/stream.ts';
import { Rank } from '../../src/sim/rank.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import type { Component, Handle, SimulationOptions } from '../../src/sim/simulation.ts';

/** Notes what it receives and when; `then` may act on it. */
class Recorder implements Component {
  readonly seen: string[] = [];
  readonly address: number;
  private readonly simulation: Simulation;
  private readonly then: (kind: number, argument: number) => void;

  constructor(simulation: Simulation, then: (kind: number, argument: number) => void = () => {}) {
    this.simulation = simulation;
    this.then = then;
    this.address = simulation.register(this);
  }

  on(kind: number, argument: number): void {
    this.seen.push(`${this.simulation.now}:${kind}:${argument}`);
    this.then(kind, argument);
  }
}

const lists = ['calendar', 'heap'] as const;

describe.each(lists)('a simulation on the %s', (list) => {
  const make = (options: SimulationOptions = {}): Simulation => new Simulation({ list, ...options });

  test('executes by time, then rank, then the order of scheduling', () => {
    const simulation = make();
    const { address, seen } = new Recorder(simulation);
    simulation.at(2, address, 1, Rank.completion);
    simulation.at(1, address, 2, Rank.arrival);
    simulation.at(1, address, 3, Rank.timeout);
    simulation.at(1, address, 4, Rank.control);
    simulation.at(1, address, 5, Rank.completion);
    simulation.at(1, address, 6, Rank.completion);
    expect(simulation.run({})).toBe('empty');
    expect(seen).toEqual(['1:0:5', '1:0:6', '1:0:4', '1:0:3', '1:0:2', '2:0:1']);
    expect(simulation.events).toBe(6);
  });

  test('lanes keep the same order as the list, rank by rank', () => {
    const simulation = make();
    const { address, seen } = new Recorder(simulation);
    const timeouts = simulation.lane(1);
    const completions = simulation.lane(1, Rank.completion);
    simulation.after(timeouts, address, 1);
    simulation.at(1, address, 2, Rank.timeout);
    simulation.after(timeouts, address, 3);
    simulation.after(completions, address, 4);
    simulation.at(1, address, 5, Rank.control);
    simulation.at(0.5, address, 6, Rank.arrival);
    simulation.run({});
    expect(seen).toEqual(['0.5:0:6', '1:0:4', '1:0:5', '1:0:1', '1:0:2', '1:0:3']);
  });

  test('a lane is found again by delay and rank', () => {
    const simulation = make();
    expect(simulation.lane(3)).toBe(simulation.lane(3, Rank.timeout));
    expect(simulation.lane(3)).not.toBe(simulation.lane(3, Rank.control));
    expect(simulation.lane(3)).not.toBe(simulation.lane(4));
  });

  test('goes on after every kind of stop as if it had not stopped', () => {
    const play = (stops: (simulation: Simulation) => void): string[] => {
      const simulation = make();
      const stream = new Streams('stops', 0).stream('delays');
      const recorder = new Recorder(simulation, (_, argument) => {
        if (argument < 3000) simulation.at(simulation.now + stream.uniform(), recorder.address, argument + 7, 0);
        if (argument % 3 === 0) simulation.after(lane, recorder.address + 1, 5000);
      });
      const lane = simulation.lane(0.3);
      for (let i = 0; i < 7; i++) simulation.at(0, recorder.address, i, Rank.arrival);
      stops(simulation);
      simulation.run({});
      expect(simulation.pending).toBe(0);
      return recorder.seen;
    };
    const whole = play(() => {});
    expect(whole.length).toBeGreaterThan(3000);
    const stopped = play((simulation) => {
      expect(simulation.run({ time: 1.5 })).toBe('time');
      expect(simulation.now).toBe(1.5);
      expect(simulation.run({ events: 1000 })).toBe('events');
      expect(simulation.events).toBe(1000);
      let asked = 0;
      expect(simulation.run({ when: () => ++asked === 3, checkEvery: 10 })).toBe('when');
      expect(simulation.events).toBe(1020);
    });
    expect(stopped).toEqual(whole);
  });

  test('events at the time of the stop are executed, and new ones may follow at that time', () => {
    const simulation = make();
    const { address, seen } = new Recorder(simulation);
    simulation.at(1, address, 1, Rank.arrival);
    simulation.at(1.25, address, 2, Rank.arrival);
    expect(simulation.run({ time: 1 })).toBe('time');
    expect(seen).toEqual(['1:0:1']);
    simulation.at(1, address, 3, Rank.arrival);
    expect(simulation.run({ time: 1.2 })).toBe('time');
    expect(simulation.pending).toBe(1);
    simulation.at(1.2, address, 4, Rank.arrival); // before the event that the list has already looked at
    simulation.run({});
    expect(seen).toEqual(['1:0:1', '1:0:3', '1.2:0:4', '1.25:0:2']);
  });

  test('an empty run leaves the clock at the last event', () => {
    const simulation = make();
    simulation.at(2, new Recorder(simulation).address, 0, Rank.arrival);
    expect(simulation.run({ time: 5 })).toBe('empty');
    expect(simulation.now).toBe(2);
  });

  test('cancelled events and timers never arrive and are not counted', () => {
    const simulation = make();
    const { address, seen } = new Recorder(simulation);
    const lane = simulation.lane(1);
    const events = [1, 2, 3].map((argument) => simulation.at(1, address, argument, Rank.arrival));
    const timers = [4, 5, 6].map((argument) => simulation.after(lane, address, argument));
    simulation.cancel(events[0]);
    simulation.cancelTimer(timers[1]);
    expect(simulation.pending).toBe(4);
    simulation.run({});
    expect(seen).toEqual(['1:0:4', '1:0:6', '1:0:2', '1:0:3']);
    expect(simulation.events).toBe(4);
    expect(() => simulation.cancel(events[1])).toThrow(InvariantBreach);
    expect(() => simulation.cancelTimer(timers[0])).toThrow(/only a pending event is cancelled/);
  });

  test('events that are always cancelled do not pile up', () => {
    const simulation = make();
    const recorder = new Recorder(simulation, (_, argument) => {
      simulation.cancel(deadline);
      deadline = simulation.at(simulation.now + 1e6, recorder.address, 0, Rank.timeout);
      if (argument > 0) simulation.at(simulation.now + 1, recorder.address, argument - 1, Rank.arrival);
    });
    let deadline: Handle = simulation.at(1e6, recorder.address, 0, Rank.timeout);
    simulation.at(0, recorder.address, 50_000, Rank.arrival);
    const before = simulation.budget.claimed;
    simulation.run({ time: 50_000 });
    expect(simulation.budget.claimed).toBe(before);
    expect(simulation.pending).toBe(1);
  });

  test('a component registered during the run gets its events', () => {
    const simulation = make();
    let late: Recorder | undefined;
    const first = new Recorder(simulation, () => {
      late = new Recorder(simulation);
      simulation.at(simulation.now + 1, late.address + 7, -5, Rank.arrival);
    });
    simulation.at(0, first.address, 0, Rank.arrival);
    simulation.run({});
    expect(late?.address).toBe(first.address + 8);
    expect(late?.seen).toEqual(['1:7:-5']);
  });

  test.each([NaN, -1, 0.5, Infinity])('refuses an event at %d s when it is 1 s', (time) => {
    const simulation = make();
    const recorder = new Recorder(simulation, () => simulation.at(time, recorder.address, 0, Rank.arrival));
    simulation.at(1, recorder.address, 0, Rank.arrival);
    const run = (): unknown => simulation.run({});
    expect(run).toThrow(InvariantBreach);
    expect(run).not.toThrow(); // nothing was scheduled
    const breach = catchBreach(() => simulation.at(time, recorder.address, 0, Rank.arrival));
    expect(breach.message).toContain(`asked for ${time} s, now is 1 s`);
  });

  test('a breach during a run carries the simulated time', () => {
    const simulation = make();
    const recorder = new Recorder(simulation, () => simulation.lane(NaN));
    simulation.at(3.5, recorder.address, 0, Rank.arrival);
    expect(catchBreach(() => simulation.run({})).time).toBe(3.5);
  });

  test('refuses to stop in the past', () => {
    const simulation = make();
    simulation.at(2, new Recorder(simulation).address, 0, Rank.arrival);
    simulation.run({});
    expect(() => simulation.run({ time: 1 })).toThrow(/a run stops now or later/);
    expect(() => simulation.run({ time: NaN })).toThrow(/a run stops now or later/);
  });

  test('shuffled ties keep times and ranks, in lanes too, and give another order for another stream', () => {
    const play = (seed: number): string[] => {
      const simulation = make({ shuffleTies: new Streams(seed, 0).stream('ties') });
      const { address, seen } = new Recorder(simulation);
      const lane = simulation.lane(1);
      for (let i = 0; i < 20; i++) simulation.at(1, address, i, Rank.arrival);
      for (let i = 20; i < 40; i++) simulation.after(lane, address, i);
      simulation.run({});
      return seen;
    };
    const [one, same, other] = [play(1), play(1), play(2)];
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    const ranks = one.map((entry) => Number(entry.split(':')[2]) < 20);
    expect(ranks).toEqual([...Array<boolean>(20).fill(false), ...Array<boolean>(20).fill(true)]);
    const names = (from: number): string[] => Array.from({ length: 20 }, (_, i) => `1:0:${from + i}`);
    expect([...one].sort()).toEqual([...names(0), ...names(20)].sort());
    expect(one.slice(0, 20)).not.toEqual(names(20));
    expect(one.slice(20)).not.toEqual(names(0));
  });

  test('stops at exactly the budget of events, and when the memory is spent', () => {
    const endless = (options: SimulationOptions, growth: number): Simulation => {
      const simulation = make(options);
      const recorder = new Recorder(simulation, () => {
        for (let i = 0; i < growth; i++) simulation.at(simulation.now + 1, recorder.address, 0, Rank.arrival);
      });
      simulation.at(0, recorder.address, 0, Rank.arrival);
      expect(simulation.run({ time: 1e9 })).toBe('budget');
      expect(simulation.run({})).toBe('budget');
      return simulation;
    };
    expect(endless({ budget: { events: 1500 } }, 1).events).toBe(1500);
    expect(endless({ budget: { bytes: 5e4 } }, 2).events).toBe(1024);
  });
});

/** A model of several components that schedule, cancel and set timers at random, with times that tie. */
function wander(options: SimulationOptions, seed: number, lanes: number): string[] {
  const simulation = new Simulation(options);
  const stream = new Streams(seed, 0).stream('wander');
  const seen: string[] = [];
  const listed = new Map<number, Handle>();
  const timers = new Map<number, Handle>();
  let name = 0;
  const schedule = (base: number): void => {
    const u = stream.uniform();
    const address = base + (name & 7);
    const delay = u < 0.2 ? 0 : u < 0.6 ? Math.floor(stream.uniform() * 4) / 4 : 1e-3 / (1 - stream.uniform()) ** 2;
    if (stream.uniform() < 0.5) {
      const rank = Math.floor(stream.uniform() * 4) as Rank;
      listed.set(name, simulation.at(simulation.now + delay, address, name, rank));
    } else {
      const lane = simulation.lane(Math.floor(stream.uniform() * lanes) / 4, stream.uniform() < 0.8 ? 2 : 0);
      timers.set(name, simulation.after(lane, address, name));
    }
    name++;
  };
  const cancelOne = (from: Map<number, Handle>, cancel: (handle: Handle) => void): void => {
    const names = [...from.keys()];
    if (names.length < 5) return;
    const victim = names[Math.floor(stream.uniform() * names.length)];
    cancel(from.get(victim)!);
    from.delete(victim);
  };
  const bases = [0, 1, 2].map(() => {
    const base: number = simulation.register({
      on(kind, argument) {
        seen.push(`${simulation.now}:${kind}:${argument}`);
        listed.delete(argument);
        timers.delete(argument);
        const target = listed.size + timers.size < 60 ? 3 : 1;
        for (let i = 0; i < target && name < 2000; i++) schedule(bases[(i + argument) % 3]);
        if (stream.uniform() < 0.4) cancelOne(listed, (handle) => simulation.cancel(handle));
        if (stream.uniform() < 0.4) cancelOne(timers, (handle) => simulation.cancelTimer(handle));
      },
    });
    return base;
  });
  for (let i = 0; i < 10; i++) schedule(bases[i % 3]);
  simulation.run({});
  expect(simulation.pending).toBe(0);
  expect(simulation.events).toBe(seen.length);
  return seen;
}

test('calendar and heap give the same run: random models with ties, cancels and few or many lanes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(2, 8, 60), (seed, lanes) => {
      const run = wander({ list: 'calendar', capacity: 4 }, seed, lanes);
      expect(wander({ list: 'heap' }, seed, lanes)).toEqual(run);
      const times = run.map((entry) => Number(entry.split(':')[0]));
      expect(times.every((time, i) => i === 0 || time >= times[i - 1])).toBe(true);
    }),
    { seed: 3, numRuns: 30 },
  );
});

function catchBreach(action: () => unknown): InvariantBreach {
  try {
    action();
  } catch (error) {
    if (error instanceof InvariantBreach) return error;
    throw error;
  }
  throw new Error('no invariant was breached');
}
