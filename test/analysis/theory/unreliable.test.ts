/** Servers that break down, and servers that switch off: formulas against the file, against chains, and against themselves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { breakingServer, breakingServers } from '../../../src/analysis/theory/breakdowns.ts';
import { stationaryLevels } from '../../../src/analysis/theory/markov.ts';
import { mg1 } from '../../../src/analysis/theory/mg1.ts';
import { mmc } from '../../../src/analysis/theory/mmc.ts';
import { setupOfMany, setupStation } from '../../../src/analysis/theory/setup.ts';
import { timeQuantile, UniformisedTail } from '../../../src/analysis/theory/time-law.ts';
import type { TimeLaw } from '../../../src/analysis/theory/time-law.ts';
import { breakdowns } from '../../../src/analysis/theory/transient.ts';
import type { DistributionSpec } from '../../../src/sim/random/index.ts';
import { reference } from '../../theory/reference.ts';

const exponential = (mean: number): DistributionSpec => ({ kind: 'exponential', mean });
const constant = (value: number): DistributionSpec => ({ kind: 'deterministic', value });

function near(got: number, wanted: number, relative = 1e-9): void {
  expect(Math.abs(got - wanted), `${got} is not ${wanted}`).toBeLessThanOrEqual(relative * Math.abs(wanted));
}

function given(id: string, quantity: string): number {
  return reference.cases.find((one) => one.id === id)!.expect[quantity].value as number;
}

/** The mean as the integral of the tail: the law knows it from its transform alone. Simpson's rule: 3 digits where it has kinks. */
function integral(law: TimeLaw): number {
  const end = 200 * law.mean;
  const steps = 300;
  let sum = 0;
  // finer near 0, where the tail bends
  const at = (k: number): number => end * (k / steps) * (k / steps);
  for (let k = 0, before = law.tail(0); k < steps; k++) {
    const [from, to] = [at(k), at(k + 1)];
    const after = law.tail(to);
    sum += ((to - from) / 6) * (before + 4 * law.tail((from + to) / 2) + after);
    before = after;
  }
  return sum;
}

const load = fc.double({ min: 0.05, max: 0.9, noNaN: true });
const time = fc.double({ min: 0.05, max: 20, noNaN: true });

describe('a server that breaks down', () => {
  const one = { rate: 40, service: exponential(0.01), toFailure: 3, repair: exponential(0.3) };

  test('has the mean of the reference, and that of the chain of number and state', () => {
    near(breakingServer(one).meanNumber, given('bd-c1', 'mean_number'));
    near(breakingServer(one).meanResponse, given('bd-c1', 'mean_response'));
    near(breakingServer(one).up, given('bd-c1', 'mean_servers_up'));
    fc.assert(
      fc.property(load, time, time, (share, toFailure, toRepair) => {
        const rate = (share * toFailure) / (toFailure + toRepair);
        const chain = breakdowns({ rate, service: 1, servers: 1, toFailure, toRepair, crews: 1 });
        const answer = breakingServer({ rate, service: exponential(1), toFailure, repair: exponential(toRepair) });
        near(answer.meanNumber, chain.meanNumber);
        near(answer.up, chain.meanUp);
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test('has the response that one user meets who is followed to the end', () => {
    const { response } = breakingServer(one);
    near(integral(response!), breakingServer(one).meanResponse, 1e-4);
    const followed = chained(one.rate, 0.01, one.toFailure, 0.3);
    for (const level of [0.5, 0.95, 0.99, 0.999]) {
      near(timeQuantile(response!, level), timeQuantile(followed, level), 1e-7);
    }
  });

  test.each([
    ['constant repairs', { ...one, repair: constant(0.3) }],
    [
      'any service and repair',
      {
        ...one,
        service: { kind: 'erlang', phases: 2, mean: 0.01 },
        repair: { kind: 'hyperexponential', probabilities: [0.7, 0.3], means: [0.1, 0.7] },
      },
    ],
  ] as const)('%s: the law has the mean of the formula', (_, model) => {
    const { response, meanResponse } = breakingServer(model);
    near(integral(response!), meanResponse, 1e-4);
  });

  test('whose repairs have no plain transform has means only', () => {
    const model = { ...one, repair: { kind: 'lognormal', mean: 0.3, cv: 1 } } as const;
    expect(breakingServer(model)).toMatchObject({ response: null });
    // the same two moments: the mean asks for no more
    near(breakingServer(model).meanResponse, breakingServer(one).meanResponse);
  });

  test('that is mended in no time is none', () => {
    const law = { kind: 'lognormal', mean: 0.01, cv: 2 } as const;
    near(
      breakingServer({ ...one, service: law, repair: constant(1e-12) }).meanResponse,
      mg1(40, law).meanResponse,
      1e-8,
    );
    expect(() => breakingServer({ ...one, toFailure: 0.1 })).toThrow(/no steady state/);
  });
});

describe('servers that break down', () => {
  test.each([
    ['bd-c1', 40, 1, 3, 0.3, 1],
    ['bd-c2', 120, 2, 2, 0.3, 2],
    ['bd-c4-1crew', 200, 4, 2, 0.25, 1],
  ] as const)('%s', (id, rate, servers, toFailure, toRepair, crews) => {
    const answer = breakingServers({ rate, service: 0.01, servers, toFailure, toRepair, crews });
    near(answer.meanNumber, given(id, 'mean_number'));
    near(answer.meanUp, given(id, 'mean_servers_up'));
  });

  test('are the chain of number and state, cut where nobody comes', () => {
    const few = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(load, time, time, few, few, (share, toFailure, toRepair, servers, crews) => {
        const model = { service: 1, servers, toFailure, toRepair, crews: Math.min(crews, servers) };
        // as many as are up at the least: what one that is mended alone has
        const rate = (share * toFailure) / (toFailure + toRepair * servers);
        const [one, chain] = [breakingServers({ ...model, rate }), breakdowns({ ...model, rate })];
        near(one.meanNumber, chain.meanNumber);
        near(one.meanUp, chain.meanUp);
      }),
      { seed: 3, numRuns: 15 },
    );
  });

  test('that fail once a day and take an hour are no matter of size; overload is said', () => {
    const model = { rate: 2400, service: 0.01, servers: 32, toFailure: 86_400, toRepair: 3600, crews: 2 };
    expect(breakingServers(model).meanNumber).toBeGreaterThan(24);
    expect(() => breakingServers({ ...model, rate: 3190 })).toThrow(/no steady state/);
    const sound = breakingServers({ ...model, toFailure: 1e15 });
    near(sound.meanNumber, mmc({ rate: 2400, service: 0.01, servers: 32 }).meanNumber, 1e-8);
  });
});

/** The response of M/M/1 with breakdowns: who is in front, the user, and whether the server is up, until all are served. */
function chained(rate: number, service: number, toFailure: number, toRepair: number): TimeLaw {
  const levels = stationaryLevels({
    phases: 2,
    transitions: (level, up, emit) => {
      emit(level + 1, up, rate);
      if (up === 1) emit(level, 0, 1 / toFailure);
      else emit(level, 1, 1 / toRepair);
      if (up === 1 && level > 0) emit(level - 1, 1, 1 / service);
    },
  });
  const clock = Math.max(1 / service + 1 / toFailure, 1 / toRepair);
  let now = [[0, 0], ...levels.map((shares) => [...shares])];
  let started = false;
  const tail = new UniformisedTail(clock, () => {
    if (started) {
      const next = now.map(() => [0, 0]);
      now.forEach(([down, up], left) => {
        next[left][1] += down / toRepair / clock;
        next[left][0] += down * (1 - 1 / toRepair / clock) + up / toFailure / clock;
        next[left][1] += up * (1 - (1 / service + 1 / toFailure) / clock);
        if (left > 0) next[left - 1][1] += up / service / clock;
      });
      next[0] = [0, 0];
      now = next;
    }
    started = true;
    return now.reduce((sum, [down, up]) => sum + down + up, 0);
  });
  return { mean: 1, stddev: NaN, tail: (t) => (t > 0 ? tail.tail(t) : 1) };
}

describe('a server that switches off', () => {
  test.each([
    ['setup-exp-rho50', 10, exponential(0.05), exponential(0.5)],
    ['setup-det-rho30', 30, exponential(0.01), constant(2)],
  ] as const)('%s', (id, rate, service, setup) => {
    const answer = setupStation(rate, service, setup);
    near(answer.meanResponse, given(id, 'mean_response'));
    near(answer.off, given(id, 'fraction_off'));
    near(answer.settingUp, given(id, 'fraction_setup'));
    near(integral(answer.response!), answer.meanResponse, 1e-3);
  });

  test('one whole server is the chain of one', () => {
    fc.assert(
      fc.property(load, time, (rate, setup) => {
        const many = setupOfMany({ rate, service: 1, servers: 1, setup });
        const one = setupStation(rate, exponential(1), exponential(setup));
        near(many.meanNumber, one.meanNumber);
        near(many.off, one.off);
        near(many.settingUp, one.settingUp);
      }),
      { seed: 2, numRuns: 20 },
    );
  });

  test('without a set-up worth the name, or that never switches off, is what it was', () => {
    const quick = setupOfMany({ rate: 3, service: 1, servers: 4, setup: 1e-10 });
    near(quick.meanNumber, mmc({ rate: 3, service: 1, servers: 4 }).meanNumber, 1e-8);
    const kept = setupStation(10, exponential(0.05), exponential(0.5), 1e6);
    const plain = mg1(10, exponential(0.05));
    near(kept.meanResponse, plain.meanResponse);
    expect(kept.off).toBe(0);
    for (const level of [0.5, 0.99])
      near(timeQuantile(kept.response!, level), timeQuantile(plain.response!, level), 1e-7);
  });

  test('the later it switches off, the less there is to wait, and the share of cold starts is e^(-rate x time)', () => {
    const [now, later] = [0, 0.1].map((offAfter) => setupStation(10, exponential(0.05), constant(0.5), offAfter));
    expect(later.meanResponse).toBeLessThan(now.meanResponse);
    // off is followed by one set-up each time: their shares are as their means
    near(later.settingUp / later.off, 10 * 0.5);
    near(later.off + later.settingUp + later.busy + ((1 - Math.exp(-1)) / Math.exp(-1)) * later.off, 1, 1e-9);
    near(integral(later.response!), later.meanResponse, 1e-3);
  });
});
