import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/analysis/result.ts';
import type { RawRow, SimulateOptions } from '../../src/analysis/simulate.ts';
import { overall } from '../../src/analysis/verdicts.ts';
import type * as Windtunnel from '../../src/index.ts';
import type { Scenario } from '../../src/scenarios/scenario.ts';
import { asShipped } from '../support/as-shipped.ts';

const { builtins, loadScenario, simulate } = await asShipped<typeof Windtunnel>('src/index.ts');

/** M/M/1 at 50 %: mean response 2 ms, p95 5.99 ms. */
const halfLoaded = `
clients: { all: { rate: 500 req/s, to: s } }
services: { s: { workers: 1, work: [ { compute: { exponential: 1 ms } } ] } }
`;

/** Small on purpose: the tests look at what is done with the figures, not at their precision. */
const EVENTS = 1_500_000;

function scenarioOf(text: string, ...set: string[]): Scenario {
  const { scenario, problems } = loadScenario(text, { name: 'test', set });
  expect(problems).toEqual([]);
  return scenario!;
}

function run(text: string, options: SimulateOptions = {}, ...set: string[]): Promise<Result> {
  return simulate(scenarioOf(text, ...set), { eventBudget: EVENTS, ...options });
}

describe('determinism', () => {
  test.each(['retry-storm', 'lvs-dr', 'threads-and-pool'])(
    '%s: same bytes twice, on the calendar and on the heap',
    async (name) => {
      const options = { replications: 2, seed: 'same' };
      const first = JSON.stringify(await run(builtins[name], options));
      expect(JSON.stringify(await run(builtins[name], options))).toBe(first);
      expect(JSON.stringify(await run(builtins[name], { ...options, list: 'heap' }))).toBe(first);
    },
  );

  test('another seed gives another run', async () => {
    const [a, b] = await Promise.all(['a', 'b'].map((seed) => run(halfLoaded, { seed, replications: 2 })));
    expect(a.total.response.mean.value).not.toBe(b.total.response.mean.value);
    expect(a.scenario.digest).toBe(b.scenario.digest);
  });
});

describe('figures', () => {
  test('an M/M/1 has its mean, percentile, throughput and utilisation inside the intervals', async () => {
    const { total, services, method } = await run(halfLoaded, { level: 0.999 });
    for (const [figure, truth] of [
      [total.response.mean, 0.002],
      [total.response.p95, 0.002 * 2.995732],
      [total.throughput, 500],
      [services.s.utilisation!, 0.5],
      [services.s.queue, 0.5],
      [services.s.wait, 0.001],
      [services.s.present, 1],
      [services.s.waited, 0.5],
    ] as const) {
      expect(figure.low).toBeLessThan(truth);
      expect(figure.high).toBeGreaterThan(truth);
      expect(figure.high - figure.low).toBeLessThan(0.2 * truth);
    }
    expect(method.kind).toBe('steady state');
    expect(method.warmupMethod).toBe('MSER-5');
    expect(method.replications).toBeGreaterThanOrEqual(10);
  });

  test('more precision costs more replications; what was not reached is said', async () => {
    const rough = await run(halfLoaded, { precision: 0.2 });
    const fine = await run(halfLoaded, { precision: 0.001 });
    expect(rough.method.precisionReached).toBe(true);
    expect(rough.total.response.mean.note).toBeUndefined();
    expect(fine.method.replications).toBeGreaterThan(rough.method.replications);
    expect(fine.method.precisionReached).toBe(false);
    expect(fine.total.response.mean.note).toBe('precision not reached');
  });

  test('the freedom to stop when it is narrow widens an interval; a given number of replications does not', async () => {
    const free = await run(halfLoaded, { precision: 0.5, eventBudget: 200_000 });
    const given = await run(halfLoaded, { replications: free.method.replications, eventBudget: 200_000 });
    const width = ({ total }: Result): number => total.response.mean.high - total.response.mean.low;
    expect(free.total.response.mean.value).toBe(given.total.response.mean.value);
    expect(width(free) / width(given)).toBeCloseTo(1.03, 12);
  });

  test('a single replication has no intervals and decides nothing', async () => {
    const { total, verdict, slos } = await run(halfLoaded, { replications: 1 }, 'slos=["p(95) < 1 h"]');
    expect(total.response.mean).toMatchObject({ level: null, low: NaN, high: NaN, note: 'single replication' });
    expect(slos[0].verdict).toBe('not decided');
    expect(verdict).toBe('not decided');
  });

  test('where there is no chance there is no interval to speak of', async () => {
    const { total } = await run(
      `{ clients: { all: { rate: 100 req/s, arrivals: even, to: s } }, services: { s: { workers: 1, work: [ { compute: 9 ms } ] } } }`,
    );
    // times are sums of doubles: the figure is exact to their rounding
    expect(total.response.mean.value).toBeCloseTo(0.009, 12);
    expect(total.response.mean.high - total.response.mean.low).toBeLessThan(1e-12);
  });

  test('zero errors seen is not zero errors', async () => {
    const { total } = await run(halfLoaded, { precision: 0.05 });
    expect(total.errors.value).toBe(0);
    expect(total.errors.high).toBeGreaterThan(0);
    expect(total.errors.high).toBeLessThan(1e-3);
  });

  test('a server that is offered more than it carries is said to have no steady state', async () => {
    const { warnings } = await run(halfLoaded, {}, 'clients.all.rate=1500 req/s');
    expect(warnings.join()).toContain('no steady state');
  });
});

describe('verdicts', () => {
  const expected: Readonly<Record<string, string>> = {
    'p(95) < 8 ms': 'holds',
    'p(95) < 5 ms': 'missed',
    'p(95) < 5.99 ms': 'not decided',
    'p(95) > 5 ms': 'holds',
    'avg <= 3 ms': 'holds',
    'max < 1 us': 'missed',
    'errors < 0.1 %': 'holds',
    'throughput > 480 req/s': 'holds',
    'throughput > 520 req/s': 'missed',
    '90% < 8 ms': 'holds',
    '99% < 3 ms': 'missed',
    'all: p(95) < 8 ms': 'holds',
  };

  test('each SLO by its own interval; the worst decides', async () => {
    const result = await run(halfLoaded, { precision: 0.02 }, `slos=${JSON.stringify(Object.keys(expected))}`);
    expect(result.slos.map(({ verdict }) => verdict)).toEqual(Object.values(expected));
    expect(result.verdict).toBe('missed');
    expect(overall(result.slos.filter(({ verdict }) => verdict === 'holds'))).toBe('holds');
    expect(overall(result.slos.filter(({ verdict }) => verdict !== 'missed'))).toBe('not decided');
    expect(overall([])).toBe('none');
  });
});

describe('what is asked for', () => {
  test('figures asked by name become narrow, at the price of more replications; what did not is said', async () => {
    const mean = await run(halfLoaded, { precision: 0.03 });
    const tail = await run(halfLoaded, { precision: 0.03, figures: ['p99', 'utilisation'] });
    expect(tail.method.figures).toEqual(['p99', 'utilisation']);
    expect(tail.method.precisionReached).toBe(true);
    expect(tail.method.replications).toBeGreaterThan(mean.method.replications);
    const { value, low, high } = tail.total.response.p99;
    expect((high - low) / 2).toBeLessThanOrEqual(0.03 * value);
    const few = await run(halfLoaded, {
      precision: 0.001,
      replications: 10,
      figures: ['p99', 'throughput', 'utilisation'],
    });
    expect(few.total.response.p99.note).toBe('precision not reached');
    expect(few.total.throughput.note).toBe('precision not reached');
    expect(few.services.s.utilisation!.note).toBe('precision not reached');
    expect(few.total.response.mean.note).toBeUndefined();
  });

  test('an SLO that straddles its limit is simulated further, until it is decided or lies at the limit', async () => {
    const plain = await run(halfLoaded, { precision: 0.05, eventBudget: 6_000_000 });
    const p95 = 0.002 * 2.995732;
    const at = async (limit: number): Promise<Result> =>
      run(halfLoaded, { precision: 0.05, eventBudget: 6_000_000 }, `slos=["p(95) < ${limit * 1000} ms"]`);
    const far = await at(1.5 * p95);
    expect(far.verdict).toBe('holds');
    expect(far.slos[0].within).toBeUndefined();
    const near = await at(0.985 * p95);
    expect(near.verdict).toBe('missed');
    expect(near.method.replications).toBeGreaterThan(plain.method.replications);
    const atLimit = await at(p95);
    expect(atLimit.verdict).toBe('not decided');
    expect(atLimit.slos[0].within!).toBeLessThanOrEqual(0.02);
    expect(atLimit.method.replications).toBeGreaterThan(plain.method.replications);
  });
});

describe('terminating runs', () => {
  test('a rendezvous runs until the last user is done, from the beginning', async () => {
    const { method, total } = await run(
      `{ clients: { burst: { users: 40, start: { rendezvous: 1 s }, iterations: 1, to: s } }, services: { s: { workers: 2, work: [ { compute: 10 ms } ] } } }`,
      { replications: 3 },
    );
    expect(method).toMatchObject({ kind: 'terminating', warmup: 0, warmupMethod: 'none' });
    expect(total).toMatchObject({ sent: 120, ok: 120, inFlight: 0 });
  });

  test('a fault appears in the log and in the timeline', async () => {
    const { faults, timeline } = await run(
      `
clients: { all: { rate: 100 req/s, to: s } }
services: { s: { workers: 4, work: [ { compute: 5 ms } ] } }
faults: [ { at: 20 s, crash: s, for: 10 s } ]
time: { duration: 60 s }`,
      { replications: 2 },
    );
    expect(faults[0]).toEqual({ at: 20, until: 30, text: 'crash s', kind: 'fault' });
    expect(faults.slice(1)).toMatchObject([
      { kind: 'recovery', text: 'goodput is back after crash s (all runs together)' },
    ]);
    const during = timeline.at.findIndex((at) => at >= 22);
    const after = timeline.at.findIndex((at) => at >= 40);
    expect(timeline.ok[during]).toBe(0);
    expect(timeline.failed[during]).toBeGreaterThan(50);
    expect(timeline.failed[after]).toBe(0);
    expect(timeline.services.s.utilisation[after]).toBeGreaterThan(0.05);
  });
});

describe('stopping early', () => {
  test('an interruption keeps the replications that have finished', async () => {
    const signal = { aborted: false };
    const result = await run(halfLoaded, {
      signal,
      replications: 30,
      onProgress: ({ replications }) => {
        if (replications === 3) signal.aborted = true;
      },
    });
    expect(result.method).toMatchObject({ partial: true, replications: 3 });
  });

  test('being watched changes nothing', async () => {
    const alone = await run(halfLoaded, { replications: 3 });
    const watched = await run(halfLoaded, { replications: 3, signal: { aborted: false }, onRaw: () => undefined });
    expect(JSON.stringify(watched)).toBe(JSON.stringify(alone));
  });

  test('a warm-up that leaves nothing is refused', async () => {
    const faults = 'faults=[{ at: 1 s, crash: s }]';
    await expect(run(halfLoaded, { warmup: 60 }, 'time.duration=60 s', faults)).rejects.toThrow(
      'leaves nothing of a run',
    );
  });

  test('a run that would cost more than its budget stops with what it has', async () => {
    const { method, warnings } = await run(
      halfLoaded,
      { eventBudget: 100_000 },
      'time.duration=1000 h',
      'faults=[{ at: 1 h, crash: s }]',
    );
    expect(method.partial).toBe(true);
    expect(warnings.join()).toContain('ended early');
  });

  test('more requests in flight than memory allows end the run, not the process', async () => {
    const { method } = await run(
      halfLoaded,
      { eventBudget: 40_000_000, replications: 1 },
      'clients.all.rate=1e9 req/s',
      'time.duration=100 s',
      'faults=[{ at: 99 s, crash: s }]',
    );
    expect(method.partial).toBe(true);
  });
});

test('raw rows are the requests that the result counts', async () => {
  const rows: RawRow[] = [];
  const { total } = await run(halfLoaded, { replications: 2, onRaw: (row) => rows.push(row) });
  expect(rows.length).toBe(total.ok);
  const mean = rows.reduce((sum, { response_s }) => sum + response_s, 0) / rows.length;
  expect(mean).toBeCloseTo(total.response.mean.value, 9);
  expect(new Set(rows.map(({ replication }) => replication)).size).toBe(2);
  expect(rows[0]).toMatchObject({ client: 'all', outcome: 'ok', server: 's.1' });
});

describe('from a dashboard', () => {
  const shop = builtins.shop;

  test("the model's today is the measured today, and what was set from it says so", async () => {
    const { today, assumptions, limits, load } = await run(shop, { precision: 0.02 });
    expect(today.map(({ name }) => name)).toEqual(['rate', 'p95', 'app.cpu', 'db.cpu']);
    for (const { agrees, measured, model } of today) {
      expect(agrees).toBe(true);
      expect(Math.abs(model.value - measured)).toBeLessThan(0.03 * measured);
    }
    expect(today.find(({ name }) => name === 'p95')!.fitted).toBe(true);
    expect(assumptions.some(({ kind }) => kind === 'fitted')).toBe(true);
    // the utilisation law: 800 req/s at 45 % of the cores would fill them at 1,778 req/s
    expect(limits.find(({ name }) => name === 'app CPU')!.endsAt! / 1778).toBeCloseTo(1, 1);
    expect(load.unit).toBe('1/s');
  });

  test('at another load the remainder stays what it was, and today is still judged at its own load', async () => {
    const { total, today } = await run(shop, { precision: 0.02 }, 'clients.visitors.rate=1600 req/s');
    expect(total.offered.value / 1600).toBeCloseTo(1, 1);
    expect(total.response.p95.value).toBeGreaterThan(0.124);
    expect(today.find(({ name }) => name === 'rate')!.model.value / 800).toBeCloseTo(1, 1);
    expect(today.every(({ agrees }) => agrees)).toBe(true);
  });

  test('without the CPU there is no run', async () => {
    const scenario = scenarioOf(shop.replace('app.cpu: 45 %, ', ''));
    expect(scenario.missing.length).toBeGreaterThan(0);
    await expect(simulate(scenario)).rejects.toThrow(RangeError);
  });
});

test('an uncertain input is simulated at either end of its range, beside what chance does', async () => {
  const text = halfLoaded.replace('exponential: 1 ms', 'exponential: 0.8..1.2 ms');
  const reload = (set: readonly string[]): Scenario => scenarioOf(text, ...set);
  const { inputDoubts, total } = await run(text, { precision: 0.02, reload });
  expect(inputDoubts).toHaveLength(1);
  const { path, low, high, figure, atLow, atHigh } = inputDoubts[0];
  expect([path, low, high, figure]).toEqual(['services.s.work[0].compute.exponential', '800 us', '1.2 ms', 'p(95)']);
  // M/M/1: p95 = ln 20 / (1 / mean - rate)
  expect(atLow.value / (2.995732 / (1250 - 500))).toBeCloseTo(1, 1);
  expect(atHigh.value / (2.995732 / (1 / 0.0012 - 500))).toBeCloseTo(1, 1);
  expect(total.response.p95.value / 0.005991).toBeCloseTo(1, 1);
});
