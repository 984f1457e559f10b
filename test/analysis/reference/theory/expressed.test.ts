/** Cases that the shared file does not have: other parameters, other spellings, and what is not expressible, with its reason. */
import { describe, expect, test } from 'vitest';
import type * as Read from '../../../../src/analysis/reference/read.ts';
import type * as Theory from '../../../../src/analysis/reference/theory/index.ts';
import { modelSchemas } from '../../../../src/analysis/reference/theory/theory-file.ts';
import { lawMoments } from '../../../../src/analysis/theory/law-moments.ts';
import { law, lawSchema } from '../../../../src/analysis/theory/given-law.ts';
import { asShipped } from '../../../support/as-shipped.ts';
import { referenceFiles } from '../../../support/reference-files.ts';

const { theory } = await asShipped<typeof Theory>('src/analysis/reference/theory/index.ts');
const { malformedModels, problemsOfReference } = await asShipped<typeof Read>('src/analysis/reference/read.ts');

interface Expected {
  readonly value: unknown;
  readonly tol: string;
}

const shared = JSON.parse(referenceFiles('theory.json').get('theory.json')!) as {
  readonly cases: readonly { readonly id: string; readonly model: Record<string, unknown> & { kind: string } }[];
};

function filesOf(model: unknown, expected: Readonly<Record<string, Expected>>): Map<string, string> {
  const cases = [
    {
      id: 'one',
      family: 'own',
      suggested_completions: 1000,
      model,
      expect: Object.fromEntries(Object.entries(expected).map(([name, one]) => [name, { ...one, unit: '1' }])),
    },
  ];
  return new Map([['theory.json', JSON.stringify({ ...shared, cases })]]);
}

async function judged(model: unknown, expected: Readonly<Record<string, Expected>>) {
  const [one] = theory.cases(filesOf(model, expected));
  const { verdict, reason, figures } = await theory.judge(one, { seed: 'own', widthMax: 4 });
  return verdict === 'passed' ? verdict : (reason ?? figures.filter(({ passed }) => !passed));
}

describe('worked out', () => {
  test('the largest share of a ring with several points a server', async () => {
    // by hand: the larger of two Beta(2, 2) shares that add up to 1 has the mean 1/2 + 3/16
    const model = { kind: 'hash-ring', servers: 2, points_per_server: 2 };
    expect(await judged(model, { share_max_mean: { value: 0.6875, tol: 'formula' } })).toBe('passed');
  });

  test('the table of Maglev without any of its backends', async () => {
    const model = { kind: 'maglev', table_size: 3, offset_skip: [[0, 1], [0, 1], [2, 1]] };
    const expected = {
      table_full: { value: [0, 1, 2], tol: 'exact' },
      table_without_0: { value: [1, 1, 2], tol: 'exact' },
      count_collateral_moves: { value: 0, tol: 'exact' },
    };
    expect(await judged(model, expected)).toBe('passed');
    const skip = { ...model, table_size: 4, offset_skip: [[0, 2]] };
    expect(await judged(skip, { table_full: { value: [0, 0, 0, 0], tol: 'exact' } })).toContain('does not reach all of 4');
  });

  test('sizes for other goals, also where one fewer has no steady state', async () => {
    const load = { arrivals: { process: 'poisson', rate: 80 }, service: { dist: 'exponential', mean: 0.1 } };
    const size = (goal: string, name: string, at: number, fewer?: number) =>
      judged(
        { kind: 'sizing', goal, ...load },
        {
          [`${name}_at_answer`]: { value: at, tol: 'formula' },
          ...(fewer === undefined ? {} : { [`${name}_one_fewer`]: { value: fewer, tol: 'formula' } }),
        },
      );
    expect(await size('utilisation<=0.7', 'utilisation', 8 / 12, 8 / 11)).toBe('passed');
    expect(await size('utilisation<=0.95', 'utilisation', 8 / 9)).toBe('passed');
    expect(await size('utilisation<=0.95', 'utilisation', 8 / 9, 1)).toContain('utilisation_one_fewer');
    expect(await size('mood<=1', 'mood', 1)).toContain('no formula');
  });

  test('attempts that fail, with another max_fails for each server', async () => {
    const servers = [
      { name: 'a', weight: 4, max_fails: 2 },
      { name: 'b', weight: 2, max_fails: 1 },
    ];
    const model = { kind: 'pick-sequence', algorithm: 'smooth-wrr-effective', servers, outcomes: ['fail', 'fail'] };
    const expected = {
      seq_picks: { value: 'a b', tol: 'exact' },
      table_effective_weights_after_each: { value: [[2, 2], [3, 0]], tol: 'exact' },
    };
    expect(await judged(model, expected)).toBe('passed');
  });

  test('names of schedulers and servers are those of the case', async () => {
    const fill = (algorithm: string) => ({
      kind: 'fill-sequence',
      algorithm,
      servers: ['x', 'y', 'z'].map((name) => ({ name, weight: 1 })),
      picks: 4,
    });
    const expected = { seq_picks: { value: 'x y z x', tol: 'exact' } };
    for (const name of ['round-robin', 'rr', 'lvs-wlc', 'haproxy-leastconn', 'haproxy-static-rr']) {
      expect([name, await judged(fill(name), expected)]).toEqual([name, 'passed']);
    }
    expect(await judged(fill('nginx-least-con'), expected)).toBe('no scheduler is called "nginx-least-con"');
  });
});

describe('simulated', () => {
  const poisson = (rate: number) => ({ process: 'poisson', rate });
  const exponential = (mean: number) => ({ dist: 'exponential', mean });

  test('room for so many who share the cores, or have one each', async () => {
    // with exponential service the number is that of M/M/1/2, with room for everybody Erlang's loss
    const model = { kind: 'open-station', arrivals: poisson(100), service: exponential(0.01), discipline: 'ps' };
    const third = { value: [1 / 3, 1 / 3, 1 / 3], tol: 'dist' };
    const block = { prob_block: { value: 1 / 3, tol: 'ci_abs2' }, utilisation: { value: 2 / 3, tol: 'ci_abs2' } };
    expect(await judged({ ...model, servers: 1, capacity: 2 }, { dist_number: third, ...block })).toBe('passed');
    const lost = { ...model, discipline: 'fifo', servers: 'infinite', capacity: 1 };
    expect(await judged(lost, { prob_block: { value: 0.5, tol: 'ci_abs2' } })).toBe('passed');
  });

  test('a mean number of visits that is not whole', async () => {
    const stations = [{ name: 's', service: exponential(0.1), visits_mean: 1.5, servers: 'infinite' }];
    const model = { kind: 'closed', users: 2, think: exponential(0.85), stations };
    expect(await judged(model, { throughput: { value: 2, tol: 'ci3' } })).toBe('passed');
  });

  test('what is given back before the end is not held until then', async () => {
    const pools = { threads: 2, connections: 1 };
    const script = ['acquire threads', 'acquire connections', ['delay', exponential(0.1)], 'release connections'];
    const model = { kind: 'closed', users: 1, think: exponential(0.7), pools };
    const rest = [['delay', exponential(0.2)], 'release threads'];
    const expected = {
      utilisation_pool: { value: 0.1, tol: 'ci_abs2' },
      utilisation_connections: { value: 0.1, tol: 'ci_abs2' },
      utilisation_threads: { value: 0.15, tol: 'ci_abs2' },
    };
    expect(await judged({ ...model, script: [...script, ...rest] }, expected)).toBe('passed');
  });

  test('constant gaps and times over a whole number of periods', async () => {
    const constant = (value: number) => ({ dist: 'deterministic', value });
    const arrivals = { process: 'renewal', interarrival: constant(0.007) };
    const model = { kind: 'open-station', arrivals, service: constant(0.003), servers: 1 };
    expect(await judged(model, { utilisation: { value: 3 / 7, tol: 'formula' } })).toBe('passed');
  });

  test('the more urgent interrupts', async () => {
    const classes = [1, 2].map((priority) => ({ priority, arrivals: poisson(30), service: exponential(0.01) }));
    const model = { kind: 'priority-station', servers: 1, preemption: 'resume', classes };
    expect(await judged(model, { mean_response_class1: { value: 0.01 / 0.7, tol: 'ci2' } })).toBe('passed');
  });

  test('no product draws three different servers of four', async () => {
    const backends = ['a', 'b', 'c', 'd'].map((name) => ({ name, service: exponential(0.01), servers: 1 }));
    const policy = { name: 'power-of-d', d: 3, replacement: false };
    const model = { kind: 'balanced', arrivals: poisson(10), policy, backends };
    expect(await judged(model, { throughput: { value: 10, tol: 'ci5' } })).toBe('no product draws 3 different servers of 4');
  });

  test('a percentile that is zero or not as a coin falls is counted', async () => {
    const model = { kind: 'open-station', arrivals: poisson(50), service: exponential(0.01), servers: 1 };
    const expected = { wait_p50: { value: 0, tol: 'zero' }, prob_wait: { value: 0.5, tol: 'ci_abs2' } };
    for (const seed of ['a', 'b']) {
      const [one] = theory.cases(filesOf(model, expected));
      const { figures } = await theory.judge(one, { seed, widthMax: 4 });
      expect(figures.map(({ name, passed, note }) => [name, passed, note])).toEqual([
        ['wait_p50', true, undefined],
        ['prob_wait', true, undefined],
      ]);
    }
  });
});

describe('not expressible', () => {
  const strange = (model: unknown) => theory.cases(filesOf(model, {}))[0].unexpressible;

  test('each kind says where a model of it is malformed, and nothing crashes', () => {
    for (const kind of Object.keys(modelSchemas)) {
      const files = filesOf({ kind, strange: 1 }, {});
      expect([kind, problemsOfReference(files, (path) => path)]).toEqual([kind, []]);
      expect([kind, theory.cases(files)[0].unexpressible]).toEqual([kind, expect.stringMatching(/^malformed: model/)]);
      const problems = malformedModels(files, (path) => path);
      expect(problems.map(({ path }) => path)).toContain('cases[0].model.strange');
      expect(problems.length).toBeGreaterThan(1);
    }
  });

  test('a malformed one is not judged', async () => {
    const [one] = theory.cases(filesOf({ kind: 'bounds', users: 3, think: 1 }, { throughput_upper: { value: 1, tol: 'formula' } }));
    const report = await theory.judge(one, { seed: 'own', widthMax: 1 });
    expect(report).toMatchObject({ verdict: 'not expressible', reason: 'malformed: model: "demands" is missing', figures: [] });
  });

  test('every model of the shared file is as its schema says, and one with a key less or a text in it is not taken', () => {
    const seen = new Set<string>();
    for (const { id, model } of shared.cases) {
      expect([id, strange(model)]).toEqual([id, undefined]);
      if (seen.has(model.kind)) continue;
      seen.add(model.kind);
      for (const key of Object.keys(model)) {
        if (key === 'kind') continue;
        expect(() => theory.cases(filesOf({ ...model, [key]: undefined }, {}))).not.toThrow();
        expect([id, key, strange({ ...model, [key]: { text: 'oops' } })]).toEqual([id, key, expect.stringMatching(/^malformed: model/)]);
      }
    }
  });

  test('a value of another shape than the figure, and a band beside nothing', () => {
    const model = { kind: 'open-station', arrivals: { process: 'poisson', rate: 1 }, service: { dist: 'exponential', mean: 0.1 }, servers: 1 };
    const [one] = theory.cases(filesOf(model, { mean_wait: { value: [1, 2], tol: 'ci1' } }));
    expect(one.unexpressible).toBe('mean_wait is a number, which the case does not expect');
    const text = problemsOfReference(filesOf(model, { mean_wait: { value: 'long', tol: 'ci1' } }), (path) => path);
    expect(text.map(({ path, rule }) => `${path}: ${rule}`)).toEqual(['cases[0].expect.mean_wait.value: must be a number: it is judged by "ci1"']);
    const band = problemsOfReference(filesOf(model, { mean_wait: { value: 1, tol: 'small' } }), (path) => path);
    expect(band.map(({ rule }) => rule)).toEqual(['"small" is relative to mean_response, which this case does not expect']);
  });
});

describe('laws', () => {
  const mean = (of: unknown) => lawMoments(law(lawSchema.parse(of)))[0];

  test('have several spellings', () => {
    expect(mean({ dist: 'exponential', rate: 4 })).toBe(0.25);
    expect(mean({ dist: 'exponential', mean: 0.25, scv: 1 })).toBe(0.25);
    expect(mean({ dist: 'deterministic', mean: 2 })).toBe(2);
    expect(mean({ dist: 'lognormal', mean: 2, scv: 4 })).toBeCloseTo(2, 12);
    expect(mean({ dist: 'gamma', shape: 0.5, scale: 3 })).toBeCloseTo(1.5, 12);
    expect(mean({ dist: 'gamma', mean: 1.5, scv: 2 })).toBeCloseTo(1.5, 12);
    expect(mean({ dist: 'weibull', shape: 1, scale: 3 })).toBeCloseTo(3, 12);
    expect(mean({ dist: 'weibull', shape: 2, mean: 3 })).toBeCloseTo(3, 12);
    expect(mean({ dist: 'hyperexponential', probs: [0.5, 0.5], rates: [1, 0.5] })).toBeCloseTo(1.5, 12);
  });

  test.each([
    { dist: 'exponential' },
    { dist: 'lognormal', mean: 1 },
    { dist: 'uniform', low: 2, high: 1 },
    { dist: 'hyperexponential', probs: [0.5, 0.2], means: [1, 2] },
    { dist: 'hyperexponential', probs: [1], means: [1, 2] },
    { dist: 'bounded-pareto', alpha: 1, low: 2, high: 2 },
    { dist: 'weibull', shape: 1 },
  ])('%o is none', (of) => {
    expect(lawSchema.safeParse(of).success).toBe(false);
  });
});
