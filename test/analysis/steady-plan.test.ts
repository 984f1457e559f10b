import { describe, expect, test } from 'vitest';
import type { SteadyPlan } from '../../src/analysis/steady-plan.ts';
import type * as SteadyPlanModule from '../../src/analysis/steady-plan.ts';
import type { Result } from '../../src/analysis/result.ts';
import type { SimulateOptions } from '../../src/analysis/simulate.ts';
import type { ReplicationOutcome } from '../../src/analysis/replicate.ts';
import { driftWarning } from '../../src/analysis/drift.ts';
import type * as Windtunnel from '../../src/index.ts';
import { asShipped } from '../support/as-shipped.ts';

const { planSteady } = await asShipped<typeof SteadyPlanModule>('src/analysis/steady-plan.ts');
const { loadScenario, simulate } = await asShipped<typeof Windtunnel>('src/index.ts');

const station = (rate: number): string => `
clients: { all: { rate: ${rate} req/s, to: s } }
services: { s: { workers: 1, queue: unlimited, work: [ { compute: { exponential: 10 ms } } ] } }`;

/** Sessions come and stay: the memory fills over half an hour. */
const filling = `
clients: { all: { rate: 50 req/s, to: s } }
services:
  s:
    workers: 4
    queue: unlimited
    work: [ { compute: 5 ms } ]
    sessions: { keep: own, per: request, lifetime: 30 min }
    heap: { size: 1000000 }`;

async function plan(text: string, eventBudget: number, seed = 'seed'): Promise<SteadyPlan> {
  const { scenario, problems } = loadScenario(text, { name: 'test' });
  expect(problems).toEqual([]);
  const options = { seed, warmup: null, eventsPerReplication: eventBudget / 100 };
  return (await planSteady(scenario!.cluster, options, null))!;
}

function run(text: string, options: SimulateOptions): Promise<Result> {
  return simulate(loadScenario(text, { name: 'test' }).scenario!, options);
}

const unsteady = ({ warnings }: Result): string[] => warnings.filter((text) => text.includes('no steady state'));

describe('the pilot', () => {
  test('the warm-up is some relaxation times of the slowest figure, whatever the budget', async () => {
    // number present: (1 + rho) / (1 - rho)^2 services
    for (const budget of [1e6, 4e6]) {
      for (const [rate, relaxation] of [
        [50, 0.06],
        [90, 1.9],
      ]) {
        const plans = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((seed) => plan(station(rate), budget, seed)));
        const warmups = plans.map(({ warmup }) => warmup).sort((a, b) => a - b);
        expect(warmups[2]).toBeGreaterThan(2.5 * relaxation);
        expect(plans.filter(({ moving }) => moving !== null)).toEqual([]);
        for (const { warmup, duration } of plans) expect(duration).toBeGreaterThanOrEqual(8 * warmup * (1 - 1e-12));
      }
    }
  });

  test('a tier that settles slowly behind a fast one sets the warm-up', async () => {
    const both = `
clients: { all: { rate: 500 req/s, to: front }, few: { rate: 9 req/s, to: slow } }
services:
  front: { workers: 4, queue: unlimited, work: [ { compute: { exponential: 1 ms } } ] }
  slow: { workers: 1, queue: unlimited, work: [ { compute: { exponential: 100 ms } } ] }`;
    const { warmup } = await plan(both, 4e6);
    expect(warmup).toBeGreaterThan(40); // relaxation 19 s; the front alone would have 2 % of 200 s
  });

  test.each([
    [100, 1e6],
    [110, 1e6],
    [110, 1e5],
    [150, 2e6],
  ])('at %d req/s for 100 (budget %d) the queue still moves, and it says so', async (rate, budget) => {
    const { moving } = await plan(station(rate), budget);
    expect(moving).toMatchObject({ unit: expect.stringMatching(/^[s1]$/) as string });
    expect(moving!.name).toMatch(/of all|at s/);
    expect(moving!.second).toBeGreaterThan(moving!.first);
  });

  test.each([
    [90, 1e5],
    [90, 1e6],
    [95, 1e6],
    [95, 4e6],
  ])('at %d req/s for 100 (budget %d) it settles', async (rate, budget) => {
    const seeds = budget > 1e6 ? ['a', 'b'] : ['a', 'b', 'c', 'd'];
    const plans = await Promise.all(seeds.map((seed) => plan(station(rate), budget, seed)));
    expect(plans.map(({ moving }) => moving)).toEqual(seeds.map(() => null));
  });
});

describe('the warning', () => {
  test('names the figure and by how much it moves', async () => {
    const [text, ...rest] = unsteady(await run(station(110), { eventBudget: 4e5 }));
    expect(rest).toEqual([]);
    expect(text).toMatch(
      /^no steady state was seen: the number of requests of all in the system went from [\d.]+ to [\d.]+ in/,
    );
  });

  test('a load of exactly the capacity is seen by what is in the windows, where the pilot was lucky', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((seed) => run(station(100), { eventBudget: 3e5, seed })));
    expect(results.filter((result) => unsteady(result).length === 1).length).toBeGreaterThanOrEqual(2);
  });

  test('of a memory that fills slowly, with what it held', async () => {
    expect(unsteady(await run(filling, { eventBudget: 4e5 })).join()).toMatch(
      /the number of sessions in the memory of s went from [\d.]+ .*to [\d.]+/,
    );
  });

  test('of what is left over from a start that a given warm-up did not outlast', () => {
    const windows = (changes: readonly number[]): ReplicationOutcome[] =>
      changes.map((change, k) => {
        const reading = (present: number): object => ({
          clients: { all: { sent: 1000 + present, ended: 1000 } },
          services: { s: [{ present: 0, heap: null }] },
        });
        return { seconds: 10, before: reading(300 + k), after: reading(300 + k + change) } as never;
      });
    expect(driftWarning(windows([-200, -210, -190, -205, -195]))).toContain(
      'the number of requests of all in the system went from 302 to 102 in the 10 s that were measured (mean of 5 runs); what is left over',
    );
    expect(driftWarning(windows([-200, 210, -190, 205, -195]))).toBeNull();
    expect(driftWarning(windows([-5, -5.1, -4.9, -5, -5]))).toBeNull();
    expect(driftWarning(windows([-200, -210]))).toBeNull();
  });

  test('none at 90 and 95 % of the capacity', async () => {
    for (const [rate, seed] of [
      [90, 'a'],
      [95, 'b'],
    ] as const) {
      expect(unsteady(await run(station(rate), { eventBudget: 4e5, seed }))).toEqual([]);
    }
  });
});
