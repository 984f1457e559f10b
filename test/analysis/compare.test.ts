import { describe, expect, test } from 'vitest';
import type { ComparedFigure, Comparison } from '../../src/analysis/compare.ts';
import type { Figure } from '../../src/analysis/result.ts';
import type * as Windtunnel from '../../src/index.ts';
import type { Scenario } from '../../src/scenarios/scenario.ts';
import { asShipped } from '../support/as-shipped.ts';

const { compare, loadScenario, markdownComparison, simulate, terminalComparison } =
  await asShipped<typeof Windtunnel>('src/index.ts');

const station = `
clients: { all: { rate: 300 req/s, to: s } }
services: { s: { count: 4, workers: 1, work: [ { compute: { exponential: 10 ms } } ] } }
`;
const options = { eventBudget: 600_000, replications: 20 };

function scenarioOf(...set: string[]): Scenario {
  const { scenario, problems } = loadScenario(station, { name: 'station', set });
  expect(problems).toEqual([]);
  return scenario!;
}

async function compared(first: Scenario, other: Scenario, more = {}): Promise<Comparison> {
  return compare(
    [
      { name: 'first', scenario: first },
      { name: 'other', scenario: other },
    ],
    { ...options, ...more },
  );
}

function found({ comparisons }: Comparison, name: string): ComparedFigure {
  return comparisons[0].figures.find((figure) => figure.name === name)!;
}

const width = ({ low, high }: Figure): number => high - low;

describe('a comparison', () => {
  test('of a scenario with itself is exactly nothing', async () => {
    const { comparisons, method } = await compared(scenarioOf(), scenarioOf());
    expect(comparisons[0].figures.map(({ name }) => name)).toEqual([
      'mean',
      'p(50)',
      'p(90)',
      'p(95)',
      'p(99)',
      'p(99.9)',
      'throughput',
      'errors',
      's utilisation',
    ]);
    for (const { difference, verdict, gain } of comparisons[0].figures) {
      expect(difference).toMatchObject({ value: 0, low: 0, high: 0 });
      expect(verdict).toBe('same');
      expect(gain).toBeNull();
    }
    expect(method.precisionReached).toBe(true);
  });

  test('of four servers and five: pairs know the difference better than independent runs', async () => {
    const [four, five] = [scenarioOf(), scenarioOf('services.s.count=5')];
    const comparison = await compared(four, five);
    const mean = found(comparison, 'mean');
    expect(mean.verdict).toBe('real');
    expect(mean.difference.high).toBeLessThan(0);
    expect(mean.difference.value).toBe(mean.other.value - mean.first.value);
    expect(mean.gain!).toBeGreaterThan(1.2);
    const alone = await Promise.all([
      simulate(four, { ...options, seed: 'one' }),
      simulate(five, { ...options, seed: 'another' }),
    ]);
    const independent = Math.hypot(...alone.map(({ total }) => width(total.response.mean)));
    expect(width(mean.difference)).toBeLessThan(0.92 * independent);
    expect(found(comparison, 's utilisation').difference.value).toBeCloseTo(-0.15, 2);
  });

  test('finds the difference that theory gives, for the mean and for percentiles', async () => {
    // M/M/1, 200 and 220 requests/s of 400: mean 5 and 5.556 ms; a percentile is ln(1 / (1 - p)) means
    const mm1 = ['services.s.count=1', 'services.s.work=[ { compute: { exponential: 2.5 ms } } ]'];
    const comparison = await compared(
      scenarioOf(...mm1, 'clients.all.rate=200 req/s'),
      scenarioOf(...mm1, 'clients.all.rate=220 req/s'),
      { replications: 60, eventBudget: 3_000_000, level: 0.999 },
    );
    const truth = 1 / 180 - 1 / 200;
    for (const [name, means] of Object.entries({ mean: 1, 'p(50)': 0.693147, 'p(95)': 2.995732, 'p(99)': 4.60517 })) {
      const { difference, verdict } = found(comparison, name);
      expect(difference.low).toBeLessThan(truth * means);
      expect(difference.high).toBeGreaterThan(truth * means);
      expect(width(difference)).toBeLessThan(truth * means);
      expect(verdict).toBe('real');
    }
    expect(found(comparison, 'throughput').difference.value).toBeCloseTo(20, 0);
  });

  test('runs until the difference is as narrow as asked, and stops at its budget', async () => {
    const [four, five] = [scenarioOf(), scenarioOf('services.s.count=5')];
    const rough = await compared(four, five, { replications: undefined, precision: 0.1 });
    expect(rough.method).toMatchObject({ precisionReached: true, partial: false });
    const { difference, first } = found(rough, 'mean');
    expect(width(difference) / 2).toBeLessThanOrEqual(0.1 * first.value);
    const fine = await compared(four, five, { replications: undefined, precision: 0.0001, eventBudget: 100_000 });
    expect(fine.method.precisionReached).toBe(false);
    expect(fine.method.events).toBeLessThan(230_000);
  });

  test('gives both sides the longer warm-up and the longer window', async () => {
    const sides = [scenarioOf('clients.all.rate=380 req/s'), scenarioOf()];
    const alone = await Promise.all(sides.map((side) => simulate(side, { ...options, replications: 2 })));
    const { method } = await compared(sides[0], sides[1], { replications: 2 });
    expect(method.warmup).toBe(Math.max(...alone.map((result) => result.method.warmup)));
    expect(method.duration).toBe(Math.max(...alone.map((result) => result.method.duration)));
    expect(alone[0].method.duration).not.toBe(alone[1].method.duration);
  });

  test('watches from the beginning where something happens on one side, and says so', async () => {
    const fault = ['faults=[ { at: 5 s, crash: s.1, for: 5 s } ]', 'time.duration=20 s'];
    const { method, warnings, comparisons } = await compared(scenarioOf(), scenarioOf(...fault), { replications: 10 });
    expect(method).toMatchObject({ warmup: 0, duration: 20 });
    expect(warnings.join()).toContain('on one side only');
    expect(comparisons[0].figures.find(({ name }) => name === 'errors')!.verdict).toBe('real');
  });

  test('a side that would end by itself ends with the other one', async () => {
    const bounded = scenarioOf('faults=[ { at: 5 s, crash: s.1, for: 5 s } ]', 'time.duration=20 s');
    const burst = scenarioOf('clients={ all: { users: 50, start: { rendezvous: 1 s }, iterations: 1, to: s } }');
    const { method } = await compared(bounded, burst, { replications: 2 });
    expect(method).toMatchObject({ duration: 20, partial: false, replications: 2 });
  });

  test('a side without a steady state is named, by what its windows show', async () => {
    const over = scenarioOf('clients.all.rate=500 req/s');
    const quick = { eventBudget: 100_000 };
    const { warnings } = await compared(scenarioOf(), over, { ...quick, replications: 10 });
    expect(warnings).toEqual([
      expect.stringMatching(/^other: no steady state was seen: the number of requests .* went from .* to .* in the /),
    ]);
    // by the pilot alone, where there are too few windows to tell
    const few = await compared(over, scenarioOf(), { ...quick, replications: 2 });
    expect(few.warnings).toEqual([expect.stringMatching(/^first: no steady state was seen: .* a trial run of /)]);
    expect((await compared(scenarioOf(), scenarioOf(), { ...quick, replications: 10 })).warnings).toEqual([]);
  });

  test('no errors seen on two unlike sides is not the same share of errors', async () => {
    const { comparisons } = await compared(scenarioOf(), scenarioOf('services.s.count=5'), { eventBudget: 100_000 });
    const { first, other, difference, verdict } = comparisons[0].figures.find(({ name }) => name === 'errors')!;
    expect([first.value, other.value, difference.value, verdict]).toEqual([0, 0, 0, 'none seen']);
    // 0 of n: 1 - 0.025^(1 / n)
    expect(first.high).toBeGreaterThan(1e-5);
    expect(difference).toMatchObject({ low: -first.high, high: other.high });
  });

  test('what had to be cut short is said of its side', async () => {
    const longer = scenarioOf('time.duration=100 s', 'services.s.count=5');
    const { warnings, method } = await compared(longer, longer, { replications: 2, eventBudget: 20_000 });
    expect(method.partial).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/^first: replication 1 was ended early, at [\d.]+ s: .* 20000 events/),
      expect.stringMatching(/^other: replication 1 was ended early/),
    ]);
  });

  test('reads as text and as Markdown', async () => {
    const slo = 'slos=["p(95) < 1 s"]';
    const comparison = await compared(scenarioOf(slo), scenarioOf(slo, 'services.s.count=5'));
    const text = terminalComparison(comparison, 80);
    expect(text).toMatch(/^other, compared with first\n/);
    expect(text).toMatch(/mean .*\n? +-[\d.]+ ms \(-[\d.]+ ms to -[\d.]+ ms\) +-\d[\d.]* % +REAL/);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain('HOLDS  other: p(95) < 1 s');
    expect(text).toContain('times as many runs');
    const markdown = markdownComparison(comparison);
    expect(markdown).toContain('### other against first');
    expect(markdown.split('\n').filter((line) => line.startsWith('| mean')).length).toBe(1);
  });
});
