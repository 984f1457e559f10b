/** Theory beside simulated runs: exact figures lie in the intervals, bounds hold, and a run that breaks one is stopped. */
import { describe, expect, test } from 'vitest';
import type * as Simulate from '../../../src/analysis/simulate.ts';
import type { Result } from '../../../src/analysis/result.ts';
import type { Simulated } from '../../../src/analysis/summarise.ts';
import { theoryBeside } from '../../../src/analysis/theory/beside.ts';
import { InvariantBreach } from '../../../src/sim/invariant.ts';
import { asShipped } from '../../support/as-shipped.ts';
import { loaded } from '../../scenarios/loaded.ts';

const { simulate } = await asShipped<typeof Simulate>('src/analysis/simulate.ts');

const run = (text: string, options: Simulate.SimulateOptions = {}): Promise<Result> =>
  simulate(loaded(text), { eventBudget: 500_000, seed: 'theory', ...options });

const exponential = 'work: [ { compute: { exponential: 10 ms } } ]';
const users = 'users: 30, think: { exponential: 200 ms }';
const scenarios: Readonly<Record<string, string>> = {
  'M/M/4': `clients: { c: { rate: 300 req/s, to: s } }\nservices: { s: { workers: 4, ${exponential} } }`,
  'M/D/2': 'clients: { c: { rate: 150 req/s, to: s } }\nservices: { s: { workers: 2, work: [ { compute: 10 ms } ] } }',
  'M/G/1':
    'clients: { c: { rate: 60 req/s, to: s } }\nservices: { s: { workers: 1, work: [ { compute: { lognormal: { mean: 10 ms, cv: 1 } } } ] } }',
  'M/M/2-PS': `clients: { c: { rate: 140 req/s, to: s } }\nservices: { s: { cores: 2, ${exponential} } }`,
  'M/M/2/6': `clients: { c: { rate: 220 req/s, to: s } }\nservices: { s: { workers: 2, queue: 4, ${exponential} } }`,
  'M/M/3+M (Erlang A)': `clients: { c: { rate: 320 req/s, to: s } }\nservices: { s: { workers: 3, patience: { exponential: 30 ms }, ${exponential} } }`,
  'D/M/1': `clients: { c: { rate: 70 req/s, arrivals: even, to: s } }\nservices: { s: { workers: 1, ${exponential} } }`,
  'M/M/2//30 (machine repair)': `clients: { c: { ${users}, to: s } }\nservices: { s: { workers: 2, ${exponential} } }`,
  'closed network (MVA)': `clients: { c: { ${users}, work: [ { call: a }, { wait: 20 ms }, { call: b } ] } }
services: { a: { workers: 1, work: [ { compute: { exponential: 5 ms } } ] }, b: { cores: 1, work: [ { compute: 7 ms } ] } }`,
  'open network (Jackson)': `clients: { c: { rate: 70 req/s, work: [ { call: a }, { call: b } ] } }
services: { a: { workers: 1, ${exponential} }, b: { workers: 1, work: [ { compute: { exponential: 5 ms } } ] } }`,
};

describe('simulated beside exact', () => {
  for (const [model, text] of Object.entries(scenarios)) {
    test(model, async () => {
      const { theory } = await run(text);
      expect(theory.exact?.model).toBe(model);
      const { figures } = theory.exact!;
      expect(figures.length).toBeGreaterThanOrEqual(4);
      for (const { name, value, simulated } of figures) {
        // four half-widths of a 95 % interval, and no wide one but of the rarest thousandth
        const half = (simulated.high - simulated.low) / 2;
        expect(Math.abs(simulated.value - value), name).toBeLessThanOrEqual(4 * half + 1e-5 * value);
        if (name !== 'p99.9') expect(half, name).toBeLessThan(0.25 * value);
      }
      for (const { operator, limit, simulated } of theory.bounds) {
        if (operator === '<=') expect(simulated.low).toBeLessThanOrEqual(limit);
        else expect(simulated.high).toBeGreaterThanOrEqual(limit);
      }
    });
  }
});

describe('a bound that is broken', async () => {
  const scenario = loaded(scenarios['closed network (MVA)']);
  const { theory, ...right } = await run(scenarios['closed network (MVA)'], { eventBudget: 200_000 });
  const faster = (factor: number, over: Partial<Simulated> = {}): Simulated => {
    const scaled = (figure: Result['total']['throughput']) => ({
      ...figure,
      value: figure.value * factor,
      low: figure.low * factor,
      high: figure.high * factor,
    });
    const { c } = right.clients;
    return { ...right, clients: { c: { ...c, throughput: scaled(c.throughput) } }, ...over };
  };
  const judge =
    (simulated: Simulated, cluster = scenario.cluster) =>
    () =>
      theoryBeside(cluster, simulated);

  test('is in force, and a right run keeps it', () => {
    expect(theory.bounds.map(({ figure, operator, enforced }) => [figure, operator, enforced])).toEqual([
      ['throughput', '<=', true],
      ['throughput', '<=', true],
      ['response', '>=', true],
      ['throughput', '<=', true],
      ['throughput', '>=', true],
    ]);
    expect(judge(right)).not.toThrow();
  });

  test('stops the run with the bound, the figure and where it comes from', () => {
    expect(judge(faster(1.6))).toThrow(InvariantBreach);
    expect(judge(faster(1.6))).toThrow(
      /operational bounds: c: simulated throughput .* must be <= .* \(.* utilisation law\)/,
    );
    expect(judge(faster(0.4))).toThrow(/must be >= .* \(balanced-job bound\)/);
  });

  test('is not in force where a run may break it', () => {
    const { c } = right.clients;
    expect(judge(faster(1.6, { method: { ...right.method, kind: 'terminating' } }))).not.toThrow();
    expect(judge(faster(1.6, { method: { ...right.method, replications: 1 } }))).not.toThrow();
    const failing = faster(1.6).clients['c'];
    expect(judge({ ...right, clients: { c: { ...failing, failed: { timeout: 3 } } } })).not.toThrow();
    const novel = structuredClone(scenario.cluster);
    Object.assign(novel.services['a'], { novelty: { hits: 0.9 } });
    expect(judge(faster(1.6), novel)).not.toThrow();
    // noise: the interval reaches the bound
    const wide = { ...faster(1.6).clients['c'].throughput, low: 0, high: 500 };
    expect(judge({ ...right, clients: { c: { ...c, throughput: wide } } })).not.toThrow();
  });
});
