/** Both processors against a recomputation from scratch at every change. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Calls, INTEGER_SHIFT, PRIORITY } from '../../../src/models/calls.ts';
import { PreemptiveProcessor } from '../../../src/models/services/preemptive-processor.ts';
import type { Processor } from '../../../src/models/services/processor.ts';
import { SharingProcessor } from '../../../src/models/services/sharing-processor.ts';
import type { Computed } from '../../../src/models/services/sharing-processor.ts';
import { slowdown } from '../../../src/models/services/slowdown.ts';
import type { Slowdown } from '../../../src/models/services/slowdown.ts';
import { Rank } from '../../../src/sim/rank.ts';
import { Simulation } from '../../../src/sim/simulation.ts';
import { expectTimes } from '../hand-made.ts';

type Action =
  | { readonly at: number; readonly do: 'submit'; readonly work: number; readonly priority: number }
  /** Takes off job number `job` (in order of submission), if it is still there. */
  | { readonly at: number; readonly do: 'withdraw'; readonly job: number }
  | { readonly at: number; readonly do: 'speed'; readonly speed: number };

/** When each job left, in order of submission, and the work that was left of it then (0 = done). */
interface Left {
  readonly at: number[];
  readonly work: number[];
  readonly busyArea: number;
}

const END = 1000;

/** Plays a script on a processor. */
function played(
  actions: readonly Action[],
  make: (simulation: Simulation, calls: Calls, owner: Computed) => Processor,
): Left {
  const simulation = new Simulation();
  const calls = new Calls();
  const jobs: number[] = [];
  const at: number[] = [];
  const work: number[] = [];
  const gone = (call: number, left: number): void => {
    at[jobs.indexOf(call)] = simulation.now;
    work[jobs.indexOf(call)] = left;
  };
  const processor = make(simulation, calls, { computed: (call) => gone(call, 0) });
  const address = simulation.register({
    on: (_kind, index) => {
      const action = actions[index];
      if (action.do === 'speed') processor.setSpeed(action.speed);
      else if (action.do === 'submit') {
        const call = calls.open();
        calls.i[(call << INTEGER_SHIFT) + PRIORITY] = action.priority;
        jobs.push(call);
        processor.submit(call, action.work);
      } else if (action.job < jobs.length && at[action.job] === undefined) {
        gone(jobs[action.job], processor.withdraw(jobs[action.job]));
      }
    },
  });
  actions.forEach((action, index) => simulation.at(action.at, address, index, Rank.control));
  simulation.run({ time: END });
  expect(processor.jobs).toBe(jobs.length - at.filter((time) => time !== undefined).length);
  processor.account(END);
  return { at, work, busyArea: processor.busyArea };
}

interface Job {
  readonly job: number;
  readonly priority: number;
  left: number;
}

/**
 * The same from scratch: between two changes every job present has a rate, given by `rates` for the jobs in order of
 * submission (at speed 1).
 */
function recomputed(actions: readonly Action[], cores: number, rates: (present: readonly Job[]) => number[]): Left {
  const at: number[] = [];
  const work: number[] = [];
  let present: Job[] = [];
  let submitted = 0;
  let speed = 1;
  let now = 0;
  let busyArea = 0;
  const pass = (until: number): void => {
    while (now < until) {
      const rate = rates(present).map((each) => each * speed);
      const next = present.reduce((least, { left }, k) => Math.min(least, left / rate[k]), Infinity);
      const time = Math.min(until, now + next);
      busyArea += Math.min(cores, present.length) * (time - now);
      present.forEach((job, k) => (job.left -= rate[k] * (time - now)));
      now = time;
      for (const { job } of present.filter(({ left }) => left <= 1e-12)) {
        at[job] = now;
        work[job] = 0;
      }
      present = present.filter(({ left }) => left > 1e-12);
    }
  };
  for (const action of actions) {
    pass(action.at);
    if (action.do === 'speed') speed = action.speed;
    else if (action.do === 'submit') present.push({ job: submitted++, priority: action.priority, left: action.work });
    else {
      const gone = present.find(({ job }) => job === action.job);
      if (gone === undefined) continue;
      at[gone.job] = now;
      work[gone.job] = gone.left;
      present = present.filter((job) => job !== gone);
    }
  }
  pass(END);
  return { at, work, busyArea };
}

/** Whole and half numbers, so that equal times and equal ends are common. */
const scripts: fc.Arbitrary<Action[]> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 30 }),
      fc.oneof(
        {
          weight: 6,
          arbitrary: fc.record({
            do: fc.constant('submit' as const),
            work: fc.integer({ min: 1, max: 12 }),
            priority: fc.nat(2),
          }),
        },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), job: fc.nat(12) }) },
        {
          weight: 1,
          arbitrary: fc.record({ do: fc.constant('speed' as const), speed: fc.constantFrom(0, 0.5, 1, 2) }),
        },
      ),
    ),
    { maxLength: 24 },
  )
  .map((drawn) => drawn.map(([at, action]): Action => ({ ...action, at: at / 2 })).sort((a, b) => a.at - b.at))
  .map((actions) => [...actions, { at: 40, do: 'speed', speed: 1 }]);

function expectSame(found: Left, expected: Left): void {
  expectTimes(found.at, expected.at);
  expectTimes(found.work, expected.work);
  expect(found.busyArea).toBeCloseTo(expected.busyArea, 6);
}

describe('sharing', () => {
  const slowdowns: readonly (Slowdown | null)[] = [
    null,
    slowdown({ kind: 'usl', contention: 0.1, coherency: 0.01 }),
    slowdown({ kind: 'per-active', coefficient: 0.05 }),
  ];

  test('three jobs on one core: the shares of each moment', () => {
    const { at } = played(
      [
        { at: 0, do: 'submit', work: 3, priority: 0 },
        { at: 1, do: 'submit', work: 1, priority: 0 },
        { at: 2, do: 'submit', work: 1, priority: 0 },
      ],
      (simulation, calls, owner) => new SharingProcessor(simulation, calls, owner, 1, 1, null),
    );
    // left at 2: 1.5, 0.5, 1; all three at a third until 3.5; 1 and 0.5 at a half until 4.5; 0.5 alone
    expectTimes(at, [5, 3.5, 4.5]);
  });

  test.each([1, 2, 3.5, Infinity])('on %d cores as recomputed from scratch', (cores) => {
    fc.assert(
      fc.property(scripts, fc.constantFrom(...slowdowns), (actions, slow) => {
        const rates = (present: readonly Job[]): number[] =>
          present.map(() => Math.min(1, cores / present.length) * (slow?.(present.length) ?? 1));
        expectSame(
          played(actions, (simulation, calls, owner) => new SharingProcessor(simulation, calls, owner, cores, 1, slow)),
          recomputed(actions, cores, rates),
        );
      }),
      { seed: 14, numRuns: 150 },
    );
  });

  test('among many jobs any may be withdrawn', () => {
    const submit = fc.record({ do: fc.constant('submit' as const), work: fc.integer({ min: 1, max: 40 }) });
    const withdraw = fc.record({ do: fc.constant('withdraw' as const), job: fc.nat(59) });
    const crowd = fc.tuple(
      fc.array(submit, { minLength: 60, maxLength: 60 }),
      fc.array(withdraw, { minLength: 30, maxLength: 30 }),
    );
    fc.assert(
      fc.property(crowd, ([submissions, withdrawals]) => {
        const actions: Action[] = [
          ...submissions.map((each, k) => ({ ...each, priority: 0, at: k / 32 })),
          ...withdrawals.map((each, k) => ({ ...each, at: 5 + k })),
        ];
        expectSame(
          played(actions, (simulation, calls, owner) => new SharingProcessor(simulation, calls, owner, 4, 1, null)),
          recomputed(actions, 4, (present) => present.map(() => Math.min(1, 4 / present.length))),
        );
      }),
      { seed: 16, numRuns: 40 },
    );
  });

  test('many equal jobs end together, in the order in which they came', () => {
    const order: number[] = [];
    const simulation = new Simulation();
    const calls = new Calls();
    const processor = new SharingProcessor(simulation, calls, { computed: (call) => order.push(call) }, 4, 1, null);
    const jobs = Array.from({ length: 100 }, () => calls.open());
    for (const job of jobs) processor.submit(job, 0.3);
    simulation.run({});
    expect(order).toEqual(jobs);
    expect(simulation.now).toBeCloseTo((100 * 0.3) / 4, 9);
  });
});

describe('preemptive', () => {
  test('the more urgent one stops the least urgent, whose work is kept', () => {
    const actions: Action[] = [
      { at: 0, do: 'submit', work: 5, priority: 2 },
      { at: 1, do: 'submit', work: 2, priority: 2 },
      { at: 2, do: 'submit', work: 3, priority: 1 },
      { at: 3, do: 'submit', work: 1, priority: 0 },
    ];
    const { at, busyArea } = played(
      actions,
      (simulation, calls, owner) => new PreemptiveProcessor(simulation, calls, owner, 1, 1),
    );
    // first 0-2 and 6-9, third 2-3 and 4-6, fourth 3-4, second last
    expectTimes(at, [9, 11, 6, 4]);
    expect(busyArea).toBe(11);
  });

  test.each([1, 2, 3])('on %d cores the most urgent run, first come first served among equals', (cores) => {
    fc.assert(
      fc.property(scripts, (actions) => {
        const rates = (present: readonly Job[]): number[] => {
          const byUrgency = [...present].sort((a, b) => a.priority - b.priority || a.job - b.job);
          const running = new Set(byUrgency.slice(0, cores));
          return present.map((job) => (running.has(job) ? 1 : 0));
        };
        expectSame(
          played(actions, (simulation, calls, owner) => new PreemptiveProcessor(simulation, calls, owner, cores, 1)),
          recomputed(actions, cores, rates),
        );
      }),
      { seed: 15, numRuns: 200 },
    );
  });
});

describe('slowdown', () => {
  test('usl: n jobs together do n / (1 + a (n - 1) + b n (n - 1))', () => {
    const factor = slowdown({ kind: 'usl', contention: 0.05, coherency: 0.002 });
    for (const n of [1, 2, 10, 40]) {
      expect(n * factor(n)).toBeCloseTo(n / (1 + 0.05 * (n - 1) + 0.002 * n * (n - 1)), 12);
    }
    expect(factor(1)).toBe(1);
  });

  test('per active job', () => {
    expect(slowdown({ kind: 'per-active', coefficient: 0.25 })(4)).toBe(0.5);
  });

  test('a table is linear between its points, in any order, and constant outside', () => {
    const points = [
      { active: 20, speed: 0.4 },
      { active: 10, speed: 0.8 },
    ];
    const factor = slowdown({ kind: 'table', points });
    expect([1, 10, 15, 20, 99].map(factor)).toEqual([0.8, 0.8, expect.closeTo(0.6, 12), 0.4, 0.4]);
  });
});
