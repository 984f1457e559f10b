/** Laws that every model keeps, and models that are special cases of each other. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedBounds } from '../../../src/analysis/theory/closed-bounds.ts';
import { closedClasses, closedNetwork } from '../../../src/analysis/theory/closed-network.ts';
import { erlangA } from '../../../src/analysis/theory/erlang-a.ts';
import { erlangB } from '../../../src/analysis/theory/erlang.ts';
import { gm1 } from '../../../src/analysis/theory/gm1.ts';
import { jackson } from '../../../src/analysis/theory/jackson.ts';
import { machineRepair } from '../../../src/analysis/theory/machine-repair.ts';
import { stationary } from '../../../src/analysis/theory/markov.ts';
import { mdc } from '../../../src/analysis/theory/mdc.ts';
import { mg1 } from '../../../src/analysis/theory/mg1.ts';
import { mmc } from '../../../src/analysis/theory/mmc.ts';
import { mmck } from '../../../src/analysis/theory/mmck.ts';
import { phaseStation } from '../../../src/analysis/theory/phase-station.ts';
import { phaseType } from '../../../src/analysis/theory/phase-type.ts';
import { priorityStation } from '../../../src/analysis/theory/priority.ts';
import { processorSharing } from '../../../src/analysis/theory/processor-sharing.ts';
import { NoAnswer } from '../../../src/analysis/theory/refusal.ts';
import type { StationAnswer } from '../../../src/analysis/theory/station.ts';
import { timeQuantile } from '../../../src/analysis/theory/time-law.ts';
import { arctangent } from '../../../src/analysis/theory/transform.ts';
import type { DistributionSpec } from '../../../src/sim/random/index.ts';

function near(got: number, wanted: number, relative = 1e-9): void {
  expect(Math.abs(got - wanted), `${got} is not ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(wanted) + 1e-13);
}

function same(one: StationAnswer, other: StationAnswer, relative = 1e-9): void {
  near(one.utilisation, other.utilisation, relative);
  near(one.throughput, other.throughput, relative);
  near(one.meanNumber, other.meanNumber, relative);
  near(one.meanResponse, other.meanResponse, relative);
  near(one.meanWait, other.meanWait, relative);
  near(one.waitShare, other.waitShare, relative);
  for (const level of [0.5, 0.9, 0.99]) {
    if (one.response !== null && other.response !== null) {
      near(timeQuantile(one.response, level), timeQuantile(other.response, level), Math.max(relative, 1e-8));
    }
  }
  if (one.numberShare !== null && other.numberShare !== null) {
    for (let k = 0; k < 8; k++) near(one.numberShare(k), other.numberShare(k), relative);
  }
}

const load = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const few = fc.integer({ min: 1, max: 12 });
const exponential = (mean: number): DistributionSpec => ({ kind: 'exponential', mean });

describe('special cases agree', () => {
  test('M/G/1 with exponential service in any guise, and G/M/1 with Poisson arrivals, are M/M/1', () => {
    fc.assert(
      fc.property(load, (rho) => {
        const plain = mmc({ rate: rho, service: 1, servers: 1 });
        same(mg1(rho, { kind: 'erlang', phases: 1, mean: 1 }), plain);
        same(mg1(rho, { kind: 'hyperexponential', probabilities: [0.3, 0.7], means: [1, 1] }), plain);
        same(gm1(exponential(1 / rho), 1), plain);
      }),
      { numRuns: 20 },
    );
  });

  test('the transform gives what the phases give', () => {
    // the same law twice: by phases, and as a gamma law by its transform
    const phases = mg1(0.7, { kind: 'erlang', phases: 3, mean: 1 });
    const inverted = mg1(0.7, { kind: 'gamma', shape: 3, mean: 1 });
    for (const level of [0.3, 0.5, 0.9, 0.99, 0.999]) {
      near(timeQuantile(inverted.response!, level), timeQuantile(phases.response!, level), 1e-7);
    }
    for (const level of [0.5, 0.9, 0.99]) {
      near(timeQuantile(inverted.wait!, level), timeQuantile(phases.wait!, level), 1e-7);
    }
  });

  test('the chain of phases with exponential service is M/M/c', () => {
    fc.assert(
      fc.property(few, load, (c, rho) => {
        const chain = phaseStation(phaseType(exponential(1 / (rho * c)))!, phaseType(exponential(1))!, c);
        same(chain, mmc({ rate: rho * c, service: 1, servers: c }), 1e-8);
      }),
      { numRuns: 10 },
    );
  });

  test('M/D/1 by its number present is Pollaczek and Khinchine', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.9, noNaN: true }), (rho) => {
        const one = mdc({ rate: rho, service: 1, servers: 1 });
        const other = mg1(rho, { kind: 'deterministic', value: 1 });
        near(one.meanWait, other.meanWait);
        near(one.waitShare, rho);
      }),
      { numRuns: 20 },
    );
  });

  test('M/M/c/K without a line is Erlang B, with a long one M/M/c, and patience without end too', () => {
    fc.assert(
      fc.property(few, load, (c, rho) => {
        const options = { rate: rho * c, service: 1, servers: c };
        near(mmck({ ...options, capacity: c }).blockShare, erlangB(c, rho * c));
        same(mmck({ ...options, capacity: c + 1200 }), mmc(options), 1e-8);
        near(erlangA({ ...options, patience: 1e12 }).meanWait, mmc(options).meanWait, 1e-6);
      }),
      { numRuns: 20 },
    );
  });

  test('a Jackson network of one station is M/M/c, feedback makes its rate higher', () => {
    const one = { outside: 2, service: 1, servers: 3, next: [0] };
    same(jackson([one]).stations[0], mmc({ rate: 2, service: 1, servers: 3 }));
    near(jackson([{ ...one, next: [0.25] }]).stations[0].throughput, 2 / 0.75);
    expect(() => jackson([{ ...one, next: [1] }])).toThrow(/never leave/);
  });

  test('machine repair, the closed network and its one class agree, and one user never waits', () => {
    fc.assert(
      fc.property(few, few, fc.double({ min: 0.1, max: 5, noNaN: true }), (users, servers, think) => {
        const repair = machineRepair({ users, think, service: 1, servers });
        const network = closedNetwork(users, think, [{ demand: 1, servers }]);
        near(network.throughput, repair.throughput);
        near(network.meanResponse, repair.meanResponse);
        near(machineRepair({ users: 1, think, service: 1, servers }).meanWait, 0);
        if (servers === 1) {
          near(closedClasses([{ users, think, demands: [1] }]).throughputs[0], repair.throughput);
        }
      }),
    );
  });

  test('two classes that are alike are one', () => {
    const demands = [0.02, 0.05, 0.01];
    const both = closedClasses([
      { users: 4, think: 0.3, demands },
      { users: 7, think: 0.3, demands },
    ]);
    const network = closedNetwork(
      11,
      0.3,
      demands.map((demand) => ({ demand, servers: 1 })),
    );
    near(both.throughputs[0] + both.throughputs[1], network.throughput);
    near(both.responses[0], network.meanResponse);
  });

  test('alike classes without preemption wait, on average, as without priorities', () => {
    const classes = [0.2, 0.3, 0.25].map((rate) => ({ rate, service: exponential(1) }));
    near(
      priorityStation(classes, { servers: 1, preemptive: false }).meanWait,
      mmc({ rate: 0.75, service: 1, servers: 1 }).meanWait,
    );
    // preemption hides the lower classes: the first is alone
    near(
      priorityStation(classes, { servers: 1, preemptive: true }).responses[0],
      mmc({ rate: 0.2, service: 1, servers: 1 }).meanResponse,
    );
  });
});

describe("Little's law and monotonicity", () => {
  const stations: readonly (readonly [string, (rho: number) => StationAnswer])[] = [
    ['M/M/3', (rho) => mmc({ rate: 3 * rho, service: 1, servers: 3 })],
    ['M/M/2/9', (rho) => mmck({ rate: 2 * rho, service: 1, servers: 2, capacity: 9 })],
    ['M/D/3', (rho) => mdc({ rate: 3 * rho, service: 1, servers: 3 })],
    ['M/lognormal/1', (rho) => mg1(rho, { kind: 'lognormal', mean: 1, cv: 1.4 })],
    ['M/H2/1', (rho) => mg1(rho, { kind: 'hyperexponential', mean: 1, cv: 2 })],
    ['D/M/1', (rho) => gm1({ kind: 'deterministic', value: 1 / rho }, 1)],
    ['E4/M/1', (rho) => gm1({ kind: 'erlang', phases: 4, mean: 1 / rho }, 1)],
    ['M/M/2-PS', (rho) => processorSharing({ rate: 2 * rho, service: 1, servers: 2, exponential: true })],
    ['M/M/4//30', (rho) => machineRepair({ users: 30, think: 7.5 / rho, service: 1, servers: 4 })],
  ];
  for (const [name, at] of stations) {
    test(name, () => {
      for (const rho of [0.2, 0.5, 0.8]) {
        const answer = at(rho);
        near(answer.meanNumber, answer.throughput * answer.meanResponse);
        near(answer.meanQueue, answer.throughput * answer.meanWait);
        if (answer.response !== null) {
          near(answer.response.mean, answer.meanResponse, 1e-8);
          expect(timeQuantile(answer.response, 0.99)).toBeGreaterThan(timeQuantile(answer.response, 0.5));
        }
        const more = at(1.05 * rho);
        expect(more.meanResponse).toBeGreaterThan(answer.meanResponse);
        expect(more.utilisation).toBeGreaterThan(answer.utilisation);
        expect(answer.utilisation).toBeLessThan(1);
      }
    });
  }
});

test('closed networks stay within their bounds', () => {
  const demands = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      demands,
      (users, think, each) => {
        const bounds = closedBounds({ users, think, demands: each });
        const { throughput, meanResponse, stations } = closedNetwork(
          users,
          think,
          each.map((demand) => ({ demand, servers: 1 })),
        );
        const slack = 1e-9 * throughput;
        expect(throughput).toBeLessThanOrEqual(bounds.throughputMax + slack);
        expect(throughput).toBeLessThanOrEqual(bounds.balancedMax + slack);
        expect(throughput).toBeGreaterThanOrEqual(bounds.throughputMin - slack);
        expect(throughput).toBeGreaterThanOrEqual(bounds.balancedMin - slack);
        expect(meanResponse).toBeGreaterThanOrEqual(bounds.responseMin * (1 - 1e-9));
        near(throughput * (think + meanResponse), users);
        for (const { utilisation } of stations) expect(utilisation).toBeLessThan(1 + 1e-12);
      },
    ),
  );
});

test('what cannot be answered is refused with its reason', () => {
  const reason = (ask: () => unknown): string => {
    try {
      ask();
    } catch (error) {
      if (error instanceof NoAnswer) return error.reason;
      throw error;
    }
    return 'answered';
  };
  expect(reason(() => mg1(1.1, exponential(1)))).toBe('unstable');
  expect(reason(() => mdc({ rate: 2, service: 1, servers: 2 }))).toBe('unstable');
  expect(reason(() => gm1({ kind: 'deterministic', value: 1 }, 1))).toBe('unstable');
  expect(reason(() => mg1(0.1, { kind: 'pareto', alpha: 1.5, mean: 1 }))).toBe('input');
  expect(reason(() => closedNetwork(0, 1, [{ demand: 1, servers: 1 }]))).toBe('input');
  expect(reason(() => closedNetwork(3000, 1, [{ demand: 1, servers: 1 }]))).toBe('size');
});

test('state reduction keeps the digits of probabilities that are nearly nothing', () => {
  // up at 1e-6, down at 1: the share of state k is 1e-6^k
  const law = stationary(20, (from, emit) => {
    if (from < 19) emit(from + 1, 1e-6);
    if (from > 0) emit(from - 1, 1);
  });
  for (let k = 0; k < 20; k++) near(law[k] / 10 ** (-6 * k), 1 - 1e-6, 1e-12);
});

test('the arctangent', () => {
  for (const x of [0, 1e-9, 0.3, 1, -2.5, 40, 1e9, Infinity, -Infinity]) near(arctangent(x), Math.atan(x), 1e-15);
});
